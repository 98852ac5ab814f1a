# SPDX-License-Identifier: Apache-2.0
# Loaded after lib by the tests of procedures.
# shellcheck shell=bash

# A file that is named as a procedure: the sanitizers see that in m2m-walk.bats, once.
if [ -e "$ROOT/bin/procedures/$(basename "$BATS_TEST_FILENAME" .bats).sh" ]; then
	setup() {
		once
		enter
	}
fi

# walk_once PROCEDURE ALG [OPTIONS]: the run folder $RUN of one run, which all tests of a file share
walk_once() {
	local name=$1-$2
	[ $# -eq 2 ] || name=$name-${*: -1}
	RUN=$BATS_FILE_TMPDIR/$name
	[ ! -e "$RUN/failed" ] || return 1
	[ ! -e "$RUN/trace.jsonl" ] || return 0
	m2m-walk "$1" --dir "$RUN" --alg "$2" "${@:3}" >"$RUN.log" 2>&1 || {
		touch "$RUN/failed"
		tail -n 20 "$RUN.log"
		return 1
	}
}

# steps RUN PROCEDURE: the numbers of the steps in the trace, in order, without repeats
steps() {
	jq -r 'select(.procedure == "'"$2"'") | .step' "$1/trace.jsonl" | uniq | tr '\n' ' '
}

# secrets RUN: every K, OPc, private key, password and PIN of the run, in hex, a line each
secrets() {
	local f
	for f in "$1"/*/register.db; do
		m2m-register export --register "$f" subscribers | jq -r '.k, .opc'
		sqlite3 "$f" "SELECT attached FROM offers WHERE kind = 'nonce_a' AND attached IS NOT NULL" |
			jq -r .password
	done
	# what is spent is wiped from the registers: the TRE's own memory has it, and PIK and PCK
	"$UNIT_DIR/secrets" "$1/m2me/state" "$1/m2me/device" "$1"/*/mcim.blob "$1"/ro/credentials.blob
	for f in "$1"/*/*key.pem; do
		openssl pkey -in "$f" -noout -text |
			awk '/^(priv|prime1|privateExponent):/ { on = 1; next } /^[^ ]/ { on = 0 } on { print }' |
			tr -d ' :\n' | sed 's/^00//' | cut -c1-64
		echo
	done
	od -An -v -tx1 <"$1/owner/pin" | tr -d ' \n' | sed 's/0a$//'
	echo
}

# every_step RUN: the numbers of the steps as the log of the run prints them, those without a message too
every_step() {
	sed -nE 's/^== step ([^ ]+) .*/\1/p' "$1.log" | tr '\n' ' '
}

# messages RUN PROCEDURE: who told whom what, a line each
messages() {
	jq -r 'select(.procedure == "'"$2"'") | "\(.step) \(.from) \(.to) \(.message)" + if .outcome == "ok" then "" else " " + .outcome end' "$1/trace.jsonl"
}

# clean_wire RUN: none of the run's secrets crossed an interface
clean_wire() {
	secrets "$1" >known
	[ "$(wc -l <known)" -ge 8 ]
	leaks "$1/wire" <known >found
	cat found
	[ ! -s found ]
}

# blind OPERATOR FOLDER: no K or OPc of the operator's subscribers is in that party's folder
blind() {
	m2m-register export --register "$RUN/$1/register.db" subscribers | jq -r '.k, .opc' >subscribers
	[ -s subscribers ]
	leaks "$RUN/$2" <subscribers >found
	cat found
	[ ! -s found ]
}

# selected: the IMSI of the MCIM that is in use, by the operator's own list
selected() {
	tre-sim --state "$RUN/m2me/state" --device "$RUN/m2me/device" list | jq -r 'select(.state == "selected") | .operator'
}

# spoil PROCEDURE [ALG]: a copy of a run that a test may spoil; the tools are called from inside
spoil() {
	walk_once "$1" "${2-ec-p256}"
	cp -a "$RUN" copy
	cd copy || return
	tre=(tre-sim --state m2me/state --device m2me/device)
}
