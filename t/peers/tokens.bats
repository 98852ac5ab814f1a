#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Keys that never leave their token: SoftHSM by PKCS #11, and a TPM (swtpm) by OpenSSL's provider.
load ../lib

MODULE=/usr/lib/softhsm/libsofthsm2.so
ARC=2.25.77576945905551609480103690806099059944

# a token of its own, $token, with the PIN in a file
hsm() {
	command -v softhsm2-util >/dev/null && [ -e $MODULE ] || skip "softhsm2 is not installed"
	wants pkcs11-tool
	ls /usr/lib/*/libp11.so.3 >/dev/null 2>&1 || skip "libp11 is not installed"
	# the libraries of others leak
	export ASAN_OPTIONS=detect_leaks=0
	mkdir tokens
	printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$PWD/tokens" >softhsm2.conf
	export SOFTHSM2_CONF=$PWD/softhsm2.conf
	softhsm2-util --init-token --free --label m2m --pin 1234 --so-pin 5678 >log
	echo 1234 >pin
}

# in_hsm LABEL ID TYPE: a key made in the token; its public half goes to LABEL.pub, its URI to $uri
in_hsm() {
	pkcs11-tool --module $MODULE --token-label m2m --login --pin 1234 --keypairgen --key-type "$3" --usage-sign --usage-decrypt \
		--usage-derive --label "$1" --id "$2" >log 2>&1 || { cat log && return 1; }
	pkcs11-tool --module $MODULE --token-label m2m --read-object --type pubkey --label "$1" -o "$1.der" 2>>log
	openssl pkey -pubin -inform DER -in "$1.der" -out "$1.pub"
	uri="pkcs11:token=m2m;object=$1?module-path=$MODULE&pin-source=$PWD/pin"
}

# certify NAME PUBLIC USAGE ROLE OUT: by the CA of the test
certify() {
	[ -e ca.pem ] || m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	openssl x509 -new -force_pubkey "$2" -CA ca.pem -CAkey ca.key -subj "/CN=$1" -days 9 -out "$5" -extfile <(
		printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,%s\nextendedKeyUsage=%s\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid' "$3" "$4"
	)
}

MCIM='{"application":"usim","imsi":"001010000000001","k":"00112233445566778899aabbccddeeff","alg":"milenage","opc":"00112233445566778899aabbccddeeff"}'

@test "SoftHSM: a CA whose key is in the token certifies one, a batch, a request, and signs the CRL" {
	local type
	hsm
	for type in EC:prime256v1 rsa:2048; do
		rm -f k0 c0 k1 c1 index* out*
		in_hsm "ca-$type" "$(printf '%04x' $RANDOM)" $type
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k0
		openssl req -x509 -new -key k0 -subj /CN=PVA -days 9 -out c0
		openssl x509 -new -force_pubkey "ca-$type.pub" -subj /CN=PVA -days 9 -out ca.pem -CAkey k0 -CA c0 \
			-extfile <(printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\nsubjectKeyIdentifier=hash')
		# trusted as it stands: who signed it does not matter here
		trust=(openssl verify -partial_chain -trusted ca.pem)
		ca=(--ca-key "$uri" --ca-cert ca.pem)
		seq -f 'A;%g' 40 >ids
		m2m-keygen tre --batch ids "${ca[@]}" --index index --jobs 2 -o out.jsonl
		for i in 1 20 40; do
			sed -n "${i}p" out.jsonl | jq -r .cert_pem >c
			"${trust[@]}" c
		done
		m2m-keygen tre --tre-id 'A;99' "${ca[@]}" --key-out k1 --cert-out c1 --csr-out c1.csr --index index
		"${trust[@]}" c1
		m2m-keygen sign --csr c1.csr --tre-id 'A;99' "${ca[@]}" -o c2
		"${trust[@]}" c2
		m2m-keygen revoke --index index --cert c1
		m2m-keygen crl --index index "${ca[@]}" -o out.crl
		openssl crl -in out.crl -noout -text | grep -q 'Serial Number'
	done
	printf 4321 >wrong
	refuses 1 'refused: wrong-pin' m2m-keygen tre --batch ids --ca-key "${uri/source=*/source=$PWD/wrong}" --ca-cert ca.pem -o x
	refuses 1 'refused: unknown-key' m2m-keygen tre --batch ids --ca-key "${uri/object=*\?/object=none?}" --ca-cert ca.pem -o x
	refuses 4 'no such token' m2m-keygen tre --batch ids --ca-key "${uri/token=m2m/token=other}" --ca-cert ca.pem -o x
	refuses 2 'pin-value: everybody sees it' m2m-keygen tre --batch ids --ca-key "pkcs11:object=ca?pin-value=1234" --ca-cert ca.pem -o x
	refuses 3 'shade: no such attribute' m2m-keygen tre --batch ids --ca-key "pkcs11:shade=blue" --ca-cert ca.pem -o x
}

@test "SoftHSM: an operator signs notes and bootstraps, and opens envelopes" {
	local type
	hsm
	for type in EC:prime256v1 rsa:2048; do
		in_hsm "op-$type" "$(printf '%04x' $RANDOM)" $type
		usage=digitalSignature,$([ $type = rsa:2048 ] && echo keyEncipherment || echo keyAgreement)
		certify sho-a "op-$type.pub" "$usage" "$ARC.2,$ARC.3,$ARC.4" op.pem
		m2m-note make session --key "$uri" --cert op.pem --to ro -o note
		m2m-note check session --trust op.pem --to ro -i note >/dev/null
		bootstrap-sign --key "$uri" --cert op.pem --tre-id 'A;1' --server-url https://s.example/ --server-cert op.pem -o boot
		bootstrap-sign --verify --trust op.pem -i boot >/dev/null
		rm -f db ro
		pcid-issue --register db --plmn 001-01 --count 3 --recipient op.pem -o sealed
		m2m-register import --register ro --key "$uri" -i sealed subscribers
		m2m-register export --register ro subscribers | cmp - <(m2m-register export --register db subscribers)
	done
	# a stranger's key
	in_hsm other 0a0b EC:prime256v1
	refuses 3 'not that of the certificate' m2m-note make session --key "$uri" --cert op.pem --to ro
}

@test "SoftHSM: a TRE's key unwraps both formats, by key agreement and by RSA" {
	local type format
	hsm
	m2m-keygen operator --name sho-a --key-out op.key --cert-out op.pem
	echo "$MCIM" >mcim.json
	for type in EC:prime256v1 rsa:2048; do
		in_hsm "tre-$type" "$(printf '%04x' $RANDOM)" $type
		certify 'A;9' "tre-$type.pub" "digitalSignature,$([ $type = rsa:2048 ] && echo keyEncipherment || echo keyAgreement)" $ARC.1 tre.pem
		for format in tr33812 cms; do
			mcim-wrap --tre-cert tre.pem --operator-cert op.pem --format $format -i mcim.json -o blob
			mcim-unwrap --key "$uri" --tre-id 'A;9' -i blob -o out.json
			jq -e '.imsi == "001010000000001"' out.json >/dev/null
		done
	done
}

# a TPM of its own with a fresh state, at a socket; a kill without a shutdown counts as an attack
tpm() {
	local i
	wants swtpm tpm2_createprimary
	ls /usr/lib/*/ossl-modules/tpm2.so >/dev/null 2>&1 || skip "tpm2-openssl is not installed"
	export ASAN_OPTIONS=detect_leaks=0 TSS2_LOG=all+NONE
	mkdir tpm
	swtpm socket --tpm2 --tpmstate dir="$PWD/tpm" --ctrl type=unixio,path="$PWD/tpm/sock.ctrl" --server type=unixio,path="$PWD/tpm/sock" \
		--flags not-need-init,startup-clear >log 2>&1 3>&- &
	echo $! >tpm/pid
	export TPM2TOOLS_TCTI="swtpm:path=$PWD/tpm/sock" TPM2OPENSSL_TCTI="swtpm:path=$PWD/tpm/sock"
	for i in $(seq 100); do
		! tpm2_getcap properties-fixed >log 2>&1 || return 0
		sleep 0.05
	done
	cat log
	return 1
}

teardown() {
	[ ! -e "$BATS_TEST_TMPDIR/tpm/pid" ] || kill "$(cat "$BATS_TEST_TMPDIR/tpm/pid")" 2>/dev/null || true
}

# in_tpm NAME TYPE ATTRIBUTES HANDLE: a key made in the TPM, persistent; its public half to NAME.pub
in_tpm() {
	tpm2_createprimary -Q -C o -g sha256 -G ecc256 -c tpm/primary
	tpm2_create -Q -C tpm/primary -G "$2" -u tpm/u -r tpm/r -a "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|$3" -f pem -o "$1.pub"
	tpm2_flushcontext -t
	tpm2_load -Q -C tpm/primary -u tpm/u -r tpm/r -c tpm/key
	tpm2_evictcontrol -Q -C o -c tpm/key "$4" >log
	tpm2_flushcontext -t
}

@test "a TPM: PrK_TRE signs and agrees on keys, and the TRE's state has its URI alone" {
	tpm
	in_tpm tre ecc256 'sign|decrypt' 0x81000101
	certify 'A;9' tre.pub digitalSignature,keyAgreement $ARC.1 tre.pem
	m2m-keygen operator --name sho-a --key-out op.key --cert-out op.pem
	echo "$MCIM" >mcim.json
	mcim-wrap --tre-cert tre.pem --operator-cert op.pem -i mcim.json -o blob
	mcim-unwrap --key handle:0x81000101 --tre-id 'A;9' -i blob -o out.json
	jq -e '.imsi == "001010000000001"' out.json >/dev/null
	pcid-issue --register db --plmn 001-01 --count 1 -o credential
	tre-sim --state tre init --tre-id 'A;9'
	tre-sim --state tre personalize --key handle:0x81000101 --cert tre.pem --credential credential --operator-cert op.pem
	tre-sim --state tre boot >/dev/null
	tre-sim --state tre token --to sho-a --to-cert op.pem >token
	# by the public half that tpm2-tools gave
	cut -d. -f1,2 token | tr -d '\n' >signed
	cut -d. -f3 token | tr -d '\n' | tr '_-' '/+' | sed 's/$/==/' | openssl base64 -d -A >rs
	[ "$(wc -c <rs)" -eq 64 ]
	n() { od -An -v -tx1 -j "$1" -N 32 rs | tr -d ' \n'; }
	openssl asn1parse -genconf <(printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "$(n 0)" "$(n 32)") -noout -out sig
	openssl dgst -sha256 -verify tre.pub -signature sig signed
	kill "$(cat tpm/pid)"
	# without the TPM the TRE cannot sign
	rc=0
	tre-sim --state tre token --to sho-a --to-cert op.pem >token 2>err || rc=$?
	[ "$rc" -eq 4 ]
}

@test "a TPM: a CA and an operator sign, EC and RSA" {
	local type n=200
	tpm
	for type in ecc256 rsa2048; do
		n=$((n + 1))
		in_tpm op $type sign 0x81000$n
		uri=handle:0x81000$n
		certify sho-a op.pub digitalSignature "$ARC.2,$ARC.3,$ARC.4" op.pem
		m2m-note make session --key "$uri" --cert op.pem --to ro -o note
		m2m-note check session --trust op.pem --to ro -i note >/dev/null
		bootstrap-sign --key "$uri" --cert op.pem --tre-id 'A;1' --server-url https://s.example/ --server-cert op.pem -o boot
		bootstrap-sign --verify --trust op.pem -i boot >/dev/null
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k0
		openssl req -x509 -new -key k0 -subj /CN=PVA -days 9 -out c0
		openssl x509 -new -force_pubkey op.pub -subj /CN=PVA -days 9 -out tca.pem -CAkey k0 -CA c0 \
			-extfile <(printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\nsubjectKeyIdentifier=hash')
		rm -f k1 c1 index* out.jsonl
		m2m-keygen tre --tre-id 'A;1' --ca-key "$uri" --ca-cert tca.pem --key-out k1 --cert-out c1 --index index
		openssl verify -partial_chain -trusted tca.pem c1
		m2m-keygen tre --batch <(seq -f 'A;%g' 5) --ca-key "$uri" --ca-cert tca.pem --jobs 1 -o out.jsonl
		tail -1 out.jsonl | jq -r .cert_pem >c
		openssl verify -partial_chain -trusted tca.pem c
		m2m-keygen crl --index index --ca-key "$uri" --ca-cert tca.pem -o crl
		openssl crl -in crl -noout
	done
}
