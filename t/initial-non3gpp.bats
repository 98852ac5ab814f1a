#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.3.6.4: the steps that a non-3GPP access leaves" {
	walk_once initial-non3gpp ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once initial-non3gpp ec-p256
	messages "$RUN" initial-non3gpp | sed '/^M/d' >got
	diff - got <<-'TEXT'
		R1 owner sho-a registration
		R2 sho-a ro registration
		1 m2me icsp access
		1 icsp m2me connectivity
		6 m2me ro discovery-request
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
	walk_once initial-non3gpp rsa-2048
	[ "$(selected)" = 'sho-a' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once initial-non3gpp ec-p256
	clean_wire "$RUN"
	blind sho-a ro
	blind sho-a pva
	blind sho-a icsp
}

@test "no PCID, no vector and no ICF before the MCIM is used" {
	walk_once initial-non3gpp ec-p256
	[ "$(selected)" = sho-a ]
	pcid=$(jq -r .imsi "$RUN/es/credential.jsonl")
	# the factory told the RO of the PCID; on the access side it never crossed
	run ! grep -lF "$pcid" "$RUN"/wire/*-m2me-* "$RUN"/wire/*-icsp-*
	run ! grep -q vno "$RUN/trace.jsonl"
	jq -se 'map(select(.message == "identity") | .step) == ["S1"]' "$RUN/trace.jsonl"
}

@test "who is not authenticated learns and gets nothing: the bootstrap is for one TRE" {
	spoil initial-non3gpp
	tre-sim --state other/state --device other/device init --tre-id 'ACME;0002'
	m2m-keygen tre --tre-id 'ACME;0002' --key-out other.key --cert-out other.pem --ca-key pva/key.pem --ca-cert pva/cert.pem
	tre-sim --state other/state --device other/device personalize --key other.key --cert other.pem \
		--credential <(jq -c 'del(.tre_id)' es/credential.jsonl) --operator-cert ro/cert.pem
	refuses 1 'wrong-tre' tre-sim --state other/state --device other/device bootstrap -i ro/bootstrap.xml
	run ! mcim-unwrap --key other.key --tre-id 'ACME;0002' -i ro/credentials.blob
	# an M2ME of which nobody has registered is not led anywhere
	refuses 1 'unknown' ro-drf-lookup --register ro/register.db --by tre_id 'ACME;0002'
}
