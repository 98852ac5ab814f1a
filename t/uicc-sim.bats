#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load uicc

identity() {
	uicc-sim --state card attach --identity | jq -r .imsi
}

@test "AKA: the card answers once, and asks for synchronisation" {
	card
	attach a.db 001010000000001
	refuses_with_auts() {
		rc=0
		uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" >out 2>err || rc=$?
		[ "$rc" -eq 1 ] && grep -q 'refused: sqn-out-of-range' err && jq -e .auts out
	}
	refuses_with_auts
	jq -c '{auts}' out >response.json
	auc-av --register a.db --resync "$(jq -r .rand vector):$(jq -r .auts out)" 001010000000001 >vector
	uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" >answer
	[ "$(jq -r .res answer)" = "$(jq -r .xres vector)" ]
	jq -r .autn vector | sed 's/..$//' >autn
	refuses 1 'mac-mismatch' uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(cat autn)00"
}

@test "5.3.2.2 step 5: IMSI and pair change together, at the REFRESH and not before" {
	card
	ota keys1 0000000001 --imsi 001020000000009 --k-index 2
	[ "$(jq -r '[.status, .sw] | join(" ")' por)" = 'por-ok 9000' ]
	[ "$(identity)" = 001010000000001 ]
	attach a.db 001010000000001
	[ "$(uicc-sim --state card info | jq -c '[.index, .left, .staged]')" = '[1,1,true]' ]
	ota keys1 0000000002 --refresh
	[ "$(jq -r .status por)" = por-ok ]
	[ "$(identity)" = 001020000000009 ]
	attach b.db 001020000000009
	[ "$(uicc-sim --state card info | jq -c '[.index, .left, .staged]')" = '[2,0,false]' ]
	# the former operator's OTA keys are none any more
	ota-wrap --keyset keys1 --cntr 0000000003 "${secure[@]}" --imsi 001010000000001 -o packet
	rc=0
	uicc-sim --state card ota -i packet >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: wrong-key-index' err
	ota-unwrap --response --keyset keys1 --spi 1621 --kic 12 --kid 12 -i out | jq -e '.status == "unidentified-security-error"'
	# exhausted: 5.3.2.2 step 9, with its status word; and nothing of the script is done
	ota-wrap --keyset keys2 --cntr 0000000001 --spi 1639 --kic 22 --kid 22 --tar b00010 --imsi 001010000000001 --k-index 3 -o packet
	rc=0
	uicc-sim --state card ota -i packet >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: command-failed: .*exhausted' err
	ota-unwrap --response --keyset keys2 --spi 1639 --kic 22 --kid 22 -i out | jq -e '.status == "por-ok" and .sw == "6a84"'
	[ "$(uicc-sim --state card info | jq -c '[.index, .staged]')" = '[2,false]' ]
}

@test "a script that fails leaves nothing, and a pair is not skipped" {
	card
	printf 'select 3f00 7fff 6f46\nupdate-binary 0 01414243\nselect 6fff\n' >script
	rc=0
	ota keys1 0000000001 --script script 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(jq -r .sw por)" = 6a82 ]
	[ "$(uicc-sim --state card info | jq .staged)" = false ]
	rc=0
	ota keys1 0000000002 --k-index 3 2>err || rc=$?
	[ "$(jq -r .sw por)" = 6a80 ]
	ota keys1 0000000003 --k-index 1
	[ "$(jq -r .sw por)" = 9000 ]
}

@test "5.3.1.2 step 6: a new K by OTA, ciphered, in use from the REFRESH on" {
	card
	printf 'select 3f00 7fff 6ff2\nupdate-binary 0 %s\n' 465b5ce8b199b49faa5f0a2ee238a6bccd63cb71954a9f4e48a5994e37a02baf >script
	ota-wrap --keyset keys1 --cntr 0000000001 --spi 1221 --kic 12 --kid 12 --tar b00010 --script script -o packet
	rc=0
	uicc-sim --state card ota -i packet >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'ended with 6982' err
	ota keys1 0000000002 --expanded --script script
	attach a.db 001010000000001
	ota keys1 0000000003 --refresh
	echo '{"imsi":"001010000000001","alg":"milenage","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf","sqn":"000000000000","status":"active"}' |
		m2m-register import --register new.db subscribers
	attach new.db 001010000000001
	printf 'select 3f00 7fff 6ff2\nread-binary 0 32\n' >script
	rc=0
	ota keys1 0000000004 --script script 2>err || rc=$?
	[ "$(jq -r .sw por)" = 6982 ]
}

@test "replayed, tampered, weak, for another application: each its status code" {
	card
	local status
	answer() { # OPTIONS...: the status in an answer without security
		rc=0
		uicc-sim --state card ota -i packet >out 2>err || rc=$?
		[ "$rc" -eq 1 ] || return
		status=$(ota-unwrap --response --keyset keys1 --spi "$1" --kic 12 --kid 12 -i out | jq -r .status)
	}
	ota keys1 0000000005 --imsi 001020000000009
	answer 1639
	[ "$status" = cntr-low ]
	ota-wrap --keyset keys1 --cntr 0000000007 --spi 1e39 --kic 12 --kid 12 --tar b00010 --refresh -o packet
	answer 1639
	[ "$status" = cntr-high ]
	jq -c '.kid = "00000000000000000000000000000000"' keys1 >wrong
	ota-wrap --keyset wrong --cntr 0000000006 "${secure[@]}" --refresh -o packet
	answer 1621
	[ "$status" = rc-cc-ds-failed ]
	ota-wrap --keyset keys1 --cntr 0000000006 --spi 1639 --kic 12 --kid 12 --tar b00011 --refresh -o packet
	answer 1621
	[ "$status" = tar-unknown ]
	for spi in 0439 0e39 0639; do
		ota-wrap --keyset keys1 --cntr 0000000006 --spi $spi --kic 12 --kid 12 --tar b00010 --refresh -o packet
		answer 1621
		[ "$status" = insufficient-security-level ]
	done
	[ "$(identity)" = 001010000000001 ]
	ota-wrap --keyset keys1 --cntr ffffffffff "${secure[@]}" --imsi 001020000000008 -o packet
	uicc-sim --state card ota -i packet -o response
	answer 1639
	[ "$status" = cntr-blocked ]
	# no answer where none is asked for
	ota-wrap --keyset keys1 --cntr 0000000001 --spi 1600 --kic 12 --kid 12 --tar b00010 --refresh -o packet
	refuses 1 'cntr-blocked' uicc-sim --state card ota -i packet
}

@test "killed at any write the card is the old one or the new one, and no counter is used twice" {
	once
	wants strace
	strace -f -e trace=none true 2>/dev/null || skip 'strace may not trace'
	card
	local call n i=1
	ota keys1 0000000001 --imsi 001020000000009 --k-index 2
	ota-wrap --keyset keys1 --cntr 0000000002 "${secure[@]}" --refresh -o refresh
	cp -a card card0
	cp -a card.device device0
	for call in write fsync rename openat unlink; do
		for n in $(seq 1 8); do
			rm -rf card card.device
			cp -a card0 card
			cp -a device0 card.device
			strace -f -qq -e trace="$call" -e inject="$call":signal=KILL:when="$n" uicc-sim --state card ota -i refresh >out 2>/dev/null || true
			case $(uicc-sim --state card info | jq -c '[.imsi, .index, .staged]') in
			'["001010000000001",1,true]')
				[ ! -s out ]
				attach a.db 001010000000001
				;;
			'["001020000000009",2,false]') attach b.db 001020000000009 ;;
			*) return 1 ;;
			esac
		done
	done
}

@test "an old copy of the state, or another device's, is locked down" {
	card
	cp -a card old
	attach a.db 001010000000001
	attach a.db 001010000000001
	rm -rf card
	mv old card
	refuses 1 'refused: locked-down: .*rolled back' uicc-sim --state card info
	uicc-sim --state other init --iccid "$ICCID"
	cp other/state.sealed card/state.sealed
	refuses 1 'refused: locked-down' uicc-sim --state card info
	refuses 3 'no sealed state is here' uicc-sim --state nowhere info
	refuses 1 'already-initialised' uicc-sim --state other init --iccid "$ICCID"
}

@test "5.2.5.2: a paired card serves its M2ME alone" {
	m2m-keygen secret --bits 256 -o pairing
	m2m-keygen secret --bits 256 -o rogue
	card --pairing pairing
	refuses 1 'refused: not-paired' uicc-sim --state card attach --identity
	refuses 1 'refused: not-paired' uicc-sim --state card attach --identity --pairing rogue
	auc-av --register a.db 001010000000001 >vector
	refuses 1 'refused: not-paired' uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)"
	attach a.db 001010000000001 --pairing pairing
	# at the interface: AUTHENTICATE and EF_IMSI are closed, the ICCID is open
	printf '%s\n' 00a4000c023f00 00a4000c022fe2 00b000000a 00a4000c027fff 00a4000c026f07 00b0000009 \
		"008800812210$(jq -r .rand vector)10$(jq -r .autn vector)" 007301001000112233445566778899aabbccddeeff \
		00730200200000000000000000000000000000000000000000000000000000000000000000 00b0000009 | uicc-sim --state card apdu >out
	[ "$(sed -n '3p;6p;7p;9p;10p' out | tr '\n' ' ')" = '983410000000000000719000 6982 6982 6982 6982 ' ]
}

@test "APDUs: files, access conditions, PIN, AUTHENTICATE, ENVELOPE" {
	echo 1234 >pin
	card --pin pin
	auc-av --register a.db 001010000000001 >vector
	ota-wrap --keyset keys1 --cntr 0000000001 --spi 1219 --kic 12 --kid 12 --tar b00010 --form tpdu -i <(echo 00a4000c023f00) -o tpdu
	tpdu=$(cat tpdu)
	len=$((${#tpdu} / 2))
	envelope=$(printf '00c20000%02xd1%02x820283818b%02x%s' $((len + 8)) $((len + 6)) $len "$tpdu")
	printf '%s\n' 00a4040c07a0000000871002 00a4000c026f07 00b0000009 0020000108ffffffffffffffff 002000010831323334ffffffff \
		00b0000009 00d6000001aa 00b0000a01 00a4000c026fff 00a4000c026fb7 00b2010404 00b2030404 00b0000004 00ff000000 80ff 60a4000000 \
		"008800812210$(jq -r .rand vector)10$(jq -r .autn vector)00" "008800812210$(jq -r .rand vector)10$(jq -r .autn vector)00" \
		"008800812210$(jq -r .rand vector)1000000000000000000000000000000000" "${envelope}00" | uicc-sim --state card apdu >out
	sed -n '1,16p' out | paste -sd ' ' >got
	echo '9000 9000 6982 63c2 9000 0809101000000000109000 6982 6b00 6a82 9000 ffffffff9000 6a83 6981 6d00 6700 6e00' >want
	diff want got
	[ "$(sed -n 17p out)" = "db08$(jq -r .xres vector)10$(jq -r .ck vector)10$(jq -r .ik vector)9000" ]
	sed -n 18p out | grep -qE '^dc0e[0-9a-f]{28}9000$'
	[ "$(sed -n 19p out)" = 9862 ]
	sed -n 20p out | grep -qE '^027100[0-9a-f]+9000$'
	# blocked after three wrong tries, also when the card was reset between them
	for i in 1 2 3 4; do echo 0020000108ffffffffffffffff | uicc-sim --state card apdu; done >out
	[ "$(tr '\n' ' ' <out)" = '63c2 63c1 6983 6983 ' ]
	echo 002000010831323334ffffffff | uicc-sim --state card apdu >out
	[ "$(cat out)" = 6983 ]
}

@test "a bad line behind a packet that was done: the proof of receipt is told" {
	card >/dev/null
	ota-wrap --keyset keys1 --cntr 0000000001 "${secure[@]}" --imsi 001010000000005 -o packet
	echo zz >>packet
	refuses 3 '^uicc-sim: packet:2: ' uicc-sim --state card ota -i packet -o por
	ota-unwrap --response --keyset keys1 --spi 1639 --kic 12 --kid 12 -i por | jq -e '.status == "por-ok" and .cntr == "0000000001"'
}

@test "TS 102 221 11.1, TS 31.102 7.1: selection, STATUS, records, and no AUTHENTICATE before the PIN" {
	echo 1234 >pin
	card --pin pin >/dev/null
	auc-av --register a.db 001010000000001 -o vector
	local authenticate
	authenticate=008800812210$(jq -r .rand vector)10$(jq -r .autn vector)
	# without the PIN, with a wrong one, with the right one, and after a reset
	printf '%s\n' 00a4000c027fff "$authenticate" 002000010831323333ffffffff "$authenticate" \
		002000010831323334ffffffff "${authenticate}00" reset 00a4000c027fff "$authenticate" | uicc-sim --state card apdu >out
	[ "$(cut -c1-4 out | tr '\n' ' ')" = '9000 6982 63c2 6982 9000 db08 3b9f 9000 6982 ' ]
	# a path from the MF, whatever is selected; what cannot be selected changes nothing
	printf '%s\n' 00a4000c027fff 00a4080c022fe2 00b000000a 00a4080c047fff6f99 00b000000a 00a4080c047fff6fad 00b0000004 \
		00a4090c027fff 00a4090c026fad 00b0000004 00a4000c022fe2 00b0000004 | uicc-sim --state card apdu >out
	[ "$(tr '\n' ' ' <out)" = '9000 9000 983410000000000000719000 6a82 983410000000000000719000 9000 000000029000 9000 9000 000000029000 6a82 000000029000 ' ]
	# STATUS is about the directory, and leaves the file selected
	printf '%s\n' 00a4000c027fff 00f2000000 00a4000c026fad 80f2000000 00f2000c00 00f2000700 00b0000004 | uicc-sim --state card apdu >out
	[ "$(sed -n 2p out)" = "$(sed -n 4p out)" ]
	[ "$(sed -n '5,$p' out | tr '\n' ' ')" = '9000 6a86 000000029000 ' ]
	# a record by its number alone: no mode, and no short identifier, stands for another
	printf '%s\n' 00a4000c022f00 00b2010400 00b2010220 00b201f420 00b2000320 00b2000420 00b2020420 | uicc-sim --state card apdu >out
	[ "$(rev out | cut -c1-4 | rev | tr '\n' ' ')" = '9000 9000 6a86 6a86 6a86 6a83 6a83 ' ]
}

@test "no line at the interface ends it but one that is no hex, and nothing secret comes out" {
	card
	seed=${SEED-$RANDOM}
	echo "SEED=$seed"
	perl -e 'srand shift; for (1 .. 3000) { my $n = int rand 24; my @ins = (0xa4, 0xb0, 0xb2, 0xd6, 0xdc, 0xf2, 0x88, 0xc2, 0x73, 0x20, 0x10, 0xc0);
		print unpack("H*", pack("C*", 0, $ins[rand @ins], map { int rand 256 } 1 .. $n)), "\n" }' "$seed" >lines
	uicc-sim --state card apdu <lines >out
	[ "$(wc -l <out)" -eq 3000 ]
	jq -r '.k, .opc, .ota_keys.kic, .ota_keys.kid' pairs.jsonl >secrets
	run ! grep -qFf secrets out
	run ! grep -qaFf secrets card/state.sealed
	echo zz >bad
	rc=0
	uicc-sim --state card apdu <bad >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
}

@test "no key is left in memory that was given back" {
	card
	needles=$(jq -r '.k, .opc, .ota_keys.kic, .ota_keys.kid' pairs.jsonl | paste -sd:)
	ota-wrap --keyset keys1 --cntr 0000000001 "${secure[@]}" --imsi 001020000000009 --k-index 2 -o packet
	watched "$needles" uicc-sim --state card ota -i packet >response
	auc-av --register a.db 001010000000001 >vector
	watched "$needles" uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" >answer
	watched "$needles" uicc-sim --state card info >out
}

@test "what goes into a card is checked" {
	uicc-keys make --register maker.db --iccid "$ICCID" --count 2 --entitled mno-a -o pairs.jsonl
	echo '{"imsi":"001010000000001"}' >credential.json
	uicc-sim --state card init --iccid 89430100000000000025
	refuses 1 'wrong-uicc' uicc-sim --state card personalize --credential credential.json --pairs pairs.jsonl
	refuses 3 'credential.json: want k and opc, or pairs' uicc-sim --state card personalize --credential credential.json
	usim='"imsi":"001010000000001","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf"'
	for bad in '{}' '{"imsi":"1"}' '{"imsi":"001010000000001","k":"00"}' 'x' "{$usim,\"ota_keys\":{\"index\":99}}" \
		"{$usim,\"seq\":[-9223372036854775808]}" "{$usim,\"seq\":[8796093022208]}" "{$usim,\"ind_bits\":6}"; do
		echo "$bad" >bad
		refuses 3 '^uicc-sim: bad' uicc-sim --state card personalize --credential bad
	done
	echo 12x >pin
	echo "{$usim}" >credential.json
	refuses 3 'pin: want 4 to 8 digits' uicc-sim --state card personalize --credential credential.json --pin pin
	uicc-sim --state card personalize --credential credential.json
	refuses 1 'already-initialised' uicc-sim --state card personalize --credential credential.json
	refuses 3 'iccid|ICCID' uicc-sim --state third init --iccid 12
	refuses 2 '--iccid is wanted' uicc-sim --state third init
}

@test "a card with TUAK answers as tuak(1) says" {
	k=abababababababababababababababab top=5555555555555555555555555555555555555555555555555555555555555555
	topc=$(tuak opc --k $k --top $top 2>/dev/null | jq -r '.topc // .opc')
	printf '{"imsi":"001010000000001","alg":"tuak","k":"%s","topc":"%s"}\n' $k "$topc" >credential.json
	uicc-sim --state card init --iccid "$ICCID"
	uicc-sim --state card personalize --credential credential.json
	tuak av --k $k --topc "$topc" --sqn 000000000021 --rand 42424242424242424242424242424242 >vector
	uicc-sim --state card attach --rand 42424242424242424242424242424242 --autn "$(jq -r .autn vector)" >answer
	[ "$(jq -r '[.res, .ck, .ik] | join(" ")' answer)" = "$(jq -r '[.xres, .ck, .ik] | join(" ")' vector)" ]
}
