#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world" "$BATS_FILE_TMPDIR/served" "$BATS_FILE_TMPDIR/changing"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	cp -a . ../served
	cd ../served || return
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	cp -a . ../changing
	cd ../changing || return
	up_to_mcimobj sho-a sho-b mcim-b.json
	tre provision -i mcimobj.xml -o status.jws
}

# a TRE that sho-a serves; one on its way from sho-a to sho-b
served() {
	cp -a "$BATS_FILE_TMPDIR"/served/. .
}

changing() {
	cp -a "$BATS_FILE_TMPDIR"/changing/. .
}

# command_ WHO VERB MCIM [FIELD=VALUE…]: an operator's signed command, carried out
command_() {
	command_note "$@"
	tre command -i command.jws
}

# in_state STATE: brings mcim-1, Selected, there
in_state() {
	case $1 in
	selected) ;;
	activated) tre deselect mcim-1 --pin pin ;;
	blocked) command_ sho-a block mcim-1 ;;
	retired) command_ sho-a retire mcim-1 ;;
	esac
	[ "$(state_of mcim-1)" = "$1" ]
}

@test "TR 33.812 5.1.1.1: every state with every act of an operator and of the owner" {
	served
	cp -a state good
	cp -a state.device good.device
	# what becomes of it; "-": refused. A session ends before its MCIM is blocked or retired
	# shellcheck disable=SC2034 # by name, below
	while read -r now activate block unblock retire delete select deselect; do
		for act in activate block unblock retire delete select deselect; do
			rm -rf state state.device
			cp -a good state
			cp -a good.device state.device
			in_state "$now"
			if [ "$act" = select ] || [ "$act" = deselect ]; then
				cmd=(tre "$act" mcim-1 --pin pin)
			else
				command_note sho-a "$act" mcim-1
				cmd=(tre command -i command.jws)
			fi
			if [ "${!act}" = - ]; then
				refuses 1 "refused: wrong-state: $act: not from the state $now \(TR 33.812 5.1.1.1\)" "${cmd[@]}"
				[ "$(state_of mcim-1)" = "$now" ]
			else
				"${cmd[@]}"
				[ "$(state_of mcim-1)" = "${!act#deleted}" ]
			fi
		done
	done <<'TABLE'
activated - blocked - retired deleted selected -
selected - blocked - retired - - activated
blocked - - activated retired deleted - -
retired - - - - deleted - -
TABLE
}

@test "TR 33.812 5.1.3.7.2: at most one MCIM is selected, and the owner says which" {
	served
	tre deselect mcim-1 --pin pin
	[ "$(tre attach --identity | jq -r .identity)" = pcid ]
	up_to_mcimobj sho-a sho-b mcim-b.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K2 $OPC2 000000000020
	# nothing was replaced: both are there
	[ "$(state_of mcim-1) $(state_of mcim-2)" = 'activated selected' ]
	refuses 1 'refused: pin-required: ' tre select mcim-1
	tre select mcim-1 --pin pin
	[ "$(state_of mcim-1) $(state_of mcim-2)" = 'selected activated' ]
	attaches $K1 $OPC1 000000000040
	refuses 1 'refused: unknown-mcim: ' tre select mcim-9 --pin pin
	# strictly apart (5.1.3.7.4.2, last paragraph)
	[ "$(tre list --as sho-a | jq -r .id)" = mcim-1 ]
	[ "$(tre list --as sho-b | jq -r .id)" = mcim-2 ]
	command_ sho-b list - >out
	[ "$(jq -r .id out)" = mcim-2 ]
	command_note sho-b block mcim-1
	refuses 1 'refused: wrong-operator: no MCIM of this operator' tre command -i command.jws
	[ "$(state_of mcim-1)" = selected ]
}

@test "DESIGN 6.6: a command is its operator's, for this TRE, fresh, and counts once" {
	served
	command_ sho-a block mcim-1
	refuses 1 'refused: note-replayed: ' tre command -i command.jws
	command_ sho-a unblock mcim-1
	command_note sho-b block mcim-1
	refuses 1 'refused: wrong-operator: the signer has no MCIM here' tre command -i command.jws
	m2m-note make command --key sho-a.key --cert sho-a.pem --to 'ACME;2' command=block mcim=mcim-1 -o command.jws
	refuses 1 'refused: wrong-recipient: ' tre command -i command.jws
	command_note sho-a block mcim-1
	refuses 1 'refused: note-expired: ' tre command --at "$(date -u -d '+2 days' +%FT%TZ)" -i command.jws
	refuses 3 '' tre command --at tomorrow -i command.jws
	refuses 3 '' tre command -i pin
	m2m-note make release --key sho-a.key --cert sho-a.pem --to "$ID" command=block mcim=mcim-1 -o other.jws
	refuses 1 'refused: wrong-type: ' tre command -i other.jws
	command_note sho-a select mcim-1
	refuses 3 'command: want activate, block' tre command -i command.jws
	# refused once, it is spent all the same
	command_note sho-a activate mcim-1
	tre select mcim-1 --pin pin
	refuses 1 'refused: wrong-state: ' tre command -i command.jws
	refuses 1 'refused: note-replayed: ' tre command -i command.jws
}

@test "5.1.2.3: an operator has the answer to its command signed, done or refused, and about that command" {
	served
	command_note sho-a list -
	tre command --signed -i command.jws -o status.jws
	status() { m2m-note check status --trust ca.pem --to sho-a --signer "$ID" --about command.jws -i status.jws; }
	status | jq -r .answer_b64 | base64 -d | diff - <(tre list --as sho-a)
	jq -e '.result == "done"' <(status)
	command_note sho-a block mcim-1
	refuses 1 'refused: wrong-subject: ' m2m-note check status --trust ca.pem --to sho-a --signer "$ID" --about command.jws -i status.jws
	tre command --signed -i command.jws -o status.jws
	[ "$(status | jq -c '[.result, has("answer_b64")]')" = '["done",false]' ]
	[ "$(state_of mcim-1)" = blocked ]
	command_note sho-a activate mcim-1
	rc=0
	tre command --signed -i command.jws -o status.jws 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(status | jq -c '[.result, .reason]')" = '["refused","wrong-state"]' ]
	# who has nothing there, or comes again, is told nothing
	rm status.jws
	refuses 1 'refused: note-replayed: ' tre command --signed -i command.jws -o status.jws
	command_note sho-b list -
	refuses 1 'refused: wrong-operator: ' tre command --signed -i command.jws -o status.jws
	[ ! -e status.jws ]
}

@test "an operator's name is not enough: another certificate of that name lists nothing of it" {
	served
	# the owner takes a second MCIM, of somebody who bears the name of the first one's operator
	mkdir foe
	m2m-keygen operator --name sho-a --key-out foe/key --cert-out foe/pem
	tre token --to sho-a --to-cert foe/pem --pin pin >token.jws
	printf '{"username":"m2me","password":"0123456789abcdef","nonce_a":"%s","server_url":"https://dpf.sho-a.example/m2m","sho_cert_sha256":"%s"}\n' \
		"$(openssl rand -hex 16)" "$(openssl x509 -in foe/pem -outform DER | sha256sum | cut -c1-64)" >credentials.json
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --tag bootstrap -i credentials.json -o credentials.blob
	bootstrap-sign --key sho-a.key --cert sho-a.pem --tre-id "$ID" --server-url https://dpf.sho-a.example/m2m \
		--server-cert foe/pem --credentials credentials.blob -o bootstrap.xml
	tre bootstrap -i bootstrap.xml >out
	m2meobj-make --tre state -o m2meobj.xml
	# TRE_info in the M2MEobj
	run ! grep mcim-1 m2meobj.xml
	pva-verify --trust ca.pem --nonce-a-file credentials.json -i m2meobj.xml --sign-key pva.key --sign-cert pva.pem -o result.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert foe/pem -i mcim-b.json -o mcim.blob
	mcimobj-make --key foe/key --cert foe/pem --mcim mcim.blob --result result.jws --result-trust pva.pem \
		--token token.jws -o mcimobj.xml
	tre provision --beside -i mcimobj.xml -o status.jws
	m2m-note make command --key foe/key --cert foe/pem --to "$ID" -o command.jws command=list
	tre command -i command.jws >other
	[ "$(jq -r .id other)" = mcim-2 ]
	m2m-note make command --key sho-a.key --cert sho-a.pem --to "$ID" -o command.jws command=list
	tre command -i command.jws >other
	[ "$(jq -r .id other)" = mcim-1 ]
}

@test "TR 33.812 5.1.2.3: an update changes files, and no key and no identity" {
	served
	jq -c '. + {"thresh":16,"fplmn":["262-01"]}' mcim-a.json >update.json
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem --tag update -i update.json -o update.blob
	command_ sho-a update mcim-1 blob_b64=@update.blob
	tre audit | jq -r .event >events
	grep -q mcim-updated events
	[ "$(tre boot | jq -r '.mcims[0].state')" = selected ]
	attaches $K1 $OPC1 000000000040
	jq -c ".k = \"$K2\"" update.json >bad.json
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem --tag update -i bad.json -o bad.blob
	command_note sho-a update mcim-1 blob_b64=@bad.blob
	refuses 3 'efid 0001: an update changes no key' tre command -i command.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-b.pem --tag update -i update.json -o bad.blob
	command_note sho-a update mcim-1 blob_b64=@bad.blob
	refuses 1 'refused: wrong-operator: ' tre command -i command.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i update.json -o bad.blob
	command_note sho-a update mcim-1 blob_b64=@bad.blob
	refuses 3 'the blob has tag mcim' tre command -i command.jws
	head -c -1 update.blob >bad.blob
	command_note sho-a update mcim-1 blob_b64=@bad.blob
	refuses 1 'refused: mac-mismatch: ' tre command -i command.jws
	attaches $K1 $OPC1 000000000060
}

@test "TR 33.812 B.2.3.6: an algorithm's code package is kept and measured with the MCIM, and changes nothing else" {
	served
	printf 'code 1' | mcim-wrap --tre-cert tre.pem --tre-id "$ID" --tag algorithm -o code.blob
	command_ sho-a update mcim-1 blob_b64=@code.blob
	[ "$(tre list --as sho-a | jq -r .code_sha256)" = "$(printf 'code 1' | sha256sum | cut -c1-64)" ]
	run ! grep -q code_sha256 <(tre info)
	tre audit | grep '"tag":"algorithm"' >event
	attaches $K1 $OPC1 000000000040
	# it is of the MCIM that is measured at each boot; the next one takes its place
	[ "$(tre boot | jq -r '.mcims[0].state')" = selected ]
	jq -nc '{thresh: 16, code_b64: ("code 2" | @base64)}' >update.json
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem --tag update -i update.json -o update.blob
	command_ sho-a update mcim-1 blob_b64=@update.blob
	[ "$(tre list --as sho-a | jq -r .code_sha256)" = "$(printf 'code 2' | sha256sum | cut -c1-64)" ]
	# for this TRE alone
	m2m-keygen tre --tre-id 'ACME;0002' --key-out 2.key --cert-out 2.pem --ca-key ca.key --ca-cert ca.pem
	printf 'code 3' | mcim-wrap --tre-cert 2.pem --tag algorithm -o other.blob
	command_note sho-a update mcim-1 blob_b64=@other.blob
	refuses 1 'refused: mac-mismatch: ' tre command -i command.jws
	[ "$(tre list --as sho-a | jq -r .code_sha256)" = "$(printf 'code 2' | sha256sum | cut -c1-64)" ]
	attaches $K1 $OPC1 000000000060
}

@test "TR 33.812 5.1.2.3: the MCIM's own controls" {
	parties_with '{"block":"owner","delete":"nobody","update":"owner","list":"owner"}'
	command_note sho-a block mcim-1
	refuses 1 'refused: not-allowed: ' tre command -i command.jws
	command_note sho-a update mcim-1 blob_b64=@mcim.blob
	refuses 1 'refused: not-allowed: ' tre command -i command.jws
	tre deselect mcim-1 --pin pin
	command_note sho-a delete mcim-1
	refuses 1 'refused: not-allowed: ' tre command -i command.jws
	refuses 1 'refused: not-allowed: mcim-1' tre pristine --pin pin
	[ -z "$(tre list --as sho-a)" ]
	[ "$(state_of mcim-1)" = activated ]
}

# parties_with CONTROLS: a TRE with one MCIM of sho-a's that has them
parties_with() {
	parties
	mcim $IMSI1 $K1 $OPC1 ",\"controls\":$1" >mcim-a.json
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
}

@test "B.2.3.4 NOTE 4: revert goes back to the old MCIM while the change is not complete" {
	changing
	tre revert >out
	[ "$(cat out)" = '{"identity":"mcim","imsi":"001020000000001"}' ]
	[ "$(state_of mcim-1) $(state_of mcim-2)" = 'selected blocked' ]
	attaches $K1 $OPC1 000000000040
	refuses 1 'refused: wrong-state: no change is under way' tre revert
	# the new operator's certificate is no anchor any more; the current one's still is
	refuses 1 'refused: untrusted-chain: ' tre provision -i mcimobj.xml -o status.jws
	refuses 1 'refused: no-bootstrap: ' m2meobj-make --tre state
	command_ sho-b delete mcim-2
	up_to_mcimobj sho-a sho-b mcim-b.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K2 $OPC2 000000000020
	[ "$(tre list | jq -r .id)" = mcim-3 ]
	refuses 1 'refused: wrong-state: no change is under way' tre revert
}

@test "B.2.3.4 NOTE 4: no operator's command to its own MCIM keeps the TRE in a change" {
	changing
	cp -a state before
	cp -a state.device before.device
	# the new operator takes its MCIM away again: the old one comes back
	command_ sho-b block mcim-2
	command_ sho-b delete mcim-2
	tre revert >out
	[ "$(cat out)" = '{"identity":"mcim","imsi":"001020000000001"}' ]
	attaches $K1 $OPC1 000000000040
	# the old operator retires, or deletes, what was replaced: the PCID is left
	for verb in retire delete; do
		rm -rf state state.device
		cp -a before state
		cp -a before.device state.device
		command_ sho-a $verb mcim-1
		tre revert >out
		[ "$(jq -r .identity out)" = pcid ]
		[ "$(tre list | grep -c '"state":"selected"')" -eq 0 ]
		attaches $K0 $OPC0 000000000040
	done
}

@test "B.2.3.4 NOTE 4: not before the predetermined time is over" {
	parties
	rm -rf state state.device
	printf '{"revert_after":3600}\n' >policy
	tre init --tre-id "$ID" --policy policy
	m2m-keygen tre --tre-id "$ID" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem --force
	tre personalize --key tre.key --cert tre.pem --credential credential.json --operator-cert ro.pem
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	refuses 1 'refused: too-early: ' tre revert
	tre revert --at 2099-01-01T00:00:00Z >out
	[ "$(jq -r .identity out)" = pcid ]
	[ "$(state_of mcim-1)" = blocked ]
	attaches $K0 $OPC0 000000000020
}

@test "5.1.3.7.4.2: an MCIM that was replaced comes back by revert alone" {
	changing
	command_note sho-a unblock mcim-1
	refuses 1 'refused: wrong-state: an MCIM that was replaced' tre command -i command.jws
	refuses 1 'refused: wrong-state: ' tre select mcim-1 --pin pin
	tre revert >out
	[ "$(state_of mcim-1)" = selected ]
}

@test "5.1.3.7.4.3: the pristine state" {
	changing
	refuses 1 'refused: pin-required: ' tre pristine
	tre pristine --pin pin >out
	[ ! -s out ]
	[ -z "$(tre list)" ]
	[ "$(tre attach --identity)" = '{"identity":"pcid","imsi":"001010000000001"}' ]
	attaches $K0 $OPC0 000000000020
	# what was taken once is not taken again, and the factory's operator is trusted again
	bootstrap sho-a sho-b
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml
	token sho-b
	bootstrap ro sho-b
	refuses 1 'refused: nonce-replayed: ' tre bootstrap -i bootstrap.xml
	up_to_mcimobj ro sho-b mcim-b.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K2 $OPC2 000000000020
	tre audit --verify | jq -r .event >events
	grep -q pristine events
}

@test "5.1.3.7.4.3 NOTE 2: a new initial credential is asked for" {
	parties
	tre renew -o renewal.jws
	m2m-note check renewal --trust ca.pem --to ro --signer "$ID" -i renewal.jws >renewal.json
	[ "$(jq -r .pcid renewal.json)" = $IMSI0 ]
	tre-sim --state bare init --tre-id 'ACME;2'
	refuses 1 'refused: wrong-state: ' tre-sim --state bare renew
}

@test "the same IMSI is not installed twice" {
	served
	tre deselect mcim-1 --pin pin
	jq -c ".k = \"$K2\"" mcim-a.json >again.json
	up_to_mcimobj sho-a sho-b again.json
	refuses 1 'refused: wrong-state: an MCIM with this IMSI' tre provision -i mcimobj.xml -o status.jws
	[ "$(tre list | wc -l)" -eq 1 ]
}

@test "TR 33.812 5.1.3.7.4.3 NOTE 2: a renewed credential keeps its algorithm's constants and its window" {
	local c=00000000000000000000000000000001,00000000000000000000000000000003,00000000000000000000000000000005,00000000000000000000000000000009,00000000000000000000000000000011
	parties
	mcim $IMSI2 $K2 $OPC2 ',"aka":{"ind_bits":5,"delta":16,"limit":0,"r":[8,16,24,40,48],"c":["'${c//,/\",\"}'"]}' >access.json
	mcim-wrap --tre-cert tre.pem --operator-cert ro.pem --tag access -i access.json -o access.blob
	m2m-note make access --key ro.key --cert ro.pem --to "$ID" blob_b64=@access.blob -o access.jws
	tre access -i access.jws -o status.jws
	[ "$(tre attach --identity | jq -r .imsi)" = $IMSI2 ]
	av() { milenage av --k $K2 --opc $OPC2 --r 8,16,24,40,48 --c $c --sqn "$1"; }
	av 000000000020 >av.json # SEQ 1
	tre attach --rand "$(jq -r .rand av.json)" --autn "$(jq -r .autn av.json)" >res.json
	[ "$(jq -r .res res.json)" = "$(jq -r .xres av.json)" ]
	av 000000000240 >av.json # SEQ 18: 17 ahead
	tre attach --rand "$(jq -r .rand av.json)" --autn "$(jq -r .autn av.json)" >auts.json 2>err || rc=$?
	[ "${rc-0}" -eq 1 ]
	grep -q 'sqn-out-of-range: SEQ 18 jumps ahead' err
}
