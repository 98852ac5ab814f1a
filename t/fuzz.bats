#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "what fuzzing starts from, and what it found: no crash, hang or growth" {
	[ -n "${FUZZ_DIR-}" ] || skip 'under the sanitizers alone: make check-san'
	local f name n=0
	for f in "$ROOT"/t/fuzz/*.c; do
		name=$(basename "$f" .c)
		[ -n "$(find "$TESTDATA/fuzz/$name" -type f)" ]
		timeout 60 "$FUZZ_DIR/$name" "$TESTDATA/fuzz/$name"/* >out 2>&1 || {
			echo "$name"
			cat out
			return 1
		}
		n=$((n + 1))
	done
	[ "$n" -ge 15 ]
	# a target that is given no file to read is no success
	run -1 "$FUZZ_DIR/$name" missing
}

@test "every corpus has a target" {
	local d
	for d in "$TESTDATA"/fuzz/*/; do
		[ "$(basename "$d")" = keys ] || [ -e "$ROOT/t/fuzz/$(basename "$d").c" ] || {
			echo "$d"
			return 1
		}
	done
}
