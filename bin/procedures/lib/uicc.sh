# shellcheck shell=bash
# shellcheck disable=SC2154 # $wire is set by walk.sh
# What Alternatives 2, 3a and 3b share (TR 33.812 5.2, 5.3): the card, its operator, AKA and OTA.
# shellcheck source=bin/procedures/lib/walk.sh
. "$WALK_SCRIPTS/lib/walk.sh"

card='uicc-sim --state uicc/state --device uicc/device'
iccid=89430100000000000017

# operator NAME: an operator's own key and certificate
operator() {
	run "m2m-keygen operator --name $1 --alg $WALK_ALG --key-out $1/key.pem --cert-out $1/cert.pem"
}

# make_card COUNT IMSI-FILE OPTIONS: the UICC manufacturer makes COUNT pairs and a card with them
make_card() {
	run "uicc-keys make --register maker/register.db --iccid $iccid --count $1 --entitled mno-a -o maker/pairs.jsonl"
	run "$card init --iccid $iccid"
	run "jq -c '{imsi}' $2 >maker/credential.json"
	run "$card personalize --credential maker/credential.json --pairs maker/pairs.jsonl $3"
}

# reserve MNO PLMN: an IMSI of the operator's, without a key
reserve() {
	run "pcid-issue --register $1/register.db --plmn $2 --count 1 --no-key -o $1/imsi.jsonl"
}

# release MNO INDEX OPTIONS: the pair crosses to the operator, sealed for it, into its register
release() {
	run "uicc-keys release --register maker/register.db --iccid $iccid --index $2 --recipient $1/cert.pem $3 -o maker/pair-$2.cms"
	send maker "$1" key-pair "maker/pair-$2.cms"
	run "uicc-keys open --key $1/key.pem --imsi \$(jq -r .imsi $1/imsi.jsonl) -i $wire -o $1/subscriber.jsonl"
	run "m2m-register import --register $1/register.db subscribers -i $1/subscriber.jsonl"
}

# attach MNO: AKA between the card and the operator; the card presents its own IMSI
attach() {
	run "$card attach --identity $pairing >m2me/identity.json"
	send m2me "$1" identity m2me/identity.json
	run "auc-av --register $1/register.db \$(jq -r .imsi $wire) -o $1/vector.json"
	answer "$1"
}

# challenge MNO: RAND and AUTN cross
challenge() {
	run "vno-auth --av $1/vector.json -o $1/challenge.json"
	send "$1" m2me challenge "$1/challenge.json"
	run "rand=\$(jq -r .rand $wire) autn=\$(jq -r .autn $wire)"
}

# answer MNO: the card answers a vector, and the operator compares
answer() {
	challenge "$1"
	run "$card attach --rand \$rand --autn \$autn $pairing >m2me/answer.json"
	run "jq -c '{res}' m2me/answer.json >m2me/response.json"
	send m2me "$1" res m2me/response.json
	run "vno-auth --av $1/vector.json -i $wire -o $1/verdict.json"
}

# resynchronise MNO: the first authentication fails in synchronisation, and is cured
resynchronise() {
	run "$card attach --identity >m2me/identity.json"
	send m2me "$1" identity m2me/identity.json
	run "imsi=\$(jq -r .imsi $wire)"
	run "auc-av --register $1/register.db \$imsi -o $1/vector.json"
	challenge "$1"
	stumbles 1 "$card attach --rand \$rand --autn \$autn >m2me/answer.json"
	run "jq -c '{auts}' m2me/answer.json >m2me/response.json"
	send m2me "$1" auts m2me/response.json sqn-out-of-range
	run "auc-av --register $1/register.db --resync \$rand:\$(jq -r .auts $wire) -o $1/vector.json \$imsi"
	answer "$1"
}

# listed MNO: the IMSI that the list of the new operator has for the card, for a command to ask
listed() {
	echo "--imsi \$(jq -er 'select(.iccid == \"$iccid\") | .imsi' $1/list.jsonl)"
}

# wrap MNO INDEX FILE OPTIONS: an OTA packet with a counter that was never used
wrap() {
	run "ota-wrap --register $1/register.db --iccid $iccid --spi 1639 --kic $2 --kid $2 --tar b00010 --form tpdu $4 -o $1/$3.hex"
}

# deliver MNO INDEX FILE: the packet reaches the card, and its acknowledgement the operator
deliver() {
	send "$1" m2me "$3" "$1/$3.hex"
	run "$card ota --form tpdu -i $wire -o m2me/$3-por.hex"
	acknowledge "$1" "$2" "$3"
}

# acknowledge MNO INDEX FILE: the operator opens the proof of receipt, of the packet that it has sent last
acknowledge() {
	send m2me "$1" "$3-por" "m2me/$3-por.hex" "${4:-ok}"
	run "m2m-register export --register $1/register.db subscribers | jq -c 'select(.iccid == \"$iccid\") | .ota_keys | objects' >$1/keyset.json"
	run "ota-unwrap --response --keyset $1/keyset.json --spi 1639 --kic $2 --kid $2 --tar b00010 --cntr \$(ota-unwrap --keyset $1/keyset.json --form tpdu -i $1/$3.hex | jq -r .cntr) --form tpdu -i $wire >$1/$3-por.json"
}
pairing=''
