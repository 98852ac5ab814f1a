#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "README: every command of it runs as it stands" {
	sed -n '/^## A tool at a time/,/^## Where/s/^    //p' "$ROOT/README.md" >script
	[ "$(grep -c . script)" -ge 30 ]
	(
		umask 077
		bash -e -o pipefail script >out
	)
	grep -q '"identity":"mcim"' out
	# and names every tool
	for t in "$ROOT"/src/tools/*.c; do
		grep -q "^$(basename "$t" .c)\|| $(basename "$t" .c)" script
	done
}
