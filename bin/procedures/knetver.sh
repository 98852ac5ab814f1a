#!/bin/bash
# 5.2.2.3.3 of v0.3.0: the K_NetVer variant; keys made by RO and PVA, K_NetVer in the MCIM proves the SHO
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"
begin es pva ro vno sho-a sho-b m2me owner

step P0 5.2.2.3.1 'the parties and their keys' \
	'All trust the root certificate of the PVA. The ES has a key, so that secrets can be sealed for it.'
run "m2m-keygen ca --name PVA --alg $WALK_ALG --key-out pva/key.pem --cert-out pva/cert.pem"
for who in ro es sho-a sho-b; do
	operator "$who"
done
run "m2m-keygen operator --name vno --alg $WALK_ALG --key-out vno/key.pem --cert-out vno/cert.pem"
run "m2m-keygen operator --name pva --role attestation --alg $WALK_ALG --ca-key pva/key.pem --ca-cert pva/cert.pem --key-out pva/attest-key.pem --cert-out pva/attest-cert.pem"
run 'cp pva/cert.pem ro/cert-pva.pem; cp pva/cert.pem sho-a/cert-pva.pem; cp pva/cert.pem sho-b/cert-pva.pem'
run 'cat ro/cert-pva.pem sho-a/cert.pem sho-b/cert.pem >ro/partners.pem'

step P1 5.2.2.3.3.2 'the ES asks the RO for network-access credentials {PIMSI, K_A}' \
	'The RO makes and stores them, and sends them sealed for the ES, who puts them into the TRE.'
run "printf '%s\\n' '$id' >es/tre-ids.txt"
send es ro credential-request es/tre-ids.txt
run "pcid-issue --register ro/register.db --plmn 001-01 --count 1 --tre-ids $wire --recipient es/cert.pem -o ro/credentials.cms"
send ro es credentials ro/credentials.cms
run "m2m-register import --register es/register.db subscribers --key es/key.pem -i $wire"
run 'm2m-register export --register es/register.db subscribers -o es/credential.jsonl'

step P2 5.2.2.3.3.2 'the ES asks a PVA for {PrK_A, PuK_A, Cert_A}' \
	'Here the PVA makes the pair, unlike Annex B; it crosses sealed, and the PVA keeps no copy of PrK_A.'
send es pva key-request es/tre-ids.txt
run "m2m-keygen tre --tre-id '$id' --alg $WALK_ALG --ca-key pva/key.pem --ca-cert pva/cert.pem --index pva/index.txt --key-out pva/tre-key.pem --cert-out pva/tre.pem"
run 'openssl cms -encrypt -binary -aes-256-cbc -outform DER -in pva/tre-key.pem -out pva/tre-key.cms es/cert.pem'
run 'shred -u pva/tre-key.pem'
send pva es key pva/tre-key.cms
run "(umask 077; openssl cms -decrypt -inform DER -in $wire -inkey es/key.pem -recip es/cert.pem -out es/tre-key.pem)"
send pva es cert pva/tre.pem
run "cp $wire es/tre.pem"

step P3 5.2.2.3.3.2 'the TRE is personalized; the M2ME is delivered, with PIMSI, K_NetVer and RO on paper' \
	'Several K_NetVer, so that another can be told to the next operator. Paper is not an interface: it does not lie in wire/.'
run 'm2m-keygen secret --bits 256 -o es/knetver-1'
run 'm2m-keygen secret --bits 256 -o es/knetver-2'
run 'cat es/knetver-1 es/knetver-2 >es/knetver'
run 'm2m-keygen secret --bits 64 -o owner/pin'
run "$tre init --tre-id '$id' --pin owner/pin"
run "$tre personalize --key es/tre-key.pem --cert es/tre.pem --credential es/credential.jsonl --operator-cert ro/cert.pem --knetver es/knetver --delivery-note es/delivery-note.json"
run 'shred -u es/tre-key.pem'
run 'cp es/delivery-note.json owner/delivery-note.json'

step P4 5.2.2.3.3.3 'the M2ME U/S registers for a subscription at the SHO' \
	'With PIMSI, one K_NetVer and the RO: sealed for the SHO. The SHO makes the USIM credentials.'
run "$tre token --to sho-a --to-cert sho-a/cert.pem --pin owner/pin -o owner/token-sho-a.jws"
run "jq -c --rawfile token owner/token-sho-a.jws '{tre_id, pcid, cert_pem, ro: .sho, knetver: .knetver[0], token: (\$token | rtrimstr(\"\\n\"))}' owner/delivery-note.json >owner/registration.json"
run 'openssl cms -encrypt -binary -aes-256-cbc -outform DER -in owner/registration.json -out owner/registration.cms sho-a/cert.pem'
send owner sho-a registration owner/registration.cms
run "openssl cms -decrypt -inform DER -in $wire -inkey sho-a/key.pem -recip sho-a/cert.pem -out sho-a/registration.json"
run 'jq -r .cert_pem sho-a/registration.json >sho-a/tre.pem; jq -r .token sho-a/registration.json >sho-a/token.jws; jq -r .knetver sho-a/registration.json >sho-a/knetver'
run 'sho-subscribe --register sho-a/register.db --name sho-a --key sho-a/key.pem --cert sho-a/cert.pem --tre-cert sho-a/tre.pem --trust sho-a/cert-pva.pem --token sho-a/token.jws --current-sho ro --plmn 001-02 --server-url https://dp-sp.sho-a.example/m2m --knetver sho-a/knetver --mcim-out sho-a/mcim.json -o sho-a/registration.jws'

step P5 5.2.2.3.3.3 'the SHO tells the DR-SP of the RO that it has a subscription with the M2ME' \
	'The RO updates how the M2ME discovers its SHO. It hears no K_NetVer.'
drf_learns sho-a

step 1.1 5.2.2.3.3.4 'the M2ME attaches with its PIMSI' \
	'To any network with a roaming agreement with the RO: the owner need not know where it will stand.'
run "$tre boot -o m2me/boot.json"
run "$tre attach --identity -o m2me/identity.json"
send m2me vno identity m2me/identity.json
run "cp $wire vno/identity.json"

step 1.2 5.2.2.3.3.4 'the VO contacts the RO' \
	'It knows it by the PIMSI; no other operator has the K_A behind it.'
vno_asks_icf

step 1.3 5.2.2.3.3.4 'the RO issues authentication vectors from K_A' \
	'Sealed for the VO, or who listens between could listen on the air too.'
icf_makes_vector
vno_gets_vector

step 1.4 5.2.2.3.3.4 'M2ME and VO perform AKA' \
	'Where it succeeds, the M2ME may use the network; a clone without K_A may not.'
vno_authenticates

step 2 5.2.2.3.3.5 'the DR-SP pushes an OMA bootstrap over the air' \
	'It moves the M2ME to where it can start a session with the DP-SP, which is the SHO'"'"'s.'
run "ro-drf-lookup --register ro/register.db \$(jq -r .imsi ro/request.json) -o ro/discovery.json"
napdef ro provisioning
run "bootstrap-sign --key ro/key.pem --cert ro/cert.pem --tre-id '$id' --server-url \$(jq -r .dpf_url ro/discovery.json) --server-cert ro/cert-new.pem --sho sho-a --credentials ro/credentials.blob --napdef ro/napdef.json --profile cp --wbxml --push -o ro/bootstrap.push"
send ro m2me bootstrap ro/bootstrap.push
m2me_bootstraps

step 3.1 5.2.2.3.3.6 'the M2ME sends the DP-SP information about itself and its TRE' \
	'Signed with PrK_A, Cert_A attached, a nonce in it: an old request could else be sent again.'
run 'm2meobj-make --tre m2me/state --device m2me/device -o m2me/m2meobj.xml'
send m2me sho-a m2meobj m2me/m2meobj.xml
run "cp $wire sho-a/m2meobj.xml"

step 3.2 5.2.2.3.3.6 'the OMA DM server checks signature and freshness' \
	'The request must belong to a provisioning that is going on: its nonce_A was given out, and is spent.'
run "pva-verify --trust sho-a/cert-pva.pem --register sho-a/register.db --tre-id '$id' --require signature,chain,nonce-a,client-credentials -i sho-a/m2meobj.xml -o sho-a/freshness.json"

step 3.3 5.2.2.3.3.6 'the back end asks the PVA, and the PVA an OCSP' \
	'Whether the TRE can be trusted; the certificate may have been revoked since.'
requirements=signature,chain,key-usage,validity,tre-id,revocation,revocation-freshness
run "m2m-note make validation-request --key sho-a/key.pem --cert sho-a/cert.pem --to pva --about sho-a/m2meobj.xml tre_id='$id' require=$requirements m2meobj_b64=@sho-a/m2meobj.xml -o sho-a/validation-request.jws"
send sho-a pva validation-request sho-a/validation-request.jws
run "cp $wire pva/validation-request.jws; cp sho-a/cert.pem pva/cert-sho.pem"
reference=''
pva_validates sho-a
pva_answers sho-a

step 4.4 5.2.2.3.3.6 'the DP-SP provisions the wrapped credentials, with K_NetVer inside' \
	'The M2ME'"'"'s nonce goes back with them, so that a replayed object is seen.'
sho_wraps sho-a
napdef sho-a m2m
run 'mcimobj-make --key sho-a/key.pem --cert sho-a/cert.pem --mcim sho-a/mcim.blob --result sho-a/result.jws --result-trust sho-a/cert-pva.pem --token sho-a/token.jws --napdef sho-a/napdef.json --register sho-a/register.db -o sho-a/mcimobj.xml'
send sho-a m2me mcimobj sho-a/mcimobj.xml
run "cp $wire m2me/mcimobj.xml"

step 4.5 5.2.2.3.3.6 'the TRE decrypts, compares K_NetVer, and installs; the status goes back' \
	'Every pair of keys is compared, in constant time: only the SHO that the owner chose knows one.'
run "$tre provision -i m2me/mcimobj.xml -o m2me/status.jws"
send m2me sho-a status m2me/status.jws
run "m2m-note check status --trust sho-a/cert-pva.pem --to sho-a --signer '$id' --about sho-a/mcimobj.xml --register sho-a/register.db -i $wire -o sho-a/status.json"

first_attach sho-a
say ''
say 'The M2ME is served by sho-a.'
