#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

world() {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	for who in ro sho-a sho-b; do m2m-keygen operator --name $who --key-out $who.key --cert-out $who.pem; done
	tre-sim --state tre init --tre-id 'ACME;0001'
	tre-sim --state tre keygen --csr-out tre.csr
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key ca.key --ca-cert ca.pem -o tre.pem
	pcid-issue --register es.db --plmn 001-01 --count 1 -o credential.jsonl
	tre-sim --state tre personalize --cert tre.pem --credential credential.jsonl --operator-cert ro.pem
	tre-sim --state tre token --to sho-a --to-cert sho-a.pem >token.jws
}

subscribe() {
	sho-subscribe --register sho-a.db --name "${1:-sho-a}" --key "${1:-sho-a}.key" --cert "${1:-sho-a}.pem" --tre-cert tre.pem \
		--trust "${3:-ca.pem}" --token token.jws --current-sho "${2:-ro}" --plmn 001-02 --server-url https://dpf.example/m --mcim-out mcim.json
}

@test "TR 33.812 B.2.3.2: subscription, MCIM.json and registration; nothing secret in the note" {
	world
	subscribe >registration.jws
	m2m-note check registration --trust sho-a.pem --to ro --about token.jws -i registration.jws >fields
	jq -e '.iss == "sho-a" and .tre_id == "ACME;0001" and (.cert_pem | startswith("-----BEGIN"))' fields
	[ "$(stat -c %a mcim.json)" = 600 ]
	[ "$(m2m-register export --register sho-a.db subscribers | jq -r .k)" = "$(jq -r .k mcim.json)" ]
	password=$(sqlite3 sho-a.db "SELECT json_extract(attached, '$.password') FROM offers WHERE kind = 'nonce_a'")
	[ "${#password}" -eq 32 ]
	[ "$(grep -c "$password" fields)" -eq 0 ]
}

@test "a token is for one use, one operator, one certificate, one TRE" {
	world
	refuses 1 'refused: wrong-operator' subscribe sho-b
	refuses 1 'refused: wrong-operator' subscribe sho-a sho-b
	refuses 1 'refused: untrusted-chain' subscribe sho-a ro sho-b.pem
	subscribe >registration.jws
	refuses 1 'refused: token-reused' subscribe
	m2m-keygen tre --tre-id 'ACME;0001' --key-out foe.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	refuses 1 'refused: (untrusted-chain|bad-signature|token-reused)' subscribe
	[ "$(m2m-register check --register sho-a.db)" = '{"subscribers":1,"discovery":1,"equipment":1}' ]
}

@test "K_NetVer that mcim-wrap would not take spends no token" {
	world
	local order=(sho-subscribe --register sho-a.db --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem --trust ca.pem --token token.jws
		--current-sho ro --plmn 001-02 --mcim-out mcim.json -o registration.jws)
	local i
	for i in '{"a":1}' 00112233 "$(printf '%064d\n' {1..17})" "$(printf '%063dx' 1)"; do
		printf '%s\n' "$i" >knetver
		refuses 3 'knetver: want' "${order[@]}" --knetver knetver
	done
	[ ! -e mcim.json ]
	printf '%064d\n' {1..16} >knetver
	"${order[@]}" --knetver knetver
	mcim-wrap --tre-cert tre.pem --tre-id 'ACME;0001' --operator-cert sho-a.pem -i mcim.json -o blob
}

@test "TR 33.812 B.2.2.1 NOTE 4: a TRE with a second pair, for encryption" {
	world
	rm -r tre tre.device
	tre-sim --state tre init --tre-id 'ACME;0001'
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --enc-key-out enc.key --enc-cert-out enc.pem --ca-key ca.key --ca-cert ca.pem --force
	tre-sim --state tre personalize --key tre.key --cert tre.pem --enc-key enc.key --enc-cert enc.pem --credential credential.jsonl --operator-cert ro.pem
	tre-sim --state tre token --to sho-a --to-cert sho-a.pem >token.jws
	two() {
		sho-subscribe --register sho-a.db --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem --trust ca.pem \
			--token token.jws --current-sho ro --plmn 001-02 "$@"
	}
	refuses 1 'refused: wrong-usage' two
	refuses 1 'refused: wrong-usage' two --tre-enc-cert tre.pem
	m2m-keygen tre --tre-id 'ACME;0002' --key-out k2 --cert-out c2.pem --enc-key-out e2 --enc-cert-out e2.pem --ca-key ca.key --ca-cert ca.pem
	refuses 1 'refused: wrong-tre' two --tre-enc-cert e2.pem
	refuses 1 'refused: untrusted-chain' two --tre-enc-cert ro.pem
	two --tre-enc-cert enc.pem -o registration.jws
	m2m-note check registration --trust sho-a.pem --to ro -i registration.jws >fields
	[ "$(jq -r .server_url fields)" = https://dpf.sho-a/ ]
	jq -r .credentials_b64 fields | base64 -d >credentials
	bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;0001' --server-url https://dpf.sho-a/ --server-cert sho-a.pem --credentials credentials -o bootstrap.xml
	tre-sim --state tre bootstrap -i bootstrap.xml >out
	[ "$(jq -r .sho out)" = sho-a ]
}

@test "TR 33.812 5.1.3.6.3 step 8: the PCID that stays the IMSI is this TRE's, of this network, and alive" {
	world
	tre-sim --state tre token --to ro --to-cert ro.pem >token.jws
	keep() {
		sho-subscribe --register ro.db --name ro --key ro.key --cert ro.pem --tre-cert tre.pem --trust ca.pem --token token.jws \
			--current-sho ro --plmn "${plmn-001-01}" --keep-imsi "${imsi-001010000000001}" --mcim-out mcim.json
	}
	record() { jq -c "$1" credential.jsonl | m2m-register import --register ro.db subscribers; }
	refuses 1 'refused: unknown-imsi' keep
	record .
	refuses 1 'refused: wrong-tre' keep
	record '.tre_id = "ACME;0002"'
	refuses 1 'refused: wrong-tre' keep
	record '.tre_id = "ACME;0001" | .status = "waiting"'
	refuses 1 'refused: subscriber-waiting' keep
	record '.tre_id = "ACME;0001" | .status = "blocked"'
	refuses 1 'refused: subscriber-blocked' keep
	record 'del(.ind_bits) | .tre_id = "ACME;0001" | .sqn = "000000000c21"'
	plmn=001-02 refuses 1 'refused: wrong-operator' keep
	imsi=12 refuses 2 'keep-imsi' keep
	[ ! -e mcim.json ]
	m2m-register export --register ro.db subscribers >before
	keep >registration.jws
	m2m-register export --register ro.db subscribers | diff before -
	[ "$(jq -c '[.imsi, .k, .opc]' mcim.json)" = "$(jq -c '[.imsi, .k, .opc]' before)" ]
	[ "$(jq .aka.ind_bits mcim.json)" = 5 ]
	refuses 1 'refused: token-reused' keep
}
