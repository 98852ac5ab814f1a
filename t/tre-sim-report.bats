#!/usr/bin/env bats
# What a TRE says when it was tampered with (TR 33.812 5.1.2.2), and how it is updated.
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
}

# finds JSON: the TRE reports that, to the PVA, which believes it
finds() {
	tre report --to pva.a -o tamper.jws
	m2m-note check tamper --trust ca.pem --to pva.a --signer "$ID" -i tamper.jws >tamper.json
	[ "$(jq -c .findings tamper.json)" = "$1" ]
	[ "$(jq -r .tre_id tamper.json)" = "$ID" ]
}

@test "5.1.2.2: a TRE that is whole has nothing to report" {
	parties
	refuses 1 'refused: wrong-state: nothing was tampered with' tre report --to pva.a
	refuses 2 'to is wanted' tre report
	refuses 3 'to' tre report --to 'a/b'
}

@test "5.1.2.2: a rolled back state: locked down for all but the report" {
	parties
	cp state/state.sealed old
	tre boot >out
	cp old state/state.sealed
	refuses 1 'refused: locked-down: the sealed state was rolled back' tre info
	finds '[{"finding":"locked-down","text":"the sealed state was rolled back"}]'
	cp -a state kept
	finds '[{"finding":"locked-down","text":"the sealed state was rolled back"}]'
	diff -r state kept
	refuses 1 'refused: locked-down: ' tre info
	refuses 1 'refused: wrong-recipient: ' m2m-note check tamper --trust ca.pem --to sho-a -i tamper.jws
	m2m-note make tamper --key sho-b.key --cert sho-b.pem --to pva.a -o foe.jws
	refuses 1 'refused: wrong-usage: ' m2m-note check tamper --trust sho-b.pem --to pva.a -i foe.jws
}

@test "5.1.2.2: a counter that was changed is reported, a state that does not open cannot be" {
	parties
	echo x >state.device/counter
	refuses 1 'refused: locked-down: ' tre info
	finds '[{"finding":"locked-down","text":"the device'"'"'s counter was changed"}]'
	rm -rf state state.device
	parties
	echo >>state/state.sealed
	refuses 1 'refused: locked-down: the sealed state was changed' tre report --to pva.a
	refuses 1 'refused: locked-down: ' tre info
}

@test "t8 cm9: an audit that was changed is reported, and nothing is mended by that" {
	parties
	sed -i '2s/keygen/keyget/' state/audit.jsonl
	cp state/audit.jsonl kept
	finds '[{"finding":"audit-broken"}]'
	cmp state/audit.jsonl kept
	refuses 1 'refused: audit-broken: ' tre audit --verify
}
