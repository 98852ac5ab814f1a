#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
# What the controls of an MCIM and of the TRE leave to whom: TR 33.812 5.1.2.3, threats 7 and 8.
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
}

# governed CONTROLS [POLICY]: a TRE with one MCIM of sho-a's that has them
governed() {
	parties
	if [ $# -gt 1 ]; then
		rm -rf state state.device
		printf '%s\n' "$2" >policy
		tre init --tre-id "$ID" --pin pin --policy policy
		m2m-keygen tre --tre-id "$ID" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem --force
		tre personalize --key tre.key --cert tre.pem --credential credential.json --operator-cert ro.pem
	fi
	mcim $IMSI1 $K1 $OPC1 ",\"controls\":$1" >mcim-a.json
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
}

@test "5.1.2.3: info shows the controls of each MCIM and of the TRE, and no wire message does" {
	governed '{"read":"owner","pin":true}' '{"controls":{"share":"nobody"}}'
	tre info >info
	[ "$(jq -c '.mcims[0].controls' info)" = '{"read":"owner","pin":true}' ]
	[ "$(jq -c .controls info)" = '{"share":"nobody"}' ]
	run ! grep -q '"controls"' m2meobj.xml
	# what comes with the MCIM is looked at before it is kept
	mcim $IMSI1 $K1 $OPC1 ',"controls":{"fly":"owner"}' >bad.json
	refuses 3 'controls: fly: want operator' mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i bad.json -o bad.blob
	printf '{"controls":{"pin":"yes"}}\n' >bad.json
	refuses 3 'bad.json: controls: pin: want true or false' tre-sim --state bad init --tre-id "$ID" --policy bad.json
	printf '{"controls":{"inactivity":0}}\n' >bad.json
	refuses 3 'controls: inactivity: want seconds' tre-sim --state bad init --tre-id "$ID" --policy bad.json
	[ ! -e bad ]
}

@test "5.1.2.3: a file is read by whom the controls leave it to, and no key by anybody" {
	governed '{"read":"owner"}'
	refuses 1 'refused: pin-required: ' tre read mcim-1 --file 6f07
	[ "$(tre read mcim-1 --file 6F07 --pin pin)" = '{"mcim":"mcim-1","efid":"6f07","octets":"080910200000000010"}' ]
	tre audit | grep -q '"mcim-read"'
	for efid in 0001 0003 0006 6f08 6f09 6fc3; do
		refuses 1 "refused: not-allowed: file $efid holds" tre read mcim-1 --file $efid --pin pin
	done
	refuses 1 'refused: unknown-file: mcim-1 has no file 6f31' tre read mcim-1 --file 6f31 --pin pin
	refuses 1 'refused: unknown-mcim: ' tre read mcim-2 --file 6f07 --pin pin
	refuses 3 'file' tre read mcim-1 --file imsi --pin pin
	command_note sho-a read mcim-1 file=6f07
	refuses 1 'refused: not-allowed: mcim-1: the controls of the MCIM do not leave read to the operator' tre command -i command.jws
	governed '{"read":"operator"}'
	refuses 1 'refused: not-allowed: .* read to the owner' tre read mcim-1 --file 6f07 --pin pin
	command_note sho-a read mcim-1 file=6f07
	tre command -i command.jws >out
	[ "$(jq -r .octets out)" = 080910200000000010 ]
	command_note sho-a read mcim-1 file=0001
	refuses 1 'refused: not-allowed: file 0001 holds' tre command -i command.jws
}

@test "5.1.2.3: an operator whom the MCIM's own controls silence commands nothing" {
	governed '{"command":"owner"}'
	for verb in block delete update read; do
		command_note sho-a $verb mcim-1 file=6f07
		refuses 1 'refused: not-allowed: .* do not leave command to the operator' tre command -i command.jws
	done
	[ "$(state_of mcim-1)" = selected ]
}

@test "5.1.2.3: who may select, and who sees it" {
	governed '{"select":"nobody","list":"operator"}'
	refuses 1 'refused: not-allowed: .* do not leave select to the owner' tre deselect mcim-1 --pin pin
	[ -z "$(tre list)" ]
	[ "$(tre list --as sho-a | jq -r .state)" = selected ]
}

@test "5.1.2.3: the TRE's own controls bind every MCIM, whatever that says" {
	governed '{"block":"both","read":"both"}' '{"controls":{"block":"owner","read":"nobody"}}'
	command_note sho-a block mcim-1
	refuses 1 'refused: not-allowed: mcim-1: the controls of the TRE do not leave block to the operator' tre command -i command.jws
	refuses 1 'refused: not-allowed: .* controls of the TRE do not leave read' tre read mcim-1 --file 6f07 --pin pin
	[ "$(state_of mcim-1)" = selected ]
}

@test "5.1.2.3: its operator's update brings other controls, where those before leave it that" {
	governed '{"read":"nobody"}'
	refuses 1 'refused: not-allowed: ' tre read mcim-1 --file 6f07 --pin pin
	jq -c '.controls = {"read":"both","update":"nobody"}' mcim-a.json >update.json
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem --tag update -i update.json -o update.blob
	command_note sho-a update mcim-1 blob_b64=@update.blob
	tre command -i command.jws
	tre read mcim-1 --file 6f07 --pin pin >out
	[ "$(tre info | jq -c '.mcims[0].controls')" = '{"read":"both","update":"nobody"}' ]
	command_note sho-a update mcim-1 blob_b64=@update.blob
	refuses 1 'refused: not-allowed: ' tre command -i command.jws
}

@test "5.1.2.3: who may have it replaced: the owner, its operator, or nobody" {
	governed '{"discard":"nobody"}'
	up_to_mcimobj sho-a sho-b mcim-b.json
	refuses 1 'refused: not-allowed: mcim-1: .* do not leave discard to the owner' tre provision -i mcimobj.xml -o status.jws
	[ "$(tre list | jq -r .id)" = mcim-1 ]
	governed '{"discard":"operator"}'
	up_to_mcimobj sho-a sho-b mcim-b.json
	refuses 1 'refused: no-ack: ' tre provision -i mcimobj.xml -o status.jws
	tre provision --stage -i mcimobj.xml -o status.jws
	tre discard --operator sho-a -o discard.jws
	m2m-note make ack --key sho-a.key --cert sho-a.pem --to "$ID" --about discard.jws -o ack.jws
	tre provision --commit --ack ack.jws -o status.jws
	[ "$(state_of mcim-1) $(state_of mcim-2)" = 'blocked selected' ]
}

# two_of_a SHARE-OF-1 SHARE-OF-2: mcim-1 with Milenage's constants, mcim-2 with others, both of sho-a, and mcim-3 of sho-b
two_of_a() {
	local c='["00000000000000000000000000000000","00000000000000000000000000000001","00000000000000000000000000000002","00000000000000000000000000000004","00000000000000000000000000000008"]'
	governed "{\"share\":\"$1\"}"
	mcim $IMSI2 $K2 $OPC2 ",\"aka\":{\"r\":[8,0,32,64,96],\"c\":$c},\"controls\":{\"share\":\"$2\"}" >mcim-2.json
	up_to_mcimobj sho-a sho-a mcim-2.json
	tre provision --beside -i mcimobj.xml -o status.jws
	mcim 001030000000003 $K2 $OPC2 ',"controls":{"share":"both"}' >mcim-3.json
	up_to_mcimobj sho-a sho-b mcim-3.json
	tre provision --beside -i mcimobj.xml -o status.jws
}

@test "threat 8 cm2: two MCIMs of one operator share an algorithm, while both are activated" {
	two_of_a operator both
	tre select mcim-2 --pin pin
	challenge $K2 $OPC2 000000000020
	refuses 1 'refused: mac-mismatch: ' tre attach --rand "$rand" --autn "$autn"
	command_note sho-a share mcim-2 from=mcim-1
	tre command -i command.jws
	[ "$(tre info | jq -r '.mcims[1].algorithm_of')" = mcim-1 ]
	attaches $K2 $OPC2 000000000020
	# looked at each time that it is used
	command_note sho-a block mcim-1
	tre command -i command.jws
	challenge $K2 $OPC2 000000000040
	refuses 1 'refused: wrong-state: an algorithm is shared by activated' tre attach --rand "$rand" --autn "$autn"
	command_note sho-a unblock mcim-1
	tre command -i command.jws
	attaches $K2 $OPC2 000000000040
	command_note sho-a unshare mcim-2
	tre command -i command.jws
	challenge $K2 $OPC2 000000000060
	refuses 1 'refused: mac-mismatch: ' tre attach --rand "$rand" --autn "$autn"
}

@test "threat 8 cm2: nothing is shared across operators, in a chain, or with an MCIM that is not activated" {
	two_of_a both both
	command_note sho-b share mcim-3 from=mcim-1
	refuses 1 'refused: wrong-operator: no MCIM of the same operator' tre command -i command.jws
	command_note sho-a share mcim-1 from=mcim-3
	refuses 1 'refused: wrong-operator: no MCIM of the same operator' tre command -i command.jws
	command_note sho-a share mcim-3 from=mcim-1
	refuses 1 'refused: wrong-operator: no MCIM of this operator' tre command -i command.jws
	command_note sho-a share mcim-1 from=mcim-1
	refuses 1 'refused: wrong-state: mcim-1 has no algorithm of its own' tre command -i command.jws
	command_note sho-a share mcim-2 from=mcim-1
	tre command -i command.jws
	command_note sho-a share mcim-1 from=mcim-2
	refuses 1 'refused: wrong-state: mcim-2 has no algorithm of its own' tre command -i command.jws
	command_note sho-a retire mcim-1
	tre command -i command.jws
	command_note sho-a share mcim-2 from=mcim-1
	refuses 1 'refused: wrong-state: an algorithm is shared by activated' tre command -i command.jws
}

@test "threat 8 cm2: the MCIM that is asked must say that it shares" {
	governed '{}'
	mcim $IMSI2 $K2 $OPC2 ',"controls":{"share":"both"}' >mcim-2.json
	up_to_mcimobj sho-a sho-a mcim-2.json
	tre provision --beside -i mcimobj.xml -o status.jws
	command_note sho-a share mcim-2 from=mcim-1
	refuses 1 'refused: not-allowed: mcim-1: the controls of the MCIM do not leave share' tre command -i command.jws
}

# consents WHO [ABOUT]: consent.jws
consents() {
	m2m-note make consent --key "$1.key" --cert "$1.pem" --to "$ID" --about "${2-ask.jws}" -o consent.jws
}

@test "4.3.2: an MCIM that wants its operator's consent does not go pristine without it" {
	governed '{"countersignature":true}'
	refuses 1 'refused: no-consent: mcim-1 goes' tre pristine --pin pin
	consents sho-a status.jws
	refuses 1 'refused: wrong-subject: ' tre consent mcim-1 -i consent.jws
	tre consent mcim-1 --ask -o ask.jws
	m2m-note check consent-request --trust ca.pem --to sho-a --signer "$ID" -i ask.jws >ask.json
	[ "$(jq -r '.mcim + " " + .state' ask.json)" = 'mcim-1 selected' ]
	refuses 1 'refused: no-consent: ' tre pristine --pin pin
	consents sho-b
	refuses 1 'refused: wrong-operator: ' tre consent mcim-1 -i consent.jws
	# the last question alone
	cp ask.jws old.jws
	tre consent mcim-1 --ask -o ask.jws
	consents sho-a old.jws
	refuses 1 'refused: wrong-subject: ' tre consent mcim-1 -i consent.jws
	consents sho-a
	later=$(date -u -d '+2 days' +%FT%TZ)
	refuses 1 'refused: note-expired: ' tre consent mcim-1 --at "$later" -i consent.jws
	tre consent mcim-1 -i consent.jws
	refuses 1 'refused: wrong-subject: ' tre consent mcim-1 -i consent.jws
	refuses 1 'refused: no-consent: ' tre pristine --pin pin --at "$later"
	# it was for no token: not for the change that the owner wants now
	cp -a state before
	cp -a state.device before.device
	token sho-b
	refuses 1 'refused: no-consent: ' tre pristine --pin pin
	rm -rf state state.device
	mv before state
	mv before.device state.device
	tre pristine --pin pin
	[ -z "$(tre list)" ]
	tre audit --verify | jq -r .event >events
	grep -qx consent events
	refuses 1 'refused: unknown-mcim: ' tre consent mcim-1 --ask
}

@test "4.3.2: with its operator's consent to this change an MCIM is replaced" {
	governed '{"countersignature":true}'
	token sho-b
	tre consent mcim-1 --ask -o ask.jws
	[ "$(m2m-note check consent-request --trust ca.pem --to sho-a -i ask.jws | jq -r .token_sha256)" = \
		"$(tr -d '\n' <token.jws | sha256sum | cut -c1-64)" ]
	consents sho-a
	tre consent mcim-1 -i consent.jws
	credentials sho-b
	bootstrap sho-a sho-b
	tre bootstrap -i bootstrap.xml >bootstrap.json
	mcimobj sho-b mcim-b.json
	tre provision -i mcimobj.xml -o status.jws
	[ "$(state_of mcim-1) $(state_of mcim-2)" = 'blocked selected' ]
	# spent with it
	tre revert >out
	refuses 1 'refused: no-consent: ' tre pristine --pin pin
}

# rule CONTROLS [OPTIONS]: the subscriber's own
rule() {
	printf '%s\n' "$1" >rules
	tre controls -i rules "${@:2}"
}

@test "t7 cm4, t8 cm4: the subscriber's own controls bind every MCIM, beside the operator's and the maker's" {
	governed '{"read":"both"}'
	rule '{"read":"owner","update":"nobody","pin":true}' --pin pin
	[ "$(tre info | jq -c .subscriber_controls)" = '{"read":"owner","update":"nobody","pin":true}' ]
	command_note sho-a read mcim-1 file=6f07
	refuses 1 'refused: not-allowed: mcim-1: the controls of the subscriber do not leave read to the operator' tre command -i command.jws
	tre read mcim-1 --file 6f07 --pin pin >out
	command_note sho-a update mcim-1 blob_b64=@mcim.blob
	refuses 1 'refused: not-allowed: mcim-1: the controls of the subscriber do not leave update to the operator' tre command -i command.jws
	# neither the TRE's nor the MCIM's are weakened by them
	rule '{"read":"both"}' --pin pin
	command_note sho-a read mcim-1 file=6f07
	tre command -i command.jws >out
	governed '{"read":"operator"}'
	rule '{"read":"both"}' --pin pin
	refuses 1 'the controls of the MCIM do not leave read to the owner' tre read mcim-1 --file 6f07 --pin pin
	# they stay where the MCIMs go, and an empty object takes them away
	rule '{"share":"nobody"}' --pin pin
	tre pristine --pin pin
	[ "$(tre info | jq -c .subscriber_controls)" = '{"share":"nobody"}' ]
	rule '{}' --pin pin
	[ "$(tre info | jq -c .subscriber_controls)" = '{}' ]
	tre audit | grep -q '"controls"'
}

@test "t7 cm3: the life cycle is not the subscriber's to rule, and nobody else makes its rules" {
	governed '{}'
	refuses 1 'refused: pin-required' rule '{"read":"owner"}'
	printf '0000\n' >other
	refuses 1 'refused: wrong-pin' rule '{"read":"owner"}' --pin other
	for act in list command block delete select discard; do
		refuses 3 "$act: no such field" rule "{\"$act\":\"owner\"}" --pin pin
	done
	refuses 3 'countersignature: no such field' rule '{"countersignature":true}' --pin pin
	refuses 3 'controls: read: want operator' rule '{"read":"vno"}' --pin pin
	refuses 3 'rules: not JSON' rule 'no JSON' --pin pin
	run ! grep -q subscriber_controls <(tre info)
	# a user alone to whom the owner leaves it
	tre user ann --new-pin other --rights read --pin pin
	refuses 1 'refused: not-allowed: the owner has not left controls' rule '{"read":"owner"}' --pin other --user ann
	tre user ann --rights controls --pin pin
	rule '{"read":"owner"}' --pin other --user ann
	[ "$(tre info | jq -c .subscriber_controls)" = '{"read":"owner"}' ]
}
