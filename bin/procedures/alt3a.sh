#!/bin/bash
# 5.3.1: the old operator changes the IMSI by OTA, and hands K and OTA keys to the new one
# shellcheck source=bin/procedures/lib/uicc.sh
. "$WALK_SCRIPTS/lib/uicc.sh"
begin maker mno-a mno-b uicc m2me owner

step 1 5.3.1.2 'the subscriber chooses an initial operator, and gets its UICCs' \
	'The contract with mno-a says that it must support a change. K and OTA keys reach mno-a sealed for its certificate.'
operator mno-a
operator mno-b
reserve mno-a 001-01
make_card 1 mno-a/imsi.jsonl ''
release mno-a 1 ''
attach mno-a

step 2 5.3.1.2 'the subscriber decides to swap to mno-b' \
	'Both operators hear of it; the contract of step 1 obliges mno-a.'
run "printf '%s\\n' '{\"iccid\":\"$iccid\",\"new\":\"mno-b\"}' >owner/order.json"
send owner mno-a order owner/order.json
send owner mno-b order owner/order.json

step 3 5.3.1.2 'mno-b delivers a list of IMSIs to mno-a' \
	'The new IMSIs are numbers of mno-b, each for one card; mno-a refuses a foreign or a double one.'
reserve mno-b 001-02
run "jq -c --arg iccid $iccid '{iccid: \$iccid, imsi}' mno-b/imsi.jsonl >mno-b/list.jsonl"
send mno-b mno-a imsi-list mno-b/list.jsonl
run "cp $wire mno-a/list.jsonl"

step 4 5.3.1.2 'mno-a changes the IMSI in the USIM by OTA' \
	'Ciphered, with a checksum and a counter that is used once. The first packet is lost on its way: no acknowledgement, so mno-a sends another with the next counter. The card still shows its old IMSI, and mno-a still serves it.'
wrap mno-a 12 update-lost "$(listed mno-a)"
send mno-a m2me update mno-a/update-lost.hex lost
wrap mno-a 12 update "$(listed mno-a)"
deliver mno-a 12 update
attach mno-a

step 5 5.3.1.2 'mno-a delivers IMSI, K and OTA keys to mno-b' \
	'Sealed for the certificate of mno-b. The record carries algorithm and OPc, so that no common OP is needed (5.3.1.3); not the SQN, which the first authentication will synchronise. The counter leaves room for what mno-a has still to send.'
run "uicc-keys handover --register mno-a/register.db --plmn 001-02 --recipient mno-b/cert.pem -i mno-a/list.jsonl -o mno-a/handover.cms"
send mno-a mno-b handover mno-a/handover.cms

step 6 5.3.1.2 'mno-b can now offer service' \
	'Its register knows the new IMSI before the card shows it: at no moment is the card without a valid subscription (5.3.1.3).'
run "m2m-register import --register mno-b/register.db subscribers --key mno-b/key.pem -i $wire"
run "m2m-note make ack --key mno-b/key.pem --cert mno-b/cert.pem --to mno-a --about mno-a/handover.cms iccid=$iccid -o mno-b/ack.jws"
send mno-b mno-a ack mno-b/ack.jws
run "m2m-note check ack --trust mno-b/cert.pem --to mno-a --signer mno-b --about mno-a/handover.cms --register mno-a/register.db -i $wire -o mno-a/acked.json"

step 6a 5.3.1.2 'the last stage of step 4: REFRESH, and the card shows its new IMSI' \
	'Only now, when mno-b has said that it serves the card: earlier, the card would be of nobody.'
wrap mno-a 12 refresh '--refresh'
deliver mno-a 12 refresh
resynchronise mno-b

step 6b 5.3.1.3 'mno-a deletes what it knows of the card, and attests it' \
	'Its register deletes the record with K and OTA keys, looks that it is gone, and signs that; mno-b has it in writing.'
run "uicc-keys delete --register mno-a/register.db --key mno-a/key.pem --cert mno-a/cert.pem --to mno-b --about mno-a/handover.cms -i mno-a/list.jsonl -o mno-a/deletion.jws"
send mno-a mno-b deletion mno-a/deletion.jws
run "m2m-note check deletion --trust mno-a/cert.pem --to mno-b --signer mno-a --about mno-a/handover.cms --register mno-b/register.db -i $wire -o mno-b/deletion.json"
run "test \$(jq -r .cards_sha256 mno-b/deletion.json) = \$(jq -r .iccid mno-b/list.jsonl | sha256sum | cut -c1-64)"

step 7 5.3.1.2 'mno-b changes the subscriber key by OTA, as it may' \
	'From here on mno-a, which knew the old K, cannot compute what the card and mno-b share. The packet is ciphered; the new K is in use from the REFRESH on.'
run "m2m-keygen secret --bits 128 -o mno-b/k.hex && m2m-keygen secret --bits 128 -o mno-b/opc.hex"
run "printf 'select 3f00 7fff 6ff2\\nupdate-binary 0 %s%s\\n' \$(cat mno-b/k.hex) \$(cat mno-b/opc.hex) >mno-b/new-key.txt"
wrap mno-b 12 new-key '--expanded --script mno-b/new-key.txt'
deliver mno-b 12 new-key
run "m2m-register export --register mno-b/register.db subscribers | jq -c --rawfile k mno-b/k.hex --rawfile opc mno-b/opc.hex '.k = (\$k | rtrimstr(\"\\n\")) | .opc = (\$opc | rtrimstr(\"\\n\"))' | m2m-register import --register mno-b/register.db subscribers"
wrap mno-b 12 new-refresh '--refresh'
deliver mno-b 12 new-refresh
attach mno-b
say ''
say 'The M2ME is served by mno-b.'
