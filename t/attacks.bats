#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every procedure attacked, message by message and step by step. One alteration of each message whose
# receiver does something of its own; ATTACKS=1 (make check-attacks) tries all kinds on all.
load lib

setup() {
	once
	enter
}

setup_file() {
	[[ $UNIT_DIR != *-san/* ]] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	"$ROOT/t/attack" --chosen >chosen
	m2m-walk initial-3gpp --dir alt1 --quiet
	m2m-walk annex-b-initial --dir annex-b --quiet
}

# attacked NAME [KEPT]: nothing ended as it must not, and every own step was tried
attacked() {
	local chosen=$BATS_FILE_TMPDIR/chosen
	[ -z "${ATTACKS-}" ] || chosen=''
	"$ROOT/t/attack" "$1" "$chosen" ${2:+"$BATS_FILE_TMPDIR/$2"} >attacks || return
	[ -z "${ATTACKS_LOG-}" ] || cat attacks >>"$ATTACKS_LOG"
	[ "$(grep -c ' refused ' attacks)" -ge 2 ]
	[ -n "${ATTACKS-}" ] || return 0
	m2m-walk --plan "$1" | awk -F '\t' -v own="$1" '$1 == "step" && $2 == own { print $3 }' | sort -u >steps
	awk '{ print $3 }' attacks | sort -u | comm -23 steps - >missing
	cat missing
	# the last step is no predecessor; where it has no message there is nothing to leave out
	[ "$(wc -l <missing)" -le 1 ]
	# and every kind on every message
	m2m-walk --plan "$1" | awk -F '\t' -v own="$1" '$1 == "step" { mine = $2 == own; step = $3 }
		$1 == "send" && mine { sub(/^wire\/[0-9]+-/, "", $5); print step, $5 }' | sort -u >messages
	for how in altered1 altered2 altered3 lost replayed; do
		awk -v how="$how" '$1 == how { print $3, $4 }' attacks | sort -u | comm -23 messages - >missing
		sed "s/^/$how: /" missing
		[ ! -s missing ]
	done
}

@test "attacks: what is chosen stands for every procedure" {
	[ "$(cut -d' ' -f1 "$BATS_FILE_TMPDIR/chosen" | sort -u | wc -l)" -eq "$(m2m-walk --list | wc -l)" ]
	[ "$(wc -l <"$BATS_FILE_TMPDIR/chosen")" -ge 180 ]
}

@test "attacks: the driver sees what it should: an answer that nobody compares" {
	mkdir bin
	printf '#!/bin/sh\ncase " $* " in *" -i "*) echo "{\\"imsi\\":\\"1\\",\\"authenticated\\":true}" ;; *) exec "%s/vno-auth" "$@" ;; esac\n' "$M2M_BIN" >bin/vno-auth
	chmod 755 bin/vno-auth
	grep '^initial-3gpp ' "$BATS_FILE_TMPDIR/chosen" | tail -n 2 >mine
	rc=0
	PATH=$PWD/bin:$PATH "$ROOT/t/attack" initial-3gpp mine >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q '^not as it must be: altered2 initial-3gpp S1 m2me-sho-a-res.json tolerated' err
}

@test "attacks: alt2-uicc" { attacked alt2-uicc; }
@test "attacks: alt3a" { attacked alt3a; }
@test "attacks: alt3b" { attacked alt3b; }
@test "attacks: alt4-change" { attacked alt4-change alt1; }
@test "attacks: alt4-pristine" { attacked alt4-pristine alt1; }
@test "attacks: annex-b-change" { attacked annex-b-change annex-b; }
@test "attacks: annex-b-initial" { attacked annex-b-initial; }
@test "attacks: ask-first" { attacked ask-first alt1; }
@test "attacks: change-pristine" { attacked change-pristine alt1; }
@test "attacks: change-two-mcims" { attacked change-two-mcims alt1; }
@test "attacks: change-via-old-sho" { attacked change-via-old-sho alt1; }
@test "attacks: delayed-activation" { attacked delayed-activation; }
@test "attacks: dpf-makes" { attacked dpf-makes; }
@test "attacks: initial-3gpp-s3-090905" { attacked initial-3gpp-s3-090905; }
@test "attacks: initial-3gpp" { attacked initial-3gpp; }
@test "attacks: initial-non3gpp" { attacked initial-non3gpp; }
@test "attacks: knetver" { attacked knetver; }
@test "attacks: pcid-renewal" { attacked pcid-renewal; }
@test "attacks: recertify" { attacked recertify alt1; }
@test "attacks: ro-becomes-sho" { attacked ro-becomes-sho; }
