#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world" "$BATS_FILE_TMPDIR/served"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	cp -a . ../served
	cd ../served || return
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
}

# a TRE that sho-a serves
served() {
	cp -a "$BATS_FILE_TMPDIR"/served/. .
}

# policy JSON: the same TRE with another policy, of no PIN
policy() {
	rm -rf state state.device
	printf '%s\n' "$1" >policy
	tre init --tre-id "$ID" --policy policy
	m2m-keygen tre --tre-id "$ID" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem --force
	tre personalize --key tre.key --cert tre.pem --credential credential.json --operator-cert ro.pem
}

# ---- B.2.3.2: the token ----

@test "TR 33.812 B.2.3.2: the token" {
	parties
	token sho-a
	[ "$(wc -l <token.jws)" -eq 1 ]
	cut -d. -f2 token.jws | tr '_-' '/+' | jq -Rr '. + "===" | .[0:(length / 4 | floor) * 4] | @base64d' >payload
	[ "$(jq -r '.iss, .new, .cur, .seq, .exp - .iat' payload | tr '\n' ' ')" = "$ID sho-a ro 1 2592000 " ]
	token sho-a
	cut -d. -f2 token.jws | tr '_-' '/+' | jq -Rr '. + "===" | .[0:(length / 4 | floor) * 4] | @base64d' >payload
	[ "$(jq -r .seq payload)" = 2 ]
	refuses 1 'refused: wrong-operator: the certificate is sho-a' tre token --to sho-b --to-cert sho-a.pem --pin pin
	refuses 3 'want' tre token --to sho-a --to-cert pin --pin pin
}

# ---- B.2.2.2, B.2.3.3: the bootstrap ----

@test "TR 33.812 B.2.2.2: connectivity alone" {
	parties
	printf '{"napid":"ro","name":"ro","bearer":"GSM-GPRS","apn":"provisioning.ro.example"}\n' >napdef.json
	bootstrap-sign --napdef-only --napdef napdef.json --key ro.key --cert ro.pem --tre-id "$ID" -o bootstrap.xml
	tre bootstrap -i bootstrap.xml >out
	[ "$(jq -r .napdef.apn out)" = provisioning.ro.example ]
	refuses 1 'refused: no-bootstrap: ' m2meobj-make --tre state
	# an older access point does not come back, and what was refused changes nothing
	cp bootstrap.xml older.xml
	sed -i s/provisioning/newer/ napdef.json
	bootstrap-sign --napdef-only --napdef napdef.json --key ro.key --cert ro.pem --tre-id "$ID" -o bootstrap.xml
	tre bootstrap -i bootstrap.xml >out
	[ "$(jq -r .napdef.apn out)" = newer.ro.example ]
	refuses 1 'refused: nonce-replayed: ' tre bootstrap -i older.xml
	refuses 1 'refused: nonce-replayed: ' tre bootstrap -i bootstrap.xml
	bootstrap-sign --verify --trust ro.pem -i older.xml | jq -e '.nonce | length == 32'
	bootstrap-sign --napdef-only --napdef napdef.json --key sho-a.key --cert sho-a.pem --tre-id "$ID" -o bootstrap.xml
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml
}

@test "TR 33.812 B.2.3.3 step 4: a bootstrap is accepted, in a SyncML package too" {
	parties
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap <bootstrap.xml >out
	[ "$(jq -r '.sho, .server_url' out | tr '\n' ' ')" = 'sho-a https://dpf.sho-a.example/m2m ' ]
	for form in '--syncml' '--syncml --wbxml'; do
		credentials sho-a
		# shellcheck disable=SC2086 # two words
		bootstrap ro sho-a $form
		tre bootstrap -i bootstrap.xml >out
	done
}

@test "TR 33.812 B.2.3.3: a bootstrap of another signer, for another, or changed" {
	parties
	token sho-a
	credentials sho-a
	bootstrap sho-b sho-a
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml
	bootstrap ro sho-a
	sed 's/dpf.sho-a/dpf.sho-b/' bootstrap.xml >changed.xml
	refuses 1 'refused: bad-signature: ' tre bootstrap -i changed.xml
	bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;2' --server-url https://dpf.sho-a.example/m2m \
		--server-cert sho-a.pem --credentials credentials.blob -o other.xml
	refuses 1 'refused: wrong-tre: ' tre bootstrap -i other.xml
	{ head -c -1 credentials.blob && tail -c 1 credentials.blob | tr '\000-\377' '\001-\377\000'; } >changed
	mv changed credentials.blob
	bootstrap ro sho-a
	refuses 1 'refused: mac-mismatch: ' tre bootstrap -i bootstrap.xml
	refuses 3 '' tre bootstrap -i token.jws
	head -c 700 bootstrap.xml >cut.xml
	refuses 3 '' tre bootstrap -i cut.xml
	refuses 1 'refused: no-bootstrap: ' m2meobj-make --tre state
}

@test "DESIGN 5: the current operator cannot put another's server or certificate in" {
	parties
	token sho-a
	credentials sho-a
	bootstrap-sign --key ro.key --cert ro.pem --tre-id "$ID" --server-url https://dpf.sho-a.example/m2m \
		--server-cert sho-b.pem --credentials credentials.blob -o bootstrap.xml
	refuses 1 'refused: wrong-operator: server or certificate' tre bootstrap -i bootstrap.xml
	bootstrap-sign --key ro.key --cert ro.pem --tre-id "$ID" --server-url https://evil.example/m2m \
		--server-cert sho-a.pem --credentials credentials.blob -o bootstrap.xml
	refuses 1 'refused: wrong-operator: server or certificate' tre bootstrap -i bootstrap.xml
	# all of it is sho-b's, and the owner's token is not
	credentials sho-b
	bootstrap ro sho-b
	refuses 1 "refused: wrong-operator: the owner's token" tre bootstrap -i bootstrap.xml
}

# resigned FROM TO WHO: the bootstrap with that text instead, signed anew by somebody else's program
resigned() {
	sed -E "s|$1|$2|; s|<DigestValue>[^<]*<|<DigestValue><|; s|<SignatureValue>[^<]*<|<SignatureValue><|; s|<X509Certificate>[^<]*</X509Certificate>||" \
		bootstrap.xml >template.xml
	xmlsec1 --sign --privkey-pem "$3.key,$3.pem" --output resigned.xml template.xml
}

@test "TR 33.812 B.2.3.3: the current operator cannot say another's name, and a stranger cannot sign it anew" {
	wants xmlsec1
	parties
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
	# the driver itself refuses nothing
	cp -a state before
	cp -a state.device before.device
	resigned nothing nothing ro
	tre bootstrap -i resigned.xml >out
	rm -rf state state.device
	mv before state
	mv before.device state.device
	resigned '<Value>sho-a</Value>' '<Value>sho-b</Value>' ro
	refuses 1 "refused: wrong-operator: the bootstrap says sho-b, and its certificate is sho-a's" tre bootstrap -i resigned.xml
	# and a stranger who signs the same is nobody
	resigned nothing nothing sho-b
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i resigned.xml
}

@test "TR 33.812 B.2.3.3: nonce_A is taken once, and a change wants a token" {
	parties
	credentials sho-a
	bootstrap ro sho-a
	refuses 1 'refused: no-token: ' tre bootstrap -i bootstrap.xml
	token sho-a
	tre bootstrap -i bootstrap.xml >out
	refuses 1 'refused: nonce-replayed: ' tre bootstrap -i bootstrap.xml
	bootstrap ro sho-a
	refuses 1 'refused: nonce-replayed: ' tre bootstrap -i bootstrap.xml
}

# ---- B.2.3.4: the MCIM ----

@test "TR 33.812 B.2.3.4 step 8: installed, selected, and reported" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	m2m-note check status --trust ca.pem --to sho-a --signer "$ID" --about mcimobj.xml -i status.jws >status.json
	[ "$(jq -r '.tre_id, .result, .mcim' status.json | tr '\n' ' ')" = "$ID installed mcim-1 " ]
	[ "$(grep -cE "$IMSI1|$K1" status.json)" -eq 0 ]
	[ "$(tre list)" = '{"id":"mcim-1","operator":"sho-a","state":"selected"}' ]
	[ "$(tre attach --identity)" = '{"identity":"mcim","imsi":"001020000000001"}' ]
	[ "$(tre list --as sho-a | jq -r .imsi)" = $IMSI1 ]
	[ -z "$(tre list --as sho-b)" ]
}

@test "a SyncML package with the MCIMobj; the STATUS is about the document in it" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	mcimobj sho-a mcim-a.json --syncml --wbxml
	tre provision -i mcimobj.xml -o status.jws
	[ "$(state_of mcim-1)" = selected ]
}

@test "B.2.3.5: the first AKA completes the change: anchors move, the old MCIM goes" {
	served
	[ "$(tre list | jq -r .id)" = mcim-1 ]
	token sho-b
	credentials sho-b
	bootstrap ro sho-b
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml
	bootstrap sho-a sho-b
	tre bootstrap -i bootstrap.xml >out
	mcimobj sho-b mcim-b.json
	tre provision -i mcimobj.xml -o status.jws
	[ "$(state_of mcim-1) $(state_of mcim-2)" = 'blocked selected' ]
	[ "$(tre list | jq -r 'select(.id == "mcim-1") | .reason')" = replaced ]
	# not before AKA: a failed one changes nothing
	challenge $K1 $OPC1 000000000040
	refuses 1 'refused: mac-mismatch' tre attach --rand "$rand" --autn "$autn"
	[ "$(state_of mcim-1)" = blocked ]
	attaches $K2 $OPC2 000000000020
	[ "$(tre list | jq -r .id)" = mcim-2 ]
	tre audit --verify | jq -r .event >events
	grep -q change-complete events
	# the former operator signs nothing any more
	token sho-a
	credentials sho-a
	bootstrap sho-a sho-a
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml
}

@test "no second bootstrap while a change is under way" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	token sho-b
	credentials sho-b
	bootstrap ro sho-b
	refuses 1 'refused: wrong-state: a change is under way' tre bootstrap -i bootstrap.xml
}

# refused_status REASON: the new operator hears why
refused_status() {
	[ "$(m2m-note check status --trust ca.pem --to sho-a --signer "$ID" --about mcimobj.xml -i status.jws | jq -r '.result, .reason' | tr '\n' ' ')" = "refused $1 " ]
	rm status.jws
}

@test "TR 33.812 B.2.3.4 step 8: nonce_B is the outstanding one, and is used once" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	cp mcimobj.xml first.xml
	mcimobj sho-a mcim-a.json
	cp mcimobj.xml second.xml
	cp first.xml mcimobj.xml
	refuses 1 'refused: nonce-unknown: ' tre provision -i mcimobj.xml -o status.jws
	refused_status nonce-unknown
	cp second.xml mcimobj.xml
	tre provision -i mcimobj.xml -o status.jws
	# another one with that nonce_B
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i mcim-b.json -o mcim.blob
	mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem \
		--token token.jws -o mcimobj.xml
	refuses 1 'refused: nonce-replayed: ' tre provision -i mcimobj.xml -o status.jws
	refused_status nonce-replayed
	[ "$(tre list | wc -l)" -eq 1 ]
}

@test "a STATUS that was lost: the same MCIMobj again gets the same one, and changes nothing" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	# a place that cannot be written is known before the MCIM is there
	refuses 4 'nodir/status' tre provision -i mcimobj.xml -o nodir/status
	[ -z "$(tre list)" ]
	refuses 4 '' tre provision -i mcimobj.xml -o /dev/full
	[ "$(tre list | jq -r .state)" = selected ]
	tre list >list
	tre provision -i mcimobj.xml -o status.jws
	[ "$(m2m-note check status --trust ca.pem --to sho-a --signer "$ID" --about mcimobj.xml -i status.jws | jq -r '.result + .mcim')" = installedmcim-1 ]
	tre provision -i mcimobj.xml -o again.jws
	cmp status.jws again.jws
	tre list | cmp - list
	[ "$(tre audit --verify | tail -n 1 | jq -r '.event + .details.mcim')" = status-againmcim-1 ]
	# still so when the change is complete, and no more when the MCIM is gone
	attaches $K1 $OPC1 000000000020
	tre provision -i mcimobj.xml | cmp - status.jws
	tre pristine --pin pin
	refuses 1 'refused: ' tre provision -i mcimobj.xml -o x
	[ -z "$(tre list)" ]
}

@test "a STATUS that was lost: not after the way back" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	tre revert >out
	refuses 1 'refused: ' tre provision -i mcimobj.xml -o x
}

@test "TR 33.812 B.2.3.4: no nonce_B, no MCIM" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap -i bootstrap.xml >out
	refuses 1 'refused: nonce-unknown: no nonce_B is outstanding' tre provision -i mcimobj.xml -o status.jws
}

@test "TR 33.812 B.2.3.2: the token is wanted, the outstanding one, and is used once" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	cp token.jws first.jws
	mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem -o mcimobj.xml
	refuses 1 'refused: no-token: ' tre provision -i mcimobj.xml -o status.jws
	refused_status no-token
	token sho-a
	cp token.jws second.jws
	cp first.jws token.jws
	mcimobj sho-a mcim-a.json
	refuses 1 'refused: token-reused: ' tre provision -i mcimobj.xml -o status.jws
	refused_status token-reused
	cp second.jws token.jws
	mcimobj sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	jq -c '.imsi = "001020000000009"' mcim-a.json >mcim-c.json
	mcimobj sho-a mcim-c.json
	refuses 1 'refused: token-reused: ' tre provision -i mcimobj.xml -o status.jws
}

@test "another TRE's token is none" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	m2m-keygen tre --tre-id 'ACME;2' --key-out k --cert-out c.pem --ca-key ca.key --ca-cert ca.pem
	tre-sim --state other init --tre-id 'ACME;2'
	tre-sim --state other personalize --key k --cert c.pem --credential credential.json --operator-cert ro.pem
	tre-sim --state other token --to sho-a --to-cert sho-a.pem >token.jws
	refuses 1 'wrong-tre|wrong-name' mcimobj sho-a mcim-a.json
}

@test "efid 8 and 7: another operator's MCIM, another TRE's" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-b.pem -i mcim-b.json -o mcim.blob
	mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem --token token.jws -o mcimobj.xml
	refuses 1 'refused: wrong-operator: ' tre provision -i mcimobj.xml -o status.jws
	refused_status wrong-operator
	m2m-keygen tre --tre-id 'ACME;2' --key-out k --cert-out c.pem --ca-key ca.key --ca-cert ca.pem
	mcim-wrap --tre-cert c.pem --tre-id 'ACME;2' --operator-cert sho-a.pem -i mcim-a.json -o mcim.blob
	mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem --token token.jws -o mcimobj.xml
	refuses 1 'refused: mac-mismatch: ' tre provision -i mcimobj.xml -o status.jws
	refused_status mac-mismatch
	[ -z "$(tre list)" ]
}

@test "a signer that the bootstrap did not name, a changed document: no STATUS" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	sed 's/AES-256-CBC/AES-128-CBC/' mcimobj.xml >changed.xml
	refuses 1 'refused: bad-signature: ' tre provision -i changed.xml -o status.jws
	[ ! -e status.jws ]
	mcimobj-make --key ro.key --cert ro.pem --mcim mcim.blob --result result.jws --result-trust pva.pem -o mcimobj.xml
	refuses 1 'refused: untrusted-chain: ' tre provision -i mcimobj.xml -o status.jws
	[ ! -e status.jws ]
}

@test "what is no MCIM to run here is status 3, and the TRE is as it was" {
	parties
	up_to_mcimobj ro sho-a mcim-a.json
	printf '{"application":"isim","impi":"a@ims.example","k":"%s","alg":"milenage","opc":"%s"}\n' $K1 $OPC1 >isim.json
	printf '{"application":"usim","imsi":"%s","k":"%s","alg":"tuak","topc":"%s"}\n' $IMSI1 $K1 "$OPC1$OPC1" >tuak.json
	for words in isim tuak; do
		mcimobj sho-a "$words.json"
		refuses 3 'application: want usim|alg: want milenage' tre provision -i mcimobj.xml -o status.jws
		[ ! -e status.jws ]
	done
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem --tag access -i mcim-a.json -o mcim.blob
	mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem --token token.jws -o mcimobj.xml
	refuses 3 'the blob has tag access' tre provision -i mcimobj.xml -o status.jws
	mcimobj sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
}

@test "a pristine TRE takes an MCIM without a token where its policy says so, and only then" {
	parties
	policy '{"pristine_without_token":true}'
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap -i bootstrap.xml >out
	m2meobj-make --tre state -o m2meobj.xml
	pva-verify --trust ca.pem --nonce-a-file credentials.json --sign-key pva.key --sign-cert pva.pem -i m2meobj.xml -o result.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i mcim-a.json -o mcim.blob
	mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem -o mcimobj.xml
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	credentials sho-b
	bootstrap sho-a sho-b
	refuses 1 'refused: no-token: ' tre bootstrap -i bootstrap.xml
}

@test "5.1.3.7: the RO goes on sending the bootstraps, where the policy says so" {
	parties
	policy '{"ro_bootstraps":true}'
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	token sho-b
	credentials sho-b
	bootstrap sho-a sho-b
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml
	bootstrap ro sho-b
	tre bootstrap -i bootstrap.xml >out
}

@test "5.1.3.6: the DPF at the RO signs, and the MCIM is the SHO's" {
	parties
	policy '{"pristine_without_token":true}'
	m2m-keygen operator --name dpf.ro --role dpf --key-out dpf.key --cert-out dpf.pem
	credentials sho-a https://dpf.ro.example/m2m
	bootstrap-sign --key ro.key --cert ro.pem --tre-id "$ID" --server-url https://dpf.ro.example/m2m --server-cert dpf.pem \
		--sho sho-a --sho-cert sho-a.pem --credentials credentials.blob -o bootstrap.xml
	tre bootstrap -i bootstrap.xml >out
	m2meobj-make --tre state -o m2meobj.xml
	pva-verify --trust ca.pem --nonce-a-file credentials.json --sign-key pva.key --sign-cert pva.pem -i m2meobj.xml -o result.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert dpf.pem -i mcim-a.json -o mcim.blob
	mcimobj-make --key dpf.key --cert dpf.pem --mcim mcim.blob --result result.jws --result-trust pva.pem -o mcimobj.xml
	refuses 1 'refused: wrong-operator: ' tre provision -i mcimobj.xml -o status.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i mcim-a.json -o mcim.blob
	mcimobj-make --key dpf.key --cert dpf.pem --mcim mcim.blob --result result.jws --result-trust pva.pem -o mcimobj.xml
	tre provision -i mcimobj.xml -o status.jws
	m2m-note check status --trust ca.pem --to dpf.ro --signer "$ID" --about mcimobj.xml -i status.jws >out
	[ "$(tre list | jq -r .operator)" = sho-a ]
	attaches $K1 $OPC1 000000000020
	# the DPF's certificate was for this once
	tre token --to sho-b --to-cert sho-b.pem >token.jws
	credentials sho-b
	bootstrap sho-a sho-b
	tre bootstrap -i bootstrap.xml >out
}

@test "seed 000: an MCIM without the TRE's K_NetVer is refused" {
	parties
	rm -rf state state.device
	openssl rand -hex 32 >knetver
	tre init --tre-id "$ID"
	m2m-keygen tre --tre-id "$ID" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem --force
	tre personalize --key tre.key --cert tre.pem --credential credential.json --operator-cert ro.pem --knetver knetver
	up_to_mcimobj ro sho-a mcim-a.json
	refuses 1 'refused: wrong-knetver: ' tre provision -i mcimobj.xml -o status.jws
	mcim $IMSI1 $K1 $OPC1 ",\"knetver\":[\"$(openssl rand -hex 32)\"]" >mcim-c.json
	mcimobj sho-a mcim-c.json
	refuses 1 'refused: wrong-knetver: ' tre provision -i mcimobj.xml -o status.jws
	refused_status wrong-knetver
	mcim $IMSI1 $K1 $OPC1 ",\"knetver\":[\"$(openssl rand -hex 32)\",\"$(cat knetver)\"]" >mcim-c.json
	mcimobj sho-a mcim-c.json
	tre provision -i mcimobj.xml -o status.jws
}

# ---- 5.1.3.7.4.2: in two halves ----

@test "a pristine TRE whose owner has named an operator takes no MCIM without that token" {
	parties
	policy '{"pristine_without_token":true}'
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap -i bootstrap.xml >out
	tre token --to sho-b --to-cert sho-b.pem >token.jws
	m2meobj-make --tre state -o m2meobj.xml
	pva-verify --trust ca.pem --nonce-a-file credentials.json --sign-key pva.key --sign-cert pva.pem -i m2meobj.xml -o result.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i mcim-a.json -o mcim.blob
	mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem -o mcimobj.xml
	refuses 1 'refused: no-token: ' tre provision -i mcimobj.xml -o status.jws
}

@test "TR 33.812 5.1.3.7.4.2 steps 10 to 15: stage, notice, acknowledgement, commit" {
	served
	up_to_mcimobj sho-a sho-b mcim-b.json
	refuses 1 'refused: wrong-state: no MCIM is staged' tre provision --commit
	refuses 1 'refused: wrong-state: ' tre discard --operator sho-a
	tre provision --stage -i mcimobj.xml -o status.jws
	[ "$(m2m-note check status --trust ca.pem --to sho-b --signer "$ID" --about mcimobj.xml -i status.jws | jq -r .result)" = staged ]
	[ "$(tre list | jq -r '.id + .state')" = mcim-1selected ]
	[ "$(tre attach --identity | jq -r .imsi)" = $IMSI1 ]
	tre provision --stage -i mcimobj.xml | cmp - status.jws
	refuses 1 'refused: nonce-replayed: ' tre provision -i mcimobj.xml -o x
	refuses 1 'refused: wrong-operator: the current operator is sho-a' tre discard --operator sho-b
	tre discard --operator sho-a -o notice.jws
	m2m-note check discard --trust ca.pem --to sho-a --signer "$ID" -i notice.jws >notice.json
	[ "$(jq -r .token_sha256 notice.json)" = "$(tr -d '\n' <token.jws | sha256sum | cut -c1-64)" ]
	refuses 1 'refused: token-reused: the notice was sent before' tre discard --operator sho-a
	refuses 1 'refused: no-ack: ' tre provision --commit -o status.jws
	m2m-note make ack --key sho-a.key --cert sho-a.pem --to "$ID" --about token.jws -o ack.jws
	refuses 1 'refused: wrong-subject: ' tre provision --commit --ack ack.jws -o status.jws
	m2m-note make ack --key sho-b.key --cert sho-b.pem --to "$ID" --about notice.jws -o ack.jws
	refuses 1 'refused: untrusted-chain: ' tre provision --commit --ack ack.jws -o status.jws
	m2m-note make ack --key sho-a.key --cert sho-a.pem --to "$ID" --about notice.jws -o ack.jws
	tre provision --commit --ack ack.jws -o status.jws
	m2m-note check status --trust ca.pem --to sho-b --signer "$ID" --about mcimobj.xml -i status.jws >status.json
	[ "$(jq -r .result status.json)" = installed ]
	[ "$(state_of mcim-1) $(state_of mcim-2)" = 'blocked selected' ]
	attaches $K2 $OPC2 000000000020
	[ "$(tre list | jq -r .id)" = mcim-2 ]
}

@test "TR 33.812 5.1.3.7.4.2 step 12: the old operator's consent is to one change, and to no later one" {
	served
	up_to_mcimobj sho-a sho-b mcim-b.json
	tre provision --stage -i mcimobj.xml -o status.jws
	tre discard --operator sho-a -o notice.jws
	m2m-note make ack --key sho-a.key --cert sho-a.pem --to "$ID" --about notice.jws -o ack.jws
	cp -a state before
	cp -a state.device before.device
	# the owner has another wish: what waited under the first one is not installed
	tre token --to sho-b --to-cert sho-b.pem --pin pin >token.jws
	refuses 1 'refused: wrong-state: no MCIM is staged' tre provision --commit --ack ack.jws -o status.jws
	# and the consent to the first change is none to the second
	credentials sho-b
	bootstrap sho-a sho-b
	tre bootstrap -i bootstrap.xml >out
	mcimobj sho-b mcim-b.json
	tre provision --stage -i mcimobj.xml -o status.jws
	refuses 1 'refused: wrong-subject: ' tre provision --commit --ack ack.jws -o status.jws
	rm -rf state state.device
	mv before state
	mv before.device state.device
	tre provision --commit --ack ack.jws -o status.jws
}

@test "4.3.2: an MCIM whose controls want it is replaced with its operator's countersignature alone" {
	parties
	mcim $IMSI1 $K1 $OPC1 ',"controls":{"countersignature":true}' >mcim-a.json
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	up_to_mcimobj sho-a sho-b mcim-b.json
	refuses 1 'refused: no-ack: ' tre provision -i mcimobj.xml -o status.jws
	[ "$(tre list | jq -r .state)" = selected ]
	tre provision --stage -i mcimobj.xml -o status.jws
	refuses 1 'refused: no-ack: ' tre provision --commit
	tre discard --operator sho-a -o notice.jws
	m2m-note make ack --key sho-a.key --cert sho-a.pem --to "$ID" --about notice.jws -o ack.jws
	tre provision --commit --ack ack.jws -o status.jws
	[ "$(state_of mcim-2)" = selected ]
}

@test "no command frees an MCIM's K in the clear" {
	parties
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
	watched "$K1:$OPC1:$K0:$(printf 0123456789abcdef-of-sho-a | od -An -v -tx1 | tr -d ' \n')" tre bootstrap -i bootstrap.xml >out
	mcimobj sho-a mcim-a.json
	watched "$K1:$OPC1:$K0" tre provision -i mcimobj.xml -o status.jws
	challenge $K1 $OPC1 000000000020
	watched "$K1:$OPC1:$K0" tre attach --rand "$rand" --autn "$autn" >out
	[ "$(tre list | grep -c "$K1")" -eq 0 ]
	[ "$(tre audit | grep -cE "$K1|$IMSI1")" -eq 0 ]
}

# ---- B.2.2.1 NOTE 2: secure push in the place of Cert_SHO[0] ----

# unanchored POLICY: a TRE without Cert_SHO[0]
unanchored() {
	rm -rf state state.device
	printf '%s\n' "$1" >policy
	tre init --tre-id "$ID" --policy policy --pin pin
	m2m-keygen tre --tre-id "$ID" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem --force
	tre personalize --key tre.key --cert tre.pem --credential credential.json
	printf '%s\n' "$IMSI0" >imsi
}

@test "secure push speaks for the RO where Cert_SHO[0] is not there and the policy says so" {
	parties
	unanchored '{"secure_push":"ro"}'
	token sho-a
	credentials sho-a
	bootstrap ro sho-a --profile cp --netwpin imsi
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml
	refuses 1 'refused: mac-mismatch: ' tre bootstrap -i bootstrap.xml --userpin pin
	bootstrap sho-b sho-a --profile cp --netwpin imsi
	refuses 1 'refused: wrong-operator: ' tre bootstrap -i bootstrap.xml --netwpin
	printf '001010000000009\n' >foe
	bootstrap ro sho-a --profile cp --netwpin foe
	refuses 1 'refused: mac-mismatch: ' tre bootstrap -i bootstrap.xml --netwpin
	bootstrap ro sho-a
	refuses 1 'refused: mac-mismatch: ' tre bootstrap -i bootstrap.xml --netwpin
	bootstrap ro sho-a --profile cp --netwpin imsi
	tre bootstrap -i bootstrap.xml --netwpin >out
	[ "$(jq -r .sho out)" = sho-a ]
	refuses 1 'refused: nonce-replayed: ' tre bootstrap -i bootstrap.xml --netwpin
	mcimobj sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	# the change brought Cert_SHO[1]: from now on only that counts
	token sho-b
	credentials sho-b
	printf '%s\n' "$IMSI1" >imsi
	bootstrap ro sho-b --profile cp --netwpin imsi
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml --netwpin
	bootstrap sho-a sho-b --push
	tre bootstrap -i bootstrap.xml >out
}

@test "secure push does not stand for the certificate where the policy names nobody, or an anchor is there" {
	parties
	token sho-a
	credentials sho-a
	printf '%s\n' "$IMSI0" >imsi
	printf '4711\n' >user.pin
	bootstrap sho-b sho-a --netwpin imsi
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml --netwpin
	bootstrap ro sho-a --userpin user.pin
	tre bootstrap -i bootstrap.xml --userpin user.pin >out
	unanchored '{}'
	credentials sho-a
	bootstrap ro sho-a --netwpin imsi
	refuses 1 'refused: untrusted-chain: ' tre bootstrap -i bootstrap.xml --netwpin
	printf '{"secure_push":7}\n' >policy
	refuses 3 'secure_push' tre-sim --state other init --tre-id "$ID" --policy policy
}

@test "a bootstrap without nonce_A is not accepted" {
	parties
	token sho-a
	bootstrap-sign --key ro.key --cert ro.pem --tre-id "$ID" --server-url https://dpf.sho-a.example/m2m --server-cert sho-a.pem -o bootstrap.xml
	refuses 1 'refused: nonce-unknown: ' tre bootstrap -i bootstrap.xml
}

@test "5.1.3.7.4.2 step 14: a TRE that is full keeps the old MCIM, and says so in a STATUS" {
	parties
	policy '{"room":1}'
	tre token --to sho-a --to-cert sho-a.pem >token.jws
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap -i bootstrap.xml >out
	mcimobj sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	tre token --to sho-b --to-cert sho-b.pem >token.jws
	credentials sho-b
	bootstrap sho-a sho-b
	tre bootstrap -i bootstrap.xml >out
	mcimobj sho-b mcim-b.json
	tre provision --stage -i mcimobj.xml -o status.jws
	tre discard --operator sho-a -o notice.jws
	m2m-note make ack --key sho-a.key --cert sho-a.pem --to "$ID" --about notice.jws -o ack.jws
	tre provision --commit --ack ack.jws -o full.jws 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: tre-full: the TRE has room for 1' err
	m2m-note check status --trust ca.pem --to sho-b --about mcimobj.xml -i full.jws >status
	[ "$(jq -r '.result + " " + .reason' status)" = 'refused tre-full' ]
	[ "$(tre list | jq -r '.operator + " " + .state')" = 'sho-a selected' ]
	printf '{"room":-1}\n' >policy
	refuses 3 'policy: room' tre-sim --state s2 init --tre-id "$ID" --policy policy
}
