# shellcheck shell=bash
# What every procedure shares: steps, commands that are shown and run, messages that cross.
# Sourced by bin/procedures/*.sh, which m2m-walk(1) starts with WALK_* set.
set -euo pipefail
umask 077
cd "$WALK_DIR"
# shellcheck source=bin/procedures/lib/kept.sh
. "$WALK_SCRIPTS/lib/kept.sh"
# shellcheck source=bin/procedures/lib/states.sh
. "$WALK_SCRIPTS/lib/states.sh"

walk_responder=''
# walk_breaks HOW: the responder ends, and the step is told
walk_breaks() {
	[ -z "$walk_responder" ] || kill "$walk_responder" 2>/dev/null || true
	[ -z "$1" ] || [ -z "${WALK_AT-}" ] || [ -n "$WALK_PLAN" ] ||
		printf 'm2m-walk: %s: step %s %s (%s)\n' "$WALK_PROCEDURE" "$WALK_AT" "$1" "$WALK_DIR" >&2
}
walk_end() {
	local rc=$?
	[ "$rc" -ne 0 ] || states
	walk_breaks "$([ "$rc" -eq 0 ] || echo failed)"
	exit "$rc"
}
trap walk_end EXIT
# bash takes no notice of a signal where the tool of that moment ends well all the same
walk_stopped() {
	walk_breaks 'was stopped'
	trap - EXIT "$1"
	kill "-$1" $$
}
trap 'walk_stopped INT' INT
trap 'walk_stopped TERM' TERM

say() {
	[ -n "$WALK_QUIET$WALK_PLAN" ] || idle || printf '%s\n' "$*"
}

# plan FIELD...: a line of what would be done, for who asked for that alone
plan() {
	local IFS=$'\t'
	[ -z "$WALK_PLAN" ] || printf '%s\n' "$*"
}

# begin: the folders of a new run
begin() {
	if ! idle && [ -e trace.jsonl ]; then
		printf 'm2m-walk: %s: holds a run already; name another folder by --dir\n' "$WALK_DIR" >&2
		exit 2
	fi
	say "# each line that starts with \$ can be pasted into a shell in an empty folder"
	run 'umask 077'
	run "mkdir -p wire $*"
}

# step NUMBER CLAUSE TITLE WHY: what comes next, and why it is there
step() {
	next_step "$1"
	WALK_AT=$1
	WALK_CLAUSE=$2
	plan step "$WALK_PROCEDURE" "$1" "$2" "$3" "$4"
	say ''
	say "== step $1 ($2): $3"
	[ -z "$WALK_EXPLAIN" ] || say "   why: $4"
	if [ -n "$WALK_STEP" ] && [ -z "$WALK_QUIET" ] && ! idle; then
		read -r -p '-- Enter goes on ' _ </dev/tty || true
	fi
}

# for golden files each command's randomness has a seed of its own
walk_commands=0
walk_seed() {
	walk_commands=$((walk_commands + 1))
	[ -z "${WALK_GOLDEN-}" ] || export M2M_SEED=$WALK_PROCEDURE/$walk_commands
}

# in_form TEXT: $form is the command or file where objects cross the air as packages in WBXML
in_form() {
	form=$1
	[ -n "$WALK_OBJECTS" ] || return 0
	form=${form//obj.xml/obj.wbxml}
	form=${form//bootstrap.xml/bootstrap.wbxml}
	form=${form//napdef.xml/napdef.wbxml}
	case $form in
	*--wbxml*) ;;
	bootstrap-sign* | m2meobj-make* | mcimobj-make*) form="$form --syncml --wbxml" ;;
	esac
}

# and their clock stands still, by the library alone: the faketime command leaves semaphores behind
still=()
if [ -n "${WALK_GOLDEN-}" ]; then
	still=(/usr/lib/*/faketime/libfaketime.so.1)
	still=(env "LD_PRELOAD=${still[0]}" "FAKETIME=${WALK_GOLDEN//[TZ]/ }")
	date() {
		"${still[@]}" date "$@"
	}
fi

# run COMMAND: shows a line of shell, and runs it in the run's folder
run() {
	local form
	in_form "$1"
	say "  \$ $form"
	plan run "$form"
	walk_seed
	idle || eval "$form"
}

# stumbles STATUS COMMAND: the same for a command that ends with that status, as the step wants
stumbles() {
	local rc=0 form
	in_form "$2"
	say "  \$ $form || test \$? -eq $1"
	plan run "$form || test \$? -eq $1"
	walk_seed
	! idle || return 0
	eval "$form" 2>.stderr || rc=$?
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
	local number bytes hash now form
	in_form "$4"
	walk_sent=$((walk_sent + 1))
	printf -v number '%02d' "$walk_sent"
	wire=wire/$number-$1-$2-$3.${form##*.}
	plan send "$1" "$2" "$3" "$wire" "${5:-ok}"
	run "cp $form $wire"
	! idle || return 0
	bytes=$(stat -c %s "$wire")
	hash=$(sha256sum "$wire")
	now=${WALK_GOLDEN:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}
	printf '{"seq":%d,"time":"%s","procedure":"%s","step":"%s","clause":"%s","from":"%s","to":"%s","message":"%s","file":"%s","bytes":%d,"sha256":"%s","outcome":"%s"}\n' \
		"$walk_sent" "$now" "$WALK_PROCEDURE" "$WALK_AT" "$WALK_CLAUSE" "$1" "$2" "$3" "$wire" \
		"$bytes" "${hash%% *}" "${5:-ok}" >>trace.jsonl
	say "    $1 -> $2: $3 ($bytes octets)"
}

# show COMMAND: a line to paste; what this script does itself in its place is another
show() {
	say "  \$ $1"
	plan run "$1"
}

# shellcheck disable=SC2034 # $ocsp is for the caller
# responder INDEX CA KEY: a real OCSP responder of the PVA on loopback; its address is in $ocsp
responder() {
	say "  # the responder takes a free port, and says which"
	run ': >pva/responder.log'
	show "openssl ocsp -port 0 -index $1 -CA $2 -rsigner $2 -rkey $3 -ndays 1 >pva/responder.log 2>&1 &"
	show "while ! grep -q ^ACCEPT pva/responder.log; do sleep 0.1; done"
	show "ocsp=http://127.0.0.1:\$(sed -nE 's/^ACCEPT .*:([0-9]+) PID.*/\\1/p' pva/responder.log)"
	! idle || return 0
	"${still[@]}" openssl ocsp -port 0 -index "$1" -CA "$2" -rsigner "$2" -rkey "$3" -ndays 1 >pva/responder.log 2>&1 &
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
}
responder_ends() {
	show 'kill %1'
	! idle || return 0
	kill "$walk_responder"
	wait %% 2>/dev/null || true
	walk_responder=''
}
