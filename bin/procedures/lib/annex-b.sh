# shellcheck shell=bash
# shellcheck disable=SC2154 # $wire and $ocsp are set by walk.sh
# TR 33.812 B.2.2 and B.2.3 as functions, which the two procedures call in the report's order.
# shellcheck source=bin/procedures/lib/walk.sh
. "$WALK_SCRIPTS/lib/walk.sh"

tre='tre-sim --state m2me/state --device m2me/device'
id='ACME;0001'
policy='' # of the TRE, JSON, with the ES as who may update it (5.1.2.2); without it the TRE's own
credential_days='' # lifetime of the credential {PCID, K}; without it there is none
trial=yes # whether the line tries the credentials out, which moves their sequence number

# operator NAME: an operator's own key and certificate
operator() {
	run "m2m-keygen operator --name $1 --alg $WALK_ALG --key-out $1/key.pem --cert-out $1/cert.pem"
}

# challenge SERVING: RAND and AUTN cross the air; the M2ME takes them out
challenge() {
	send "$1" m2me challenge "$1/challenge.json"
	run "rand=\$(jq -r .rand $wire) autn=\$(jq -r .autn $wire)"
}

manufacture() {
	step M1 B.2.2.1 'the parties and their keys' \
		'Cert_PVA is what every operator trusts about equipment; Cert_SHO[0] is what the TRE will trust. One CA for both would let anybody certified by it play the RO (NOTE 1).'
	run "m2m-keygen ca --name PVA --alg $WALK_ALG --key-out pva/key.pem --cert-out pva/cert.pem"
	operator ro
	operator sho-a
	operator sho-b
	run "m2m-keygen operator --name vno --alg $WALK_ALG --key-out vno/key.pem --cert-out vno/cert.pem"
	[ -z "$policy" ] || run "m2m-keygen operator --name es --role maker --alg $WALK_ALG --key-out es/key.pem --cert-out es/cert.pem"

	step M2 B.2.2.1 'the TRE makes {PrK_TRE, PuK_TRE}; the PVA certifies it' \
		'PrK_TRE is made inside the TRE and never leaves it: only a certificate signing request does.'
	run 'm2m-keygen secret --bits 64 -o owner/pin'
	[ -z "$policy" ] || run "jq -nc --rawfile maker es/cert.pem '$policy + {firmware_cert_pem: \$maker}' >es/policy.json"
	run "$tre init --tre-id '$id' --pin owner/pin${policy:+ --policy es/policy.json}"
	run "$tre keygen --alg $WALK_ALG --csr-out es/tre.csr"
	send es pva csr es/tre.csr
	run "m2m-keygen sign --csr $wire --tre-id '$id' --ca-key pva/key.pem --ca-cert pva/cert.pem --index pva/index.txt -o pva/tre.pem"
	send pva es cert pva/tre.pem
	run "cp $wire es/tre.pem"

	step M3 B.2.2.1 'the network-access credentials {PCID, K}' \
		'The TRE supplier creates them, and shares them with the RO, sealed for its certificate: they are what the initial attach authenticates.'
	run "printf '%s\\n' '$id' >es/tre-ids"
	run 'pcid-issue --register es/register.db --plmn 001-01 --count 1 --tre-ids es/tre-ids -o es/credential.jsonl'
	if [ -n "$credential_days" ]; then
		run "m2m-register set --register es/register.db subscribers \$(jq -r .imsi es/credential.jsonl) not_after=\$(date -u -d +${credential_days}days +%Y-%m-%dT%H:%M:%SZ)"
		run 'm2m-register export --register es/register.db subscribers -o es/credential.jsonl'
	fi
	run 'm2m-register export --register es/register.db subscribers --recipient ro/cert.pem -o es/credentials.cms'
	send es ro credentials es/credentials.cms
	run "m2m-register import --register ro/register.db subscribers --key ro/key.pem -i $wire"
	run 'm2m-register export --register es/register.db discovery -o es/discovery.jsonl'
	send es ro discovery es/discovery.jsonl
	run "m2m-register import --register ro/register.db discovery -i $wire"

	local tried='' past=''
	[ -z "$trial" ] || tried=', and tried out on the line' past=' The trial moves its sequence number past the one that the RO knows.'
	step M4 B.2.2.1 "the TRE is personalized$tried" \
		"The tuple {PrK_TRE, Cert_TRE, Cert_SHO[0], TRE_id} is in the TRE after manufacture.$past"
	run 'cp ro/cert.pem es/cert-sho-0.pem'
	run "$tre personalize --cert es/tre.pem --credential es/credential.jsonl --operator-cert es/cert-sho-0.pem --delivery-note es/delivery-note.json"
	if [ -n "$trial" ]; then
		run "auc-av --register es/register.db \$(jq -r .imsi es/credential.jsonl) -o es/trial.json"
		run "$tre attach --rand \$(jq -r .rand es/trial.json) --autn \$(jq -r .autn es/trial.json) -o es/trial-answer.json"
		run 'vno-auth --av es/trial.json -i es/trial-answer.json -o es/trial-verdict.json'
	fi

	step M5 B.2.2.1 'the M2ME is purchased and delivered' \
		'The owner gets {TRE_id, Cert_TRE, SHO_id} with the equipment, and with them can choose any operator later.'
	send es owner delivery-note es/delivery-note.json
	run "cp $wire owner/delivery-note.json"
	run 'jq -r .cert_pem owner/delivery-note.json >owner/tre.pem'
}

initial_attach() {
	step A1 B.2.2.2 'the M2ME attaches with its PCID' \
		'The PCID has the form of an IMSI, so that the VNO needs to know nothing of M2M.'
	run "$tre boot -o m2me/boot.json"
	run "$tre attach --identity -o m2me/identity.json"
	send m2me vno identity m2me/identity.json
	run "imsi=\$(jq -r .imsi $wire)"

	step A2 B.2.2.2 'the VNO finds the RO by MCC and MNC' \
		'The MCC and MNC of the PCID say whom to ask for vectors: another one has none for it.'
	run "printf 'plmn\\toperator\\n001-01\\tro\\n001-02\\tsho-a\\n001-03\\tsho-b\\n' >vno/routes.tsv"
	run "ro-drf-lookup --routes vno/routes.tsv \$imsi -o vno/route.json"
	run "jq -c '{imsi}' m2me/identity.json >vno/request.json"
	send vno ro vector-request vno/request.json

	step A3 B.2.2.2 'the ICF answers with a vector' \
		'The AuC of the RO writes the SQN down before the vector leaves. Vectors cross under NDS/IP; here that is CMS for the certificate of the VNO.'
	run "auc-av --register ro/register.db --recipient vno/cert.pem -o ro/vector.cms \$(jq -r .imsi $wire)"
	send ro vno vector ro/vector.cms
	run "cp $wire vno/vector.cms"
	run 'vno-auth --av vno/vector.cms --key vno/key.pem -o vno/challenge.json'

	step A4 B.2.2.2 'AKA fails in synchronisation, and is cured' \
		'The line has used up sequence numbers that the RO does not know of. The AUTS tells the RO where the TRE stands (TS 33.102 6.3.5).'
	challenge vno
	stumbles 1 "$tre attach --rand \$rand --autn \$autn -o m2me/answer.json"
	run "jq -c '{auts}' m2me/answer.json >m2me/response.json"
	send m2me vno auts m2me/response.json sqn-out-of-range
	run "vno-auth --av vno/vector.cms --key vno/key.pem -i $wire -o vno/resync.json"
	send vno ro resync vno/resync.json
	run "auc-av --register ro/register.db --recipient vno/cert.pem --resync \$(jq -r '.rand + \":\" + .auts' $wire) -o ro/vector2.cms \$(jq -r .imsi $wire)"
	send ro vno vector ro/vector2.cms
	run "cp $wire vno/vector2.cms"

	step A5 B.2.2.2 'AKA succeeds' \
		'The M2ME has checked the MAC and then the SQN of the AUTN; the VNO compares RES with XRES.'
	run 'vno-auth --av vno/vector2.cms --key vno/key.pem -o vno/challenge.json'
	challenge vno
	run "$tre attach --rand \$rand --autn \$autn -o m2me/answer.json"
	run "jq -c '{res}' m2me/answer.json >m2me/response.json"
	send m2me vno res m2me/response.json
	run "vno-auth --av vno/vector2.cms --key vno/key.pem -i $wire -o vno/verdict.json"

	step A6 B.2.2.2 'the RO sends the NAPDEF for IP connectivity' \
		'Without packet-switched parameters the M2ME has a cellular connection only. The bootstrap is signed: the TRE believes no access point that its operator did not name.'
	napdef ro provisioning
	run "bootstrap-sign --napdef-only --napdef ro/napdef.json --key ro/key.pem --cert ro/cert.pem --tre-id '$id' -o ro/napdef.xml"
	send ro m2me napdef ro/napdef.xml
	run "$tre bootstrap -i $wire -o m2me/napdef.json"
}

# napdef OPERATOR APN: the operator's access point
napdef() {
	run "printf '%s\\n' '{\"napid\":\"$1\",\"name\":\"$1 $2\",\"bearer\":\"GSM-GPRS\",\"apn\":\"$2.$1.example\"}' >$1/napdef.json"
}

# change_operator OLD NEW PLMN: the eleven steps of B.2.3 from SHO[i] to SHO[i+1]
change_operator() {
	local old=$1 new=$2 plmn=$3

	step 1 B.2.3.2 "the M2ME subscriber registers with $new" \
		'The token, signed by the TRE and bound to the certificate of the new operator, is the proof that the owner wants this change.'
	run "$tre token --to $new --to-cert $new/cert.pem --pin owner/pin -o owner/token-$new.jws"
	run "jq -c --rawfile token owner/token-$new.jws '{tre_id, cert_pem, sho: \"$old\", token: (\$token | rtrimstr(\"\\n\"))}' owner/delivery-note.json >owner/registration-$new.json"
	send owner "$new" registration "owner/registration-$new.json"
	run "jq -r .cert_pem $wire >$new/tre.pem; jq -r .token $wire >$new/token.jws"
	run "cp pva/cert.pem $new/cert-pva.pem"
	run "sho-subscribe --register $new/register.db --name $new --key $new/key.pem --cert $new/cert.pem --tre-cert $new/tre.pem --trust $new/cert-pva.pem --token $new/token.jws --current-sho $old --plmn $plmn --server-url https://dpf.$new.example/m2m --mcim-out $new/mcim.json -o $new/registration.jws"
	run "mcim-wrap --tre-cert $new/tre.pem --tre-id '$id' --operator-cert $new/cert.pem -i $new/mcim.json -o $new/mcim.blob"

	step 2 B.2.3.2 "$new makes a registration at $old" \
		'The current operator learns how the M2ME shall find the new one; username, password and nonce_A pass through it encrypted for the TRE.'
	send "$new" "$old" registration "$new/registration.jws"
	run "m2m-note check registration --trust $new/cert.pem --to $old --signer $new --register $old/register.db -i $wire -o $old/registered.json"

	step 3 B.2.3.3 "the DRF of $old makes the bootstrap" \
		'The TRE trusts Cert_SHO[i] alone until the change is complete; so the current operator signs where the M2ME is sent.'
	run "jq -r .credentials_b64 $old/registered.json | base64 -d >$old/credentials.blob"
	run "jq -r .cert_pem $old/registered.json >$old/cert-new.pem"
	napdef "$old" provisioning
	run "bootstrap-sign --key $old/key.pem --cert $old/cert.pem --tre-id '$id' --server-url \$(jq -r .server_url $old/registered.json) --server-cert $old/cert-new.pem --sho $new --credentials $old/credentials.blob --napdef $old/napdef.json -o $old/bootstrap.xml"

	step 4 B.2.3.3 'the TRE verifies the bootstrap, and installs Cert_SHO[i+1]' \
		'Signature of the current operator, then TRE_id, then the nonce; the certificate must be the one that the token names, so that the current operator cannot put another in.'
	send "$old" m2me bootstrap "$old/bootstrap.xml"
	run "$tre bootstrap -i $wire -o m2me/bootstrap.json"

	step 5 B.2.3.4 'the M2ME sends the M2MEobj' \
		'TRE_info, nonce_A and a new nonce_B, signed with PrK_TRE: fresh for both sides.'
	run 'm2meobj-make --tre m2me/state --device m2me/device -o m2me/m2meobj.xml'
	send m2me "$new" m2meobj m2me/m2meobj.xml
	run "cp $wire $new/m2meobj.xml"

	step 6 B.2.3.4 'the platform is validated' \
		'The operator validates with Cert_PVA itself (NOTE 2), and asks the responder of the PVA whether the certificate was revoked since.'
	run "m2m-keygen operator --name pva.$new --role attestation --alg $WALK_ALG --key-out $new/attest-key.pem --cert-out $new/attest-cert.pem"
	responder pva/index.txt pva/cert.pem pva/key.pem
	run "pva-verify --trust $new/cert-pva.pem --register $new/register.db --tre-id '$id' --ocsp \$ocsp --ocsp-request-out $new/ocsp.req --ocsp-response-out $new/ocsp.rsp --sign-key $new/attest-key.pem --sign-cert $new/attest-cert.pem --to $new -i $new/m2meobj.xml -o $new/result.jws"
	responder_ends
	send "$new" pva ocsp-request "$new/ocsp.req"
	send pva "$new" ocsp-response "$new/ocsp.rsp"

	step 7 B.2.3.4 "$new sends the MCIMobj" \
		'The wrapped MCIM, nonce_B and the token, signed by the new operator, with the NAPDEF of its network.'
	napdef "$new" m2m
	run "mcimobj-make --key $new/key.pem --cert $new/cert.pem --mcim $new/mcim.blob --result $new/result.jws --result-trust $new/attest-cert.pem --token $new/token.jws --napdef $new/napdef.json --register $new/register.db -o $new/mcimobj.xml"
	send "$new" m2me mcimobj "$new/mcimobj.xml"

	step 8 B.2.3.4 'the TRE installs the MCIM' \
		'Signature, nonce_B and token first; then the blob is opened inside the TRE; all or nothing.'
	run "$tre provision -i $wire -o m2me/status.jws"
	send m2me "$new" status m2me/status.jws
	run "m2m-note check status --trust $new/cert-pva.pem --to $new --signer '$id' --about $new/mcimobj.xml --register $new/register.db -i $wire -o $new/status.json"

	step 9 B.2.3.5 "the M2ME attaches to $new with the new MCIM" \
		'From now on the identity is that of the new subscription; who is asked for vectors follows from it.'
	run "$tre attach --identity -o m2me/identity.json"
	send m2me "$new" identity m2me/identity.json
	run "auc-av --register $new/register.db \$(jq -r .imsi $wire) -o $new/vector.json"
	run "vno-auth --av $new/vector.json -o $new/challenge.json"

	step 10 B.2.3.5 'AKA with the new K' \
		'The first success with the new MCIM completes the change: only now Cert_SHO[i] goes, and the old MCIM.'
	challenge "$new"
	run "$tre attach --rand \$rand --autn \$autn -o m2me/answer.json"
	run "jq -c '{res}' m2me/answer.json >m2me/response.json"
	send m2me "$new" res m2me/response.json
	run "vno-auth --av $new/vector.json -i $wire -o $new/verdict.json"

	step 11 B.2.3.5 "$new tells $old; $old deactivates its credentials" \
		'Only the operator that had registered may say so, about that registration.'
	run "m2m-note make completion --key $new/key.pem --cert $new/cert.pem --to $old --about $new/registration.jws tre_id='$id' registration_sha256=\$(sha256sum <$new/registration.jws | cut -c1-64) -o $new/completion.jws"
	send "$new" "$old" completion "$new/completion.jws"
	run "m2m-note check completion --trust $new/cert.pem --to $old --signer $new --register $old/register.db -i $wire -o $old/completed.json"
}
