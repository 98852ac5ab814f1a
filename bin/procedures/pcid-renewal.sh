#!/bin/bash
# 5.1.3.7.4.3 NOTE 2: a new initial network-access credential before the old one expires
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

# ro_issues LIFETIME [--first MSIN]: a new {PCID, K} of the CCIF, protected for this TRE
ro_issues() {
	run "printf '%s\\n' '$id' >ro/tre-ids"
	run "pcid-issue --register ro/register.db --plmn 001-01${2:+ $2} --count 1 --tre-ids ro/tre-ids -o ro/credential.jsonl"
	run "not_after=\$(date -u -d $1 +%Y-%m-%dT%H:%M:%SZ)"
	run "m2m-register set --register ro/register.db subscribers \$(jq -r .imsi ro/credential.jsonl) not_after=\$not_after"
	run "jq -c '{application: \"usim\", imsi, k, alg, opc, aka: {ind_bits}}' ro/credential.jsonl >ro/access.json"
	run "jq -r .cert_pem owner/delivery-note.json >ro/tre.pem"
	run "mcim-wrap --tre-cert ro/tre.pem --tre-id '$id' --operator-cert ro/cert.pem --tag access -i ro/access.json -o ro/access.blob"
}

# ro_delivers ABOUT: the note to the TRE; the TRE's answer; the old PCID goes back to its pool
ro_delivers() {
	run "m2m-note make access --key ro/key.pem --cert ro/cert.pem --to '$id'$1 not_after=\$not_after blob_b64=@ro/access.blob -o ro/access.jws"
	send ro m2me access ro/access.jws
	run "$tre access -i $wire -o m2me/status.jws"
	send m2me ro status m2me/status.jws
	run "m2m-note check status --trust ro/cert-pva.pem --to ro --signer '$id' --about ro/access.jws --register ro/register.db -i $wire -o ro/status.json"
}

# ro_releases PCID: the credential that the TRE has no more
ro_releases() {
	run "m2m-register set --register ro/register.db subscribers $1 status=blocked"
	run "m2m-register export --register ro/register.db discovery | jq -c --arg old $1 --arg new \$(jq -r .imsi ro/credential.jsonl) 'select(.pcid == \$old) | .pcid = \$new' >ro/moved.jsonl"
	run "m2m-register import --register ro/register.db -i ro/moved.jsonl discovery"
	run "m2m-register delete --register ro/register.db discovery $1"
	run "pcid-issue --register ro/register.db --release $1"
}

begin es pva ro vno sho-a sho-b m2me owner
WALK_PROCEDURE=initial-3gpp
credential_days=20
factory
initial_3gpp sho-a 001-02
WALK_PROCEDURE=pcid-renewal

step N1 5.1.3.7.4.3 'the M2ME sees that its initial credential is about to expire' \
	'It looks before it changes operator: without a PCID that counts, the pristine state has no way out.'
run "$tre renew -o m2me/renewal.jws"
send m2me ro renewal m2me/renewal.jws
run "cp $wire ro/renewal.jws"
run "m2m-note check renewal --trust ro/cert-pva.pem --to ro --signer '$id' --register ro/register.db -i ro/renewal.jws -o ro/renewal.json"

step N2 5.1.3.4.1 'the RO issues a new {PCID, K}, with a lifetime' \
	'Never a PCID that is in use; protected for this TRE like an MCIM.'
ro_issues +1year '--first 500'

step N3 5.1.3.7.4.3 'the TRE takes it in the old one'"'"'s place' \
	'About the request that it made, from the operator that the factory named, once.'
ro_delivers ' --about ro/renewal.jws'

step N4 B.2.2.2 'the old PCID goes back to its pool' \
	'Only now: the TRE has said that it has the new one. When the number comes out again it has another K.'
ro_releases "\$(jq -r .pcid ro/renewal.json)"

step N5 5.1.3.7.4.3 'the network replaces a credential unasked' \
	'"Alternatively, an appropriate network entity could initiate the replacement."'
run 'old=$(jq -r .imsi ro/credential.jsonl)'
ro_issues +2years
ro_delivers ''
ro_releases '$old'

step N6 5.1.3.7.4.3 'the owner takes the M2ME back to the pristine state' \
	'To show that the new credential is the one that counts: with the old one it would stay outside.'
run "$tre pristine --pin owner/pin"
pcid_attaches
vno_asks_icf
icf_makes_vector
vno_gets_vector
vno_authenticates
say ''
say 'The M2ME is pristine, and attached with its new PCID.'
