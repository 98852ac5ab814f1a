# Loaded after lib by the tests of procedures.
# shellcheck shell=bash

# walk_once PROCEDURE ALG: the run folder $RUN of one run, which all tests of a file share
walk_once() {
	RUN=$BATS_FILE_TMPDIR/$1-$2
	[ ! -e "$RUN/failed" ] || return 1
	[ ! -e "$RUN/trace.jsonl" ] || return 0
	m2m-walk "$1" --dir "$RUN" --alg "$2" >"$BATS_FILE_TMPDIR/$1-$2.log" 2>&1 || {
		touch "$RUN/failed"
		tail -n 20 "$BATS_FILE_TMPDIR/$1-$2.log"
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
		sqlite3 "$f" .dump | grep -oE "[^0-9a-f][0-9a-f]{32}[^0-9a-f]" >/dev/null || true
		m2m-register export --register "$f" subscribers | jq -r '.k, .opc // empty'
	done
	for f in "$1"/*/*key.pem "$1"/*/key.pem; do
		[ -e "$f" ] || continue
		openssl pkey -in "$f" -outform DER | openssl asn1parse -inform DER -strparse "$(
			openssl pkey -in "$f" -outform DER | openssl asn1parse -inform DER | sed -nE 's/^ *([0-9]+):.*OCTET STRING.*/\1/p' | head -1
		)" | sed -nE 's/.*OCTET STRING +\[HEX DUMP\]:([0-9A-F]{64,96}).*/\1/p; s/.*INTEGER +:([0-9A-F]{128,}).*/\1/p' | tr A-F a-f
	done
	tr -d '\n' <"$1/owner/pin"
	echo
}
