#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.3.7.4.3: the four steps, the fourth being those of 5.1.3.6.3" {
	walk_once change-pristine ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 1 2 3 4.1 4.2 4.3 4.4 4.5 4.6 4.7 4.8 4.9 4.10 4.11 4.12 4.13 4.14 4.15 4.16 4.17 4.18 4.19 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once change-pristine ec-p256
	messages "$RUN" change-pristine | sed '/^M/d' >got
	diff - got <<-'TEXT'
		1 owner sho-b registration
		2 sho-b ro registration
		2 sho-b ro token
		2 ro m2me reprovision
		4.1 m2me vno identity
		4.2 vno ro vector-request
		4.4 ro vno vector
		4.5 vno m2me challenge
		4.5 m2me vno res
		4.6 ro ro session
		4.8 ro m2me bootstrap
		4.9 m2me ro m2meobj
		4.10 ro sho-b m2meobj
		4.11 sho-b pva validation-request
		4.12 pva pva ocsp-request
		4.12 pva pva ocsp-response
		4.13 pva sho-b result
		4.15 sho-b ro mcim
		4.15 sho-b ro token
		4.15 sho-b ro result
		4.15 sho-b ro authorization
		4.16 ro m2me mcimobj
		4.18 m2me ro status
		4.19 ro sho-b status
		S1 m2me sho-b identity
		S1 sho-b m2me challenge
		S1 m2me sho-b res
		S2 sho-b ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once change-pristine rsa-2048
	[ "$(selected)" = 'sho-b' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once change-pristine ec-p256
	clean_wire "$RUN"
	blind sho-b ro
	blind sho-b sho-a
	blind sho-a sho-b
	blind sho-a ro
}

@test "step 3: every MCIM is gone; PCID and the owner's token are left" {
	walk_once change-pristine ec-p256
	[ ! -s "$RUN/m2me/mcims.jsonl" ]
	[ "$(jq -r 'select(.step == "4.1" and .message == "identity") | .file' "$RUN/trace.jsonl" | sed "s|^|$RUN/|" | xargs jq -r .identity)" = pcid ]
	[ "$(selected)" = sho-b ]
}

@test "step 3: an order that no owner asked for takes no MCIM away" {
	m2m-walk initial-3gpp --dir run --quiet
	cd run
	tre=(tre-sim --state m2me/state --device m2me/device)
	"${tre[@]}" token --to sho-b --to-cert sho-b/cert.pem --pin owner/pin >token.jws
	hash=$(tr -d '\n' <token.jws | sha256sum | cut -c1-64)
	order() { # KEY TO HASH
		m2m-note make reprovision --key "$1/key.pem" --cert "$1/cert.pem" --to "$2" "token_sha256=$3" -o order.jws
	}
	order sho-a 'ACME;0001' "$hash" # the operator that serves
	refuses 1 'untrusted-chain' "${tre[@]}" pristine --order order.jws
	order sho-b 'ACME;0001' "$hash" # the new one itself
	refuses 1 'untrusted-chain' "${tre[@]}" pristine --order order.jws
	order ro 'ACME;0002' "$hash"
	refuses 1 'wrong-recipient' "${tre[@]}" pristine --order order.jws
	order ro 'ACME;0001' "$(sha256sum <sho-a/token.jws | cut -c1-64)" # an old token
	refuses 1 'token-unknown' "${tre[@]}" pristine --order order.jws
	order ro 'ACME;0001' "$hash"
	sed 's/\./A./2' order.jws >altered.jws
	"${tre[@]}" pristine --order altered.jws 2>err && return 1
	[ "$("${tre[@]}" list | jq -r .state)" = selected ]
	refuses 2 'not both' "${tre[@]}" pristine --order order.jws --pin owner/pin
	"${tre[@]}" pristine --order order.jws
	[ -z "$("${tre[@]}" list)" ]
	refuses 1 'note-replayed' "${tre[@]}" pristine --order order.jws
	# and the token that it named is good for the provisioning still
	refuses 1 'pin-required' "${tre[@]}" pristine
}

@test "the order counts once, and its token not again" {
	spoil change-pristine
	refuses 1 'token-unknown' "${tre[@]}" pristine --order m2me/reprovision.jws
	[ "$(selected)" = sho-b ]
}
