# SPDX-License-Identifier: Apache-2.0
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

# served REGISTER...: whether one of these operators serves the card, with a resynchronisation where
# that is wanted
served() {
	local db imsi
	imsi=$(uicc-sim --state card attach --identity | jq -r .imsi)
	for db; do
		auc-av --register "$db" "$imsi" >vector 2>/dev/null || continue
		if ! uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" >answer 2>/dev/null; then
			jq -e .auts answer >/dev/null || return 1
			auc-av --register "$db" --resync "$(jq -r .rand vector):$(jq -r .auts answer)" "$imsi" >vector
			uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" >answer || return 1
		fi
		[ "$(jq -r .res answer)" = "$(jq -r .xres vector)" ] && return
	done
	return 1
}

# card_secrets RUN: every K, OPc, OTA key, pairing secret and private key of a run, hex, a line each
card_secrets() {
	local f
	jq -r '.k, .opc, .ota_keys.kic, .ota_keys.kid' "$1"/maker/pairs*.jsonl
	cat "$1"/manager/k??.hex "$1"/mno-b/k.hex "$1"/mno-b/opc.hex "$1"/m2me/pairing.hex 2>/dev/null || true
	for f in "$1"/*/key.pem; do
		openssl pkey -in "$f" -noout -text | sed -n '/^priv:/,/^pub:/{/^ /p;}' | tr -d ' :\n' | sed 's/^00//' | cut -c1-64
		echo
	done
}
