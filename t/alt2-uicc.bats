#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure
load wire
load uicc

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.2: a card is inserted, paired, taken out, replaced" {
	walk_once alt2-uicc ec-p256
	[ "$(every_step "$RUN")" = '1 2 3 4 5 6 ' ]
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = 001020000000001 ]
	[ ! -s "$RUN/rogue/identity.json" ]
	[ ! -s "$RUN/rogue/answer.json" ]
	# as the procedure ran: the rogue M2ME and what the network forbids were refused
	[ "$(grep -c 'refused: not-paired' "$BATS_FILE_TMPDIR/alt2-uicc-ec-p256.log")" -eq 3 ]
	grep -q 'refused: subscriber-blocked' "$BATS_FILE_TMPDIR/alt2-uicc-ec-p256.log"
	[ "$(grep -oE 'refused: [a-z-]+-restricted' "$BATS_FILE_TMPDIR/alt2-uicc-ec-p256.log" | paste -sd ' ')" = \
		'refused: service-restricted refused: place-restricted refused: end-point-restricted refused: end-point-restricted' ]
}

@test "each message has the parties of its step" {
	walk_once alt2-uicc ec-p256
	messages "$RUN" alt2-uicc >got
	diff - got <<-'TEXT'
		1 maker mno-a key-pair
		2 m2me mno-a identity
		2 mno-a m2me challenge
		2 m2me mno-a res
		5 maker mno-b key-pair
		5 m2me mno-b identity
		5 mno-b m2me challenge
		5 m2me mno-b res
	TEXT
}

@test "the old card still knows its M2ME, and no other, and no network serves it" {
	walk_once alt2-uicc ec-p256
	cp -a "$RUN" copy
	cd copy
	old=(uicc-sim --state uicc/old-state --device uicc/old-device)
	refuses 1 'refused: not-paired' "${old[@]}" attach --identity
	[ "$("${old[@]}" attach --identity --pairing m2me/pairing.hex | jq -r .imsi)" = 001010000000001 ]
	refuses 1 'subscriber-blocked' auc-av --register mno-a/register.db 001010000000001
}

@test "no secret is on the wire" {
	walk_once alt2-uicc ec-p256
	card_secrets "$RUN" >known
	[ "$(grep -c . known)" -ge 11 ]
	leaks "$RUN/wire" <known >found
	[ ! -s found ]
}
