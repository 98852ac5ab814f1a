#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.3.4.3: the DPF makes the MCIM, and tells the SHO" {
	walk_once dpf-makes ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 G1 16 17 18 19 G2 G3 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once dpf-makes ec-p256
	messages "$RUN" dpf-makes | sed '/^M/d' >got
	diff - got <<-'TEXT'
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
		15 sho-a ro token
		15 sho-a ro result
		15 sho-a ro authorization
		16 ro m2me mcimobj
		18 m2me ro status
		19 ro sho-a status
		G3 ro sho-a credentials beyond-rules
		S1 m2me sho-a identity
		S1 sho-a m2me challenge
		S1 m2me sho-a res
		S2 sho-a ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	walk_once dpf-makes rsa-2048
	[ "$(selected)" = sho-a ]
}

@test "steps G1 and G2: the number is one of the rules', the SHO's AuC has K, and the DPF keeps none" {
	walk_once dpf-makes ec-p256
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = 001020700000001 ]
	jq -e .authenticated "$RUN/sho-a/verdict.json"
	[ "$(selected)" = sho-a ]
	m2m-register export --register "$RUN/sho-a/register.db" subscribers >ours
	jq -es 'length == 1 and (.[0].k | length) == 32 and .[0].tre_id == "ACME;0001"' ours
	m2m-register export --register "$RUN/ro/register.db" subscribers | jq -c 'select(.imsi == "001020700000001")' >theirs
	[ "$(jq -cS . theirs)" = '{"imsi":"001020700000001","status":"waiting","tre_id":"ACME;0001"}' ]
	# not in the free pages of the DPF's register either, nor anywhere in its folder
	blind sho-a ro
	blind sho-a vno
	run ! blind sho-a sho-a
	# the files of the rules are in the MCIM
	"$UNIT_DIR/secrets" "$RUN/m2me/state" "$RUN/m2me/device" >known
	grep -qF "$(jq -r .k ours)" known
}

@test "no secret of the run is on the wire" {
	walk_once dpf-makes ec-p256
	clean_wire "$RUN"
}

@test "step G3: beyond the rules, nothing was taken" {
	spoil dpf-makes
	[ "$(grep -oE 'refused: [a-z-]+' "$RUN.log")" = 'refused: beyond-rules' ]
	[ "$(m2m-register check --register sho-a/register.db | jq -c .)" = '{"subscribers":1,"discovery":1,"equipment":1}' ]
	refuses 1 'unknown-imsi' auc-av --register sho-a/register.db 001020000000001
}

# object [OPTIONS]: the MCIMobj that the DPF makes of ro/mcim.blob
object() {
	mcimobj-make --key ro/key.pem --cert ro/cert.pem --mcim "${blob-ro/mcim.blob}" --result ro/result.jws \
		--result-trust ro/partners.pem --authorization ro/authorization.jws --token ro/token.jws "$@"
}

@test "step 15: under an authorization with rules the DPF sends what it made by them, once, and nothing else" {
	spoil dpf-makes
	refuses 2 'register is wanted' object
	refuses 1 'nonce-replayed' object --register ro/register.db
	m2m-walk dpf-makes --dir kept --until 15 --quiet
	cd kept
	rules() {
		mcim-rules make --authorization ro/authorization.jws --trust ro/partners.pem --to ro --register ro/register.db "$@"
	}
	rules --credentials ro/told.cms -o ro/mcim.blob
	jq -n '{application: "usim", imsi: "001020700000002", k: "00112233445566778899aabbccddeeff", opc: "00112233445566778899aabbccddeeff", alg: "milenage"}' >own.json
	mcim-wrap --tre-cert sho-a/tre.pem --operator-cert sho-a/cert.pem -i own.json -o own.blob
	blob=own.blob refuses 1 'wrong-subject' object --register ro/register.db
	# another DPF's register knows nothing of it
	refuses 1 'wrong-subject' object --register other.db
	# and the same authorization makes no second MCIM
	refuses 1 'note-replayed' rules --credentials two.cms -o two.blob
	[ ! -e two.blob ]
	[ ! -e two.cms ]
	object --register ro/register.db -o mcimobj.xml
}
