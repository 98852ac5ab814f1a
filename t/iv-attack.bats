#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# TR 33.812 B.2.3.6: Protected_data = ENC_PCK(data) | MAC_PIK(ENC_PCK(data)). The IV of AES-CBC is not
# under that MAC: who changes it on the way chooses the first octets of data, which are its tag and
# its length, and no key is needed. Shown against a copy of the report's formula, and in vain here.
load lib

hex() {
	od -An -v -tx1 "$@" | tr -d ' \n'
}

octets() {
	printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"
}

# ---- a copy of the report's formula, by openssl: files iv, text and mac under $pik and $pck ----

report_seal() {
	openssl rand 16 >iv
	openssl enc -aes-128-cbc -nopad -K "$pck" -iv "$(hex iv)" -in "$1" -out text
	openssl dgst -sha1 -mac HMAC -macopt hexkey:"$pik" -binary text >mac
}

# the MAC first, as it should be; fails where it is wrong
report_open() {
	openssl dgst -sha1 -mac HMAC -macopt hexkey:"$pik" -binary text | cmp -s - mac &&
		openssl enc -d -aes-128-cbc -nopad -K "$pck" -iv "$(hex iv)" -in text
}

# changed FILE PLACE MASK: that octet of the file, from 0, is another
changed() {
	local n
	n=$(od -An -tu1 -j "$2" -N 1 "$1")
	octets "$(printf %02x $((n ^ $3)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# data = tag | payload_length (4) | payload | version | padding_data: an MCIM's
data() {
	local len pad
	len=$(wc -c <der)
	pad=$((16 - (6 + len) % 16))
	printf '\1'
	octets "$(printf %08x "$len")"
	cat der
	printf '\0'
	octets "$(printf "$(printf %02x $pad)%.0s" $(seq $pad))"
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	m2m-keygen tre --tre-id 'ACME;0001' --alg rsa-2048 --key-out rsa.key --cert-out rsa.pem --ca-key ca.key --ca-cert ca.pem
	echo '{"application":"usim","imsi":"001010123456789","k":"465b5ce8b199b49faa5f0a2ee238a6bc","alg":"milenage","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >mcim.json
	mcim-wrap --der-only -i mcim.json -o der
}

setup() {
	enter
	ln -s "$BATS_FILE_TMPDIR"/* .
}

@test "the report's formula: an MCIM becomes an update, and its length another, under a right MAC" {
	local pik pck
	pik=$(openssl rand -hex 20)
	pck=$(openssl rand -hex 16)
	data >data
	report_seal data
	report_open | cmp - data
	# without any key: tag 1 (MCIM) becomes 3 (update), and 2 (algorithm)
	cp iv iv.good
	changed iv 0 $((1 ^ 3))
	report_open >forged
	[ "$(hex -N 1 forged)" = 03 ]
	cmp <(tail -c +2 data) <(tail -c +2 forged)
	cp iv.good iv
	changed iv 0 $((1 ^ 2))
	[ "$(report_open | head -c 1 | hex)" = 02 ]
	# the payload's length, and its first octets
	cp iv.good iv
	changed iv 4 1
	report_open >forged
	[ "$((16#$(hex -j 1 -N 4 forged)))" -eq $((16#$(hex -j 1 -N 4 data) ^ 1)) ]
	# the copy's MAC is no empty promise: the text is under it
	cp iv.good iv
	changed text 0 1
	run ! report_open
}

@test "the same attack here: any octet of the IV changed is a MAC that is wrong" {
	local alg suite n i
	for alg in tre rsa; do
		for suite in tr33812 modern; do
			mcim-wrap --tre-cert $alg.pem --suite $suite -i mcim.json -o blob
			mcim-unwrap --key $alg.key --tre-id 'ACME;0001' -i blob -o out.good
			n=$((10 + 16#$(hex -j 8 -N 2 blob)))
			for i in $(seq 0 15); do
				cp blob forged
				changed forged $((n + i)) 2
				refuses 1 'refused: mac-mismatch: the blob does not open' mcim-unwrap --key $alg.key --tre-id 'ACME;0001' -i forged
			done
			# the names of the algorithms are under the MAC too: suite, key transport
			cp blob forged
			changed forged 5 3
			refuses 1 'refused: mac-mismatch: the blob does not open' mcim-unwrap --key $alg.key --tre-id 'ACME;0001' -i forged
			# and the place that was aimed at is the IV: the octet behind the key block
			[ $((n + 16 + 32 + $([ $suite = tr33812 ] && echo 20 || echo 32))) -le "$(wc -c <blob)" ]
		done
	done
}
