#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "PROCEDURES.md is current: every step of every procedure has a test; the costs are the counted ones" {
	"$ROOT/t/procedures-page" >page || return
	[ -z "${UPDATE_GOLDEN-}" ] || cp page "$ROOT/PROCEDURES.md"
	diff "$ROOT/PROCEDURES.md" page
	[ "$(grep -c '^### [a-z0-9-]*$' page)" -eq "$(find "$ROOT/bin/procedures" -maxdepth 1 -name '*.sh' | wc -l)" ]
	grep -q 'PROCEDURES.md' "$ROOT/README.md"
	# and those of each branch that are not the procedure's own
	[ "$(sed -n '/^### change-via-old-sho --fail coverage/,/^### d/p' page | grep -oE '^\| [A-Z0-9]+ ' | tr -d '|\n')" = ' C1  C2  C3  C4  C5 ' ]
	grep -q '^### change-via-old-sho --fail provisioning$' page
}

@test "PROCEDURES.md: a step without a test fails, and says which" {
	mkdir tree tree/t
	ln -s "$ROOT/bin" tree/bin
	ln -s "$ROOT/testdata" tree/testdata
	cp "$ROOT"/t/*.bats "$ROOT/t/procedures-page" tree/t
	sed -i 's/ 1.1 1.2 1.3 1.4 2 / 1.1 1.2 1.4 2 /; /^		1.3 ro vno vector/d' tree/t/knetver.bats
	rc=0
	tree/t/procedures-page >page 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(tail -n +2 err)" = 'knetver 1.3' ]
}

@test "the counts are those of runs: messages and round trips the same, octets within a hundredth" {
	once
	m2m-walk knetver --dir run --alg rsa-2048 --wbxml --quiet
	m2m-chart --count run | jq -c . >got
	jq -es --slurpfile want "$TESTDATA/golden/counts/rsa-2048--wbxml.jsonl" '
		. as $got | [$want[] | select(.procedure == "knetver")] as $want | ($want | length) == ($got | length) and
		all(range($want | length); . as $i | $got[$i] as $g | $want[$i] | .interface == $g.interface and .messages == $g.messages and
			.round_trips == $g.round_trips and ((.bytes - $g.bytes) | if . < 0 then -. else . end) * 100 <= .bytes)' got
}
