# shellcheck shell=bash
# shellcheck disable=SC2034 # $wire is for the caller
# A run that stops after a step and goes on from the next one: what was done is walked through again
# without doing it, and the few words that steps hand to later ones come from RUN/walk.state. Of walk.sh.

walk_steps=0  # how many have come up
walk_skip=0   # so many were done before
walk_stop=''  # set by the step that --until names
walk_fresh='' # yes or no: whether the run began in an empty folder
walk_first=0  # how many messages were there when it began
walk_words='rand autn imsi old not_after'

# idle: nothing is done now, only walked through
idle() {
	[ -n "$WALK_PLAN" ] || [ "$walk_steps" -lt "$walk_skip" ]
}

# fresh: whether what stands before this procedure has to be made
fresh() {
	[ "$walk_fresh" = yes ]
}

# keep NEXT: what is needed to go on from that step
keep() {
	local word
	{
		printf '%s=%s\n' procedure "$WALK_NAME" alg "$WALK_ALG" fail "$WALK_FAIL" objects "$WALK_OBJECTS" next "$1" \
			skip "$((walk_steps + 1))" fresh "$walk_fresh" first "$walk_first"
		for word in $walk_words; do
			[ -z "${!word-}" ] || printf '%s=%s\n' "$word" "${!word}"
		done
	} >walk.state
	say ''
	say "# kept before step $1: m2m-walk $WALK_NAME --dir $WALK_DIR --from $1"
}

# taken_up: reads what was kept; m2m-walk has looked whether it fits
taken_up() {
	local key value
	while IFS='=' read -r key value; do
		case " skip fresh first $walk_words " in
		*" $key "*) case $key in skip | fresh | first) printf -v "walk_$key" %s "$value" ;; *) printf -v "$key" %s "$value" ;; esac ;;
		esac
	done <walk.state
	rm walk.state
}

# next_step NUMBER: before anything of it is done
next_step() {
	if [ -n "$walk_stop" ]; then
		keep "$1"
		exit 0
	fi
	states
	walk_steps=$((walk_steps + 1))
	if ! idle && [ "$WALK_PROCEDURE" = "$WALK_NAME" ] && [ "$1" = "$WALK_UNTIL" ]; then walk_stop=yes; fi
}

if [ -n "$WALK_FROM" ]; then
	taken_up
elif [ -n "$WALK_PLAN" ] || [ ! -e trace.jsonl ]; then
	walk_fresh=yes
else
	walk_fresh=no
	walk_first=$(find wire -type f | wc -l)
fi
walk_sent=$walk_first
