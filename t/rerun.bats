#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Where a result cannot be written, nothing is spent: status 4, no file is left, and the same call
# with a right -o gets through (m2m-exit(7)).
load lib
load procedure

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

# what is in the folder, less what a test and SQLite have beside it
names() {
	find . -mindepth 1 -maxdepth 1 ! -name '*-wal' ! -name '*-shm' ! -name out ! -name err ! -name files -printf '%P\n' | sort
}

# lost CMD... [-o TARGET comes last]: no folder, a device that is full, a stdout that is, a closed pipe
lost() {
	local rc=0
	names >files
	refuses 4 'nodir/x: No such file' "$@" -o nodir/x
	refuses 4 '/dev/full: No space left' "$@" -o /dev/full
	"$@" 2>err >/dev/full || rc=$?
	[ "$rc" -eq 4 ]
	grep -q 'No space left' err
	rc=0
	(trap '' PIPE; set +o pipefail; { sleep 0.2; "$@" 2>err || echo $? >rc; } | :)
	[ "$(cat rc)" -eq 4 ]
	rm -f rc out err
	diff <(names) files
}

# in a copy of a run's new operator
world() {
	walk_once annex-b-initial ec-p256
	cp -a "$RUN" copy
	cd copy/sho-a || return
	: >err
}

@test "m2m-note check: the jti" {
	m2m-keygen operator --name sho-a --key-out a.key --cert-out a.pem
	m2m-note make ack --key a.key --cert a.pem --to ro -o n
	m2m-register import --register reg subscribers </dev/null
	lost m2m-note check ack --trust a.pem --to ro --register reg -i n
	m2m-note check ack --trust a.pem --to ro --register reg -i n -o claims
	refuses 1 'refused: note-replayed' m2m-note check ack --trust a.pem --to ro --register reg -i n
}

@test "uicc-keys make and release: the pairs" {
	m2m-keygen operator --name mno-a --key-out a.key --cert-out a.pem
	m2m-register import --register reg subscribers </dev/null
	lost uicc-keys make --register reg --iccid 89430100000000000017 --count 2 --entitled mno-a
	uicc-keys make --register reg --iccid 89430100000000000017 --count 2 --entitled mno-a -o pairs
	refuses 1 'refused: key-exists' uicc-keys make --register reg --iccid 89430100000000000017 --count 2 --entitled mno-a -o again
	lost uicc-keys release --register reg --iccid 89430100000000000017 --index 1 --recipient a.pem
	uicc-keys release --register reg --iccid 89430100000000000017 --index 1 --recipient a.pem -o sealed
}

@test "mcim-rules make and take: the authorization and the number" {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen operator --name sho-a --key-out a.key --cert-out a.pem
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	printf '{"plmn":"001-02","first":700000001,"last":700000001}\n' >rules.json
	m2m-note make authorization --key a.key --cert a.pem --to ro tre_id='ACME;0001' tre_cert_pem=@tre.pem rules_b64=@rules.json -o rules
	m2m-register import --register ro.reg subscribers </dev/null
	m2m-register import --register sho.reg subscribers </dev/null
	make=(mcim-rules make --authorization rules --trust a.pem --to ro --register ro.reg)
	lost "${make[@]}" --credentials told
	refuses 4 'nodir/told' "${make[@]}" --credentials nodir/told -o blob
	refuses 4 '/dev/full' "${make[@]}" --credentials /dev/full -o blob
	[ ! -e blob ]
	"${make[@]}" --credentials told -o blob
	take=(mcim-rules take --authorization rules --trust a.pem --register sho.reg --key a.key -i told)
	lost "${take[@]}"
	"${take[@]}" -o taken
	refuses 1 'refused: (note-replayed|double-imsi)' "${take[@]}"
}

@test "mcimobj-make: nonce_B" {
	world
	m2m-register import --register new.reg subscribers </dev/null
	make=(mcimobj-make --key key.pem --cert cert.pem --mcim mcim.blob --result-trust attest-cert.pem --token token.jws --result result.jws --register new.reg)
	lost "${make[@]}"
	"${make[@]}" -o made
	refuses 1 'refused: nonce-replayed' "${make[@]}"
}

@test "sho-subscribe: the token, the subscription, and no K left behind" {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	for who in ro sho-a; do m2m-keygen operator --name $who --key-out $who.key --cert-out $who.pem; done
	tre-sim --state tre init --tre-id 'ACME;0001'
	tre-sim --state tre keygen --csr-out tre.csr
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key ca.key --ca-cert ca.pem -o tre.pem
	pcid-issue --register es.db --plmn 001-01 --count 1 -o credential.jsonl
	tre-sim --state tre personalize --cert tre.pem --credential credential.jsonl --operator-cert ro.pem
	tre-sim --state tre token --to sho-a --to-cert sho-a.pem >token.jws
	m2m-register import --register new.reg subscribers </dev/null
	order=(sho-subscribe --register new.reg --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem --trust ca.pem --token token.jws
		--current-sho ro --plmn 001-02)
	lost "${order[@]}" --mcim-out mcim.new
	[ "$(m2m-register check --register new.reg)" = '{"subscribers":0,"discovery":0,"equipment":0}' ]
	refuses 4 'nodir/m' "${order[@]}" --mcim-out nodir/m -o registration.new
	[ ! -e registration.new ]
	"${order[@]}" --mcim-out mcim.new -o registration.new
	refuses 1 'refused: token-reused' "${order[@]}" -o again
}

@test "pva-verify: nonce_A" {
	m2m-walk annex-b-initial --dir asked --until 5 --quiet
	cd asked/sho-a
	m2m-keygen operator --name pva.sho-a --role attestation --key-out attest-key.pem --cert-out attest-cert.pem
	verify=(pva-verify --trust cert-pva.pem --register register.db -i m2meobj.xml)
	lost "${verify[@]}"
	lost "${verify[@]}" --sign-key attest-key.pem --sign-cert attest-cert.pem
	"${verify[@]}" -o r
	refuses 1 'refused: nonce-replayed' "${verify[@]}" -o r
}
