#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
# What a TRE says when it was tampered with (TR 33.812 5.1.2.2), and how it, and its policy, is updated.
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
	refuses 2 'to' tre report --to 'a/b'
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

# ---- firmware ----

# maintained: a TRE whose maker may update it, and which has booted with version 1 of fw
maintained() {
	parties
	m2m-keygen operator --name acme --role maker --key-out acme.key --cert-out acme.pem
	jq -n --rawfile pem acme.pem '{firmware_cert_pem: $pem}' >policy
	rm -rf state state.device
	tre init --tre-id "$ID" --pin pin --policy policy
	rm -f tre.pem tre.csr
	tre keygen --csr-out tre.csr
	m2m-keygen sign --csr tre.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o tre.pem
	tre personalize --cert tre.pem --credential credential.json --operator-cert ro.pem
	printf 'first' >fw
	printf '{"component":"fw","path":"fw"}\n' >components
	tre boot --components components >boot.json
}

# firmware VERSION IMAGE [OPTIONS]: update.jws
firmware() {
	printf '%s' "$2" >"fw.$1"
	m2m-note make firmware --key acme.key --cert acme.pem --to "${TO-$ID}" --about "fw.$1" -o update.jws component=fw version="$1"
}

@test "5.1.2.2: firmware comes by its maker's word alone, for this TRE, with the owner's PIN" {
	maintained
	firmware 2 second
	refuses 2 'image is wanted' tre firmware -i update.jws --pin pin
	refuses 1 'refused: pin-required: ' tre firmware --image fw.2 -i update.jws
	refuses 1 'refused: wrong-subject: ' tre firmware --image fw -i update.jws --pin pin
	m2m-keygen operator --name acme --role maker --key-out foe.key --cert-out foe.pem
	m2m-note make firmware --key foe.key --cert foe.pem --to "$ID" --about fw.2 -o foe.jws component=fw version=2
	refuses 1 'refused: untrusted-chain: ' tre firmware --image fw.2 -i foe.jws --pin pin
	refuses 1 'refused: wrong-type: ' tre firmware --image fw.2 -i <(m2m-note make status --key acme.key --cert acme.pem --to "$ID" --about fw.2) --pin pin
	TO='ACME;0002' firmware 2 second
	refuses 1 'refused: wrong-recipient: ' tre firmware --image fw.2 -i update.jws --pin pin
	TO='ACM' firmware 2 second
	refuses 1 'refused: wrong-recipient: ' tre firmware --image fw.2 -i update.jws --pin pin
	TO='ACME' firmware 2 second
	tre firmware --image fw.2 -i update.jws --pin pin
	refuses 1 'refused: not-allowed: the policy names nobody' tre-sim --state "$BATS_FILE_TMPDIR/world/state" firmware --image fw.2 -i update.jws --pin pin
	jq -n --rawfile pem sho-a.pem '{firmware_cert_pem: $pem}' >bad
	refuses 3 'bad: firmware_cert_pem: want a certificate of the role maker' tre-sim --state bad.tre init --tre-id "$ID" --policy bad
}

@test "5.1.2.2: a version never goes back, and counts once" {
	maintained
	firmware 2 second
	tre firmware --image fw.2 -i update.jws --pin pin
	refuses 1 'refused: old-version: version 2' tre firmware --image fw.2 -i update.jws --pin pin
	firmware 1 first
	refuses 1 'refused: old-version: ' tre firmware --image fw.1 -i update.jws --pin pin
	firmware 0 none
	refuses 3 'version' tre firmware --image fw.0 -i update.jws --pin pin
	# the old image may be there until the new one was measured, and never again
	tre boot --components components >boot.json
	cp fw.2 fw
	tre boot --components components >boot.json
	[ "$(jq -c .versions boot.json)" = '{"tre":"1","fw":"2"}' ]
	printf 'first' >fw
	refuses 1 'refused: wrong-measurement: ' tre boot --components components
}

@test "5.1.2.2: a TRE that measures another image than was installed does nothing but say so" {
	maintained
	firmware 2 second
	tre firmware --image fw.2 -i update.jws --pin pin
	printf 'evil' >fw
	refuses 1 'refused: wrong-measurement: ' tre boot --components components
	refuses 1 'refused: wrong-measurement: ' tre boot
	[ "$(tre info | jq .boot_counter)" = 3 ]
	refuses 1 'refused: wrong-measurement: ' tre attach --identity
	refuses 1 'refused: wrong-measurement: ' tre token --to sho-b --to-cert sho-b.pem --pin pin
	finds '[{"finding":"firmware-changed"}]'
	# what is there is not taken for the version before, whatever comes after
	firmware 3 third
	tre firmware --image fw.3 -i update.jws --pin pin
	refuses 1 'refused: wrong-measurement: ' tre boot --components components
	cp fw.3 fw
	tre boot --components components >boot.json
	tre attach --identity >out
	refuses 1 'refused: wrong-state: nothing was tampered with' tre report --to pva.a
	tre audit --verify | jq -r .event >events
	grep -qx firmware-changed events
}

@test "5.1.3.5.8: after an update the TRE asks for a renewed Cert_TRE, and takes it" {
	maintained
	firmware 2 second
	tre firmware --image fw.2 -i update.jws --pin pin
	cp fw.2 fw
	tre boot --components components >boot.json
	refuses 2 'ask or --cert' tre certify --ask --cert tre.pem --to pva.a
	tre certify --ask --to pva.a -o ask.jws
	m2m-note check certificate-request --trust ca.pem --to pva.a --signer "$ID" -i ask.jws >ask.json
	[ "$(jq -r '.measurements[0].sha256' ask.json)" = "$(sha256sum <fw.2 | cut -c1-64)" ]
	[ "$(jq -c '.versions, .mcims' ask.json | tr -d '\n')" = '{"tre":"1","fw":"2"}null' ]
	jq -r .csr_pem ask.json >again.csr
	m2m-keygen sign --csr again.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o again.pem
	tre certify --cert again.pem --pin pin
	token sho-a
}

# ---- policy ----

# ruled VERSION MEMBERS [KEY]: policy.jws, the policy with those members beside whom it names
ruled() {
	jq -n --rawfile pem "${3-acme}.pem" "{firmware_cert_pem: \$pem, $2}" >"policy.$1"
	m2m-note make policy --key acme.key --cert acme.pem --to "${TO-$ID}" -o policy.jws version="$1" policy_b64=@"policy.$1"
}

@test "5.1.2.3: another policy comes by the maker's word, with the owner's PIN, and binds all MCIMs" {
	maintained
	ruled 1 'controls: {select: "nobody", pin: true}'
	refuses 1 'refused: pin-required: ' tre policy -i policy.jws
	for signer in ro sho-a; do
		m2m-note make policy --key $signer.key --cert $signer.pem --to "$ID" -o foe.jws version=1 policy_b64=@policy.1
		refuses 1 'refused: untrusted-chain: ' tre policy -i foe.jws --pin pin
	done
	TO='ACME;0002' ruled 1 'controls: {}'
	refuses 1 'refused: wrong-recipient: ' tre policy -i policy.jws --pin pin
	tre info >before
	TO=ACME ruled 1 'controls: {select: "nobody", pin: true}'
	tre policy -i policy.jws --pin pin
	[ "$(tre info | jq -c .controls)" = '{"select":"nobody","pin":true}' ]
	[ "$(tre info | jq -c .versions)" = '{"tre":"1","policy":"1"}' ]
	diff <(jq 'del(.versions, .controls)' before) <(tre info | jq 'del(.versions, .controls)')
	tre audit --verify | grep -q '"event":"policy"'
}

@test "5.1.2.3: a policy's controls are enforced from its coming on, on an MCIM that was there before" {
	maintained
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	tre deselect mcim-1 --pin pin
	ruled 1 'controls: {select: "nobody"}'
	tre policy -i policy.jws --pin pin
	refuses 1 'refused: not-allowed: the MCIM|refused: not-allowed: mcim-1' tre select mcim-1 --pin pin
	ruled 2 'controls: {select: "owner"}'
	tre policy -i policy.jws --pin pin
	tre select mcim-1 --pin pin
}

@test "5.1.2.4: a policy counts once, in time, and never goes back; a bad one changes nothing" {
	maintained
	ruled 2 'room: 2'
	refuses 1 'refused: note-expired: ' tre policy -i policy.jws --pin pin --at "$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)"
	tre policy -i policy.jws --pin pin
	refuses 1 'refused: old-version: version 2' tre policy -i policy.jws --pin pin
	ruled 1 'room: 9'
	refuses 1 'refused: old-version: version 2' tre policy -i policy.jws --pin pin
	ruled 3 'room: -1'
	refuses 3 'policy_b64: room' tre policy -i policy.jws --pin pin
	ruled 3 'rom: 1'
	refuses 3 'policy_b64: ' tre policy -i policy.jws --pin pin
	ruled 3 'room: 1' ro
	refuses 3 'policy_b64: firmware_cert_pem: want a certificate of the role maker' tre policy -i policy.jws --pin pin
	ruled 0 'room: 1'
	refuses 3 'version' tre policy -i policy.jws --pin pin
	[ "$(tre info | jq -c '.versions')" = '{"tre":"1","policy":"2"}' ]
}

@test "t7 cm4: the maker hands its place over, and a policy that names nobody is the last one" {
	maintained
	m2m-keygen operator --name next --role maker --key-out next.key --cert-out next.pem
	ruled 1 'room: 1' next
	tre policy -i policy.jws --pin pin
	ruled 2 'room: 2'
	refuses 1 'refused: untrusted-chain: ' tre policy -i policy.jws --pin pin
	echo '{}' >none
	m2m-note make policy --key next.key --cert next.pem --to "$ID" -o last.jws version=2 policy_b64=@none
	tre policy -i last.jws --pin pin
	m2m-note make policy --key next.key --cert next.pem --to "$ID" -o more.jws version=3 policy_b64=@none
	refuses 1 'refused: not-allowed: the policy names nobody' tre policy -i more.jws --pin pin
}

@test "5.1.2.2: a user updates the policy where the owner leaves it the right" {
	maintained
	printf '1234\n' >ann.pin
	tre user ann --new-pin ann.pin --rights firmware --pin pin
	ruled 1 'room: 1'
	refuses 1 'refused: not-allowed: the owner has not left policy' tre policy -i policy.jws --user ann --pin ann.pin
	tre user ann --rights policy --pin pin
	tre policy -i policy.jws --user ann --pin ann.pin
}
