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
		m2m-register export --register "$f" subscribers | jq -r '.k, .opc'
		sqlite3 "$f" "SELECT attached FROM offers WHERE kind = 'nonce_a' AND attached IS NOT NULL" |
			jq -r .password
	done
	# what is spent is wiped from the registers: the TRE's own memory has it, and PIK and PCK
	"$UNIT_DIR/secrets" "$1/m2me/state" "$1/m2me/device" "$1"/sho-*/mcim.blob "$1"/ro/credentials.blob
	for f in "$1"/*/*key.pem; do
		openssl pkey -in "$f" -noout -text |
			awk '/^(priv|prime1|privateExponent):/ { on = 1; next } /^[^ ]/ { on = 0 } on { print }' |
			tr -d ' :\n' | sed 's/^00//' | cut -c1-64
		echo
	done
	od -An -v -tx1 <"$1/owner/pin" | tr -d ' \n' | sed 's/0a$//'
	echo
}
