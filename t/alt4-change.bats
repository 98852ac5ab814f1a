#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "5.2.5.8.3.1: the fourteen steps, in the contribution's order" {
	walk_once alt4-change ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 1 2 3 4 5 6 7 8 9 10 11 12 13 S1 14 ' ]
}

@test "each message has the parties of its step" {
	walk_once alt4-change ec-p256
	messages "$RUN" alt4-change | sed '/^M/d' >got
	diff - got <<-'TEXT'
		1 owner sho-b registration
		1 sho-b ro registration
		2 owner m2me instruction
		2 m2me ro discovery-request
		2 ro m2me bootstrap
		3 m2me ro m2meobj
		3 ro sho-b m2meobj
		3 sho-b pva validation-request
		4 pva pva ocsp-request
		4 pva pva ocsp-response
		5 pva sho-b result
		6 sho-b ro mcim
		6 sho-b ro token
		6 sho-b ro result
		6 sho-b ro authorization
		7 ro m2me mcimobj
		9 m2me sho-a discard
		10 sho-a m2me ack
		11 m2me ro ack
		11 ro sho-b ack
		12 m2me ro status
		13 ro sho-b status
		S1 m2me sho-b identity
		S1 sho-b m2me challenge
		S1 m2me sho-b res
		14 sho-b ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once alt4-change rsa-2048
	[ "$(selected)" = 'sho-b' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once alt4-change ec-p256
	clean_wire "$RUN"
	blind sho-b ro
	blind sho-b sho-a
	blind sho-a sho-b
	blind sho-a ro
}

@test "step 11: the privacy filter: nothing that the NSHO holds or was sent is of the OSHO's" {
	walk_once alt4-change ec-p256
	cd "$RUN"
	# what the OSHO would not tell: its subscription, its words to the M2ME, its certificate
	{
		jq -r .imsi sho-a/mcim.json
		jq -r .jti ro/ack.json
		sha256sum <sho-a/ack.jws | cut -c1-64
		sha256sum <sho-a/notice.jws | cut -c1-64
		openssl x509 -in sho-a/cert.pem -outform DER | base64 -w0 | cut -c40-140
		openssl x509 -in sho-a/cert.pem -noout -serial | cut -d= -f2
		echo mcim-1
	} >"$BATS_TEST_TMPDIR/private"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/private")" -eq 7 ]
	# JWS and XML set out, so that base64 hides nothing
	mkdir "$BATS_TEST_TMPDIR/seen"
	for f in sho-b/* wire/*-sho-b-*; do
		cp "$f" "$BATS_TEST_TMPDIR/seen/${f//\//-}"
		[[ $f != *.jws ]] || tr . '\n' <"$f" | tr '_-' '/+' | while read -r part; do
			base64 -d <<<"$part===" 2>/dev/null || true
		done >"$BATS_TEST_TMPDIR/seen/${f//\//-}.open"
	done
	run ! grep -rlaiF -f "$BATS_TEST_TMPDIR/private" "$BATS_TEST_TMPDIR/seen"
	# and the search finds what is there: in the acknowledgement as the M2ME sent it on
	tr . '\n' <m2me/ack.jws | tr '_-' '/+' | while read -r part; do base64 -d <<<"$part===" 2>/dev/null || true; done >"$BATS_TEST_TMPDIR/ack"
	grep -qaiF -f "$BATS_TEST_TMPDIR/private" "$BATS_TEST_TMPDIR/ack"
	# the NSHO knows that it was acknowledged, and of which TRE
	[ "$(jq -r '.result + " " + .tre_id + " " + .iss' sho-b/ack.json)" = 'acknowledged ACME;0001 ro' ]
}

@test "the end: the NSHO serves, the old MID is gone, the DR-SP knows" {
	walk_once alt4-change ec-p256
	[ "$(selected)" = sho-b ]
	[ "$(ro-drf-lookup --register "$RUN/ro/register.db" --by tre_id 'ACME;0001' | jq -r '.sho + " " + .status')" = 'sho-b subscribing' ]
}

@test "steps 7 to 12: the acknowledgement is wanted, once, of that notice" {
	spoil alt4-change
	refuses 1 'wrong-state' "${tre[@]}" provision --commit --ack m2me/ack.jws
	refuses 1 'wrong-state' "${tre[@]}" discard --operator sho-b
	refuses 1 'note-replayed' m2m-note check discard --trust pva/cert.pem --to sho-a --register sho-a/register.db -i sho-a/notice.jws
	refuses 1 'note-replayed' m2m-note check ack --trust ro/partners.pem --to 'ACME;0001' --register ro/register.db -i m2me/ack.jws
}
