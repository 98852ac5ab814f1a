#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The DPF makes the MCIM by the SHO's rules, and tells the SHO: TR 33.812 5.1.3.4.3, B.3.
load lib

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	for who in sho-a sho-b; do m2m-keygen operator --name $who --key-out $who.key --cert-out $who.pem; done
	for n in 1 2; do m2m-keygen tre --tre-id "ACME;000$n" --key-out tre$n.key --cert-out tre$n.pem --ca-key ca.key --ca-cert ca.pem; done
}

world() {
	cp "$BATS_FILE_TMPDIR"/world/* .
}

# authorized RULES [NAME] [OPTIONS]: the SHO's note to ro
authorized() {
	printf '%s\n' "$1" >rules.json
	m2m-note make authorization --key "${2-sho-a}.key" --cert "${2-sho-a}.pem" --to "${to-ro}" "tre_id=${tre-ACME;0001}" tre_cert_pem=@tre1.pem \
		rules_b64=@rules.json -o rules.jws "${@:3}"
}

make() {
	mcim-rules make --authorization rules.jws --trust sho-a.pem --to ro --register ro.db --credentials told.cms -o mcim.blob "$@"
}

take() {
	mcim-rules take --authorization rules.jws --trust sho-a.pem --register sho-a.db --key sho-a.key "$@"
}

rules='{"plmn":"001-02","first":700000001,"last":700000002,"mcim":{"fplmn":["001-99"]}}'

# told FILTER [RECIPIENT]: what the DPF told, changed, and sealed again
told() {
	openssl cms -decrypt -inform DER -in told.cms -inkey sho-a.key -recip sho-a.pem | jq -c "$1" >record.jsonl
	openssl cms -encrypt -binary -aes-256-gcm -aes256-wrap -outform DER -in record.jsonl -out changed.cms \
		-recip "${2-sho-a.pem}" -keyopt ecdh_kdf_md:sha256
}

@test "make and take: the MCIM that the TRE opens has the IMSI, K and OPc that the AuC has" {
	world
	authorized "$rules"
	make
	take -i told.cms >said
	[ "$(cat said)" = '{"imsi":"001020700000001","tre_id":"ACME;0001"}' ]
	mcim-unwrap --key tre1.key --tre-id 'ACME;0001' -i mcim.blob -o mcim.json
	m2m-register export --register sho-a.db subscribers >ours
	[ "$(jq -c '[.imsi, .k, .opc]' ours)" = "$(jq -c '[.imsi, .k, .opc]' mcim.json)" ]
	[ "$(jq -c .fplmn mcim.json)" = '["001-99"]' ]
	[ "$(stat -c %a mcim.json)" = 600 ]
	[ "$(ro-drf-lookup --register sho-a.db --by tre_id 'ACME;0001' | jq -r '.sho + " " + .status')" = 'sho-a subscribing' ]
	m2m-register export --register ro.db subscribers >theirs
	[ "$(jq -c 'has("k") or has("opc")' theirs)" = false ]
	jq -r '.k, .opc' ours >known
	for secret in $(cat known); do
		run ! grep -qaiF "$secret" ro.db ro.db-wal told.cms mcim.blob
	done
}

@test "make: an authorization counts once, for this DPF, from that SHO, while it lasts" {
	world
	authorized "$rules"
	make
	refuses 1 'refused: note-replayed' make
	refuses 1 'refused: wrong-recipient' mcim-rules make --authorization rules.jws --trust sho-a.pem --to vno --register ro.db --credentials x -o y
	authorized "$rules" sho-b
	refuses 1 'refused: untrusted-chain' make
	authorized "$rules" sho-a --at 2020-01-01T00:00:00Z
	refuses 1 'refused: (note-expired|not-yet-valid)' make
	tre='ACME;0002' authorized "$rules"
	refuses 1 'refused: wrong-tre' make
	authorized "$rules"
	make
	authorized "$rules"
	refuses 3 'numbers of 001-02/700000001-700000002 are used up' make
	[ "$(m2m-register export --register ro.db subscribers | jq -r .imsi | paste -sd ' ')" = '001020700000001 001020700000002' ]
}

@test "make: rules that are none" {
	world
	local bad
	for bad in '{}' '{"plmn":"001-02"}' '{"plmn":"001-02","first":5,"last":4}' '{"plmn":"1","first":1,"last":4}' \
		'{"plmn":"001-02","first":0,"last":4}' '{"plmn":"001-02","first":1,"last":10000000000}' \
		'{"plmn":"001-02","first":1,"last":4,"mcim":[]}' '{"plmn":"001-02","first":1,"last":4,"mcim":{"k":"00"}}' \
		'{"plmn":"001-02","first":1,"last":4,"mcim":{"imsi":"001010000000001"}}' '{"plmn":"001-02","first":1,"last":4,"more":1}' 'no JSON'; do
		authorized "$bad"
		refuses 3 'mcim-rules: ' make || {
			echo "$bad"
			return 1
		}
	done
	# files that no MCIM has are found when it is made, and nothing is taken
	authorized '{"plmn":"001-02","first":1,"last":4,"mcim":{"fplmn":7}}'
	refuses 3 'mcim-rules: ' make
	[ "$(m2m-register check --register ro.db | jq .subscribers)" = 0 ]
	[ ! -e mcim.blob ]
	[ ! -e told.cms ]
	# an authorization without rules makes nothing
	m2m-note make authorization --key sho-a.key --cert sho-a.pem --to ro tre_id='ACME;0001' tre_cert_pem=@tre1.pem -o rules.jws
	refuses 3 'rules_b64' make
}

@test "take: what goes beyond the rules is refused, field by field, and nothing is entered" {
	world
	authorized "$rules"
	make
	local change
	for change in '.imsi = "001020000000001"' '.imsi = "001020700000003"' '.imsi = "001030700000001"' '.imsi = "00102070000001"' \
		'.alg = "tuak"' '.amf = "0000"' '.sqn = "0000000000ff"' '.status = "waiting"' '.not_after = "2030-01-01T00:00:00Z"' \
		'.ind_bits = 0' '.restrictions = {}' '.sqn_scheme = "general"' '.iccid = "89430100000000000017"' 'del(.imsi)'; do
		told "$change"
		refuses 1 'refused: beyond-rules' take -i changed.cms || {
			echo "$change"
			return 1
		}
	done
	told '.tre_id = "ACME;0002"'
	refuses 1 'refused: wrong-tre' take -i changed.cms
	told 'del(.k)'
	refuses 3 'want k and opc' take -i changed.cms
	told . sho-b.pem
	refuses 1 'refused: mac-mismatch' take -i changed.cms
	printf x >>told.cms
	refuses 1 'refused: mac-mismatch' take -i told.cms
	[ ! -e sho-a.db ] || [ "$(m2m-register check --register sho-a.db | jq .subscribers)" = 0 ]
}

@test "take: once, by its own authorization, and no IMSI that is a subscriber's already" {
	world
	authorized "$rules"
	make
	refuses 1 'refused: untrusted-chain' mcim-rules take --authorization rules.jws --trust sho-b.pem --register sho-a.db --key sho-a.key -i told.cms
	pcid-issue --register sho-a.db --plmn 001-02 --first 700000001 --last 700000001 --count 1 -o theirs
	refuses 1 'refused: double-imsi' take -i told.cms
	[ "$(m2m-register export --register sho-a.db subscribers | jq -r .k)" = "$(jq -r .k theirs)" ]
	rm sho-a.db*
	take -i told.cms >said
	told '.imsi = "001020700000002"'
	refuses 1 'refused: note-replayed' take -i changed.cms
}

@test "mcim-rules: what is missing" {
	refuses 2 'are wanted' mcim-rules make --authorization a --trust b --to ro --register c
	refuses 2 'are wanted' mcim-rules take --authorization a --trust b --register c
	refuses 2 'by-rules' sho-subscribe --register a --name b --key c --cert d --trust e --plmn 001-02 --by-rules --mcim-out f --tre-cert g --token h --current-sho i
}
