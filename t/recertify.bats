#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.2.2, 5.1.3.5.8: a firmware update, new reference values, a renewed Cert_TRE, another policy" {
	walk_once recertify ec-p256
	[ "$(every_step "$RUN" | sed 's/.* S2 //')" = 'F1 F2 F3 F4 F5 F6 F7 F8 F9 ' ]
}

@test "each message has the parties of its step" {
	walk_once recertify ec-p256
	messages "$RUN" recertify >got
	diff - got <<-'TEXT'
		F1 es m2me firmware-note
		F1 es m2me firmware
		F2 owner sho-b registration
		F2 sho-b ro registration
		F2 ro m2me bootstrap
		F2 m2me ro m2meobj
		F2 ro sho-b m2meobj
		F3 sho-b pva validation-request
		F3 pva pva ocsp-request
		F3 pva pva ocsp-response
		F3 pva sho-b result wrong-measurement
		F4 es pva reference
		F5 m2me pva certificate-request
		F5 pva m2me cert
		F7 owner sho-b registration
		F7 sho-b ro registration
		F7 ro m2me bootstrap
		F7 m2me ro m2meobj
		F7 ro sho-b m2meobj
		F8 sho-b pva validation-request
		F8 pva pva ocsp-request
		F8 pva pva ocsp-response
		F8 pva sho-b result
		F9 sho-a m2me policy untrusted-chain
		F9 es m2me policy
	TEXT
}

@test "the same with rsa-2048, and on a folder of initial-3gpp" {
	walk_once recertify rsa-2048
	jq -e .verdict "$RUN/sho-b/result.json"
	m2m-walk initial-3gpp --dir two --quiet
	m2m-walk recertify --dir two --quiet
	jq -e .verdict two/sho-b/result.json
}

@test "no secret of the run is on the wire" {
	walk_once recertify ec-p256
	clean_wire "$RUN"
}

@test "the end: sho-b has a yes for the new certificate and the new firmware, and sho-a still serves" {
	walk_once recertify ec-p256
	jq -e '.verdict and .checks.measurements == "pass" and .checks.revocation == "pass"' "$RUN/sho-b/result.json"
	[ "$(selected)" = sho-a ]
	[ "$(openssl x509 -in "$RUN/sho-b/tre.pem" -noout -serial)" = "$(openssl x509 -in "$RUN/pva/tre.pem" -noout -serial)" ]
	[ "$(cut -c1 "$RUN/pva/index.txt" | paste -sd ' ')" = 'R V' ]
	# the same key: what was encrypted for the TRE before is for it still
	[ "$(openssl x509 -in "$RUN/pva/tre.pem" -noout -pubkey)" = "$(openssl x509 -in "$RUN/pva/tre-old.pem" -noout -pubkey)" ]
}

@test "steps F3, F6 and F9: the wrong firmware, the old certificate and an operator's policy are refused, each with its reason" {
	walk_once recertify ec-p256
	[ "$(grep -oE 'refused: [a-z-]+' "$RUN.log" | paste -sd ' ')" = 'refused: wrong-measurement refused: revoked refused: untrusted-chain' ]
	spoil recertify
	# with the no of F3 nobody makes an MCIMobj
	no=$(find wire -name '*-pva-sho-b-result.jws' | sort | head -n 1)
	printf x >mcim
	refuses 1 'refused: validation-failed' mcimobj-make --key sho-b/key.pem --cert sho-b/cert.pem --mcim mcim --result "$no" --result-trust pva/cert.pem
	# what F2 said, with the old certificate, gets no yes any more: neither by the responder nor by the new values
	openssl ocsp -port 0 -index pva/index.txt -CA pva/cert.pem -rsigner pva/cert.pem -rkey pva/key.pem -ndays 1 >responder 2>&1 3>&- &
	pid=$!
	until grep -q ^ACCEPT responder; do sleep 0.05; done
	port=$(sed -nE 's/^ACCEPT .*:([0-9]+) PID.*/\1/p' responder)
	old=$(find wire -name '*-m2me-ro-m2meobj.xml' | sort | sed -n 2p)
	rc=0
	pva-verify --trust pva/cert.pem --reference pva/reference.jsonl --ocsp "http://127.0.0.1:$port" -i "$old" >out 2>err || rc=$?
	kill "$pid"
	wait "$pid" || true
	[ "$rc" -eq 1 ]
	grep -q 'refused: revoked' err
}

@test "step F4: the values of before and the new ones tell the firmwares apart" {
	spoil recertify
	new=$(find wire -name '*-m2me-ro-m2meobj.xml' | sort | tail -n 1)
	pva-verify --trust pva/cert.pem --reference pva/reference.jsonl -i "$new" >out
	rc=0
	pva-verify --trust pva/cert.pem --reference es/reference.jsonl -i "$new" >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: wrong-measurement' err
}

@test "step F1: no other firmware boots, none by another word is taken, and the old one has no way back" {
	spoil recertify
	[ "$(jq -r .versions.firmware m2me/info.json)" = 2 ]
	printf 'firmware 3\n' >m2me/firmware.bin
	refuses 1 'refused: wrong-measurement' "${tre[@]}" boot --components m2me/updated.jsonl
	refuses 1 'refused: wrong-measurement' "${tre[@]}" attach --identity
	m2m-note make firmware --key es/key.pem --cert es/cert.pem --to 'ACME;0001' --about m2me/firmware.bin component=firmware version=2 -o again.jws
	refuses 1 'refused: old-version' "${tre[@]}" firmware --image m2me/firmware.bin -i again.jws --pin owner/pin
	m2m-note make firmware --key sho-a/key.pem --cert sho-a/cert.pem --to 'ACME;0001' --about m2me/firmware.bin component=firmware version=3 -o foe.jws
	refuses 1 'refused: untrusted-chain' "${tre[@]}" firmware --image m2me/firmware.bin -i foe.jws --pin owner/pin
}

@test "step F9: the new policy binds the MCIM that is there, and no older one comes back" {
	spoil recertify
	[ "$(jq -c '[.versions.policy, .controls]' m2me/info.json)" = '["2",{"pin":true}]' ]
	refuses 1 'refused: old-version' "${tre[@]}" policy -i "$(find wire -name '*-es-m2me-policy.jws')" --pin owner/pin
	m2m-note make policy --key es/key.pem --cert es/cert.pem --to 'ACME;0001' version=1 policy_b64=@es/policy.json -o old.jws
	refuses 1 'refused: old-version' "${tre[@]}" policy -i old.jws --pin owner/pin
}

@test "step F5: the TRE takes no certificate of another PVA, and not the old one again" {
	spoil recertify
	refuses 1 'refused: wrong-state: it is older' "${tre[@]}" certify --cert pva/tre-old.pem --pin owner/pin
	refuses 1 'refused: pin-required' "${tre[@]}" certify --cert pva/tre.pem
	m2m-keygen ca --name PVA --key-out foe.key --cert-out foe.pem
	m2m-keygen sign --csr es/tre.csr --tre-id 'ACME;0001' --ca-key foe.key --ca-cert foe.pem --days 7301 -o forged.pem
	refuses 1 'refused: untrusted-chain' "${tre[@]}" certify --cert forged.pem --pin owner/pin
	# the PVA gives none for what it does not know
	step=$(m2m-walk --plan recertify | sed -n 's/^run\t\(jq -e --slurpfile known .*\)/\1/p')
	bash -c "$step"
	cp es/reference.jsonl pva/reference.jsonl
	rc=0
	bash -c "$step" || rc=$?
	[ "$rc" -eq 1 ]
}
