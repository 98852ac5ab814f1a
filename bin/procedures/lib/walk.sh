# shellcheck shell=bash
# What every procedure shares: steps, commands that are shown and run, messages that cross.
# Sourced by bin/procedures/*.sh, which m2m-walk(1) starts with WALK_* set.
set -euo pipefail
umask 077
cd "$WALK_DIR"

walk_responder=''
walk_end() {
	local rc=$?
	[ -z "$walk_responder" ] || kill "$walk_responder" 2>/dev/null || true
	[ "$rc" -eq 0 ] || [ -z "${WALK_AT-}" ] || printf 'm2m-walk: %s: step %s failed (%s)\n' "$WALK_PROCEDURE" "$WALK_AT" "$WALK_DIR" >&2
	exit "$rc"
}
trap walk_end EXIT

say() {
	[ -n "$WALK_QUIET" ] || printf '%s\n' "$*"
}

# begin: the folders of a new run
begin() {
	if [ -e trace.jsonl ]; then
		printf 'm2m-walk: %s: holds a run already; name another folder by --dir\n' "$WALK_DIR" >&2
		exit 2
	fi
	say "# each line that starts with \$ can be pasted into a shell in an empty folder"
	run 'umask 077'
	run "mkdir -p wire $*"
}

# step NUMBER CLAUSE TITLE WHY: what comes next, and why it is there
step() {
	WALK_AT=$1
	WALK_CLAUSE=$2
	say ''
	say "== step $1 ($2): $3"
	[ -z "$WALK_EXPLAIN" ] || say "   why: $4"
	if [ -n "$WALK_STEP" ] && [ -z "$WALK_QUIET" ]; then
		read -r -p '-- Enter goes on ' _ </dev/tty || true
	fi
}

# for golden files each command's randomness has a seed of its own
walk_commands=0
walk_seed() {
	walk_commands=$((walk_commands + 1))
	[ -z "${WALK_GOLDEN-}" ] || export M2M_SEED=$WALK_PROCEDURE/$walk_commands
}

# run COMMAND: shows a line of shell, and runs it in the run's folder
run() {
	say "  \$ $1"
	walk_seed
	eval "$1"
}

# stumbles STATUS COMMAND: the same for a command that ends with that status, as the step wants
stumbles() {
	local rc=0
	say "  \$ $2 || test \$? -eq $1"
	walk_seed
	eval "$2" 2>.stderr || rc=$?
	[ -n "$WALK_QUIET" ] || sed 's/^/    /' .stderr
	if [ "$rc" -ne "$1" ]; then
		cat .stderr >&2
		return 1
	fi
	rm -f .stderr
}

# send FROM TO MESSAGE FILE [OUTCOME]: a message crosses an interface. It is copied to wire/ under
# its number, which is where the other side reads it: $wire is its name.
send() {
	local nn number bytes hash now
	nn=$(find wire -type f | wc -l)
	printf -v number '%02d' "$((nn + 1))"
	wire=wire/$number-$1-$2-$3.${4##*.}
	run "cp $4 $wire"
	bytes=$(stat -c %s "$wire")
	hash=$(sha256sum "$wire")
	now=${WALK_GOLDEN:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}
	printf '{"seq":%d,"time":"%s","procedure":"%s","step":"%s","clause":"%s","from":"%s","to":"%s","message":"%s","file":"%s","bytes":%d,"sha256":"%s","outcome":"%s"}\n' \
		"$((nn + 1))" "$now" "$WALK_PROCEDURE" "$WALK_AT" "$WALK_CLAUSE" "$1" "$2" "$3" "$wire" \
		"$bytes" "${hash%% *}" "${5:-ok}" >>trace.jsonl
	say "    $1 -> $2: $3 ($bytes octets)"
}

# shellcheck disable=SC2034 # $ocsp is for the caller
# responder INDEX CA KEY: a real OCSP responder of the PVA on loopback; its address is in $ocsp
responder() {
	say "  # the responder takes a free port, and says which"
	run ': >pva/responder.log'
	say "  \$ openssl ocsp -port 0 -index $1 -CA $2 -rsigner $2 -rkey $3 -ndays 1 >pva/responder.log 2>&1 &"
	${WALK_GOLDEN:+faketime -f "${WALK_GOLDEN//[TZ]/ }"} openssl ocsp -port 0 -index "$1" -CA "$2" -rsigner "$2" -rkey "$3" -ndays 1 >pva/responder.log 2>&1 &
	walk_responder=$!
	local port=''
	for _ in $(seq 100); do
		port=$(sed -nE 's/^ACCEPT .*:([0-9]+) PID.*/\1/p' pva/responder.log)
		[ -z "$port" ] || break
		sleep 0.05
	done
	[ -n "$port" ] || {
		cat pva/responder.log >&2
		return 4
	}
	ocsp=http://127.0.0.1:$port
	# its own word: faketime, which starts it for golden files, stands between
	walk_responder=$(sed -nE 's/^ACCEPT .* PID=([0-9]+).*/\1/p' pva/responder.log)
	say "  \$ while ! grep -q ^ACCEPT pva/responder.log; do sleep 0.1; done"
	say "  \$ ocsp=http://127.0.0.1:\$(sed -nE 's/^ACCEPT .*:([0-9]+) PID.*/\\1/p' pva/responder.log)"
}
responder_ends() {
	say "  \$ kill %1"
	kill "$walk_responder"
	wait %% 2>/dev/null || true
	walk_responder=''
}
