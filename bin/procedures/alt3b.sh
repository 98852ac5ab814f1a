#!/bin/bash
# 5.3.2: the card holds an indexed list of K/OTA-key pairs; the manufacturer releases the next one
# shellcheck source=bin/procedures/lib/uicc.sh
. "$WALK_SCRIPTS/lib/uicc.sh"
begin maker mno-a mno-b mno-c manager uicc m2me owner

# list NEW OLD PLMN: step 4, a list of IMSIs
list() {
	reserve "$1" "$3"
	run "jq -c --arg iccid $iccid '{iccid: \$iccid, imsi}' $1/imsi.jsonl >$1/list.jsonl"
	send "$1" "$2" imsi-list "$1/list.jsonl"
	run "cp $wire $2/list.jsonl"
}

# hand_over OLD NEW INDEX: steps 6 to 8
hand_over() {
	step "6$4" 5.3.2.2 "$1 delivers IMSI, UICC ID and index to $2" \
		'No key crosses between operators: the old one never knew the new pair. Its signed word is what entitles the new one, which goes on only where the number is the one of its own list.'
	run "m2m-note make handover --key $1/key.pem --cert $1/cert.pem --to maker iccid=$iccid index=$3 new=$2 imsi=\$(jq -r .imsi $1/list.jsonl) -o $1/handover.jws"
	send "$1" "$2" handover "$1/handover.jws"
	run "cp $wire $2/handover.jws"
	run "m2m-note check handover --trust $1/cert.pem --to maker --signer $1 -i $2/handover.jws -o $2/handover.json"
	run "jq -e --slurpfile own $2/list.jsonl '.iccid == \$own[0].iccid and .imsi == \$own[0].imsi' $2/handover.json >$2/handed-over.json"

	step "7$4" 5.3.2.2 "$2 obtains the pair from the UICC manufacturer" \
		'To the entitled operator alone, for that card and index, sealed for its certificate: nobody else gets this pair any more.'
	send "$2" maker key-request "$2/handover.jws"
	release "$2" "$3" "--trust $1/cert.pem --handover $wire --to maker"

	step "8$4" 5.3.2.2 "$2 can now offer service" \
		'It says so, and only then does the REFRESH go out: at no moment is the card without a valid subscription.'
	run "m2m-note make ack --key $2/key.pem --cert $2/cert.pem --to $1 --about $1/handover.jws iccid=$iccid -o $2/ack.jws"
	send "$2" "$1" ack "$2/ack.jws"
	run "m2m-note check ack --trust $2/cert.pem --to $1 --signer $2 --about $1/handover.jws --register $1/register.db -i $wire -o $1/acked.json"
}

step 1 5.3.2.2 'the subscriber chooses an initial operator' \
	'The contract with mno-a says that it must support a change: mno-a could else keep the card.'
for mno in mno-a mno-b mno-c; do operator $mno; done
reserve mno-a 001-01

step 2 5.3.2.2 'mno-a acquires UICCs with an indexed list of K/OTA-key pairs' \
	'The manufacturer reveals the first pair to mno-a, and keeps the others secret. Each pair has an OPc of its own (5.3.2.3). Beside them is a common OTA key set, which a third party holds (the variant of 5.3.2.3).'
run 'm2m-keygen secret --bits 128 -o manager/kic.hex && m2m-keygen secret --bits 128 -o manager/kid.hex'
run "jq -nc --rawfile kic manager/kic.hex --rawfile kid manager/kid.hex '{index: 15, kic: (\$kic | rtrimstr(\"\\n\")), kid: (\$kid | rtrimstr(\"\\n\"))}' >manager/keyset.json"
make_card 3 mno-a/imsi.jsonl '--common-keys manager/keyset.json'
run "jq -c --arg iccid $iccid --slurpfile keys manager/keyset.json '. + {iccid: \$iccid, ota_keys: \$keys[0]}' mno-a/imsi.jsonl | m2m-register import --register manager/register.db subscribers"
release mno-a 1 ''
attach mno-a

step 3 5.3.2.2 'the subscriber decides to swap to mno-b' \
	'Both operators hear of it: a change that only one knows of would leave the card with two masters, or none.'
run "printf '%s\\n' '{\"iccid\":\"$iccid\",\"new\":\"mno-b\"}' >owner/order.json"
send owner mno-a order owner/order.json
send owner mno-b order owner/order.json

step 4 5.3.2.2 'mno-b delivers a list of IMSIs to mno-a' 'Numbers of mno-b, each for one card: two cards with one number would cut each other off.'
list mno-b mno-a 001-02

step 5 5.3.2.2 'mno-a changes IMSI and index in the USIM by OTA' \
	'The card takes the next pair of its list, and no other; it shows nothing of that before the REFRESH.'
wrap mno-a 12 update "$(listed mno-a) --k-index 2"
deliver mno-a 12 update
attach mno-a

hand_over mno-a mno-b 2 ''
wrap mno-a 12 refresh '--refresh'
deliver mno-a 12 refresh
attach mno-b

step 9 5.3.2.2 'the procedure is repeated, from mno-b to mno-c' \
	'As long as there are unused pairs. This time a third party carries the OTA procedure out, with the common OTA key (5.3.2.3): its counter is its own.'
list mno-c mno-b 001-03
wrap manager f2 update "$(listed mno-b) --k-index 3"
deliver manager f2 update
hand_over mno-b mno-c 3 a
wrap manager f2 refresh '--refresh'
deliver manager f2 refresh
attach mno-c

step 10 5.3.2.2 'no unused pair is left: the card refuses, with a message' \
	'The OTA command returns the status word 6a84, and changes nothing; the card stays with mno-c.'
wrap manager f2 exhausted "--imsi 001010000000009 --k-index 4"
send manager m2me exhausted manager/exhausted.hex
stumbles 1 "$card ota --form tpdu -i $wire -o m2me/exhausted-por.hex"
acknowledge manager f2 exhausted command-failed
attach mno-c
say ''
say 'The M2ME is served by mno-c.'
