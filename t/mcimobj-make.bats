#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

# in a copy of a run's new operator
world() {
	walk_once annex-b-initial ec-p256
	cp -a "$RUN" copy
	cd copy/sho-a || return
	make=(mcimobj-make --key key.pem --cert cert.pem --mcim mcim.blob --result-trust attest-cert.pem --token token.jws)
}

@test "TR 33.812 B.2.3.4 step 7: made from a result that says yes" {
	world
	"${make[@]}" --result result.jws -o o.xml
	grep -q 'Authorizationtoken' o.xml
	"${make[@]}" --result result.jws --syncml --wbxml -o o.wbxml
	[ "$(od -An -tx1 -N1 o.wbxml | tr -d ' ')" = 03 ]
}

@test "refused: a verdict of no, another signer, the wrong role, too old, altered" {
	world
	pva-verify --trust attest-cert.pem --sign-key attest-key.pem --sign-cert attest-cert.pem -i m2meobj.xml -o no.jws 2>err || true
	refuses 1 'refused: validation-failed' "${make[@]}" --result no.jws
	refuses 1 'refused: untrusted-chain' mcimobj-make --key key.pem --cert cert.pem --mcim mcim.blob --result result.jws --result-trust ../ro/cert.pem
	refuses 1 'refused: note-expired' "${make[@]}" --result result.jws --at 2027-06-01T00:00:00Z
	refuses 1 'refused: wrong-usage' pva-verify --trust cert-pva.pem --sign-key key.pem --sign-cert cert.pem -i m2meobj.xml -o role.jws
	[ ! -e role.jws ]
}

@test "refused: the token of another operator, a nonce_B that was used" {
	world
	refuses 1 'refused: wrong-operator' mcimobj-make --key ../ro/key.pem --cert ../ro/cert.pem --mcim mcim.blob \
		--result result.jws --result-trust attest-cert.pem --token token.jws
	refuses 1 'refused: nonce-replayed' "${make[@]}" --result result.jws --register register.db
	refuses 3 'want a blob' mcimobj-make --key key.pem --cert cert.pem --mcim token.jws --result result.jws --result-trust attest-cert.pem
}

@test "5.1.3.6.3: a DPF that is not the SHO's makes it with the SHO's authorization" {
	world
	m2m-keygen operator --name dpf.ro --role dpf --key-out dpf.key --cert-out dpf.pem
	cat attest-cert.pem cert.pem >trust.pem
	m2m-note make authorization --key key.pem --cert cert.pem --to dpf.ro --about mcim.blob -o allowed.jws "tre_id=ACME;0001"
	by_dpf=(mcimobj-make --key dpf.key --cert dpf.pem --mcim mcim.blob --result result.jws --result-trust trust.pem --token token.jws --authorization allowed.jws)
	"${by_dpf[@]}" --register dpf.db -o o.xml
	refuses 1 'refused: nonce-replayed' "${by_dpf[@]}" --register dpf.db
	"${by_dpf[@]}" -o o.xml
	refuses 1 'refused: wrong-operator' mcimobj-make --key dpf.key --cert dpf.pem --mcim mcim.blob --result result.jws --result-trust trust.pem --token token.jws
	m2m-note make authorization --key key.pem --cert cert.pem --to dpf.foe --about mcim.blob -o allowed.jws 'tre_id=ACME;0001'
	refuses 1 'refused: wrong-recipient' "${by_dpf[@]}"
	m2m-note make authorization --key key.pem --cert cert.pem --to dpf.ro --about token.jws -o allowed.jws 'tre_id=ACME;0001'
	refuses 1 'refused: wrong-subject' "${by_dpf[@]}"
	m2m-note make authorization --key key.pem --cert cert.pem --to dpf.ro --about mcim.blob -o allowed.jws 'tre_id=ACME;0002'
	refuses 1 'refused: wrong-tre' "${by_dpf[@]}"
	m2m-note make authorization --key dpf.key --cert dpf.pem --to dpf.ro --about mcim.blob -o allowed.jws 'tre_id=ACME;0001'
	refuses 1 'refused: untrusted-chain' "${by_dpf[@]}"
	m2m-note make status --key key.pem --cert cert.pem --to dpf.ro --about mcim.blob -o allowed.jws 'tre_id=ACME;0001'
	refuses 1 'refused: wrong-type' "${by_dpf[@]}"
}
