#!/bin/bash
# S3-090905: initial provisioning in 21 steps; the VNO gives IP connectivity, the SHO makes the object
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"
begin es pva ro vno sho-a sho-b m2me owner
reference='' # the PVA gets the PfC and the identity alone
factory
status_to='sho-a'

step R1 5.1.3.5.2 'the M2ME subscriber selects sho-a' \
	'The contract of which step 9 finds the address: without one the DRF knows no SHO.'
owner_registers ro sho-a 001-02
step R2 5.1.3.4.2 'sho-a registers at the DRF of the RO' \
	'The DRF can lead the M2ME to its SHO only where it knows of the contract.'
drf_learns sho-a

step 1 5.1.3.7.3 'the M2ME attaches with its PCID' \
	'The PCID has the form of an IMSI: the VNO needs nothing new for M2M.'
pcid_attaches

step 2 5.1.3.7.3 'the VNO sends the PCID to the ICF of the RO' \
	'MCC and MNC of the PCID say whom to ask: another operator has no vectors for it.'
vno_asks_icf

step 3 5.1.3.7.3 'the ICF makes vectors from the temporary-access credential' \
	'An unknown PCID ends here: vectors for it would connect anybody.'
icf_makes_vector

step 4 5.1.3.7.3 'the RO transfers the vectors to the VNO' \
	'Sealed for the VNO: CK and IK are in them, and whoever has those can listen.'
vno_gets_vector

step 5 5.1.3.7.3 'the VNO authenticates the M2ME by AKA' \
	'RES is XRES: without it, whoever reads a PCID off the air could attach with it.'
vno_authenticates

step 6 5.1.3.7.3 'the VNO provides IP connectivity, and assigns an address' \
	'Enough to reach the DRF; the DRF sends the bootstrap, not the VNO.'
run "jq -c '{ip: \"192.0.2.17\", imsi} | select(.imsi)' vno/verdict.json >vno/connectivity.json"
send vno m2me connectivity vno/connectivity.json
run "cp $wire m2me/connectivity.json"

step 7 5.1.3.7.3 'the M2ME connects to the RO' \
	'Over the VNO'"'"'s IP connectivity; the RO learns where to send the bootstrap.'
run "jq -c '{pcid: .imsi, ip}' m2me/connectivity.json >m2me/connect.json"
send m2me ro connect m2me/connect.json
run "cp $wire ro/connect.json"

step 8 5.1.3.7.3 'the ICF asks the DRF to bootstrap' \
	'PCID and IP address cross inside the RO, signed: the DRF bootstraps only whom the ICF has made vectors for.'
run 'test "$(jq -r .pcid ro/connect.json)" = "$(jq -r .imsi ro/request.json)"'
icf_hands_over

step 9 5.1.3.7.3 'the DRF looks up DPF and SHO, and makes the bootstrap' \
	'By the PCID, which AKA has just proved; by anything unproved, another'"'"'s bootstrap could be fetched.'
drf_makes_bootstrap pcid "\$(jq -r .pcid ro/session.json)"

step 10 5.1.3.7.3 'the DRF sends the bootstrap' \
	'Addresses of DPF and SHO, and both contexts, signed: an M2ME cannot tell a false server otherwise.'
send ro m2me bootstrap ro/bootstrap.xml

step 11 5.1.3.7.3 'the M2ME performs the bootstrap' \
	'From now on it can start a management session with the DPF; before, it knows neither address nor password.'
m2me_bootstraps

step 12 5.1.3.7.3 'the DRF registers the M2ME with the SHO' \
	'The SHO hears that its M2ME is there, from the RO that it had registered at.'
run "m2m-note make session --key ro/key.pem --cert ro/cert.pem --to sho-a --about sho-a/registration.jws tre_id='$id' ip=\$(jq -r .ip ro/session.json) -o ro/arrival.jws"
send ro sho-a session ro/arrival.jws
run "cp ro/cert.pem sho-a/cert-ro.pem"
run "m2m-note check session --trust sho-a/cert-ro.pem --to sho-a --signer ro --about sho-a/registration.jws --register sho-a/register.db -i $wire -o sho-a/arrival.json"

step 13 5.1.3.7.3 'the SHO gets the PfC from the M2ME, and sends it with its identity to a PVA' \
	'The evidence comes through the DPF; its signature, nonce_A and the credentials the SHO checks itself. The no to one that comes again does not take the place of the yes.'
m2me_contacts_dpf
dpf_relays sho-a
run "m2m-keygen operator --name pva.sho-a --role attestation --alg $WALK_ALG --key-out sho-a/attest-key.pem --cert-out sho-a/attest-cert.pem"
run "pva-verify --trust sho-a/cert-pva.pem --register sho-a/register.db --tre-id '$id' --require signature,chain,nonce-a,client-credentials --cert-out sho-a/pfc.pem --sign-key sho-a/attest-key.pem --sign-cert sho-a/attest-cert.pem --to sho-a -i sho-a/m2meobj.xml -o sho-a/seen.jws && mv sho-a/seen.jws sho-a/own-result.jws"
run "m2m-note make validation-request --key sho-a/key.pem --cert sho-a/cert.pem --to pva tre_id='$id' require=chain,key-usage,validity,revocation,revocation-freshness pfc_pem=@sho-a/pfc.pem -o sho-a/validation-request.jws"
send sho-a pva validation-request sho-a/validation-request.jws
run "cp $wire pva/validation-request.jws; cp sho-a/cert.pem pva/cert-sho.pem"

step 14 5.1.3.7.3 'the PVA validates authenticity and integrity' \
	'Of the PfC and the identity: chain, usage, validity, revocation.'
run 'm2m-note check validation-request --trust pva/cert-sho.pem --to pva --signer sho-a --register pva/register.db -i pva/validation-request.jws -o pva/request.json'
run 'jq -r .pfc_pem pva/request.json >pva/pfc.pem'
responder pva/index.txt pva/cert.pem pva/key.pem
run "pva-verify --trust pva/cert.pem --cert pva/pfc.pem --tre-id \"\$(jq -r .tre_id pva/request.json)\" --ocsp \$ocsp --ocsp-request-out pva/ocsp.req --ocsp-response-out pva/ocsp.rsp --require \$(jq -r .require pva/request.json) --sign-key pva/attest-key.pem --sign-cert pva/attest-cert.pem --to sho-a -o pva/result.jws"
responder_ends
send pva pva ocsp-request pva/ocsp.req
send pva pva ocsp-response pva/ocsp.rsp

step 15 5.1.3.7.3 'the PVA sends the results back to the SHO' \
	'Signed, with each check named: nobody between can turn a no into a yes, or leave a check out.'
pva_answers sho-a

step 16 5.1.3.7.3 'the SHO encrypts the MCIM by the PfC, and makes the management object' \
	'Here the SHO makes the whole object (M2MSIMMobj): the DPF relays it, and signs nothing. Not before the PVA has said yes.'
run "jq -e '.verdict and .tre_id == \"$id\"' sho-a/result.json >sho-a/validated.json"
sho_wraps sho-a
napdef sho-a m2m
run "mcimobj-make --key sho-a/key.pem --cert sho-a/cert.pem --mcim sho-a/mcim.blob --result sho-a/own-result.jws --result-trust sho-a/attest-cert.pem --token sho-a/token.jws --napdef sho-a/napdef.json --register sho-a/register.db -o sho-a/mcimobj.xml"

step 17 5.1.3.7.3 'the SHO delivers it to the DPF, and authorises the provisioning' \
	'The authorization is about this object, to this DPF, once: a DPF could else send an old one again.'
run "m2m-note make authorization --key sho-a/key.pem --cert sho-a/cert.pem --to ro --about sho-a/mcimobj.xml tre_id='$id' -o sho-a/authorization.jws"
send sho-a ro mcimobj sho-a/mcimobj.xml
run "cp $wire ro/mcimobj.xml"
send sho-a ro authorization sho-a/authorization.jws
run "cp $wire ro/authorization.jws"
run "m2m-note check authorization --trust ro/partners.pem --to ro --signer sho-a --about ro/mcimobj.xml --register ro/register.db -i ro/authorization.jws -o ro/authorization.json"

step 18 5.1.3.7.3 'the DPF downloads the object to the M2ME' \
	'As it came: the signature is the SHO'"'"'s, and a DPF that changes it is seen.'
dpf_downloads

step 19 5.1.3.7.3 'the M2ME decrypts it, and installs the MCIM in the TRE' \
	'Signature, nonce_B and token first; then the MAC; then the rest; all or nothing.'
run "$tre provision -i m2me/mcimobj.xml -o m2me/status.jws"

step 20 5.1.3.7.3 'the M2ME reports to the DPF' \
	'The STATUS is signed with PrK_TRE and about this object: a DPF cannot make it up.'
m2me_reports

step 21 5.1.3.7.3 'the DPF reports to the SHO' \
	'With the TRE'"'"'s own signed word inside: the SHO need not believe the DPF that it is done.'
dpf_reports sho-a

first_attach sho-a
say ''
say 'The M2ME is served by sho-a.'
