#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
# The owner, users, their PINs and their sessions: TR 33.812 6.1.2.3 threat 10.
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	rm -rf state state.device
	printf '{"inactivity":600}\n' >policy
	tre init --tre-id "$ID" --pin pin --policy policy
	m2m-keygen tre --tre-id "$ID" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem --force
	tre personalize --key tre.key --cert tre.pem --credential credential.json --operator-cert ro.pem
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	printf 'ann-1234567\n' >ann.pin
	printf 'bob-1234567\n' >bob.pin
	printf '0000\n' >wrong.pin
	tre user ann --new-pin ann.pin --rights select,read --pin pin
	tre user bob --new-pin bob.pin --rights token --pin pin
}

# at SECONDS: so much later than the test began
at() {
	date -u -d "@$((NOW + $1))" +%FT%TZ
}

fresh() {
	parties
	NOW=$(date +%s)
}

@test "threat 10 cm1: each user does what the owner left to it, by its own PIN" {
	fresh
	tre deselect mcim-1 --user ann --pin ann.pin
	[ "$(state_of mcim-1)" = activated ]
	refuses 1 'refused: not-allowed: the owner has not left select to this user' tre select mcim-1 --user bob --pin bob.pin
	refuses 1 'refused: not-allowed: the owner has not left token' tre token --to sho-b --to-cert sho-b.pem --user ann --pin ann.pin
	refuses 1 'refused: not-allowed: the owner has not left pristine' tre pristine --user ann --pin ann.pin
	refuses 1 'refused: wrong-pin: ' tre select mcim-1 --user ann --pin bob.pin
	refuses 1 'refused: wrong-pin: ' tre select mcim-1 --user ann --pin pin
	refuses 1 'refused: wrong-pin: ' tre select mcim-1 --pin ann.pin
	refuses 1 'refused: pin-required: ' tre select mcim-1 --user ann
	refuses 1 'refused: unknown-user: ' tre select mcim-1 --user eve --pin ann.pin
	tre token --to sho-b --to-cert sho-b.pem --user bob --pin bob.pin >token.jws
	tre select mcim-1 --user ann --pin ann.pin
	attaches $K1 $OPC1 000000000040
	[ "$(tre info | jq -c '.users[0]')" = '{"name":"ann","rights":["select","read"],"left":3}' ]
	run ! grep -rq -e ann-1234567 -e bob-1234567 state
}

@test "threat 10 cm6: wrong tries block that user alone, until the owner gives a new PIN" {
	fresh
	for left in 2 1 0; do
		refuses 1 "refused: wrong-pin: .* $left tr(y is|ies are) left" tre deselect mcim-1 --user ann --pin wrong.pin
	done
	refuses 1 'refused: pin-blocked: ' tre deselect mcim-1 --user ann --pin ann.pin
	refuses 1 'refused: pin-blocked: ' tre login --user ann --pin ann.pin
	tre token --to sho-b --to-cert sho-b.pem --user bob --pin bob.pin >token.jws
	printf '9999\n' >new.pin
	refuses 2 'user' tre user ann --new-pin new.pin --pin bob.pin --user bob
	refuses 1 'refused: wrong-pin: ' tre user ann --new-pin new.pin --pin bob.pin
	tre user ann --new-pin new.pin --pin pin
	tre deselect mcim-1 --user ann --pin new.pin
	refuses 1 'refused: wrong-pin: ' tre select mcim-1 --user ann --pin ann.pin
}

@test "threat 10: the owner alone makes users, changes what they may do, and removes them" {
	fresh
	refuses 1 'refused: pin-required: ' tre user eve --new-pin ann.pin --rights select
	refuses 1 'refused: wrong-pin: ' tre user eve --new-pin ann.pin --rights select --pin ann.pin
	refuses 2 'want select, token, read, pristine, certify, firmware, policy or controls, ' tre user eve --new-pin ann.pin --rights fly --pin pin
	refuses 2 'new-pin is wanted for a new user' tre user eve --rights select --pin pin
	refuses 2 'either --remove' tre user eve --pin pin
	refuses 2 'either --remove' tre user ann --remove --rights read --pin pin
	refuses 2 'the owner has all rights' tre user owner --remove --pin pin
	refuses 3 'want a PIN of at least 4' tre user eve --new-pin <(echo 12) --rights select --pin pin
	printf '4711\n0815\n' >two
	refuses 3 'two: want a PIN of .*, in one line' tre login --pin two
	refuses 3 'NAME' tre user 'e/ve' --new-pin ann.pin --rights select --pin pin
	refuses 1 'refused: unknown-user: ' tre user eve --remove --pin pin
	tre user ann --rights token --pin pin
	refuses 1 'refused: not-allowed: ' tre deselect mcim-1 --user ann --pin ann.pin
	tre login --user ann --pin ann.pin
	tre user ann --remove --pin pin
	refuses 1 'refused: unknown-user: ' tre login --user ann --pin ann.pin
	refuses 1 'refused: pin-required: ' tre token --to sho-b --to-cert sho-b.pem
	tre user owner --new-pin ann.pin --pin pin
	refuses 1 'refused: wrong-pin: ' tre deselect mcim-1 --pin pin
	tre deselect mcim-1 --pin ann.pin
	# a TRE whose owner has no PIN has no users
	tre-sim --state open init --tre-id 'ACME;2'
	refuses 1 'refused: wrong-state: users are for' tre-sim --state open user ann --new-pin ann.pin
	refuses 1 'refused: wrong-state: the TRE has no PIN' tre-sim --state open login --pin pin
}

@test "threat 10 cm9: a session needs no PIN, and lapses when nothing was done" {
	fresh
	tre login --user ann --pin ann.pin --at "$(at 0)"
	tre deselect mcim-1 --at "$(at 500)"
	tre select mcim-1 --at "$(at 1000)"
	refuses 1 'refused: not-allowed: ' tre token --to sho-b --to-cert sho-b.pem --at "$(at 1001)"
	refuses 1 'refused: pin-required: ' tre deselect mcim-1 --user bob --at "$(at 1001)"
	refuses 1 'refused: session-lapsed: ' tre deselect mcim-1 --at "$(at 1600)"
	refuses 1 'refused: pin-required: ' tre deselect mcim-1 --at "$(at 1001)"
	[ "$(state_of mcim-1)" = selected ]
	tre audit --verify | jq -r .event >events
	grep -qx login events
	grep -qx session-lapsed events
}

@test "threat 10 cm9: a clock that goes back, logout and boot end a session" {
	fresh
	tre login --pin pin --at "$(at 100)"
	refuses 1 'refused: session-lapsed: ' tre deselect mcim-1 --at "$(at 99)"
	tre login --pin pin
	tre logout
	refuses 1 'refused: pin-required: ' tre deselect mcim-1
	tre login --pin pin
	tre boot >out
	refuses 1 'refused: pin-required: ' tre deselect mcim-1
	tre login --pin pin
	refuses 1 'refused: wrong-pin: ' tre deselect mcim-1 --pin wrong.pin
	tre deselect mcim-1
}

@test "threat 10 cm6: a PIN that is blocked ends what its session may do" {
	fresh
	tre login --pin pin
	for left in 2 1 0; do refuses 1 "refused: wrong-pin: .* $left (try is|tries are) left" tre deselect mcim-1 --pin wrong.pin; done
	refuses 1 'refused: pin-blocked: ' tre deselect mcim-1
	refuses 1 'refused: pin-blocked: ' tre token --to sho-b --to-cert sho-b.pem
	[ "$(state_of mcim-1)" = selected ]
	# a user whose PIN is not goes on
	tre login --user ann --pin ann.pin
	tre deselect mcim-1
}

@test "threat 10: who finds the owner's session open makes no users and no PINs" {
	fresh
	tre login --pin pin
	refuses 1 'refused: pin-required: .* in a session too' tre user owner --new-pin ann.pin
	refuses 1 'refused: pin-required: ' tre user eve --new-pin ann.pin --rights select
	refuses 1 'refused: pin-required: ' tre user ann --remove
	tre deselect mcim-1
	tre user owner --new-pin ann.pin --pin pin
}

@test "threat 10 cm9: an MCIM that is not used for its controls' time is deselected" {
	fresh
	mcim $IMSI2 $K2 $OPC2 ',"controls":{"inactivity":3600}' >mcim-b.json
	up_to_mcimobj sho-a sho-b mcim-b.json
	tre provision --beside -i mcimobj.xml -o status.jws
	tre select mcim-2 --pin pin --at "$(at 0)"
	challenge $K2 $OPC2 000000000020
	tre attach --rand "$rand" --autn "$autn" --at "$(at 3599)" >answer.json
	[ "$(tre attach --identity --at "$(at 7000)" | jq -r .identity)" = mcim ]
	challenge $K2 $OPC2 000000000040
	refuses 1 'refused: session-lapsed: the MCIM was not used' tre attach --rand "$rand" --autn "$autn" --at "$(at 7199)"
	[ "$(state_of mcim-2)" = activated ]
	[ "$(tre attach --identity --at "$(at 7200)" | jq -r .identity)" = pcid ]
	refuses 1 'refused: pin-required: ' tre select mcim-2 --at "$(at 7200)"
	tre select mcim-2 --pin pin --at "$(at 7200)"
	[ "$(tre attach --identity --at "$(at 7201)" | jq -r .identity)" = mcim ]
}
