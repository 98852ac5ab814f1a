#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

blobs() {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	m2m-keygen tre --tre-id 'ACME;0002' --key-out other.key --cert-out other.pem --ca-key ca.key --ca-cert ca.pem
	echo '{"application":"usim","imsi":"001010123456789","k":"465b5ce8b199b49faa5f0a2ee238a6bc","alg":"milenage","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >mcim.json
	mcim-wrap --tre-cert tre.pem -i mcim.json -o blob
	mcim-wrap --tre-cert tre.pem --format cms -i mcim.json -o blob.cms
}

flip() {
	local n
	n=$(od -An -tu1 -j "$2" -N 1 "$1")
	cp "$1" flipped
	printf '%b' "$(printf '\\x%02x' $((n ^ 1)))" | dd of=flipped bs=1 seek="$2" conv=notrunc status=none
}

@test "an octet flipped or cut anywhere: one and the same refusal" {
	blobs
	local at size f
	for f in blob blob.cms; do
		size=$(stat -c %s $f)
		for at in $(seq 0 17 $((size - 1))) 5 6 7 8 9 $((size - 1)); do
			[ "$f $at" != 'blob.cms 0' ] || continue
			flip $f "$at"
			refuses 1 '^mcim-unwrap: refused: mac-mismatch: the blob does not open' mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i flipped
			head -c "$at" $f >cut
			refuses 1 '^mcim-unwrap: refused: mac-mismatch: the blob does not open' mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i cut
		done
	done
}

@test "another key, another TRE_id: the same refusal" {
	blobs
	refuses 1 'refused: mac-mismatch' mcim-unwrap --key other.key --tre-id 'ACME;0001' -i blob
	refuses 1 'refused: mac-mismatch' mcim-unwrap --key tre.key --tre-id 'ACME;0002' -i blob
	refuses 1 'refused: wrong-tre' mcim-unwrap --key tre.key --tre-id 'ACME;0002' -i blob.cms
	refuses 2 'tre-id is wanted' mcim-unwrap --key tre.key -i blob
}

@test "m2m-files(5): CMS by RSA is OAEP with SHA-256 alone, and without a label" {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id 'ACME;0001' --alg rsa-2048 --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	echo '{"application":"usim","imsi":"262011234567890","alg":"milenage","k":"000102030405060708090a0b0c0d0e0f","opc":"000102030405060708090a0b0c0d0e0f"}' >mcim.json
	mcim-wrap --tre-cert tre.pem --format cms -i mcim.json -o blob
	openssl cms -decrypt -inform DER -in blob -inkey tre.key -binary -out data
	seal() {
		openssl cms -encrypt -binary -in data -outform DER -out theirs -aes-256-gcm -recip tre.pem -keyopt rsa_padding_mode:oaep "$@"
	}
	local sha256=(-keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha256)
	seal "${sha256[@]}"
	mcim-unwrap --key tre.key -i theirs | jq -e '.imsi == "262011234567890"'
	no() {
		seal "$@"
		refuses 1 'refused: mac-mismatch' mcim-unwrap --key tre.key -i theirs
	}
	no -keyopt rsa_oaep_md:sha1
	no -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha1
	no -keyopt rsa_oaep_md:sha1 -keyopt rsa_mgf1_md:sha256
	no -keyopt rsa_oaep_md:sha384 -keyopt rsa_mgf1_md:sha384
	no "${sha256[@]}" -keyopt rsa_oaep_label:41
}

@test "the other tags" {
	blobs
	printf 'code' | mcim-wrap --tre-cert tre.pem --tag algorithm -o code.blob
	[ "$(mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i code.blob)" = code ]
	echo '{"application":"usim","fplmn":["262-01"]}' | mcim-wrap --tre-cert tre.pem --tag update -o update.blob
	[ "$(mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i update.blob | jq -c .fplmn)" = '["262-01"]' ]
	mcim-unwrap --key tre.key --tre-id 'ACME;0001' --der -i blob >der
	[ "$(od -An -tx1 -N1 der | tr -d ' ')" = 30 ]
}
