#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "golden runs: every procedure gives the same messages again, octet for octet" {
	once
	wants faketime
	M2M_BIN=$GOLDEN_BIN "$ROOT/t/golden" >log 2>&1 || {
		tail -n 20 log
		return 1
	}
	grep -q 'files are equal' log
	# such a build says so, each time, and is not installed
	"$GOLDEN_BIN"/m2m-keygen --version 2>/dev/null | grep -q 'golden build'
	"$GOLDEN_BIN"/m2m-keygen secret --bits 128 -o a 2>err
	grep -q 'm2m-keygen: golden build: its keys are known' err
	"$GOLDEN_BIN"/m2m-keygen secret --bits 128 -o b 2>err
	cmp a b
	M2M_SEED=other "$GOLDEN_BIN"/m2m-keygen secret --bits 128 -o c 2>err
	! cmp -s a c || false
	! make -s -C "$ROOT" GOLDEN=1 install DESTDIR="$PWD/root" 2>err || false
	[ ! -e root ]
	# and the others are none
	! m2m-keygen --version | grep -q golden || false
	m2m-keygen secret --bits 128 -o d
	! cmp -s a d || false
}

@test "golden runs: a message that changes is seen, and named" {
	once
	wants faketime
	mkdir -p tree/t tree/testdata/golden
	cp -r "$ROOT/testdata/golden/annex-b" "$ROOT/testdata/golden/digests" tree/testdata/golden
	cp "$ROOT/t/golden" tree/t
	ln -s "$ROOT/bin" tree/bin
	printf x >>"$(find tree/testdata/golden/annex-b/wire -name '*bootstrap.xml' -print -quit)"
	sed -i 's/ ok [0-9]* / ok 1 /' tree/testdata/golden/digests/alt2-uicc
	rc=0
	GOLDEN_ONLY=alt2-uicc M2M_BIN=$GOLDEN_BIN tree/t/golden >out 2>&1 || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'bootstrap.xml.* differ' out
	grep -qE '^-1 .* ok 1 [0-9a-f]{64}$' out
	grep -q '^--- golden alt2-uicc' out
}
