#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
}

fresh() {
	rm -rf state state.device
	tre init --tre-id "$ID"
}

# ---- manufacture: TR 33.812 B.2.2.1 ----

@test "TR 33.812 B.2.2.1: the request names the TRE, and no private key comes out" {
	fresh
	tre keygen --csr-out tre.csr >out
	[ ! -s out ]
	[ "$(openssl req -in tre.csr -noout -subject -nameopt RFC2253,-esc_2253 -verify 2>/dev/null)" = 'subject=CN=ACME;0001' ]
	[ "$(grep -rlE 'PRIVATE KEY|BEGIN EC' . | wc -l)" -eq 0 ]
	tre keygen --alg ec-p384 --csr-out other.csr --force
	openssl req -in other.csr -noout -text | grep -q P-384
	refuses 2 'unknown|want' tre keygen --alg rsa-512 --csr-out x
	[ ! -e x ]
}

@test "keygen again asks for the key that is inside; another one is made with --force alone" {
	parties
	fresh
	refuses 4 'nodir/csr' tre keygen --csr-out nodir/csr
	tre keygen --csr-out a.csr
	tre keygen --csr-out b.csr
	[ "$(openssl req -in a.csr -noout -pubkey)" = "$(openssl req -in b.csr -noout -pubkey)" ]
	refuses 1 'refused: file-exists: .*--force' tre keygen --alg ec-p384 --csr-out x
	[ ! -e x ]
	tre keygen --force --csr-out c.csr
	[ "$(openssl req -in a.csr -noout -pubkey)" != "$(openssl req -in c.csr -noout -pubkey)" ]
	m2m-keygen sign --csr a.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o a.pem
	refuses 3 '' tre personalize --cert a.pem --credential credential.json
	m2m-keygen sign --csr c.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o c.pem
	tre personalize --cert c.pem --credential credential.json
	refuses 1 'refused: wrong-state: ' tre keygen --force --csr-out x
}

@test "-o for all that is told, and 0600 for what is secret" {
	local verb words
	parties
	umask 022
	challenge $K0 $OPC0 000000000020
	while read -r verb words; do
		rm -f file
		# shellcheck disable=SC2086 # words
		tre $verb $words -o file >out
		[ ! -s out ]
		[ -s file ] || [ $verb = list ]
		[ "$(stat -c %a file)" = "$([ "$words" = "${words#--rand}" ] && echo 644 || echo 600)" ]
	done <<-END
		info
		list
		boot
		audit --verify
		attach --identity
		attach --rand $rand --autn $autn
		token --to sho-a --to-cert sho-a.pem --pin pin
	END
	refuses 4 nodir tre attach --identity -o nodir/x
}

@test "TR 33.812 B.2.2.1: the delivery note" {
	parties
	[ "$(jq -r '.tre_id, .sho, .pcid, (keys | length)' note.json | tr '\n' ' ')" = "$ID ro $IMSI0 4 " ]
	[ "$(jq -r .cert_pem note.json)" = "$(cat tre.pem)" ]
	[ "$(stat -c %a note.json)" = 600 ]
}

@test "B.2.2.1 NOTE 4: a second pair, for encryption, and keys made outside" {
	parties
	m2m-keygen tre --tre-id "$ID" --key-out s.key --cert-out s.pem --enc-key-out e.key --enc-cert-out e.pem --ca-key ca.key --ca-cert ca.pem
	fresh
	tre personalize --key s.key --cert s.pem --enc-key e.key --enc-cert e.pem --credential credential.json \
		--operator-cert ro.pem --delivery-note note.json
	[ "$(jq -r .enc_cert_pem note.json)" = "$(cat e.pem)" ]
	cp e.pem tre.pem
	tre token --to sho-a --to-cert sho-a.pem >token.jws
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap -i bootstrap.xml >bootstrap.json
	[ "$(jq -r .sho bootstrap.json)" = sho-a ]
}

@test "seed 000: K_NetVer goes in, and onto the delivery note" {
	parties
	fresh
	tre keygen --csr-out tre.csr
	m2m-keygen sign --csr tre.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o tre.pem
	openssl rand -hex 32 >knetver
	printf 'zz\n' >bad
	refuses 3 'bad:1: knetver: want' tre personalize --cert tre.pem --credential credential.json --knetver bad
	tre personalize --cert tre.pem --credential credential.json --knetver knetver --delivery-note note.json
	[ "$(jq -r '.knetver[0]' note.json)" = "$(cat knetver)" ]
}

@test "what does not fit is refused, and the TRE stays as it was" {
	parties
	refuses 1 'refused: wrong-state: the TRE is personalized already' tre personalize --cert tre.pem --credential credential.json
	refuses 1 'refused: wrong-state: ' tre keygen --csr-out x.csr
	refuses 1 'refused: already-initialised: ' tre init --tre-id "$ID"
	fresh
	refuses 1 'refused: wrong-state: the TRE has no key' tre personalize --cert tre.pem --credential credential.json
	refuses 1 'refused: wrong-state: ' tre token --to sho-a --to-cert sho-a.pem
	refuses 1 'refused: wrong-state: ' tre attach --identity
	tre keygen --csr-out tre.csr
	refuses 3 'the private key|key' tre personalize --cert tre.pem --credential credential.json
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key ca.key --ca-cert ca.pem -o tre.pem
	jq -c '.tre_id = "ACME;9"' credential.json >other.json
	refuses 1 'refused: wrong-tre: the credential' tre personalize --cert tre.pem --credential other.json
	m2m-keygen tre --tre-id 'ACME;2' --key-out k --cert-out c.pem --ca-key ca.key --ca-cert ca.pem
	refuses 1 'refused: wrong-tre: the certificate' tre personalize --key k --cert c.pem --credential credential.json
	refuses 1 'refused: wrong-(usage|tre)' tre personalize --key ro.key --cert ro.pem --credential credential.json
	refuses 1 'refused: wrong-usage: ' tre personalize --cert tre.pem --credential credential.json --operator-cert pva.pem
	for jq in '.imsi = "1"' '.k = "00"' 'del(.opc)' '.alg = "tuak"' '.ind_bits = 9'; do
		jq -c "$jq" credential.json >other.json
		refuses 3 'other.json: ' tre personalize --cert tre.pem --credential other.json
	done
	tre personalize --cert tre.pem --credential credential.json --operator-cert ro.pem
}

@test "a policy that nobody knows is refused before there is a TRE" {
	printf '{"pristine_without_tokens":true}\n' >policy
	refuses 3 'policy: ' tre init --tre-id "$ID" --policy policy
	printf '{"pristine_without_token":1}\n' >policy
	refuses 3 'policy: pristine_without_token: want true or false' tre init --tre-id "$ID" --policy policy
	printf '{"revert_after":-1}\n' >policy
	refuses 3 'policy: revert_after' tre init --tre-id "$ID" --policy policy
	refuses 3 'no TRE is here' tre info
	printf '{"revert_after":60,"ro_bootstraps":false}\n' >policy
	tre init --tre-id "$ID" --policy policy
	refuses 2 'tre-id' tre-sim --state other init --tre-id 'ACME 1'
}

# ---- boot ----

@test "TR 33.812 5.1.2.3: boot counts, and measures the components" {
	parties
	printf 'firmware' >fw
	printf '{"component":"fw","path":"fw"}\n{"component":"os","sha256":"%s"}\n' "$(printf 'os' | sha256sum | cut -c1-64)" >components
	tre boot >boot.json
	tre boot --components components >boot.json
	[ "$(jq -c '[.boot_counter, .mcims, [.measurements[].component]]' boot.json)" = '[2,[],["fw","os"]]' ]
	[ "$(jq -r '.measurements[0].sha256' boot.json)" = "$(sha256sum <fw | cut -c1-64)" ]
	tre info >info.json
	cmp boot.json info.json
	printf '{"component":"x"}\n' >components
	refuses 3 'components:1: x: want either sha256 or path' tre boot --components components
	printf '{"component":"%s","path":"fw"}\n' fw os fw >components
	refuses 3 'components:3: fw: this component came before' tre boot --components components
	[ "$(tre info | jq .boot_counter)" = 2 ]
}

@test "TR 33.812 5.1.3.5.8: after an update of the firmware, new measurements and a renewed Cert_TRE" {
	parties
	rm -rf state state.device
	tre init --tre-id "$ID" --pin pin
	tre keygen --csr-out n.csr
	sign() { # CA OUT OPTION...
		m2m-keygen sign --csr n.csr --tre-id "$ID" --ca-key "$1.key" --ca-cert "$1.pem" -o "$2" "${@:3}"
	}
	refuses 1 'wrong-state: the TRE is not personalized' tre certify --cert pva.pem --pin pin
	sign ca old.pem --days 10
	tre personalize --cert old.pem --credential credential.json --delivery-note note.json
	printf '{"component":"fw","sha256":"%064d"}\n' 1 >components
	tre boot --components components >before.json
	m2m-keygen ca --name PVA --key-out other.key --cert-out other.pem
	sign other foreign.pem --days 20
	sign ca short.pem --days 5
	sign ca new.pem --days 20
	m2m-keygen tre --tre-id "$ID" --key-out x.key --cert-out x.pem --ca-key ca.key --ca-cert ca.pem --days 20
	cp -a state kept && cp -a state.device kept.device
	refuses 1 'refused: untrusted-chain' tre certify --cert foreign.pem --pin pin
	refuses 1 'refused: wrong-state: it is older' tre certify --cert short.pem --pin pin
	refuses 3 'key' tre certify --cert x.pem --pin pin
	refuses 1 'refused: pin-required' tre certify --cert new.pem
	refuses 2 'cert' tre certify --pin pin
	[ "$(jq -r .cert_pem note.json)" = "$(cat old.pem)" ]
	tre certify --cert new.pem --pin pin
	printf '{"component":"fw","sha256":"%064d"}\n' 2 >components
	tre boot --components components >after.json
	[ "$(jq -c '[.boot_counter, .measurements[0].sha256[63:]]' after.json)" = '[2,"2"]' ]
	tre audit | grep -q '"certify"'
	# and not back
	refuses 1 'refused: wrong-state: it is older' tre certify --cert old.pem --pin pin
}

# ---- AKA: TS 33.102 6.3.3 ----

@test "TS 33.102 6.3.3: RES, CK, IK; TS 35.208 test set 1's K, OPc and RAND" {
	parties
	RAND=23553cbe9637a89d218ae64dae47bf35
	attaches $K0 $OPC0 000000000020
	[ "$(jq -r '.res, .ck, .ik' answer.json | tr '\n' ' ')" = 'a54211d5e3ba50bf b40ba9a3c58b2a05bbf0d987b21bf8cb f769bcd751044604127672711c6d3441 ' ]
	[ "$(tre attach --identity)" = '{"identity":"pcid","imsi":"001010000000001"}' ]
}

@test "TS 33.102 6.3.3: an SQN is taken once, and an AUTS is told with status 1" {
	parties
	attaches $K0 $OPC0 000000000020
	tre attach --rand "$rand" --autn "$autn" >auts.json 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q '^tre-sim: refused: sqn-out-of-range: .*(TS 33.102' err
	[ "$(jq -r 'keys[]' auts.json)" = auts ]
	[ "$(jq -r '.auts | length' auts.json)" -eq 28 ]
	attaches $K0 $OPC0 000000000040
	attaches $K0 $OPC0 000000000021
}

@test "TS 33.102 6.3.3: the MAC comes before the SQN" {
	parties
	challenge $K0 $OPC0 000000000020
	refuses 1 'refused: mac-mismatch: ' tre attach --rand "$rand" --autn "${autn:0:31}$([ "${autn:31}" = 0 ] && echo 1 || echo 0)"
	refuses 1 'refused: mac-mismatch: ' tre attach --rand 00000000000000000000000000000000 --autn "$autn"
	attaches $K0 $OPC0 000000000020
	refuses 3 'rand: want 32 hex digits' tre attach --rand 00 --autn "$autn"
	refuses 2 'either --identity' tre attach --rand 00
	refuses 2 'either --identity' tre attach
	refuses 2 'either --identity' tre attach --identity --autn 00
}

# ---- the command line ----

@test "options: unknown, repeated, another command's, missing" {
	parties
	refuses 2 "unknown option '--stats'" tre-sim --stats state info
	refuses 2 "unknown option '--pin'" tre info --pin pin
	refuses 2 'given twice' tre token --to a --to b --to-cert c
	refuses 2 '--to-cert is wanted' tre token --to a
	refuses 2 'unknown command' tre frobnicate
	refuses 2 'which command' tre-sim --state state
	refuses 2 '--state is wanted' tre-sim info
	refuses 2 'one MCIM is wanted' tre select
	refuses 2 'no operand is wanted' tre info x
	refuses 2 'want a folder; PrK_TRE may be in a TPM' tre-sim --state state --device tpm:0x81000001 info
	refuses 2 '--commit takes neither' tre provision --commit --stage
	refuses 2 '--ack goes with --commit' tre provision --ack x
	tre-sim --help | grep -q '^usage: tre-sim --state DIR'
	tre-sim --version | grep -q '^tre-sim [0-9]'
}

@test "a full disk is status 4" {
	parties
	for act in info 'attach --identity' audit; do
		rc=0
		# shellcheck disable=SC2086 # words of a command
		tre $act >/dev/full 2>err || rc=$?
		[ "$rc" -eq 4 ]
		[ -s err ]
	done
}

@test "no command frees K, OPc, the PIN or a device's key in the clear, or prints them" {
	parties
	device=$(od -An -v -tx1 state.device/device.key | tr -d ' \n')
	challenge $K0 $OPC0 000000000020
	{
		watched "$K0:$OPC0:$device" tre attach --rand "$rand" --autn "$autn"
		watched "$K0:$OPC0:$device:$(printf 4711 | od -An -tx1 | tr -d ' \n')0a" tre token --to sho-a --to-cert sho-a.pem --pin pin
		watched "$K0:$OPC0:$device" tre boot
		watched "$K0:$OPC0:$device" tre info
		watched "$K0:$OPC0:$device" tre list
		watched "$K0:$OPC0:$device" tre audit --verify
	} >out
	[ "$(grep -ciE "$K0|$OPC0|PRIVATE|$device" out)" -eq 0 ]
	fresh
	watched "$K0:$OPC0" tre keygen --csr-out tre.csr
	m2m-keygen sign --csr tre.csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o tre.pem
	watched "$K0:$OPC0" tre personalize --cert tre.pem --credential credential.json
}
