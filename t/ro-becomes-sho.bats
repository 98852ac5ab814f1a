#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.3.6.3 step 8: the RO becomes the SHO" {
	walk_once ro-becomes-sho ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 K1 R1 R2 1 K2 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 K3 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once ro-becomes-sho ec-p256
	messages "$RUN" ro-becomes-sho | sed '/^M/d' >got
	diff - got <<-'TEXT'
		R1 owner ro registration
		R2 ro ro registration
		1 m2me vno identity
		K2 vno ro vector-request
		K2 ro vno refusal apn-restricted
		2 vno ro vector-request
		4 ro vno vector
		5 vno m2me challenge
		5 m2me vno res
		6 ro ro session
		8 ro m2me bootstrap
		9 m2me ro m2meobj
		10 ro ro m2meobj
		11 ro pva validation-request
		12 pva pva ocsp-request
		12 pva pva ocsp-response
		13 pva ro result
		15 ro ro mcim
		15 ro ro token
		15 ro ro result
		15 ro ro authorization
		16 ro m2me mcimobj
		18 m2me ro status
		19 ro ro status
		S1 m2me ro identity
		S1 ro m2me challenge
		S1 m2me ro res
		S2 ro ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	walk_once ro-becomes-sho rsa-2048
	[ "$(selected)" = ro ]
}

@test "no secret of the run is on the wire" {
	walk_once ro-becomes-sho ec-p256
	clean_wire "$RUN"
	blind ro pva
	blind ro vno
}

@test "the end: one number, one K, and a SQN that went on" {
	walk_once ro-becomes-sho ec-p256
	[ "$(selected)" = ro ]
	pcid=$(jq -r .pcid "$RUN/owner/delivery-note.json")
	[ "$(jq -c . "$RUN/m2me/identity.json")" = "{\"identity\":\"mcim\",\"imsi\":\"$pcid\"}" ]
	jq -e .authenticated "$RUN/ro/verdict.json"
	m2m-register export --register "$RUN/ro/register.db" subscribers >record
	[ "$(wc -l <record)" -eq 1 ]
	[ "$(jq -c '[.imsi, .k, .opc]' record)" = "$(jq -c '[.imsi, .k, .opc]' "$RUN/es/credential.jsonl")" ]
	# one vector of step 3, one of S1: what was refused in K2 used up none
	[ $((0x$(jq -r .sqn record) >> 5)) -eq 2 ]
	[ "$(ro-drf-lookup --register "$RUN/ro/register.db" --by tre_id 'ACME;0001' | jq -r '.pcid + " " + .sho + " " + .status')" = "$pcid ro subscribing" ]
}

@test "steps K1 and K2: before the change no vectors but for provisioning; K3: after it for all" {
	spoil ro-becomes-sho
	grep -q 'refused: apn-restricted: m2m.ro.example' "$RUN.log"
	auc-av --register ro/register.db --apn internet.ro.example "$(jq -r .imsi m2me/identity.json)" >vector
	cd ..
	m2m-walk ro-becomes-sho --dir kept --until 19 --quiet
	cd kept
	imsi=$(jq -r .pcid owner/delivery-note.json)
	refuses 1 'apn-restricted' auc-av --register ro/register.db --apn m2m.ro.example "$imsi"
	refuses 1 'apn-restricted' auc-av --register ro/register.db "$imsi"
	auc-av --register ro/register.db --apn provisioning.ro.example "$imsi" >vector
}

@test "TS 33.102 6.3.3: the MCIM has the PCID's K, and takes no SQN that the PCID has taken" {
	m2m-walk ro-becomes-sho --dir run --until 5 --quiet
	rand=$(jq -r .rand run/vno/challenge.json) autn=$(jq -r .autn run/vno/challenge.json)
	m2m-walk ro-becomes-sho --dir run --from 6 --quiet
	cd run
	tre=(tre-sim --state m2me/state --device m2me/device)
	[ "$("${tre[@]}" attach --identity | jq -r .identity)" = mcim ]
	rc=0
	"${tre[@]}" attach --rand "$rand" --autn "$autn" >out 2>err || rc=$?
	[ $rc -eq 1 ]
	grep -q 'refused: sqn-out-of-range' err
	# and the other way round
	rand=$(jq -r .rand ro/challenge.json) autn=$(jq -r .autn ro/challenge.json)
	"${tre[@]}" pristine --pin owner/pin
	[ "$("${tre[@]}" attach --identity | jq -r .identity)" = pcid ]
	rc=0
	"${tre[@]}" attach --rand "$rand" --autn "$autn" >out 2>err || rc=$?
	[ $rc -eq 1 ]
	grep -q 'refused: sqn-out-of-range' err
}

@test "back in the pristine state the PCID still attaches, and the owner can choose another operator" {
	spoil ro-becomes-sho
	[ "$("${tre[@]}" token --to sho-b --to-cert sho-b/cert.pem --pin owner/pin | cut -d. -f2 | basenc -d --base64url 2>/dev/null | jq -r '.cur + " " + .new')" = 'ro sho-b' ]
	"${tre[@]}" pristine --pin owner/pin
	[ "$("${tre[@]}" attach --identity | jq -r .identity)" = pcid ]
	auc-av --register ro/register.db "$(jq -r .pcid owner/delivery-note.json)" >vector
	vno-auth --av vector >challenge
	"${tre[@]}" attach --rand "$(jq -r .rand challenge)" --autn "$(jq -r .autn challenge)" >answer
	jq -c '{res}' answer >res
	vno-auth --av vector -i res | jq -e .authenticated
}
