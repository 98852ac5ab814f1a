#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "S3-090905: the twenty-one steps, in the contribution's order" {
	walk_once initial-3gpp-s3-090905 ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once initial-3gpp-s3-090905 ec-p256
	messages "$RUN" initial-3gpp-s3-090905 | sed '/^M/d' >got
	diff - got <<-'TEXT'
		R1 owner sho-a registration
		R2 sho-a ro registration
		1 m2me vno identity
		2 vno ro vector-request
		4 ro vno vector
		5 vno m2me challenge
		5 m2me vno res
		6 vno m2me connectivity
		7 m2me ro connect
		8 ro ro session
		10 ro m2me bootstrap
		12 ro sho-a session
		13 m2me ro m2meobj
		13 ro sho-a m2meobj
		13 sho-a pva validation-request
		14 pva pva ocsp-request
		14 pva pva ocsp-response
		15 pva sho-a result
		17 sho-a ro mcimobj
		17 sho-a ro authorization
		18 ro m2me mcimobj
		20 m2me ro status
		21 ro sho-a status
		S1 m2me sho-a identity
		S1 sho-a m2me challenge
		S1 m2me sho-a res
		S2 sho-a ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once initial-3gpp-s3-090905 rsa-2048
	[ "$(selected)" = 'sho-a' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once initial-3gpp-s3-090905 ec-p256
	clean_wire "$RUN"
	blind sho-a ro
	blind sho-a pva
	blind sho-a vno
}

@test "step 16: the object is the SHO's; the DPF has signed nothing in it" {
	walk_once initial-3gpp-s3-090905 ec-p256
	cmp "$RUN/sho-a/mcimobj.xml" "$RUN/m2me/mcimobj.xml"
	[ "$(selected)" = sho-a ]
	m2m-note check status --trust "$RUN/pva/cert.pem" --to sho-a --about "$RUN/sho-a/mcimobj.xml" -i "$RUN/m2me/status.jws" >status
	[ "$(jq -r .result status)" = installed ]
}

@test "steps 13 to 15: the PVA judges PfC and identity, and a revoked or unknown one is a no" {
	spoil initial-3gpp-s3-090905
	[ "$(jq -r '.checks.chain + .checks.revocation' sho-a/result.json)" = passpass ]
	[ "$(jq -r '.checks["nonce-a"]' sho-a/result.json)" = skip ]
	# the PfC is the one that the M2ME has shown: of the same TRE as the owner's
	diff -B sho-a/pfc.pem pva/pfc.pem
	diff -B sho-a/pfc.pem sho-a/tre.pem
	pva-verify --trust pva/cert.pem --cert sho-a/tre.pem --tre-id 'ACME;0002' >r 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q wrong-tre err
	m2m-keygen revoke --index pva/index.txt --cert sho-a/tre.pem --reason keyCompromise
	m2m-keygen crl --index pva/index.txt --ca-key pva/key.pem --ca-cert pva/cert.pem -o crl.pem
	rc=0
	pva-verify --trust pva/cert.pem --cert sho-a/tre.pem --crl crl.pem >r 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: revoked' err
	# a result about a certificate alone has no nonce_B: no MCIMobj comes of it
	refuses 3 'no nonce_B' mcimobj-make --key sho-a/key.pem --cert sho-a/cert.pem --mcim sho-a/mcim.blob \
		--result sho-a/result.jws --result-trust sho-a/cert-pva.pem --token sho-a/token.jws
}

@test "step 17: the DPF passes on the object that the SHO authorised, once" {
	spoil initial-3gpp-s3-090905
	refuses 1 'note-replayed' m2m-note check authorization --trust ro/partners.pem --to ro --signer sho-a \
		--about ro/mcimobj.xml --register ro/register.db -i ro/authorization.jws
	sed 's/sho-a/sho-x/' ro/mcimobj.xml >other.xml
	refuses 1 'wrong-subject' m2m-note check authorization --trust ro/partners.pem --to ro --signer sho-a \
		--about other.xml -i ro/authorization.jws
}

@test "step 12: the SHO takes the arrival from the RO that it had registered at" {
	spoil initial-3gpp-s3-090905
	refuses 1 'note-replayed' m2m-note check session --trust sho-a/cert-ro.pem --to sho-a --register sho-a/register.db -i ro/arrival.jws
	m2m-note make session --key vno/key.pem --cert vno/cert.pem --to sho-a --about sho-a/registration.jws tre_id='ACME;0001' -o forged.jws
	refuses 1 'untrusted-chain' m2m-note check session --trust sho-a/cert-ro.pem --to sho-a -i forged.jws
}
