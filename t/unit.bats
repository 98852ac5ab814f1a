#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "unit programs: base, aka, pcid, pki, mcim, dm, tre" {
	local f failed=0
	for f in "${UNIT_DIR:?}"/*; do
		case $f in *.d) continue ;; esac
		"$f" >out 2>&1 || {
			echo "$f"
			cat out
			failed=1
		}
	done
	[ "$failed" -eq 0 ]
}
