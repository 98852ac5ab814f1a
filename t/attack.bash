# Loaded after procedure: attacks on every message of a procedure, one at a time.
# shellcheck shell=bash disable=SC2154

# commands LOG: the printed commands of a run
commands() {
	sed -n 's/^  \$ //p' "$1"
}

# whole FOLDER: whatever was refused, the TRE is in no half state: its audit is whole, at most one MCIM
# is selected, and where it has a credential it can say which
whole() {
	local tre=(tre-sim --state "$1/m2me/state" --device "$1/m2me/device")
	[ -e "$1/m2me/state/state.sealed" ] || return 0
	"${tre[@]}" audit --verify >/dev/null || return
	[ "$("${tre[@]}" list | grep -c '"state":"selected"')" -le 1 ] || return
	[ ! -e "$1/es/delivery-note.json" ] || "${tre[@]}" attach --identity >/dev/null
}

# spoiled HOW FILE BEFORE: the message, altered in the middle, lost, or another one in its place
spoiled() {
	case $1 in
	altered)
		local at=$(($(stat -c %s "$2") / 2)) old new=A
		old=$(dd if="$2" bs=1 skip=$at count=1 status=none | tr -d '\0')
		[ "$old" != A ] || new=B
		printf %s $new | dd of="$2" bs=1 seek=$at conv=notrunc status=none
		;;
	lost) : >"$2" ;;
	other) cp "$3" "$2" ;;
	esac
}

# goes_on FROM: the commands from that index on, up to the first that fails
goes_on() {
	local i
	for ((i = $1; i < ${#all[@]}; i++)); do
		eval "${all[i]}" || return
	done
}

# attack LOG FIRST: every message from number FIRST on is altered, lost, and replaced by the one
# before. Each ends in a refusal, or changes nothing that counts; what is tolerated is printed.
attack() {
	local i n=0 file before='' how all branch
	mapfile -t all < <(commands "$1")
	mkdir run
	cd run || return
	for ((i = 0; i < ${#all[@]}; i++)); do
		eval "${all[i]}" >/dev/null 2>&1 || return
		[[ ${all[i]} =~ ^cp\ ([^ ]+)\ (wire/[^ ]+)$ ]] || continue
		file=${BASH_REMATCH[2]}
		n=$((n + 1))
		# the first one is let through unharmed too: the driver itself refuses nothing
		for how in $([ "$n" -ne "$2" ] || echo kept) altered lost other; do
			[ "$n" -ge "$2" ] || continue
			rm -rf ../try
			cp -a . ../try
			branch=0
			(
				cd ../try && spoiled $how "$file" "$before" || exit 99
				trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
				goes_on $((i + 1))
			) </dev/null >../branch.log 2>&1 || branch=$?
			[ "$branch" -ne 99 ] || return 1
			echo "$how ${file#wire/*-} $([ "$branch" -eq 0 ] && echo tolerated || echo refused)" >>../attacks
			whole ../try || {
				echo "half a state: $how $file"
				return 1
			}
		done
		before=$file
	done
	cd ..
}
