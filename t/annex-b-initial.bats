#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 B.2.2 and B.2.3: every step runs, in the report's order" {
	walk_once annex-b-initial ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 A1 A2 A3 A4 A5 A6 1 2 3 4 5 6 7 8 9 10 11 ' ]
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = "$(jq -r .imsi "$RUN/sho-a/mcim.json")" ]
}

@test "the same with rsa-2048" {
	once
	walk_once annex-b-initial rsa-2048
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 A1 A2 A3 A4 A5 A6 1 2 3 4 5 6 7 8 9 10 11 ' ]
}

@test "the trace names every message on the wire, and nothing else is there" {
	walk_once annex-b-initial ec-p256
	cd "$RUN"
	jq -r .file trace.jsonl | sort >"$BATS_TEST_TMPDIR/traced"
	find wire -type f | sort | diff "$BATS_TEST_TMPDIR/traced" -
	jq -r '.sha256 + "  " + .file' trace.jsonl | sha256sum -c --quiet
	jq -es 'map(.seq) == [range(1; length + 1)]' trace.jsonl
}

@test "B.2.2.1: the delivery note holds TRE_id, Cert_TRE and SHO_id" {
	walk_once annex-b-initial ec-p256
	jq -e '.tre_id == "ACME;0001" and .sho == "ro" and (.cert_pem | startswith("-----BEGIN CERTIFICATE"))' \
		"$RUN/owner/delivery-note.json"
}

@test "B.2.2.2: one synchronisation failure, and then RES is XRES" {
	walk_once annex-b-initial ec-p256
	[ "$(jq -r 'select(.outcome == "sqn-out-of-range") | .message' "$RUN/trace.jsonl")" = auts ]
	jq -e .authenticated "$RUN/vno/verdict.json"
}

@test "B.2.3.4 step 6: the verdict is yes, and revocation was asked for" {
	walk_once annex-b-initial ec-p256
	cut -d. -f2 "$RUN/sho-a/result.jws" | tr '_-' '/+' | base64 -d 2>/dev/null >result || true
	jq -e '.verdict == true or .verdict == "yes"' result
	grep -q '"revocation"' result
	openssl ocsp -reqin "$RUN"/wire/*-ocsp-request.req -req_text -noverify >text 2>&1 || true
	grep -q 'Serial Number' text
}

@test "no secret of the run is on the wire, as octets, hex or base64" {
	walk_once annex-b-initial ec-p256
	secrets "$RUN" >known
	[ "$(wc -l <known)" -ge 8 ]
	leaks "$RUN/wire" <known >found
	[ ! -s found ] || {
		cat found
		return 1
	}
	# the search finds what is there
	mkdir planted
	sed -n 1p known >planted/hex
	sed -n 1p known | tr -d '\n' | base64 >planted/base64
	[ "$(leaks planted <known | sort -u | wc -l)" -eq 2 ]
}

@test "the printed commands can be pasted" {
	walk_once annex-b-initial ec-p256
	sed -n 's/^  \$ //p' "$BATS_FILE_TMPDIR/annex-b-initial-ec-p256.log" >script
	mkdir pasted
	cd pasted
	bash -m ../script >../log 2>&1 || {
		tail -n 5 ../log
		return 1
	}
	[ "$(jq -r .authenticated sho-a/verdict.json)" = true ]
}

@test "a run folder is not used twice" {
	walk_once annex-b-initial ec-p256
	refuses 2 'holds a run already' m2m-walk annex-b-initial --dir "$RUN" --quiet
}

@test "--quiet is quiet, --explain says why" {
	m2m-walk annex-b-initial --dir quiet --quiet >out 2>&1
	[ ! -s out ]
	walk_once annex-b-initial ec-p256
	m2m-walk annex-b-initial --dir explained --explain >out
	[ "$(grep -c '^   why: ' out)" -eq 22 ]
}

@test "--step waits for the Enter key, between steps" {
	wants script
	script -qec 'm2m-walk annex-b-initial --dir stepped --step' /dev/null >out < <(for _ in $(seq 60); do echo && sleep 0.05; done)
	[ "$(grep -c 'Enter goes on' out)" -eq 22 ]
	# without an Enter it stands still, before the first step has done anything
	rc=0
	timeout 2 script -qec 'm2m-walk annex-b-initial --dir waits --step' /dev/null >out < <(sleep 5) || rc=$?
	[ "$rc" -eq 124 ]
	[ "$(find waits -type f | wc -l)" -eq 0 ]
}
