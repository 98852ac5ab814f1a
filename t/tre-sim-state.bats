#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2094 # sed programs; a command whose name is a file's
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
}

@test "folders are 0700 and files 0600 under any umask" {
	umask 000
	tre init --tre-id "$ID"
	[ "$(stat -c %a state state.device | sort -u)" = 700 ]
	[ "$(stat -c %a state/* state.device/* | sort -u)" = 600 ]
	(
		umask 777
		tre-sim --state other/state --device other/device init --tre-id "$ID"
	)
	[ "$(stat -c %a other/state other/device | sort -u)" = 700 ]
}

@test "TR 33.812 5.1.2.2: an old state is refused, and locks the TRE down for good" {
	parties
	cp state/state.sealed old
	tre boot >out
	cp state/state.sealed new
	cp old state/state.sealed
	refuses 1 'refused: locked-down: the sealed state was rolled back \(TR 33.812 5.1.2.2\)' tre info
	cp new state/state.sealed
	refuses 1 'refused: locked-down: this TRE is locked down' tre info
	refuses 1 'refused: locked-down: ' m2meobj-make --tre state
	refuses 1 'refused: locked-down: ' tre init --tre-id "$ID"
}

@test "TR 33.812 5.1.2.2: each kind of tampering locks down" {
	parties
	cp -a state good
	cp -a state.device good.device
	for spoil in 'truncate -s -1 state/state.sealed' 'truncate -s 0 state/state.sealed' 'rm state/state.sealed' \
		'rm state.device/device.key' 'rm state.device/counter' 'echo 99 >state.device/counter' \
		'head -c 32 /dev/zero >state.device/device.key' 'echo >>state/state.sealed' 'echo x >state.device/counter'; do
		rm -rf state state.device
		cp -a good state
		cp -a good.device state.device
		eval "$spoil"
		refuses 1 'refused: locked-down: ' tre info
		[ -e state.device/locked-down ]
	done
	rm -rf state state.device
	cp -a good state
	refuses 1 'refused: locked-down: ' tre info
}

@test "another TRE's state is not this one's" {
	parties
	tre-sim --state other init --tre-id 'ACME;2'
	cp other/state.sealed state/state.sealed
	refuses 1 'refused: locked-down: ' tre info
	tre-sim --state other info >out
}

@test "a TRE that another command has is busy: status 5" {
	parties
	flock -F state/lock sleep 30 3>&- &
	pid=$!
	sleep 0.2
	refuses 5 'another command has the TRE' tre info
	kill "$pid"
	wait "$pid" || true
	tre info >out
}

@test "two commands at once both get through" {
	parties
	local pids=()
	for _ in 1 2 3 4; do
		tre boot >/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(tre info | jq .boot_counter)" -eq 4 ]
	tre audit --verify >out
}

@test "no TRE is status 3" {
	refuses 3 'no TRE is here' tre info
	mkdir state
	refuses 3 'no TRE is here' tre info
	[ ! -e state.device/locked-down ]
}

@test "TR 33.812 5.1.2.2 t8 cm9: the audit is chained, and what was changed in it shows" {
	parties
	tre boot >out
	tre audit --verify >audit
	[ "$(jq -r .event audit | tr '\n' ' ')" = 'init keygen personalize boot ' ]
	[ "$(jq -s 'map(.seq) == [range(1; 5)]' audit)" = true ]
	cp state/audit.jsonl good
	for spoil in 's/keygen/keyget/' '2d' '$d' '1s/$/ /' 's/"seq":3/"seq":4/' '$s/.$//'; do
		sed "$spoil" good >state/audit.jsonl
		refuses 1 'refused: audit-broken: ' tre audit --verify
	done
	rm state/audit.jsonl
	refuses 1 'refused: audit-broken: ' tre audit
	cp good state/audit.jsonl
	tre audit --verify >out
	cmp audit out
	# what a crash left behind the last save is no record
	printf '{"seq":5,"event":"half' >>state/audit.jsonl
	tre audit --verify >out
	cmp audit out
	tre boot >/dev/null
	tre audit --verify | tail -1 | jq -e '.seq == 5 and .event == "boot"'
}

@test "the PIN: asked for, counted, blocked" {
	parties
	printf '0000' >wrong
	printf '12' >short
	refuses 1 'refused: pin-required: ' tre token --to sho-a --to-cert sho-a.pem
	refuses 3 'want a PIN of at least 4' tre token --to sho-a --to-cert sho-a.pem --pin short
	refuses 1 'refused: wrong-pin: the PIN is wrong, 2 tries' tre token --to sho-a --to-cert sho-a.pem --pin wrong
	refuses 1 'refused: wrong-pin: the PIN is wrong, 1 try is left' tre pristine --pin wrong
	tre token --to sho-a --to-cert sho-a.pem --pin pin >out
	# a right PIN restores the tries, whatever becomes of the command
	for _ in 1 2 3 4; do
		refuses 1 'refused: wrong-operator: ' tre token --to sho-b --to-cert sho-a.pem --pin pin
	done
	for _ in 1 2 3; do
		refuses 1 'refused: wrong-pin: ' tre token --to sho-a --to-cert sho-a.pem --pin wrong
	done
	refuses 1 'refused: pin-blocked: ' tre token --to sho-a --to-cert sho-a.pem --pin pin
}

@test "a wrong PIN leaves the outstanding token as it is" {
	parties
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
	printf '0000' >wrong
	refuses 1 'refused: wrong-pin: ' tre token --to sho-b --to-cert sho-b.pem --pin wrong
	tre bootstrap -i bootstrap.xml >out
}

# killed CALL N CMD...: CMD, killed before its Nth CALL; false where it came to its end (that is
# soon: a test that never ends is worse than one that fails). LeakSanitizer cannot run under ptrace
killed() {
	local call=$1 n=$2
	shift 2
	[ "$n" -le 40 ] || {
		echo "$call: no end"
		exit 1
	}
	! ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace="$call" -e inject="$call":signal=KILL:when="$n" "$@" >/dev/null 2>&1
}

@test "a kill at any write leaves the old state or the new, and a rerun gets through" {
	once
	wants strace
	parties
	token sho-a
	cp -a state good
	cp -a state.device good.device
	kills=0
	for call in write pwrite64 fsync rename ftruncate; do
		for ((n = 1; ; n++)); do
			rm -rf state state.device
			cp -a good state
			cp -a good.device state.device
			killed "$call" "$n" tre-sim --state state token --to sho-b --to-cert sho-b.pem --pin pin || break
			kills=$((kills + 1))
			tre audit --verify >out
			tre token --to sho-b --to-cert sho-b.pem --pin pin >out
			tre audit --verify >out
		done
	done
	[ "$kills" -ge 20 ]
}

@test "a kill at any write of init: nothing was there, or all" {
	once
	wants strace
	kills=0
	for call in mkdir write pwrite64 fsync rename ftruncate; do
		for ((n = 1; ; n++)); do
			rm -rf state state.device
			killed "$call" "$n" tre-sim --state state init --tre-id "$ID" || break
			kills=$((kills + 1))
			tre init --tre-id "$ID" 2>err || grep -q already-initialised err
			[ "$(tre info | jq -r .tre_id)" = "$ID" ]
			tre audit --verify >out
		done
	done
	[ "$kills" -ge 12 ]
}
