#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure
load wire
load uicc

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.3.2.2: every step, twice, and the end of the list" {
	walk_once alt3b ec-p256
	[ "$(every_step "$RUN")" = '1 2 3 4 5 6 7 8 9 6a 7a 8a 10 ' ]
	[ "$(jq -r '[.status, .sw] | join(" ")' "$RUN/manager/exhausted-por.json")" = 'por-ok 6a84' ]
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = 001030000000001 ]
	[ "$(uicc-sim --state "$RUN/uicc/state" --device "$RUN/uicc/device" info | jq -c '[.index, .left, .staged]')" = '[3,0,false]' ]
}

@test "each message has the parties of its step" {
	walk_once alt3b ec-p256
	messages "$RUN" alt3b >got
	diff - got <<-'TEXT'
		2 maker mno-a key-pair
		2 m2me mno-a identity
		2 mno-a m2me challenge
		2 m2me mno-a res
		3 owner mno-a order
		3 owner mno-b order
		4 mno-b mno-a imsi-list
		5 mno-a m2me update
		5 m2me mno-a update-por
		5 m2me mno-a identity
		5 mno-a m2me challenge
		5 m2me mno-a res
		6 mno-a mno-b handover
		7 mno-b maker key-request
		7 maker mno-b key-pair
		8 mno-b mno-a ack
		8 mno-a m2me refresh
		8 m2me mno-a refresh-por
		8 m2me mno-b identity
		8 mno-b m2me challenge
		8 m2me mno-b res
		9 mno-c mno-b imsi-list
		9 manager m2me update
		9 m2me manager update-por
		6a mno-b mno-c handover
		7a mno-c maker key-request
		7a maker mno-c key-pair
		8a mno-c mno-b ack
		8a manager m2me refresh
		8a m2me manager refresh-por
		8a m2me mno-c identity
		8a mno-c m2me challenge
		8a m2me mno-c res
		10 manager m2me exhausted
		10 m2me manager exhausted-por command-failed
		10 m2me mno-c identity
		10 mno-c m2me challenge
		10 m2me mno-c res
	TEXT
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
