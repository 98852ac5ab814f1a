# shellcheck shell=bash
# shellcheck disable=SC2154 # $wire and $ocsp are set by walk.sh
# shellcheck disable=SC2034 # $policy and $trial are for manufacture
# TR 33.812 5.1.3.6 and 5.1.3.7, where the RO hosts ICF, DRF and DPF: what several procedures do, as
# functions; the numbers of the steps are the procedures' own.
# shellcheck source=bin/procedures/lib/annex-b.sh
. "$WALK_SCRIPTS/lib/annex-b.sh"

policy='{"ro_bootstraps":true,"revert_after":3600}'
trial=''
reference=pva/reference.jsonl # what the platform should measure; '': nobody knows
by_rules='' # yes: the DPF makes the MCIM itself (5.1.3.4.3)
status_to=ro # who signs the MCIMobj, and is answered by the STATUS
requirements=signature,chain,key-usage,validity,tre-id,revocation,revocation-freshness,measurements

# ---- before the numbered steps ----

# factory: the factory, and what else the parties know of each other beforehand
factory() {
	manufacture

	if [ -n "$reference" ]; then
		step M6 5.1.3.5.8 'the PVA learns what the platform should measure' \
			'Authenticity is the certificate; integrity is that these components are the ones that run. The RO and the SHOs trust the PVA'"'"'s key for results alone.'
	else
		step M6 5.1.3.5.8 'the PVA has a key for its results' \
			'It is going to validate the PfC, which asserts the state of the platform as it was made; no measurements. The RO and the SHOs trust that key for results alone.'
	fi
	run "printf '{\"component\":\"%s\",\"sha256\":\"%064d\"}\\n' bootloader 11 firmware 12 >es/reference.jsonl"
	if [ -n "$reference" ]; then
		send es pva reference es/reference.jsonl
		run "cp $wire pva/reference.jsonl"
	fi
	run 'cp es/reference.jsonl m2me/components.jsonl'
	run "m2m-keygen operator --name pva --role attestation --alg $WALK_ALG --ca-key pva/key.pem --ca-cert pva/cert.pem --key-out pva/attest-key.pem --cert-out pva/attest-cert.pem"
	local who
	for who in ro sho-a sho-b; do
		run "cp pva/cert.pem $who/cert-pva.pem"
	done
	run 'cat ro/cert-pva.pem sho-a/cert.pem sho-b/cert.pem >ro/partners.pem'
}

# owner_registers CUR NEW PLMN [OPTIONS]: the owner's word and the M2ME's parameters go to the new
# SHO, which makes the subscription and its MCIM
owner_registers() {
	local cur=$1 new=$2 plmn=$3 made=" --mcim-out $2/mcim.json"
	[ -z "$by_rules" ] || made=' --by-rules'
	run "$tre token --to $new --to-cert $new/cert.pem --pin owner/pin -o owner/token-$new.jws"
	run "jq -c --rawfile token owner/token-$new.jws '{tre_id, cert_pem, sho: \"$cur\", token: (\$token | rtrimstr(\"\\n\"))}' owner/delivery-note.json >owner/registration-$new.json"
	send owner "$new" registration "owner/registration-$new.json"
	run "jq -r .cert_pem $wire >$new/tre.pem; jq -r .token $wire >$new/token.jws"
	run "sho-subscribe --register $new/register.db --name $new --key $new/key.pem --cert $new/cert.pem --tre-cert $new/tre.pem --trust $new/cert-pva.pem --token $new/token.jws --current-sho $cur --drf ro --plmn $plmn --server-url https://dpf.ro.example/m2m$made${4-} -o $new/registration.jws"
}

# drf_learns NEW: the registration reaches the DRF of the RO
drf_learns() {
	send "$1" ro registration "$1/registration.jws"
	run "m2m-note check registration --trust ro/partners.pem --to ro --signer $1 --register ro/register.db -i $wire -o ro/registered.json"
	run 'jq -r .credentials_b64 ro/registered.json | base64 -d >ro/credentials.blob'
	run 'jq -r .cert_pem ro/registered.json >ro/cert-new.pem'
}

# ---- initial attach ----

pcid_attaches() {
	run "$tre boot --components m2me/components.jsonl -o m2me/boot.json"
	run "$tre attach --identity -o m2me/identity.json"
	send m2me vno identity m2me/identity.json
	run "cp $wire vno/identity.json"
}

vno_asks_icf() {
	run "printf 'plmn\\toperator\\n001-01\\tro\\n001-02\\tsho-a\\n001-03\\tsho-b\\n' >vno/routes.tsv"
	run "ro-drf-lookup --routes vno/routes.tsv \$(jq -r .imsi vno/identity.json) -o vno/route.json"
	run "jq -c '{imsi}' vno/identity.json >vno/request.json"
	send vno ro vector-request vno/request.json
	run "cp $wire ro/request.json"
}

icf_makes_vector() {
	run 'auc-av --register ro/register.db --recipient vno/cert.pem -o ro/vector.cms $(jq -r .imsi ro/request.json)'
}

vno_gets_vector() {
	send ro vno vector ro/vector.cms
	run "cp $wire vno/vector.cms"
}

# aka SERVING AV [OPTIONS]: challenge, answer, and RES is XRES
aka() {
	run "vno-auth --av $2${3-} -o $1/challenge.json"
	challenge "$1"
	run "$tre attach --rand \$rand --autn \$autn -o m2me/answer.json"
	run "jq -c '{res}' m2me/answer.json >m2me/response.json"
	send m2me "$1" res m2me/response.json
	run "vno-auth --av $2${3-} -i $wire -o $1/verdict.json"
}

vno_authenticates() {
	aka vno vno/vector.cms ' --key vno/key.pem'
}

# ---- discovery ----

icf_hands_over() {
	run "m2m-note make session --key ro/key.pem --cert ro/cert.pem --to ro pcid=\$(jq -r .imsi ro/request.json) ip=192.0.2.17 -o ro/session.jws"
	send ro ro session ro/session.jws
	run "m2m-note check session --trust ro/cert.pem --to ro --signer ro --register ro/register.db -i $wire -o ro/session.json"
}

# drf_makes_bootstrap KEY ID: what the DRF knows of the M2ME by that key, and the bootstrap from it
drf_makes_bootstrap() {
	run "ro-drf-lookup --register ro/register.db --by $1 $2 -o ro/discovery.json"
	napdef ro provisioning
	run "bootstrap-sign --key ro/key.pem --cert ro/cert.pem --tre-id '$id' --server-url \$(jq -r .dpf_url ro/discovery.json) --server-cert ro/cert.pem --sho \$(jq -r .sho ro/discovery.json) --sho-cert ro/cert-new.pem --credentials ro/credentials.blob --napdef ro/napdef.json --context mcim=https://dpf.ro.example/mcim --context m2m=https://dpf.ro.example/app -o ro/bootstrap.xml"
}

m2me_bootstraps() {
	run "$tre bootstrap -i $wire -o m2me/bootstrap.json"
}

m2me_contacts_dpf() {
	run 'm2meobj-make --tre m2me/state --device m2me/device -o m2me/m2meobj.xml'
	send m2me ro m2meobj m2me/m2meobj.xml
	run "cp $wire ro/m2meobj.xml"
}

dpf_relays() {
	send ro "$1" m2meobj ro/m2meobj.xml
	run "cp $wire $1/m2meobj.xml"
}

# ---- validation ----

# sho_asks_pva SHO: nonce_A and the client's credentials are the SHO's own secrets: it checks them
# itself, and the PVA checks what the SHO requires of it
sho_asks_pva() {
	run "pva-verify --trust $1/cert-pva.pem --register $1/register.db --tre-id '$id' --require signature,chain,nonce-a,client-credentials -i $1/m2meobj.xml -o $1/freshness.json"
	run "m2m-note make validation-request --key $1/key.pem --cert $1/cert.pem --to pva --about $1/m2meobj.xml tre_id='$id' require=$requirements m2meobj_b64=@$1/m2meobj.xml -o $1/validation-request.jws"
	send "$1" pva validation-request "$1/validation-request.jws"
	run "cp $wire pva/validation-request.jws; cp $1/cert.pem pva/cert-sho.pem"
}

# pva_validates SHO [REASON]: with a reason it says no
pva_validates() {
	local how=run
	[ -z "${2-}" ] || how='stumbles 1'
	run "m2m-note check validation-request --trust pva/cert-sho.pem --to pva --signer $1 --register pva/register.db -i pva/validation-request.jws -o pva/request.json"
	run 'jq -r .m2meobj_b64 pva/request.json | base64 -d >pva/m2meobj.xml'
	responder pva/index.txt pva/cert.pem pva/key.pem
	$how "pva-verify --trust pva/cert.pem --tre-id \"\$(jq -r .tre_id pva/request.json)\"${reference:+ --reference $reference} --ocsp \$ocsp --ocsp-request-out pva/ocsp.req --ocsp-response-out pva/ocsp.rsp --require \$(jq -r .require pva/request.json) --sign-key pva/attest-key.pem --sign-cert pva/attest-cert.pem --to $1 -i pva/m2meobj.xml -o pva/result.jws"
	responder_ends
	send pva pva ocsp-request pva/ocsp.req
	send pva pva ocsp-response pva/ocsp.rsp
}

# pva_answers SHO [REASON]
pva_answers() {
	send pva "$1" result pva/result.jws "${2:-ok}"
	run "cp $wire $1/result.jws"
	run "m2m-note check result --trust $1/cert-pva.pem --to $1 --signer pva --register $1/register.db -i $1/result.jws -o $1/result.json"
	run "jq -e '.verdict${2:+ | not}' $1/result.json >$1/verdict-platform.json"
}

# ---- provisioning ----

sho_wraps() {
	run "mcim-wrap --tre-cert $1/tre.pem --tre-id '$id' --operator-cert $1/cert.pem -i $1/mcim.json -o $1/mcim.blob"
}

# sho_delivers SHO: the MCIM, which the DPF cannot open, and the SHO's word that it may pass it on
sho_delivers() {
	run "m2m-note make authorization --key $1/key.pem --cert $1/cert.pem --to ro --about $1/mcim.blob tre_id='$id' -o $1/authorization.jws"
	send "$1" ro mcim "$1/mcim.blob"
	run "cp $wire ro/mcim.blob"
	send "$1" ro token "$1/token.jws"
	run "cp $wire ro/token.jws"
	send "$1" ro result "$1/result.jws"
	run "cp $wire ro/result.jws"
	send "$1" ro authorization "$1/authorization.jws"
	run "cp $wire ro/authorization.jws"
}

# dpf_makes_mcimobj SHO [TRUST]
dpf_makes_mcimobj() {
	run "printf '%s\\n' '{\"napid\":\"$1\",\"name\":\"$1 m2m\",\"bearer\":\"GSM-GPRS\",\"apn\":\"m2m.$1.example\"}' >ro/napdef-$1.json"
	run "mcimobj-make --key ro/key.pem --cert ro/cert.pem --mcim ro/mcim.blob --result ro/result.jws --result-trust ro/partners.pem --authorization ro/authorization.jws --token ro/token.jws --napdef ro/napdef-$1.json --register ro/register.db -o ro/mcimobj.xml"
}

dpf_downloads() {
	send ro m2me mcimobj ro/mcimobj.xml
	run "cp $wire m2me/mcimobj.xml"
}

# m2me_reports [OUTCOME]: the TRE's signed STATUS, about the MCIMobj, to the DPF
m2me_reports() {
	send m2me ro status m2me/status.jws "${1:-ok}"
	run "cp $wire ro/status.jws"
	run "m2m-note check status --trust ro/cert-pva.pem --to $status_to --signer '$id' --about ro/mcimobj.xml --register ro/register.db -i ro/status.jws -o ro/status.json"
}

# dpf_reports SHO [OUTCOME]: the DPF's word, with the TRE's own inside, and the MCIMobj that it is about
dpf_reports() {
	run "m2m-note make status --key ro/key.pem --cert ro/cert.pem --to $1 --about ro/authorization.jws tre_id='$id' result=\$(jq -r .result ro/status.json) status_b64=@ro/status.jws mcimobj_b64=@ro/mcimobj.xml${by_rules:+ credentials_b64=@ro/told.cms} -o ro/report.jws"
	send ro "$1" status ro/report.jws "${2:-ok}"
	run "m2m-note check status --trust ro/cert.pem --to $1 --signer ro --about $1/authorization.jws --register $1/register.db -i $wire -o $1/report.json"
	run "jq -r .status_b64 $1/report.json | base64 -d >$1/status.jws; jq -r .mcimobj_b64 $1/report.json | base64 -d >$1/mcimobj.xml"
	run "m2m-note check status --trust $1/cert-pva.pem --to $status_to --signer '$id' --about $1/mcimobj.xml -i $1/status.jws -o $1/status.json"
	[ -z "$by_rules" ] || return 0
	run "tr -d ' \\n' <$1/mcimobj.xml | grep -qF \"\$(base64 -w0 $1/mcim.blob)\""
}

# sho_serves SHO [OPTIONS]: the M2ME attaches with the new MCIM, and AKA succeeds
sho_serves() {
	run "$tre attach --identity -o m2me/identity.json"
	send m2me "$1" identity m2me/identity.json
	run "auc-av --register $1/register.db${2-} \$(jq -r .imsi $wire) -o $1/vector.json"
	aka "$1" "$1/vector.json"
}

# sho_subscribes SHO: the DRF knows from now on whom the M2ME subscribes to
sho_subscribes() {
	run "m2m-note make subscribing --key $1/key.pem --cert $1/cert.pem --to ro tre_id='$id' -o $1/subscribing.jws"
	send "$1" ro subscribing "$1/subscribing.jws"
	run "m2m-note check subscribing --trust ro/partners.pem --to ro --signer $1 --register ro/register.db -i $wire -o ro/subscribing.json"
}

# command_of OPERATOR NAME [FIELD=VALUE...]: an operator's signed command crosses to the M2ME
command_of() {
	local who=$1 name=$2
	shift 2
	run "m2m-note make command --key $who/key.pem --cert $who/cert.pem --to '$id' command=$name $* -o $who/command.jws"
	send "$who" m2me "command-$name" "$who/command.jws" "${outcome-ok}"
}

# m2me_answers OPERATOR NOTE: the TRE's signed answer to the command that crossed last, of which it tells lines
m2me_answers() {
	run "$tre command --signed -i $wire -o m2me/$2.jws"
	send m2me "$1" status "m2me/$2.jws"
	run "m2m-note check status --trust $1/cert-pva.pem --to $1 --signer '$id' --about $1/command.jws --register $1/register.db -i $wire -o $1/$2.json"
}

# served_by_sho_a: what a change of operator begins with, where the run does not stand there already
served_by_sho_a() {
	fresh || return 0
	begin es pva ro vno sho-a sho-b m2me owner
	WALK_PROCEDURE=initial-3gpp
	factory
	initial_3gpp sho-a 001-02
	WALK_PROCEDURE=$WALK_NAME
}

# shellcheck source=bin/procedures/lib/initial.sh
. "$WALK_SCRIPTS/lib/initial.sh"
