#!/usr/bin/env bats
load lib

tools() {
	local f
	for f in "$ROOT"/src/tools/*.c; do basename "$f" .c; done
}

@test "every tool: --help and --version" {
	local t
	for t in $(tools) m2m-walk; do
		"$t" --help >out 2>err
		grep -q "^usage: $t" out
		[ ! -s err ]
		"$t" --version >out
		grep -qE "^$t [0-9]+\.[0-9]+" out
	done
}

@test "every tool: a full disk is no success" {
	local t rc
	for t in $(tools); do
		rc=0
		"$t" --help >/dev/full 2>err || rc=$?
		[ "$rc" -eq 4 ] || {
			echo "$t $rc"
			return 1
		}
	done
}

@test "every tool: an unknown option says which, and how to get help" {
	local t
	for t in $(tools) m2m-walk; do
		refuses 2 "^$t: unknown option '--no-such-thing' \($t --help shows how\)$" "$t" --no-such-thing
	done
}

@test "a single-valued option given twice is refused" {
	refuses 2 'given twice' mcim-unwrap --key a --key b
	refuses 2 'given twice' tre-sim --state a --state b info
	refuses 2 'given twice' m2m-walk --dir a --dir b annex-b-initial
}

@test "files with secrets are 0600 under any umask" {
	umask 000
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	m2m-keygen secret --bits 128 -o secret
	pcid-issue --register db --plmn 001-01 --count 1 -o credential
	auc-av --register db -o vector 001010000000001
	m2m-register export --register db -o export subscribers
	tre-sim --state tre init --tre-id 'A;1'
	for f in ro.key secret db credential vector export tre/state.sealed tre.device/device.key; do
		[ "$(stat -c %a "$f")" = 600 ] || {
			echo "$f"
			return 1
		}
	done
	[ "$(stat -c %a tre)" = 700 ]
	[ "$(stat -c %a ro.pem)" = 666 ]
}

@test "a private key is not overwritten without --force" {
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	cp ro.key before
	refuses 1 'file-exists' m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	cmp before ro.key
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem --force
	[ "$(cmp -s before ro.key; echo $?)" -eq 1 ]
}

@test "results to a full disk: status 4, and the old file stays" {
	pcid-issue --register db --plmn 001-01 --count 1 -o credential
	refuses 4 'No space left' pcid-issue --register db --plmn 001-01 --count 1 -o /dev/full
	rc=0
	auc-av --register db 001010000000001 >/dev/full 2>err || rc=$?
	[ "$rc" -eq 4 ]
}
