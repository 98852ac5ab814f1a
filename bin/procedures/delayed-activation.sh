#!/bin/bash
# B.1: no live subscription until the owner says that the M2ME is going to be switched on
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"
begin es pva ro vno sho-a sho-b m2me owner
factory

step D1 B.1 'the RO holds the subscription of the PCID back' \
	'Weeks or months may pass: nothing live stands in the network meanwhile.'
run "m2m-register set --register ro/register.db subscribers \$(jq -r .imsi es/credential.jsonl) status=waiting"

step D2 B.1 'an attach before the signal gets no vectors' \
	'Who steals the M2ME from the warehouse has no connectivity, and nobody pays for what is not in use.'
pcid_attaches
vno_asks_icf
stumbles 1 'auc-av --register ro/register.db --recipient vno/cert.pem -o ro/vector.cms $(jq -r .imsi ro/request.json)'
run "printf '%s\\n' '{\"reason\":\"subscriber-waiting\"}' >ro/refusal.json"
send ro vno refusal ro/refusal.json subscriber-waiting

step D3 B.1 'the owner tells the RO that the M2ME is going to be switched on' \
	'"An appropriately protected web portal": here the owner'"'"'s own key, whose certificate the RO has from the contract.'
run "m2m-keygen operator --name owner --role drf --alg $WALK_ALG --key-out owner/key.pem --cert-out owner/cert.pem"
run 'cp owner/cert.pem ro/cert-owner.pem'
run "m2m-note make activate --key owner/key.pem --cert owner/cert.pem --to ro imsi=\$(jq -r .pcid owner/delivery-note.json) -o owner/activate.jws"
send owner ro activate owner/activate.jws
run "m2m-note check activate --trust ro/cert-owner.pem --to ro --signer owner --register ro/register.db -i $wire -o ro/activated.json"

step D4 B.1 'the M2ME is provisioned as in 5.1.3.6.3' \
	'The subscription is live from now on; held back longer, the M2ME would never find its operator.'
initial_3gpp sho-a 001-02
say ''
say 'The M2ME is served by sho-a.'
