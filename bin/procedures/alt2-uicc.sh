#!/bin/bash
# 5.2: a UICC is inserted, paired with its M2ME, and replaced by a person at a change of operator
# shellcheck source=bin/procedures/lib/uicc.sh
. "$WALK_SCRIPTS/lib/uicc.sh"
begin maker mno-a mno-b uicc m2me rogue owner

# permitted OPTIONS: what the restrictions for the IMSI let pass
permitted() {
	run "vno-permit --register mno-a/register.db $1 \$(jq -r .imsi mno-a/imsi.jsonl) >mno-a/permitted.json"
}
forbidden() {
	stumbles 1 "vno-permit --register mno-a/register.db $1 \$(jq -r .imsi mno-a/imsi.jsonl) >mno-a/permitted.json"
}

step 1 5.2.2 'a person inserts a UICC of mno-a in the M2ME' \
	'The manufacture of the M2ME knows nothing of operators. The card is a tamper-resistant place for K (5.2.4).'
operator mno-a
operator mno-b
reserve mno-a 001-01
run 'm2m-keygen secret --bits 256 -o m2me/pairing.hex'
make_card 1 mno-a/imsi.jsonl '--pairing m2me/pairing.hex'
release mno-a 1 ''

step 2 5.2.5.2 'UICC and M2ME are paired by a shared secret' \
	'Each proves to the other that it knows the secret, over fresh nonces, in the manner of TS 102 484; the card answers nobody else.'
pairing='--pairing m2me/pairing.hex'
attach mno-a

step 3 5.2.5 'the card is taken out, and put into a rogue M2ME' \
	'Without the secret, or with another, the card shows neither its IMSI nor an answer.'
run 'm2m-keygen secret --bits 256 -o rogue/pairing.hex'
stumbles 1 "$card attach --identity >rogue/identity.json"
stumbles 1 "$card attach --identity --pairing rogue/pairing.hex >rogue/identity.json"
stumbles 1 "$card attach --rand \$rand --autn \$autn --pairing rogue/pairing.hex >rogue/answer.json"

step 4 5.2.5.3 'the network restricts what this IMSI may do' \
	'Should the pairing fail all the same: services, places and end points, and an authentication each time, looked up for each IMSI. A vending machine needs no speech service (5.2.4).'
run "m2m-register export --register mno-a/register.db subscribers | jq -c '.restrictions = {services: [\"ps-data\"], places: [\"001-01-0007\"], end_points: [\"*.owner.example:443\"], authenticate: \"always\"}' | m2m-register import --register mno-a/register.db subscribers"
permitted '--service ps-data --place 001-01-0007-00c4 --end-point meters.owner.example:443'
run "jq -e '.authenticate == \"always\"' mno-a/permitted.json >mno-a/always.json"
forbidden '--service speech-t11'
forbidden '--service ps-data --place 001-01-0008-0001'
forbidden '--service ps-data --end-point meters.owner.example:23'
forbidden '--service ps-data --end-point elsewhere.example:443'

step 5 5.2.3 'change of operator: a person replaces the UICC by one of mno-b' \
	'The new card is paired with the same M2ME: the secret does not limit the change of subscription (5.2.5.2).'
reserve mno-b 001-02
run 'mv uicc/state uicc/old-state && mv uicc/device uicc/old-device'
run "m2m-register set --register mno-a/register.db subscribers \$(jq -r .imsi mno-a/imsi.jsonl) status=blocked"
iccid=89430200000000000024
run "uicc-keys make --register maker/register.db --iccid $iccid --count 1 --entitled mno-b -o maker/pairs-b.jsonl"
run "$card init --iccid $iccid"
run "$card personalize --credential mno-b/imsi.jsonl --pairs maker/pairs-b.jsonl --pairing m2me/pairing.hex"
release mno-b 1 ''
attach mno-b

step 6 5.2.3 'the old card serves no longer' \
	'Its subscription is blocked; the card itself still answers its M2ME alone.'
stumbles 1 'auc-av --register mno-a/register.db $(jq -r .imsi mno-a/imsi.jsonl) -o mno-a/vector.json'
say ''
say 'The M2ME is served by mno-b.'
