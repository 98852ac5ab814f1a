#!/usr/bin/env bats
load lib

@test "make install: the tools, procedures, pages and completion run from where they are put" {
	local f tree=${UNIT_DIR#"$ROOT"/}
	make -s -C "$ROOT" -o all install O="${tree%/unit}" BIN="${M2M_BIN#"$ROOT"/}" DESTDIR="$PWD/root" PREFIX=/usr >log 2>&1 || {
		cat log
		return 1
	}
	PATH=$PWD/root/usr/bin:/usr/bin:/bin
	[ "$(command -v tre-sim)" = "$PWD/root/usr/bin/tre-sim" ]
	m2m-walk --list | grep '^annex-b-initial ' >list
	m2m-walk annex-b-initial --dir run --quiet
	m2m-chart -i run/trace.jsonl | grep m2me >list
	for f in root/usr/bin/*; do
		[ -s root/usr/share/man/man1/"${f##*/}".1 ]
	done
	bash -c '. root/usr/share/bash-completion/completions/m2m && complete -p tre-sim' | grep -q tre-sim
	# the completion of each tool is found under its name
	[ -e root/usr/share/bash-completion/completions/mcim-wrap ]
}
