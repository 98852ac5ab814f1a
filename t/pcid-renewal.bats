#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.3.7.4.3 NOTE 2: a new initial credential, asked for and sent unasked" {
	walk_once pcid-renewal ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 N1 N2 N3 N4 N5 N6 ' ]
}

@test "each message has the parties of its step" {
	walk_once pcid-renewal ec-p256
	messages "$RUN" pcid-renewal | sed '/^M/d' >got
	diff - got <<-'TEXT'
		N1 m2me ro renewal
		N3 ro m2me access
		N3 m2me ro status
		N5 ro m2me access
		N5 m2me ro status
		N6 m2me vno identity
		N6 vno ro vector-request
		N6 ro vno vector
		N6 vno m2me challenge
		N6 m2me vno res
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once pcid-renewal rsa-2048
	[ "$(selected)" = '' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once pcid-renewal ec-p256
	clean_wire "$RUN"
	blind sho-a ro
}

@test "the end: the M2ME attaches with the newest PCID, and the old ones are back in their pool" {
	walk_once pcid-renewal ec-p256
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = "$(jq -r .imsi "$RUN/ro/credential.jsonl")" ]
	jq -e .authenticated "$RUN/vno/verdict.json"
	# the factory's number has come out of the pool again, and with another K
	[ "$(jq -r .pcid "$RUN/ro/renewal.json")" = "$(jq -r .imsi "$RUN/m2me/identity.json")" ]
	[ "$(jq -r .k "$RUN/es/credential.jsonl")" != "$(jq -r .k "$RUN/ro/credential.jsonl")" ]
	spoil pcid-renewal
	refuses 1 'unknown-imsi' auc-av --register ro/register.db 001010000000500
	pcid-issue --register ro/register.db --plmn 001-01 --count 1 >again
	[ "$(jq -r .imsi again)" = 001010000000500 ]
}

@test "the lifetime: asked for too early, and expired" {
	spoil pcid-renewal
	refuses 1 'too-early' "${tre[@]}" renew
	"${tre[@]}" renew --at "$(date -u -d '+710 days' +%Y-%m-%dT%H:%M:%SZ)" -o again.jws
	m2m-register set --register ro/register.db subscribers "$(jq -r .imsi ro/credential.jsonl)" not_after=2020-01-01T00:00:00Z
	refuses 1 'expired' auc-av --register ro/register.db "$(jq -r .imsi ro/credential.jsonl)"
}

# note KEY TO [WORDS]: a credential for the TRE
note() {
	m2m-note make access --key "$1/key.pem" --cert "$1/cert.pem" --to "$2" "${@:3}" -o note.jws
}

@test "a credential of another operator, for another TRE, of another request, or that comes again" {
	spoil pcid-renewal
	before=$("${tre[@]}" attach --identity)
	refuses 1 'note-replayed' "${tre[@]}" access -i ro/access.jws
	note sho-a 'ACME;0001' blob_b64=@ro/access.blob
	refuses 1 'untrusted-chain' "${tre[@]}" access -i note.jws
	note ro 'ACME;0002' blob_b64=@ro/access.blob
	refuses 1 'wrong-recipient' "${tre[@]}" access -i note.jws
	note ro 'ACME;0001' --about ro/renewal.jws blob_b64=@ro/access.blob
	refuses 1 'wrong-subject' "${tre[@]}" access -i note.jws
	# an MCIM is no initial credential, and the other way round
	note ro 'ACME;0001' blob_b64=@sho-a/mcim.blob
	refuses 3 'the blob has tag mcim' "${tre[@]}" access -i note.jws
	mcim-wrap --tre-cert ro/tre.pem --operator-cert sho-a/cert.pem --tag access -i ro/access.json -o other.blob
	note ro 'ACME;0001' blob_b64=@other.blob
	refuses 1 'wrong-operator' "${tre[@]}" access -i note.jws
	head -c 200 ro/access.blob >short.blob
	note ro 'ACME;0001' blob_b64=@short.blob
	refuses 1 'mac-mismatch' "${tre[@]}" access -i note.jws
	note ro 'ACME;0001' blob_b64=@ro/access.blob not_after=soon
	refuses 3 'not_after' "${tre[@]}" access -i note.jws
	[ "$("${tre[@]}" attach --identity)" = "$before" ]
}

@test "a PCID that its M2ME may still use is not released" {
	spoil pcid-renewal
	refuses 1 'pcid-in-use' pcid-issue --register ro/register.db --release "$(jq -r .imsi ro/credential.jsonl)"
}

@test "a renewal request counts once, and is the TRE's" {
	spoil pcid-renewal
	refuses 1 'note-replayed' m2m-note check renewal --trust pva/cert.pem --to ro --register ro/register.db -i ro/renewal.jws
	refuses 1 'wrong-recipient' m2m-note check renewal --trust pva/cert.pem --to sho-a -i ro/renewal.jws
}
