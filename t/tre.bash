# SPDX-License-Identifier: Apache-2.0
# Loaded after lib by the tests of the equipment: a small world round one TRE.
# shellcheck shell=bash

ID='ACME;0001'
K0=465b5ce8b199b49faa5f0a2ee238a6bc OPC0=cd63cb71954a9f4e48a5994e37a02baf
K1=000102030405060708090a0b0c0d0e0f OPC1=101112131415161718191a1b1c1d1e1f
K2=202122232425262728292a2b2c2d2e2f OPC2=303132333435363738393a3b3c3d3e3f
IMSI0=001010000000001 IMSI1=001020000000001 IMSI2=001030000000001
export ID K0 OPC0 K1 OPC1 K2 OPC2 IMSI0 IMSI1 IMSI2

tre() {
	tre-sim --state state "$@"
}

# the parties' keys and a TRE out of the factory, in the present folder
world() {
	local who
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	for who in ro sho-a sho-b; do
		m2m-keygen operator --name $who --key-out $who.key --cert-out $who.pem
	done
	m2m-keygen operator --name pva.a --role attestation --key-out pva.key --cert-out pva.pem
	printf '4711\n' >pin
	printf '{"imsi":"%s","alg":"milenage","k":"%s","opc":"%s","amf":"8000","sqn":"000000000000"}\n' \
		$IMSI0 $K0 $OPC0 >credential.json
	mcim $IMSI1 $K1 $OPC1 >mcim-a.json
	mcim $IMSI2 $K2 $OPC2 >mcim-b.json
	tre init --tre-id "$ID" --pin pin
	tre keygen --csr-out tre.csr
	m2m-keygen sign --csr tre.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o tre.pem
	tre personalize --cert tre.pem --credential credential.json --operator-cert ro.pem \
		--delivery-note note.json
}

# a TRE that the file made once: copies that a test may spoil
parties() {
	cp -a "$BATS_FILE_TMPDIR"/world/. .
}

# mcim IMSI K OPC [MEMBERS]: an MCIM in words
mcim() {
	printf '{"application":"usim","imsi":"%s","k":"%s","alg":"milenage","opc":"%s"%s}\n' "$1" "$2" "$3" "${4-}"
}

# ---- AKA, by openssl's AES: TS 35.206 4.1 ----

xor() {
	local a=$1 b=$2 i
	for ((i = 0; i < ${#a}; i += 8)); do
		printf "%0$((${#a} - i < 8 ? ${#a} - i : 8))x" $((0x${a:i:8} ^ 0x${b:i:8}))
	done
}

aes() {
	# shellcheck disable=SC2001 # octets, not a fixed text
	printf '%b' "$(sed 's/../\\x&/g' <<<"$2")" | openssl enc -aes-128-ecb -nopad -K "$1" | od -An -v -tx1 | tr -d ' \n'
}

# challenge K OPC SQN: $rand, $autn and $xres
challenge() {
	local k=$1 opc=$2 sqn=$3 amf=8000 temp in1 out1 out2
	rand=${RAND-$(openssl rand -hex 16)}
	temp=$(aes "$k" "$(xor "$rand" "$opc")")
	in1=$(xor "$sqn$amf$sqn$amf" "$opc")
	out1=$(xor "$(aes "$k" "$(xor "$temp" "${in1:16}${in1:0:16}")")" "$opc")
	out2=$(xor "$(aes "$k" "$(xor "$(xor "$temp" "$opc")" 00000000000000000000000000000001)")" "$opc")
	autn=$(xor "$sqn" "${out2:0:12}")$amf${out1:0:16}
	xres=${out2:16}
}

# attaches K OPC SQN: one AKA that succeeds
attaches() {
	challenge "$@"
	tre attach --rand "$rand" --autn "$autn" >answer.json
	[ "$(jq -r .res answer.json)" = "$xres" ]
}

# ---- B.2.3, from CUR to NEW ----

token() {
	tre token --to "$1" --to-cert "$1.pem" --pin pin >token.jws
}

# credentials NEW [URL]: what the new operator encrypts for the TRE, with a fresh nonce_A
credentials() {
	printf '{"username":"m2me","password":"0123456789abcdef-of-%s","nonce_a":"%s","server_url":"%s","sho_cert_sha256":"%s"}\n' \
		"$1" "$(openssl rand -hex 16)" "${2-https://dpf.$1.example/m2m}" \
		"$(openssl x509 -in "$1.pem" -outform DER | sha256sum | cut -c1-64)" >credentials.json
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --tag bootstrap -i credentials.json -o credentials.blob
}

# bootstrap CUR NEW [OPTIONS]: bootstrap.xml
bootstrap() {
	bootstrap-sign --key "$1.key" --cert "$1.pem" --tre-id "$ID" --server-url "https://dpf.$2.example/m2m" \
		--server-cert "$2.pem" --credentials credentials.blob -o bootstrap.xml "${@:3}"
}

# mcimobj NEW MCIM.json [OPTIONS]: mcimobj.xml for the nonce_B of a new M2MEobj
mcimobj() {
	m2meobj-make --tre state -o m2meobj.xml
	pva-verify --trust ca.pem --nonce-a-file credentials.json --sign-key pva.key --sign-cert pva.pem \
		-i m2meobj.xml -o result.jws
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert "$1.pem" -i "$2" -o mcim.blob
	mcimobj-make --key "$1.key" --cert "$1.pem" --mcim mcim.blob --result result.jws --result-trust pva.pem \
		--token token.jws -o mcimobj.xml "${@:3}"
}

# up_to_mcimobj CUR NEW MCIM.json: B.2.3 steps 1 to 7
up_to_mcimobj() {
	token "$2"
	credentials "$2"
	bootstrap "$1" "$2"
	tre bootstrap -i bootstrap.xml >bootstrap.json
	mcimobj "$2" "$3"
}

state_of() {
	tre list | jq -r "select(.id == \"$1\") | .state"
}

# command_note WHO VERB MCIM [FIELD=VALUE…]: command.jws, an operator's signed command
command_note() {
	m2m-note make command --key "$1.key" --cert "$1.pem" --to "$ID" -o command.jws command="$2" mcim="$3" "${@:4}"
}
