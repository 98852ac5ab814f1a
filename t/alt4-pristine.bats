#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "5.2.5.8.3.2: the fifteen steps, in the contribution's order" {
	walk_once alt4-pristine ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once alt4-pristine ec-p256
	messages "$RUN" alt4-pristine | sed '/^M/d' >got
	diff - got <<-'TEXT'
		1 owner sho-b registration
		1 sho-b ro registration
		2 owner m2me instruction
		4 m2me vno identity
		5 vno ro vector-request
		5 ro vno vector
		5 vno m2me challenge
		5 m2me vno res
		6 vno m2me connectivity
		7 m2me ro connect
		8 ro m2me bootstrap
		9 m2me ro m2meobj
		9 ro sho-b m2meobj
		9 sho-b pva validation-request
		10 pva pva ocsp-request
		10 pva pva ocsp-response
		11 pva sho-b result
		12 sho-b ro mcim
		12 sho-b ro token
		12 sho-b ro result
		12 sho-b ro authorization
		13 ro m2me mcimobj
		14 m2me ro status
		15 ro sho-b status
		S1 m2me sho-b identity
		S1 sho-b m2me challenge
		S1 m2me sho-b res
		S2 sho-b ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once alt4-pristine rsa-2048
	[ "$(selected)" = 'sho-b' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once alt4-pristine ec-p256
	clean_wire "$RUN"
	blind sho-b ro
	blind sho-b sho-a
	blind sho-a sho-b
	blind sho-a ro
}

@test "the end: the NSHO serves, nothing of the OSHO is left in the TRE" {
	walk_once alt4-pristine ec-p256
	[ "$(selected)" = sho-b ]
	[ "$(tre-sim --state "$RUN/m2me/state" --device "$RUN/m2me/device" list | wc -l)" -eq 1 ]
	[ "$(ro-drf-lookup --register "$RUN/ro/register.db" --by tre_id 'ACME;0001' | jq -r '.sho + " " + .status')" = 'sho-b subscribing' ]
}

@test "step 2: only the owner takes the M2ME back to the pristine state" {
	spoil alt4-pristine
	refuses 1 'pin-required' "${tre[@]}" pristine
	echo 0000 >wrong
	refuses 1 'wrong-pin' "${tre[@]}" pristine --pin wrong
	[ "$(selected)" = sho-b ]
}

@test "what the OSHO sent comes again in vain" {
	spoil alt4-pristine
	first=$(jq -r 'select(.procedure == "initial-3gpp" and .message == "mcimobj") | .file' trace.jsonl)
	rc=0
	"${tre[@]}" provision -i "$first" >status 2>err || rc=$?
	[ "$rc" -eq 1 ]
	boot=$(jq -r 'select(.procedure == "initial-3gpp" and .message == "bootstrap") | .file' trace.jsonl)
	refuses 1 'nonce-replayed|no-token' "${tre[@]}" bootstrap -i "$boot"
}

@test "step 6: the subscription data of the PCID let it to the access point of the DR-SP, and to no other" {
	spoil alt4-pristine
	imsi=$(jq -r .imsi vno/connectivity.json)
	[ "$(jq -r .imsi ro/permitted.json)" = "$imsi" ]
	vno-permit --register ro/register.db --apn "$(jq -r .apn vno/connectivity.json)" "$imsi" >out
	refuses 1 'refused: apn-restricted' vno-permit --register ro/register.db --apn m2m.sho-b.example "$imsi"
	refuses 1 'refused: apn-restricted' auc-av --register ro/register.db "$imsi"
}
