#!/usr/bin/env bats
load lib
load procedure
load wire
load uicc

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

messages() { # RUN STEP
	jq -r --arg step "$2" 'select(.step == $step) | .message' "$1/trace.jsonl" | paste -sd ' '
}

@test "TR 33.812 5.3.2.2: every step, twice, and the end of the list" {
	walk_once alt3b ec-p256
	[ "$(every_step "$RUN")" = '1 2 3 4 5 6 7 8 9 6a 7a 8a 10 ' ]
	[ "$(messages "$RUN" 5)" = 'update update-por identity challenge res' ]
	[ "$(messages "$RUN" 6)" = 'handover' ]
	[ "$(messages "$RUN" 7)" = 'key-request key-pair' ]
	[ "$(messages "$RUN" 8)" = 'ack refresh refresh-por identity challenge res' ]
	[ "$(jq -r '[.status, .sw] | join(" ")' "$RUN/manager/exhausted-por.json")" = 'por-ok 6a84' ]
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = 001030000000001 ]
	[ "$(uicc-sim --state "$RUN/uicc/state" --device "$RUN/uicc/device" info | jq -c '[.index, .left, .staged]')" = '[3,0,false]' ]
}

@test "no operator ever holds another's pair, and no secret is on the wire" {
	walk_once alt3b ec-p256
	local i mno=(x mno-a mno-b mno-c)
	for i in 1 2 3; do
		[ "$(m2m-register export --register "$RUN/${mno[i]}/register.db" subscribers | jq -r .k)" = \
			"$(jq -r --argjson i $i 'select(.index == $i) | .k' "$RUN/maker/pairs.jsonl")" ]
	done
	[ "$(jq -r .opc "$RUN/maker/pairs.jsonl" | sort -u | wc -l)" -eq 3 ]
	card_secrets "$RUN" >known
	[ "$(grep -c . known)" -ge 17 ]
	leaks "$RUN/wire" <known >found
	[ ! -s found ]
}

@test "5.3.2.2 step 7: a pair asked for by an operator that is not entitled, or for another UICC" {
	walk_once alt3b ec-p256
	cp -a "$RUN" copy
	cd copy
	ask() { # MNO INDEX NOTE-OF
		uicc-keys release --register maker/register.db --iccid "${iccid-$ICCID}" --index "$2" --recipient "$1/cert.pem" \
			--trust "$3/cert.pem" --handover "$3/handover.jws" --to maker
	}
	refuses 1 'refused: not-entitled' ask mno-c 2 mno-a
	refuses 1 'refused: not-entitled' ask mno-a 2 mno-a
	refuses 1 'refused: wrong-operator' ask mno-b 3 mno-a
	iccid=89430100000000000025 refuses 1 'refused: ' ask mno-b 2 mno-a
	refuses 1 'refused: wrong-key-index' uicc-keys release --register maker/register.db --iccid "$ICCID" --index 4 --recipient mno-c/cert.pem
}

@test "the former operators' OTA keys are refused by the card" {
	walk_once alt3b ec-p256
	cp -a "$RUN" copy
	cd copy
	local mno
	for mno in mno-a mno-b; do
		kic=12
		[ $mno = mno-a ] || kic=22
		ota-wrap --register $mno/register.db --iccid "$ICCID" --spi 1639 --kic $kic --kid $kic --tar b00010 --imsi 001010000000009 -o packet
		rc=0
		uicc-sim --state uicc/state --device uicc/device ota -i packet >out 2>err || rc=$?
		[ "$rc" -eq 1 ]
		grep -q 'refused: wrong-key-index' err
	done
}
