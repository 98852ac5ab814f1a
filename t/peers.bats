#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Peers: what we make is read by other programs, and what they make by us, with random inputs
# (SEED=... gives the same again).
load lib

seed=${SEED:-$RANDOM}

hex() {
	od -An -v -tx1 "$@" | tr -d ' \n'
}

octets() {
	printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"
}

# rnd N LABEL: N hex digits, from the seed
rnd() {
	local text=''
	for ((i = 0; ${#text} < $1; i++)); do
		text+=$(printf '%s' "$seed $2 $i" | sha256sum | cut -c1-64)
	done
	printf '%s' "${text:0:$1}"
}

# number LIMIT LABEL
number() {
	printf '%d' $((16#$(rnd 7 "$2") % $1))
}

digits() {
	local text
	text=$(rnd 200 "$2" | tr -d a-f)
	printf '%s' "${text:0:$1}"
}

# random_mcim N: a description
random_mcim() {
	local n=$1
	jq -cn --arg imsi "00101$(digits 10 "imsi $n")" --arg k "$(rnd 32 "k $n")" --arg opc "$(rnd 32 "opc $n")" \
		--arg p "$(digits 3 "p $n")-$(digits 3 "q $n")" --argjson acc "$(number 10 "acc $n")" \
		--argjson ind "$(number 6 "ind $n")" --arg ef "$(rnd $((2 + 2 * $(number 90 "len $n"))) "ef $n")" \
		'{application: "usim", imsi: $imsi, k: $k, alg: "milenage", opc: $opc, acc: [$acc], fplmn: [$p], aka: {ind_bits: $ind}, ef: {"6fc4": $ef}}'
}

world() {
	echo "SEED=$seed"
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id 'ACME;0001' --alg "$1" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	random_mcim 0 >mcim.json
}

@test "asn1c's own converter: our DER and PER are its, from binary and from XML, and its are read by us" {
	local converter=${FREEWATCH_SO%/*}/asn1-converter n
	[ -x "$converter" ] || skip 'built with the plain tools alone; make check does this'
	echo "SEED=$seed"
	for n in $(seq 8); do
		random_mcim "$n" >mcim.json
		mcim-wrap --der-only -i mcim.json -o der
		mcim-wrap --uper-only -i mcim.json -o uper
		"$converter" -iber -oder der | cmp - der
		"$converter" -iber -oper der | cmp - uper
		"$converter" -iber -oxer der >xer
		grep -q '<efid>28423</efid>' xer
		"$converter" -ixer -oder xer >der2
		cmp der der2
		"$converter" -ixer -oper xer | cmp - uper
		"$converter" -iper -oder uper | cmp - der
		# the files in another order, by its hand: the same module to us
		mcim-wrap --json-only -i der -o json
		mcim-wrap --json-only -i der2 | cmp - json
	done
}

# shake TOPC INSTANCE RAND AMF SQN K: TUAK's IN in the order of TS 35.231 7.1, octets of a string turned round; with one
# iteration its OUT is what SHAKE256 gives of the first 96 octets
shake() {
	local field in=''
	for field in "$1" "$2" "$(printf 'TUAK1.0' | hex)" "$3" "$4" "$5" "$6"; do
		in+=$(fold -w2 <<<"$field" | tac | tr -d '\n')
	done
	[ ${#in} -eq 192 ] || in+=$(printf '%032d' 0)
	octets "$in" | openssl dgst -shake256 -xoflen 102 -binary | hex
}

# turned OUT FROM OCTETS
turned() {
	fold -w2 <<<"${1:2*$2:2*$3}" | tac | tr -d '\n'
}

@test "TUAK by openssl's SHAKE256, every length" {
	local n k klen top topc rand sqn amf mac res ck ik out inst
	echo "SEED=$seed"
	for n in $(seq 24); do
		klen=$((n % 2)) mac=$((1 << n % 3)) res=$((n % 4)) ck=$((n / 4 % 2)) ik=$((n / 8 % 2))
		k=$(rnd $((32 << klen)) "tk $n") top=$(rnd 64 "top $n") rand=$(rnd 32 "tr $n") sqn=$(rnd 12 "ts $n") amf=$(rnd 4 "ta $n")
		topc=$(turned "$(shake "$top" "0$klen" "$(printf '%032d' 0)" 0000 000000000000 "$k")" 0 32)
		jq -cn --arg k "$k" --arg top "$top" --arg rand "$rand" --arg sqn "$sqn" --arg amf "$amf" '$ARGS.named' |
			tuak --mac-bits $((64 * mac)) --res-bits $((32 << res)) --ck-bits $((128 << ck)) --ik-bits $((128 << ik)) >ours
		jq -r '.topc, .f1, .f1s, .f2, .f3, .f4, .f5, .f5s' ours >got
		inst=$((8 * mac | klen))
		{
			echo "$topc"
			out=$(shake "$topc" "$(printf %02x $inst)" "$rand" "$amf" "$sqn" "$k") && turned "$out" 0 $((8 * mac)) && echo
			out=$(shake "$topc" "$(printf %02x $((0x80 | inst)))" "$rand" "$amf" "$sqn" "$k") && turned "$out" 0 $((8 * mac)) && echo
			inst=$((0x40 | (res ? 4 << res : 0) | ck << 2 | ik << 1 | klen))
			out=$(shake "$topc" "$(printf %02x $inst)" "$rand" 0000 000000000000 "$k")
			turned "$out" 0 $((4 << res)) && echo
			turned "$out" 32 $((16 << ck)) && echo
			turned "$out" 64 $((16 << ik)) && echo
			turned "$out" 96 6 && echo
			out=$(shake "$topc" "$(printf %02x $((0xc0 | klen)))" "$rand" 0000 000000000000 "$k") && turned "$out" 96 6 && echo
		} >theirs
		diff got theirs
	done
}

@test "openssl cms opens ours, and we open its" {
	local alg n
	for alg in ec-p256 ec-p384 rsa-2048; do
		world $alg
		mcim-wrap --tre-cert tre.pem --format cms -i mcim.json -o blob
		openssl cms -decrypt -inform DER -in blob -inkey tre.key -recip tre.pem -binary -out data
		n=$((16#$(hex -j 1 -N 4 data)))
		tail -c +6 data | head -c "$n" >der
		[ "$(mcim-wrap --json-only -i der | jq -r '.imsi + .k')" = "$(jq -r '.imsi + .k' mcim.json)" ]
		# its, of the same data
		local how=()
		case $alg in
		rsa*) how=(-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha256) ;;
		*) how=(-keyopt ecdh_kdf_md:sha256 -aes256-wrap) ;;
		esac
		openssl cms -encrypt -outform DER -binary -aes-256-gcm -in data -out its.cms -recip tre.pem "${how[@]}"
		mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i its.cms >back
		[ "$(jq -r '.imsi + .k' back)" = "$(jq -r '.imsi + .k' mcim.json)" ]
		rm -f ./*.key
	done
}

# unwrapped BLOB: data, by openssl's commands and m2m-files(5) alone; fails where the MAC is wrong
unwrapped() {
	local all n head block spki eph point kek z keys pik pck id own suite md aes klen mlen
	all=$(hex "$1")
	head=${all:0:20} suite=${all:10:2} n=$((16#${all:16:4}))
	[ "${head:0:8}" = "$(printf MCIM | hex)" ]
	case $suite in
	01) md=sha1 aes=aes-128-cbc klen=16 mlen=20 ;;
	02) md=sha256 aes=aes-256-cbc klen=32 mlen=32 ;;
	esac
	block=${all:20:$((2 * n))}
	id=$(printf 'ACME;0001' | hex)
	if [ "${all:12:2}" = 01 ]; then
		keys=$(octets "$block" | openssl pkeyutl -decrypt -inkey tre.key -pkeyopt rsa_padding_mode:oaep \
			-pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 | hex)
	else
		openssl pkey -in tre.key -pubout -outform DER -out own.der
		point=$((n - 32 - klen - 8))
		eph=${block:0:$((2 * point))}
		own=$(tail -c "$point" own.der | hex)
		spki=$(head -c -"$point" own.der | hex)$eph
		octets "$spki" | openssl pkey -pubin -inform DER -out eph.pem
		z=$(openssl pkeyutl -derive -inkey tre.key -peerkey eph.pem | hex)
		kek=$(openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexsecret:"$z" -kdfopt hexinfo:"$head$eph$own$id" -binary X963KDF | hex)
		keys=$(octets "${block:$((2 * point))}" | openssl enc -d -id-aes256-wrap -K "$kek" -iv a6a6a6a6a6a6a6a6 | hex)
	fi
	[ "${#keys}" -eq $((64 + 2 * klen)) ]
	pik=${keys:0:64} pck=${keys:64}
	{ head -c -$mlen "$1" && printf 'ACME;0001'; } | openssl dgst -$md -mac HMAC -macopt hexkey:"$pik" -binary | cmp - <(tail -c $mlen "$1") || return
	tail -c +$((1 + 10 + n + 16)) "$1" | head -c -$mlen |
		openssl enc -d -$aes -nopad -K "$pck" -iv "${all:$(((10 + n) * 2)):32}"
}

@test "a tr33812 blob opens by a script of openssl's commands: each suite, each kind of key" {
	local alg suite n
	for alg in ec-p256 ec-p384 rsa-2048; do
		world $alg
		for suite in tr33812 modern; do
			mcim-wrap --tre-cert tre.pem --suite $suite -i mcim.json -o blob
			unwrapped blob >data
			[ "$(hex -N 1 data)" = 01 ]
			n=$((16#$(hex -j 1 -N 4 data)))
			tail -c +6 data | head -c $n >der
			[ "$(mcim-wrap --json-only -i der | jq -r '.imsi + .k + .opc')" = "$(jq -r '.imsi + .k + .opc' mcim.json)" ]
			[ "$(mcim-unwrap --key tre.key --tre-id 'ACME;0001' --der -i blob | sha256sum)" = "$(sha256sum <der)" ]
			# the version, and padding that says how long it is
			[ "$(hex -j $((5 + n)) -N 1 data)" = 00 ]
			[ $((n + 6 + 16#$(tail -c 1 data | hex))) -eq "$(wc -c <data)" ]
		done
		rm -f ./*.key
	done
}

@test "openssl reads our requests and certificates, and we sign and judge what it makes" {
	local alg
	for alg in ec-p256 ec-p384 rsa-2048; do
		echo "SEED=$seed"
		rm -rf tre tre.device ca.key its.key
		m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
		tre-sim --state tre init --tre-id "A;$(digits 12 id)"
		tre-sim --state tre keygen --alg $alg --csr-out tre.csr
		openssl req -in tre.csr -noout -verify 2>err
		grep -qi 'verify OK' err
		m2m-keygen sign --csr tre.csr --tre-id "A;$(digits 12 id)" --ca-key ca.key --ca-cert ca.pem -o tre.pem
		openssl verify -x509_strict -CAfile ca.pem tre.pem
		# a request of openssl's
		openssl req -new -newkey rsa:2048 -nodes -keyout its.key -subj "/CN=A;$(digits 12 id)" -out its.csr 2>err
		m2m-keygen sign --csr its.csr --tre-id "A;$(digits 12 id)" --ca-key ca.key --ca-cert ca.pem -o its.pem
		openssl verify -x509_strict -CAfile ca.pem its.pem
		# its OCSP answers, good and revoked
		printf 'V\t400101000000Z\t\t%s\tunknown\t/CN=x\n' "$(openssl x509 -in tre.pem -noout -serial | cut -d= -f2)" >index
		printf 'R\t400101000000Z\t250101000000Z\t%s\tunknown\t/CN=y\n' "$(openssl x509 -in its.pem -noout -serial | cut -d= -f2)" >>index
		for c in tre its; do
			openssl ocsp -index index -CA ca.pem -rsigner ca.pem -rkey ca.key -issuer ca.pem -cert $c.pem -respout $c.rsp >log 2>&1
		done
		pva-verify --trust ca.pem --cert tre.pem --ocsp-response tre.rsp >out
		refuses 1 'refused: revoked: ' pva-verify --trust ca.pem --cert its.pem --ocsp-response its.rsp -o no
		refuses 1 'refused: revocation-unknown: ' pva-verify --trust ca.pem --cert its.pem --ocsp-response tre.rsp -o no
	done
}
