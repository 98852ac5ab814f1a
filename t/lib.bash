# SPDX-License-Identifier: Apache-2.0
# Loaded by every .bats file: `load lib`.
# shellcheck shell=bash
bats_require_minimum_version 1.5.0
export LC_ALL=C TZ=UTC
ROOT=$(cd "$BATS_TEST_DIRNAME" && while [ ! -e src/LAYERS ]; do cd ..; done && pwd)
export TESTDATA=$ROOT/testdata
export SPECS=$TESTDATA/specs
# make says these of another build; `bats t/NAME.bats` alone means the ordinary one
export M2M_BIN=${M2M_BIN:-$ROOT/bin} UNIT_DIR=${UNIT_DIR:-$ROOT/build/cc/unit}
export GOLDEN_BIN=${GOLDEN_BIN:-$ROOT/build/cc-golden/bin}
export FREEWATCH_SO=${FREEWATCH_SO-$ROOT/build/cc/freewatch.so}
[ -e "$FREEWATCH_SO" ] || FREEWATCH_SO=
# the loader's LD_PRELOAD takes no path with a blank or a colon
case $FREEWATCH_SO in
*[\ :]*)
	ln -sfn "${FREEWATCH_SO%/*}" "$BATS_RUN_TMPDIR/built"
	FREEWATCH_SO=$BATS_RUN_TMPDIR/built/freewatch.so
	;;
esac
PATH=$M2M_BIN:$ROOT/bin:$PATH

enter() {
	[ -z "${SKIP_ALL-}" ] || skip "$SKIP_ALL"
	set -o pipefail
	cd "$BATS_TEST_TMPDIR" || return
}

setup() {
	enter
}

# wants PROGRAM...: skips the test where one is not installed
wants() {
	local p
	for p; do command -v "$p" >/dev/null || skip "$p is not installed"; done
}

# once: skips the test under the sanitizers, who see no more in it than elsewhere; make check does it
once() {
	[[ $UNIT_DIR != *-san/* ]] || skip 'once is enough, without the sanitizers'
}

# wants_all PROGRAM...: the same in setup_file, where Bats 1.8 takes no skip: setup skips each test
wants_all() {
	local p
	for p; do
		command -v "$p" >/dev/null || {
			export SKIP_ALL="$p is not installed"
			return 1
		}
	done
}

# golden NAME CMD...: exit 0, silent stderr, stdout byte-equal to testdata/NAME.out; stdin is
# testdata/NAME.in where that exists
golden() {
	local name=$1 in=/dev/null
	shift
	[ ! -e "$TESTDATA/$name.in" ] || in=$TESTDATA/$name.in
	"$@" >out 2>err <"$in" || {
		local rc=$?
		cat err
		return "$rc"
	}
	[ ! -s err ] || {
		cat err
		return 1
	}
	[ -z "${UPDATE_GOLDEN-}" ] || cp out "$TESTDATA/$name.out"
	diff -u "$TESTDATA/$name.out" out
}

# refuses STATUS REGEX CMD...: that exact status, nothing on stdout, one stderr line that matches
refuses() {
	local want=$1 re=$2 rc=0
	shift 2
	"$@" >out 2>err || rc=$?
	[ "$rc" -eq "$want" ] || {
		echo "status $rc, want $want: $*"
		cat err
		return 1
	}
	[ ! -s out ] || {
		echo "stdout not empty: $*"
		cat out
		return 1
	}
	[ "$(wc -l <err)" -eq 1 ] || {
		echo "not one line: $*"
		cat err
		return 1
	}
	grep -qE -- "$re" err || {
		echo "want $re: $*"
		cat err
		return 1
	}
	documented
}

# What a tool refuses stands in its page; a token's word (m2m-exit(7)) may come from any.
documented() {
	local tool reason
	read -r tool reason < <(sed -nE '1s/^([a-z0-9-]+): refused: ([a-z0-9-]+): .*/\1 \2/p' err) || return 0
	case $reason in unknown-key | wrong-pin) return 0 ;; esac
	grep -qw -- "$reason" < <(sed -n '/^\.Sh EXIT/,/^\.Sh EXAMPLES/p' "$ROOT/man/$tool.1") || {
		echo "$tool(1) has no $reason"
		return 1
	}
}

# watched HEX[:HEX...] CMD...: runs CMD, and fails where it frees memory that still holds a secret
watched() {
	local needles=$1
	shift
	if [ -z "${FREEWATCH_SO-}" ]; then
		"$@"
	else
		FREEWATCH=$needles LD_PRELOAD=$FREEWATCH_SO "$@"
	fi
}

# LeakSanitizer cannot run under ptrace
if command -v strace >/dev/null; then
	strace() {
		ASAN_OPTIONS=detect_leaks=0 command strace "$@"
	}
fi
