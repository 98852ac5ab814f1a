#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	tre boot >boot.json
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap -i bootstrap.xml >bootstrap.json
}

appraised() {
	pva-verify --trust ca.pem --nonce-a-file credentials.json --sign-key pva.key --sign-cert pva.pem --tre-id "$ID" -i "$1" -o result.jws
}

# leaf NAME FILE: the value of the leaf of that name
leaf() {
	xmllint --xpath "string(//*[local-name()='Node'][*[local-name()='NodeName']='$1']/*[local-name()='Value'])" "$2"
}

@test "TR 33.812 B.2.3.4 step 5: TRE_info, nonce_A, nonce_B, signed" {
	parties
	m2meobj-make --tre state >m2meobj.xml
	appraised m2meobj.xml
	[ "$(leaf NonceA m2meobj.xml | base64 -d | od -An -v -tx1 | tr -d ' \n')" = "$(jq -r .nonce_a credentials.json)" ]
	[ "$(leaf NonceB m2meobj.xml | base64 -d | wc -c)" -eq 16 ]
	[ "$(stat -c %s m2meobj.xml)" -lt 131072 ]
	[ "$(grep -cE "$K0|$IMSI0|0123456789abcdef-of" m2meobj.xml)" -eq 0 ]
}

@test "each M2MEobj has a nonce_B of its own, which is remembered" {
	parties
	m2meobj-make --tre state -o one.xml
	m2meobj-make --tre state -o two.xml
	[ "$(leaf NonceA one.xml)" = "$(leaf NonceA two.xml)" ]
	[ "$(leaf NonceB one.xml)" != "$(leaf NonceB two.xml)" ]
	[ "$(tre audit --verify | grep -c '"m2meobj"')" -eq 2 ]
}

@test "a SyncML package, XML and WBXML, with the credentials in its header" {
	parties
	m2meobj-make --tre state --syncml -o package.xml
	grep -q '<Cred>' package.xml
	appraised package.xml
	m2meobj-make --tre state --syncml --wbxml -o package.wbxml
	appraised package.wbxml
	[ "$(grep -c '0123456789abcdef-of' package.xml)" -eq 0 ]
}

@test "the TRE_info is for the new operator: no other's MCIM is in it" {
	parties
	mcimobj sho-a mcim-a.json
	tre provision -i mcimobj.xml -o status.jws
	attaches $K1 $OPC1 000000000020
	up_to_mcimobj sho-a sho-b mcim-b.json
	[ "$(grep -c 'mcim-1\|sho-a' m2meobj.xml)" -eq 0 ]
}

@test "without a bootstrap, without a TRE" {
	parties
	tre pristine --pin pin
	refuses 1 'refused: no-bootstrap: no bootstrap was accepted \(TR 33.812 B.2.3.4 step 5\)' m2meobj-make --tre state
	refuses 3 'no TRE is here' m2meobj-make --tre nowhere
	tre-sim --state bare init --tre-id 'ACME;2'
	refuses 1 'refused: no-bootstrap: ' m2meobj-make --tre bare
	truncate -s -1 state/state.sealed
	refuses 1 'refused: locked-down: ' m2meobj-make --tre state
}

@test "options, and a full disk" {
	parties
	refuses 2 '--tre is wanted' m2meobj-make
	refuses 2 '--wbxml goes with --syncml' m2meobj-make --tre state --wbxml
	refuses 2 'given twice' m2meobj-make --tre state --tre state
	refuses 2 "unknown option '--foo'" m2meobj-make --foo
	refuses 2 'no operand' m2meobj-make --tre state x
	refuses 2 'TPM' m2meobj-make --tre state --device tpm:1
	rc=0
	m2meobj-make --tre state >/dev/full 2>err || rc=$?
	[ "$rc" -eq 4 ]
	cp -a state.device elsewhere
	m2meobj-make --tre state --device elsewhere -o m2meobj.xml
}

@test "neither the password nor a key is freed in the clear" {
	parties
	secrets="$K0:$OPC0:$(printf 0123456789abcdef-of-sho-a | od -An -v -tx1 | tr -d ' \n')"
	watched "$secrets:$(od -An -v -tx1 state.device/device.key | tr -d ' \n')" m2meobj-make --tre state --syncml -o m2meobj.xml
	appraised m2meobj.xml
}
