# shellcheck shell=bash
# What m2m-walk(1) tells of the procedures without running them, and the table of all of them run.

# plan_of PROCEDURE: a line a step, command and message, fields by tabs (lib/walk.sh writes them)
plan_of() {
	WALK_NAME=$1 WALK_PROCEDURE=$1 WALK_PLAN=1 WALK_DIR=. WALK_FROM='' WALK_UNTIL='' bash "$PROCEDURES/$1.sh"
}

# title PROCEDURE: its clause and what it shows
title() {
	sed -n '2s/^# //p' "$PROCEDURES/$1.sh"
}

# own PROCEDURE: how many steps and messages are its own
own() {
	plan_of "$1" | awk -F '\t' -v own="$1" '$1 == "step" { mine = $2 == own; steps += mine }
		$1 == "send" { messages += mine } END { printf "%d %d\n", steps, messages }'
}

list() {
	local f name steps messages all=''
	for f in "$PROCEDURES"/*.sh; do
		name=$(basename "$f" .sh)
		read -r steps messages < <(own "$name")
		printf -v all '%s%-24s %2d steps %3d messages  %s\n' "$all" "$name" "$steps" "$messages" "$(title "$name")"
	done
	# at once: a reader that has seen enough stops nothing
	printf '%s' "$all"
}

# list_steps: one procedure's own steps, with clause and count of messages; why they are there too
list_steps() {
	plan_of "$procedure" | awk -F '\t' -v own="$procedure" -v explain="$WALK_EXPLAIN" '
		function line() {
			if (number != "") printf "%-5s %-15s %2d %-8s  %s\n", number, clause, messages, messages == 1 ? "message" : "messages", title
			if (number != "" && explain) printf "      %s\n", why
		}
		$1 == "step" { line(); number = $2 == own ? $3 : ""; clause = $4; title = $5; why = $6; messages = 0 }
		$1 == "send" { messages++ }
		END { line() }'
}

# has_step NUMBER: of the procedure that is asked for
has_step() {
	plan_of "$procedure" | awk -F '\t' -v own="$procedure" -v number="$1" '
		$1 == "step" && $2 == own && $3 == number { found = 1 } END { exit !found }'
}

# kept WORD: from what a run was stopped with
kept() {
	sed -n "s/^$1=//p" "$WALK_DIR/walk.state"
}

# stands_before NUMBER: that the folder was kept before that step, by this procedure; it goes on
# with the keys and the branch that it began with
stands_before() {
	[ -e "$WALK_DIR/walk.state" ] || usage "--from: $WALK_DIR was not kept by --until"
	[ "$(kept procedure)" = "$procedure" ] || usage "--from: $WALK_DIR was kept by $(kept procedure)"
	[ "$(kept next)" = "$1" ] || usage "--from: $WALK_DIR stands before step $(kept next)"
	WALK_ALG=$(kept alg) WALK_FAIL=$(kept fail) WALK_OBJECTS=$(kept objects)
}

# one_of_all NAME BRANCH: runs it in a folder of its own, and prints its line
one_of_all() {
	local run=$WALK_DIR/$1${2:+-$2} start=$EPOCHREALTIME said='done' rc=0 steps trace
	read -r steps _ < <(WALK_FAIL=$2 own "$1")
	"$here/m2m-walk" "$1" --dir "$run" --alg "$WALK_ALG" ${2:+--fail "$2"} ${WALK_OBJECTS:+--wbxml} --quiet || rc=$?
	[ "$rc" -eq 0 ] || said="failed ($rc)"
	trace=$run/trace.jsonl
	[ -e "$trace" ] || trace=/dev/null # it failed before its first message
	jq -rs --arg name "$1${2:+ --fail $2}" --arg own "$1" --arg steps "$steps" --arg said "$said" --arg us $((${EPOCHREALTIME/./} - ${start/./})) '
		def left(n): . + " " * (n - length);
		def right(n): " " * (n - (tostring | length)) + tostring;
		map(select(.procedure == $own)) |
		($name | left(38)) + ($steps | right(6)) + (length | right(9)) +
		(map(select(.outcome != "ok")) | length | right(9)) + (map(.bytes) | add // 0 | right(8)) +
		(($us | tonumber / 10000 | round / 100) | right(8)) + "  " + $said' "$trace"
	return "$rc"
}

# all_procedures: with their branches
all_procedures() {
	local f name branch worst=0
	WALK_DIR=${WALK_DIR:-m2m-run}
	folder
	printf '%-38s%6s%9s%9s%8s%8s\n' procedure steps messages refusals octets seconds
	for f in "$PROCEDURES"/*.sh; do
		name=$(basename "$f" .sh)
		for branch in '' $(branches "$name"); do
			one_of_all "$name" "$branch" || worst=1
		done
	done
	return $worst
}
