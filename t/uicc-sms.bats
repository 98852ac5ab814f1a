#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Short messages that come one by one: TS 23.040 9.2.3.24.1, TS 31.115 4.
load lib
load uicc

# a card, and one IMSI change in three short messages: sms.1, sms.2, sms.3
three() { # CNTR [OPTIONS]
	local cntr=$1
	shift
	{
		printf 'select 3f00 7fff 6f07\nupdate-binary 0 080910200000000090\n'
		for _ in $(seq 20); do printf 'select 3f00 7fff 6f46\nread-binary 0 1\n'; done
	} >script
	ota-wrap --keyset keys1 --cntr "$cntr" "${secure[@]}" --script script --form tpdu "$@" -o sms
	[ "$(wc -l <sms)" -ge 3 ]
	split -l 1 --numeric-suffixes=1 -a 1 sms sms.
}

take() { # FILE
	uicc-sim --state card ota --form tpdu -i "$1" -o por
}

waiting() {
	uicc-sim --state card info | jq -r '.waiting // 0'
}

staged() {
	uicc-sim --state card info | jq -r .staged
}

@test "parts come in any order, a command apart, some twice; the last one is answered" {
	card
	three 0000000001
	local f
	for f in $(find . -name 'sms.?' | sort -r | sed 's|./||'); do
		[ "$f" = "sms.2" ] && continue
		take "$f"
		[ ! -s por ]
		take "$f" # doubled
		[ "$(waiting)" = 1 ]
		[ "$(staged)" = false ]
	done
	take sms.2
	[ "$(waiting)" = 0 ]
	ota-unwrap --response --keyset keys1 --spi 1639 --kic 12 --kid 12 --form tpdu -i por | jq -e '.status == "por-ok" and .sw == "9000"'
	[ "$(staged)" = true ]
	# and the whole of it once more is a replay
	rc=0
	uicc-sim --state card ota --form tpdu -i sms -o por 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: cntr-low' err
}

@test "a lost part: the next packet is taken, whether its reference is the same or another" {
	card
	three 0000000001 --reference 5
	take sms.1
	take sms.3
	[ "$(waiting)" = 1 ]
	# another message in between, and another sender's with the same reference
	three 0000000002 --reference 6
	take sms
	ota-unwrap --response --keyset keys1 --spi 1639 --kic 12 --kid 12 --form tpdu -i por | jq -e '.status == "por-ok"'
	[ "$(waiting)" = 1 ]
	three 0000000003 --reference 5 --originator 777
	take sms
	[ "$(waiting)" = 1 ]
	# the same reference again: old parts and new ones are mixed, which the checksum sees, and the
	# rerun is whole
	three 0000000004 --reference 5
	local n rc=0
	n=$(wc -l <sms)
	for f in $(seq "$n"); do
		uicc-sim --state card ota --form tpdu -i "sms.$f" -o por 2>>err || rc=$?
	done
	three 0000000005 --reference 5
	for f in $(seq "$n"); do
		uicc-sim --state card ota --form tpdu -i "sms.$f" -o por 2>>err || rc=$?
	done
	[ "$(waiting)" -le 1 ]
	three 0000000006 --reference 9
	take sms
	ota-unwrap --response --keyset keys1 --spi 1639 --kic 12 --kid 12 --form tpdu -i por | jq -e '.status == "por-ok"'
}

@test "what never becomes whole gives way: memory is bounded" {
	card
	head -c 33000 /dev/zero | od -An -v -tx1 | tr -d ' \n' >data
	local r
	for r in $(seq 1 9); do
		ota-wrap --keyset keys1 --cntr 0000000001 "${secure[@]}" --form tpdu --reference "$r" -i data -o long
		head -n -1 long >cut
		uicc-sim --state card ota --form tpdu -i cut
	done
	[ "$(waiting)" -le 4 ]
	[ "$(stat -c %s card/state.sealed)" -lt 200000 ]
	# many that are short: four at most
	three 0000000002
	for r in $(seq 20 30); do
		three 0000000002 --reference "$r"
		take sms.1
	done
	[ "$(waiting)" = 4 ]
	# the newest of them is still there
	for f in $(seq 2 "$(wc -l <sms)"); do take "sms.$f"; done
	ota-unwrap --response --keyset keys1 --spi 1639 --kic 12 --kid 12 --form tpdu -i por | jq -e '.status == "por-ok"'
	[ "$(waiting)" = 3 ]
}

@test "parts through ENVELOPE; a paired card keeps nothing for a rogue M2ME" {
	m2m-keygen secret --bits 256 -o pairing
	card --pairing pairing
	three 0000000001
	refuses 1 'refused: not-paired' uicc-sim --state card ota --form tpdu -i sms.1
	uicc-sim --state card ota --form tpdu -i sms.1 --pairing pairing
	[ "$(waiting)" = 1 ]
	rm -rf card card.device maker.db a.db b.db pairs.jsonl
	card
	three 0000000001
	local tpdu len
	while read -r tpdu; do
		len=$((${#tpdu} / 2))
		printf '00c20000%02xd181%02x820283818b81%02x%s\n' $((len + 10)) $((len + 7)) $len "$tpdu"
	done <sms >envelopes
	uicc-sim --state card apdu <envelopes >out
	[ "$(head -n -1 out | sort -u)" = 9000 ]
	[[ $(tail -1 out) = 61* ]]
	[ "$(staged)" = true ]
	rc=0
	uicc-sim --state card ota --form tpdu -i <(sed 's/027000/027100/' <(ota-wrap --keyset keys1 --cntr 0000000002 "${secure[@]}" --refresh --form tpdu)) 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q 'this is a response packet' err
}
