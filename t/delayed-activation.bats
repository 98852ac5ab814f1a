#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 B.1: no vectors before the owner says so" {
	walk_once delayed-activation ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 D1 D2 D3 D4 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once delayed-activation ec-p256
	messages "$RUN" delayed-activation | sed '/^M/d' >got
	diff - got <<-'TEXT'
		D2 m2me vno identity
		D2 vno ro vector-request
		D2 ro vno refusal subscriber-waiting
		D3 owner ro activate
		R1 owner sho-a registration
		R2 sho-a ro registration
		1 m2me vno identity
		2 vno ro vector-request
		4 ro vno vector
		5 vno m2me challenge
		5 m2me vno res
		6 ro ro session
		8 ro m2me bootstrap
		9 m2me ro m2meobj
		10 ro sho-a m2meobj
		11 sho-a pva validation-request
		12 pva pva ocsp-request
		12 pva pva ocsp-response
		13 pva sho-a result
		15 sho-a ro mcim
		15 sho-a ro token
		15 sho-a ro result
		15 sho-a ro authorization
		16 ro m2me mcimobj
		18 m2me ro status
		19 ro sho-a status
		S1 m2me sho-a identity
		S1 sho-a m2me challenge
		S1 m2me sho-a res
		S2 sho-a ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once delayed-activation rsa-2048
	[ "$(selected)" = 'sho-a' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once delayed-activation ec-p256
	clean_wire "$RUN"
	blind sho-a ro
	blind sho-a pva
	blind sho-a vno
}

@test "before the signal no vector is made; after it the M2ME is provisioned" {
	walk_once delayed-activation ec-p256
	grep -q 'refused: subscriber-waiting' "$RUN.log"
	[ "$(selected)" = sho-a ]
	[ "$(m2m-register export --register "$RUN/ro/register.db" subscribers | jq -r .status)" = active ]
}

@test "the signal is the owner's, counts once, and brings nothing back that was deactivated" {
	spoil delayed-activation
	imsi=$(jq -r .pcid owner/delivery-note.json)
	refuses 1 'note-replayed' m2m-note check activate --trust ro/cert-owner.pem --to ro --register ro/register.db -i owner/activate.jws
	m2m-register set --register ro/register.db subscribers "$imsi" status=waiting
	m2m-note make activate --key vno/key.pem --cert vno/cert.pem --to ro "imsi=$imsi" -o forged.jws
	refuses 1 'untrusted-chain' m2m-note check activate --trust ro/cert-owner.pem --to ro --register ro/register.db -i forged.jws
	refuses 1 'subscriber-waiting' auc-av --register ro/register.db "$imsi"
	m2m-register set --register ro/register.db subscribers "$imsi" status=blocked
	m2m-note make activate --key owner/key.pem --cert owner/cert.pem --to ro "imsi=$imsi" -o again.jws
	refuses 1 'subscriber-blocked' m2m-note check activate --trust ro/cert-owner.pem --to ro --register ro/register.db -i again.jws
}
