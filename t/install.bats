#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "make install: the tools, procedures, pages and completion run from where they are put" {
	local f tree=${UNIT_DIR#"$ROOT"/} at="$PWD/the root/usr"
	local completions=$at/share/bash-completion/completions
	make -s -C "$ROOT" -o all install O="${tree%/unit}" BIN="${M2M_BIN#"$ROOT"/}" DESTDIR="$PWD/the root" PREFIX=/usr >log 2>&1 || {
		cat log
		return 1
	}
	PATH=$at/bin:/usr/bin:/bin
	[ "$(command -v tre-sim)" = "$at/bin/tre-sim" ]
	m2m-walk --list | grep '^annex-b-initial ' >list
	m2m-walk annex-b-initial --dir run --quiet
	m2m-chart -i run/trace.jsonl | grep m2me >list
	for f in "$at"/bin/*; do
		[ -s "$at/share/man/man1/${f##*/}.1" ]
		# the completion of each tool is found under its name
		[ -e "$completions/${f##*/}" ]
	done
	offered() {
		bash -c '. "$1" && complete -p "$2"' - "$completions/m2m" "$1" | tr -s " '" '\n'
	}
	offered m2m-walk | grep -x change-via-old-sho
	offered milenage | grep -x resync
	[ "$(offered tre-sim | grep -cxE 'provision|--output|--commit')" -eq 3 ]
	[ "$(offered m2m-register | grep -cxE 'subscribers|import|--recipient')" -eq 3 ]
	offered pcid-issue | grep -x osmo-hlr
}

@test "a tree whose path has blanks is built" {
	once
	mkdir 'my tree'
	cd 'my tree'
	ln -s "$ROOT"/{Makefile,src,man,t} .
	mkdir bin
	make -s CFLAGS=-O0 build/cc/libasn1.a build/cc/src/mcim/asn1_alloc.o >log 2>&1 || {
		tail log
		return 1
	}
	# nor does what runs the tests see a word's end there
	make -n -o all -o golden-build check-only TESTS=t/none >plan
	grep -qF "M2M_BIN=\"$PWD/bin\"" plan
}
