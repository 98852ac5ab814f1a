# Loaded after lib by the tests of cards.
# shellcheck shell=bash
ICCID=89430100000000000017
secure=(--spi 1639 --kic 12 --kid 12 --tar b00010)

# a card with two pairs in the folder card; keys1 and keys2 are their OTA key sets
card() {
	uicc-keys make --register maker.db --iccid $ICCID --count 2 --entitled mno-a -o pairs.jsonl
	echo '{"imsi":"001010000000001"}' >credential.json
	uicc-sim --state card init --iccid $ICCID
	uicc-sim --state card personalize --credential credential.json --pairs pairs.jsonl "$@"
	jq -c 'select(.index == 1).ota_keys' pairs.jsonl >keys1
	jq -c 'select(.index == 2).ota_keys' pairs.jsonl >keys2
	jq -c 'select(.index == 1) | {imsi: "001010000000001", alg, k, opc, sqn: "000000000000", status: "active"}' pairs.jsonl |
		m2m-register import --register a.db subscribers
	jq -c 'select(.index == 2) | {imsi: "001020000000009", alg, k, opc, sqn: "000000000000", status: "active"}' pairs.jsonl |
		m2m-register import --register b.db subscribers
}

# ota KEYS CNTR WRAP-OPTIONS...: wraps, sends, opens the answer into por
ota() {
	local keys=$1 cntr=$2 rc=0
	shift 2
	ota-wrap --keyset "$keys" --cntr "$cntr" "${secure[@]}" "$@" -o packet
	uicc-sim --state card ota -i packet -o response || rc=$?
	ota-unwrap --response --keyset "$keys" --spi 1639 --kic 12 --kid 12 -i response >por
	return "$rc"
}

# attach DB IMSI: AKA between a register and the card
attach() {
	auc-av --register "$1" "$2" >vector
	uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" "${@:3}" >answer
	jq -c '{res}' answer >response.json
	vno-auth --av vector -i response.json >verdict
}
