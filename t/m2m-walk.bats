#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "--list: every procedure with steps and messages, and a procedure's steps with their clauses" {
	m2m-walk --list >list
	[ "$(wc -l <list)" -eq "$(find "$ROOT/bin/procedures" -maxdepth 1 -name '*.sh' | wc -l)" ]
	grep -qE '^change-via-old-sho +19 steps +24 messages  5\.1\.3\.7\.4\.2: ' list
	m2m-walk --list change-via-old-sho >steps
	[ "$(awk '{ printf "%s ", $1 }' steps)" = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 S1 17 S2 ' ]
	[ "$(awk '$1 == 9 { print $2, $3 }' steps)" = '5.1.3.7.4.2 4' ]
	[ "$(awk '{ n += $3 } END { print n }' steps)" -eq 24 ]
	[ ! -e m2m-run ]
}

@test "--explain: every step of every procedure says why it is there, and none twice in a procedure" {
	local f name
	for f in "$ROOT"/bin/procedures/*.sh; do
		name=$(basename "$f" .sh)
		m2m-walk --plan "$name" >plan
		awk -F '\t' -v name="$name" '$1 == "step" && $2 == name && (length($6) < 58 || length($4) < 3 || length($5) < 8) {
			print name, $3 ": " $6 }' plan >>short
	done
	cat short
	[ ! -s short ]
	m2m-walk --list annex-b-change --explain >list
	[ "$(wc -l <list)" -eq 22 ]
}

@test "--plan is what a run then does: the same commands and messages, in the same order" {
	walk_once change-via-old-sho ec-p256
	m2m-walk --plan change-via-old-sho >plan
	diff <(sed -n 's/^run\t//p' plan) <(sed -n 's/^  \$ //p' "$RUN.log")
	diff <(awk -F '\t' '$1 == "send" { print $5, $6 }' plan) <(jq -r '.file + " " + .outcome' "$RUN/trace.jsonl")
}

@test "a note that comes again is refused, and what the first one said stays" {
	spoil change-via-old-sho
	m2m-walk --plan change-via-old-sho | sed -n 's/^run\t//p' | grep '^m2m-note check .* --register ' >checks
	[ "$(wc -l <checks)" -ge 14 ]
	while read -r check; do
		sha256sum ./*/*.json >before
		rc=0
		eval "$check" 2>err </dev/null || rc=$?
		echo "$rc $check: $(cat err)"
		[ "$rc" -eq 1 ]
		sha256sum --quiet -c before
	done <checks
}

@test "a signal stops a walk, also where the tool of that moment ends well; --step wants a terminal" {
	# a tool that takes no notice, as one does that is about to end
	mkdir bin
	printf '#!/bin/sh\ntrap "" INT TERM\n: >asked\nsleep 1\nexec %s/tre-sim "$@"\n' "$M2M_BIN" >bin/tre-sim
	chmod +x bin/tre-sim
	for signal in TERM INT; do
		rm -rf run
		(
			trap - INT
			M2M_BIN=$PWD/bin exec m2m-walk annex-b-initial --dir run --quiet 2>err
		) &
		pid=$!
		for _ in $(seq 100); do [ ! -e run/asked ] || break && sleep 0.1; done
		kill -$signal $pid
		rc=0
		wait $pid || rc=$?
		[ $rc -gt 128 ]
		grep -q '^m2m-walk: annex-b-initial: step M2 was stopped ' err
		[ ! -e run/es/credential.jsonl ]
	done
	refuses 2 '^m2m-walk: --step: there is no terminal' setsid -w m2m-walk annex-b-initial --dir other --step
	[ ! -e other ]
}

@test "a folder that cannot be made is status 4" {
	echo >file
	refuses 4 '^m2m-walk: cannot create directory .*file' m2m-walk annex-b-initial --dir file/run
	refuses 4 '^m2m-walk: cannot create directory .*file' m2m-walk --all --dir file
}

@test "--until and --from: a kept run goes on where it stopped, from a copy too, and only there" {
	m2m-walk pcid-renewal --dir kept --until N2 --quiet
	refuses 2 "holds a run already" m2m-walk annex-b-initial --dir kept --quiet
	refuses 2 'stands before step N3' m2m-walk pcid-renewal --dir kept --from N4
	refuses 2 'was kept by pcid-renewal' m2m-walk initial-3gpp --dir kept --from 3
	refuses 2 'was not kept' m2m-walk initial-3gpp --dir other --from 3
	refuses 2 "no step '99'" m2m-walk initial-3gpp --dir other --until 99
	cp -a kept copy
	m2m-walk pcid-renewal --dir copy --from N3 --until N4 --quiet
	m2m-walk pcid-renewal --dir copy --from N5 >log
	[ "$(sed -nE 's/^== step ([^ ]+) .*/\1/p' log | tr '\n' ' ')" = 'N5 N6 ' ]
	[ ! -e copy/walk.state ]
	m2m-walk pcid-renewal --dir kept --from N3 --quiet
	diff <(jq -r '.step + .file' kept/trace.jsonl) <(jq -r '.step + .file' copy/trace.jsonl)
	m2m-walk --plan pcid-renewal | awk -F '\t' '$1 == "send" { print $5 }' | diff - <(jq -r .file copy/trace.jsonl)
}

@test "options that do not go together, and empty values, are status 2, and nothing is run" {
	refuses 2 '^m2m-walk: --list and --all, not both' m2m-walk --list --all
	refuses 2 '^m2m-walk: --plan and --list, not both' m2m-walk --plan --list initial-3gpp
	refuses 2 '^m2m-walk: --until does not go with --all' m2m-walk --all --until 3
	refuses 2 '^m2m-walk: --states does not go with --all' m2m-walk --all --states
	refuses 2 '^m2m-walk: --dir does not go with --list' m2m-walk --list --dir run
	refuses 2 '^m2m-walk: --until does not go with --plan' m2m-walk --plan initial-3gpp --until 3
	refuses 2 '^m2m-walk: --alg does not go with --from: the run goes on' m2m-walk initial-3gpp --from 3 --alg rsa-2048
	refuses 2 '^m2m-walk: --wbxml does not go with --from' m2m-walk initial-3gpp --wbxml --from 3
	for option in --until --from --dir --alg --fail; do
		refuses 2 "^m2m-walk: option '$option' wants a value" m2m-walk initial-3gpp "$option="
		refuses 2 "^m2m-walk: option '$option' wants a value" m2m-walk initial-3gpp "$option" ''
	done
	[ ! -e m2m-run ]
}

@test "--until 9 --alg rsa-2048 --fail coverage: the rest keeps keys and branch" {
	once
	m2m-walk change-via-old-sho --alg rsa-2048 --fail coverage --dir kept --until 15 --quiet
	m2m-walk change-via-old-sho --dir kept --from 16 >log
	grep -q '^== step C5' log
	openssl pkey -in kept/ro/key.pem -noout -text | grep -q 'Private-Key: (2048 bit'
}

@test "--states: the states around each step, without a secret; the page shows them with the messages" {
	wants mscgen
	m2m-walk initial-3gpp --dir run --states --until 5 --quiet
	jq -es 'map(.messages) == (map(.messages) | sort) and .[-1].messages == 13 and (map(has("m2me")) | all)' run/states.jsonl
	[ "$(jq -rs 'map(select(.step == "M4"))[0].m2me[1].identity' run/states.jsonl)" = pcid ]
	m2m-register export --register run/ro/register.db subscribers | jq -r '.k, .opc' >known
	[ "$(wc -l <known)" -eq 2 ]
	run ! grep -F -f known run/states.jsonl
	m2m-chart --format html -i run/trace.jsonl -o page.html
	grep -q '<h3>ro, after the step</h3>' page.html
	grep -q '<h3>m2me, before and after the step</h3>' page.html
	echo '{"messages":1,"m2me":["<b>"]}' >>run/states.jsonl
	m2m-chart --format html -i run/trace.jsonl -o page.html
	run ! grep -q '<b>' page.html
	echo 'no JSON' >run/states.jsonl
	refuses 3 'states.jsonl:1' m2m-chart --format html -i run/trace.jsonl
}

@test "--all: a line a procedure and branch; one that fails stops no other, and the status says so" {
	mkdir -p tree/procedures
	cp "$ROOT/bin/m2m-walk" tree
	cp -a "$ROOT/bin/procedures/lib" tree/procedures
	cat >tree/procedures/tiny.sh <<-'SH'
		#!/bin/bash
		# 9.9: a procedure of a test
		# --fail: coverage
		. "$WALK_SCRIPTS/lib/walk.sh"
		begin a b
		step 1 9.9 'a word' 'For the test.'
		run 'echo 123 >a/word.txt'
		send a b word a/word.txt
		[ "$WALK_FAIL" = coverage ] || exit 0
		step C1 9.9 'no word' 'For the test.'
		run 'echo 12345 >a/word.txt'
		send a b word a/word.txt no-coverage
		step C2 9.9 'nothing' 'For the test.'
		run 'test -z "${BREAK-}"'
	SH
	tree/m2m-walk --all --dir runs >table
	[ "$(sed -E 's/ [0-9.]+  ([a-z])/ \1/' table | tr -s ' ')" = 'procedure steps messages refusals octets seconds
tiny 1 1 0 4 done
tiny --fail coverage 3 2 1 10 done' ] || {
		cat table
		return 1
	}
	rc=0
	BREAK=1 tree/m2m-walk --all --dir again >table 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(awk '{ print $NF }' table | paste -sd ' ')" = 'seconds done (1)' ]
	grep -q 'tiny: step C2 failed' err
	# before its first message
	sed -i 's/^begin .*/[ -n "$WALK_PLAN" ]/' tree/procedures/tiny.sh
	rc=0
	tree/m2m-walk --all --dir third >table 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(tail -n 1 table | awk '{ print $1, $4, $5, $6, $NF }')" = 'tiny 3 0 0 (1)' ]
	refuses 2 'name none' tree/m2m-walk --all tiny
}

@test "every procedure under the sanitizers, once" {
	[[ $UNIT_DIR = *-san/* ]] || skip 'each has tests of its own, which run without them'
	local name base
	for name in initial-3gpp annex-b-initial $(m2m-walk --list | sed -E 's/ .*//; /^(initial-3gpp|annex-b-initial)$/d'); do
		case $name in
		annex-b-change) base=annex-b-initial ;;
		change-* | alt4-* | ask-first | recertify) base=initial-3gpp ;;
		*) base='' ;;
		esac
		[ -z "$base" ] || cp -a "$base" "$name"
		m2m-walk "$name" --dir "$name" --quiet
	done
	m2m-walk change-via-old-sho --fail coverage --dir initial-3gpp --quiet
	m2m-walk change-via-old-sho --fail provisioning --dir provisioning --quiet
	# RSA keys, and the objects in WBXML
	m2m-walk annex-b-change --alg rsa-2048 --wbxml --dir rsa --quiet
}
