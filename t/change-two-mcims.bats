#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.3.7.4.2: two MCIMs, strictly apart; the owner selects" {
	walk_once change-two-mcims ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 1 2 3 4 5 6 7 8 9 10 15 16 T1 T2 T3 T4 17 T5 ' ]
}

@test "each message has the parties of its step" {
	walk_once change-two-mcims ec-p256
	messages "$RUN" change-two-mcims | sed '/^M/d' >got
	diff - got <<-'TEXT'
		1 owner sho-b registration
		2 sho-b ro registration
		3 ro sho-a bootstrap
		3 sho-a m2me bootstrap
		4 m2me ro m2meobj
		5 ro sho-b m2meobj
		6 sho-b pva validation-request
		7 pva pva ocsp-request
		7 pva pva ocsp-response
		8 pva sho-b result
		9 sho-b ro mcim
		9 sho-b ro token
		9 sho-b ro result
		9 sho-b ro authorization
		10 ro m2me mcimobj
		15 m2me ro status
		16 ro sho-b status
		T1 sho-a m2me command-list
		T1 m2me sho-a status
		T1 sho-a m2me command-read
		T1 m2me sho-a status
		T1 sho-b m2me command-list
		T1 m2me sho-b status
		T1 sho-b m2me command-read
		T1 m2me sho-b status
		T2 sho-a m2me command-read wrong-operator
		T2 sho-a m2me command-block wrong-operator
		T2 sho-a m2me command-retire wrong-operator
		T2 sho-a m2me command-delete wrong-operator
		T2 sho-b m2me command-read wrong-operator
		T2 sho-b m2me command-block wrong-operator
		T2 sho-b m2me command-retire wrong-operator
		T2 sho-b m2me command-delete wrong-operator
		T3 sho-b m2me command-block
		T3 m2me sho-b status
		T3 sho-b m2me command-unblock
		T3 m2me sho-b status
		T4 m2me sho-b identity
		T4 sho-b m2me challenge
		T4 m2me sho-b res
		17 sho-b ro subscribing
		T5 m2me sho-a identity
		T5 sho-a m2me challenge
		T5 m2me sho-a res
		T5 sho-a ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once change-two-mcims rsa-2048
	[ "$(selected)" = 'sho-a' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once change-two-mcims ec-p256
	clean_wire "$RUN"
	blind sho-b ro
	blind sho-b sho-a
	blind sho-a sho-b
}

@test "at most one MCIM is selected, at every step" {
	spoil change-two-mcims
	"${tre[@]}" select mcim-2 --pin owner/pin
	[ "$("${tre[@]}" list | jq -r '.id + " " + .state' | tr '\n' ' ')" = 'mcim-1 activated mcim-2 selected ' ]
	"${tre[@]}" select mcim-1 --pin owner/pin
	[ "$("${tre[@]}" list | jq -r '.id + " " + .state' | tr '\n' ' ')" = 'mcim-1 selected mcim-2 activated ' ]
}

@test "each operator lists and reads its own MCIM, and learns of no other" {
	walk_once change-two-mcims ec-p256
	for who in sho-a sho-b; do
		# EF_IMSI: length, then the digits with the halves of each octet swapped (TS 31.102 4.2.2)
		[ "$(jq -r '.octets[2:]' "$RUN/$who/imsi-file.json" | sed 's/\(.\)\(.\)/\2\1/g')" = "9$(jq -r .imsi "$RUN/$who/mcim.json")" ]
	done
	[ "$(jq -r '.operator + " " + .imsi' "$RUN/sho-a/list.jsonl")" = "sho-a $(jq -r .imsi "$RUN/sho-a/mcim.json")" ]
	[ "$(jq -r '.operator + " " + .imsi' "$RUN/sho-b/list.jsonl")" = "sho-b $(jq -r .imsi "$RUN/sho-b/mcim.json")" ]
}

@test "T2: all commands of the other operator are refused, and change nothing" {
	walk_once change-two-mcims ec-p256
	[ "$(grep -c 'refused: wrong-operator' "$RUN.log")" -eq 8 ]
	spoil change-two-mcims
	for verb in activate block unblock retire delete update read; do
		for pair in 'sho-a mcim-2' 'sho-b mcim-1' 'vno mcim-1' 'ro mcim-2'; do
			read -r who mcim <<<"$pair"
			m2m-note make command --key "$who/key.pem" --cert "$who/cert.pem" --to 'ACME;0001' command=$verb "mcim=$mcim" -o c.jws
			refuses 1 'wrong-operator' "${tre[@]}" command -i c.jws
		done
	done
	[ "$("${tre[@]}" list | jq -r '.state' | tr '\n' ' ')" = 'selected activated ' ]
}

@test "only the owner selects" {
	spoil change-two-mcims
	refuses 1 'pin-required' "${tre[@]}" select mcim-2
	echo 0000 >wrong
	refuses 1 'wrong-pin' "${tre[@]}" select mcim-2 --pin wrong
	m2m-note make command --key sho-b/key.pem --cert sho-b/cert.pem --to 'ACME;0001' command=select mcim=mcim-2 -o c.jws
	refuses 3 'command: want' "${tre[@]}" command -i c.jws
	[ "$(selected)" = sho-a ]
}

@test "a later change of one operator leaves the other's MCIM alone" {
	spoil change-two-mcims
	"${tre[@]}" select mcim-2 --pin owner/pin
	m2m-note make command --key sho-a/key.pem --cert sho-a/cert.pem --to 'ACME;0001' command=delete mcim=mcim-1 -o c.jws
	"${tre[@]}" command -i c.jws
	[ "$("${tre[@]}" list | jq -r '.id + .state')" = mcim-2selected ]
	# its operator is the current one now: the owner's next token says so
	"${tre[@]}" token --to sho-a --to-cert sho-a/cert.pem --pin owner/pin | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null >payload || true
	grep -q '"cur":"sho-b"' payload
}

@test "--beside goes neither with --stage nor with --commit" {
	spoil change-two-mcims
	refuses 2 'not both' "${tre[@]}" provision --stage --beside -i ro/mcimobj.xml
	refuses 2 'neither' "${tre[@]}" provision --commit --beside
	# what is there already is not installed again: its STATUS comes again
	"${tre[@]}" provision --beside -i ro/mcimobj.xml | cmp - ro/status.jws
}
