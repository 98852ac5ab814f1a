#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load ota

aes=(--spi 1621 --kic 12 --kid 12 --tar b00010)

@test "every published command packet of TS 102 225 comes out octet by octet" {
	wrapped() {
		ota-wrap --keyset keyset --allow-weak --spi "${row[spi]}" --kic "${row[kic]}" --kid "${row[kid]}" --tar "${row[tar]}" \
			--cntr "${row[cntr]}" <<<"${row[plain]}" >got && is got "${row[secured]}"
	}
	published command wrapped >said || { cat said && return 1; }
	[ "$(cat said)" = '25 packets' ]
}

@test "every published response packet comes out octet by octet" {
	wrapped() {
		local ciphered=0 sec=159
		[ "${row[por_ciphered]}" != True ] || ciphered=1
		ota-wrap --response --keyset keyset --allow-weak --spi "00$ciphered${sec:row[por_sec]:1}" --kic "0${row[kic_alg]}" \
			--kid "0${row[kid_alg]}" --tar "${row[tar]}" --cntr "${row[cntr]}" <<<"${row[plain]}" >got && is got "${row[secured]}"
	}
	published response wrapped >said || { cat said && return 1; }
	[ "$(cat said)" = '8 packets' ]
}

@test "weak algorithms are refused unless asked for" {
	printf '{"kic":"0123456789abcdef","kid":"0123456789abcdef"}\n' >keyset
	refuses 1 'refused: weak-algorithm: KIc' ota-wrap --keyset keyset --cntr 0000000001 --spi 0401 \
		--kic 01 --kid 01 --tar b00010 -i <(echo 00a40000023f00)
	refuses 1 'refused: weak-algorithm: KID' ota-wrap --keyset keyset --cntr 0000000001 --spi 0201 \
		--kic 01 --kid 01 --tar b00010 -i <(echo 00a40000023f00)
	printf '{"kic":"0123456789abcdef0123456789abcdef","kid":"0123456789abcdef0123456789abcdef"}\n' >keyset
	refuses 1 'weak-algorithm' ota-wrap --keyset keyset --cntr 0000000001 --spi 0601 \
		--kic 05 --kid 05 --tar b00010 -i <(echo 00a40000023f00)
	refuses 1 'weak-algorithm' ota-wrap --keyset keyset --cntr 0000000001 --spi 0401 \
		--kic 0d --kid 05 --tar b00010 -i <(echo 00a40000023f00)
	ota-wrap --allow-weak --keyset keyset --cntr 0000000001 --spi 0401 \
		--kic 0d --kid 05 --tar b00010 <<<00a40000023f00 >out
}

@test "SPI, KIc and KID that say nothing that is known are refused" {
	aes_keyset
	wrap() {
		ota-wrap --keyset keyset --cntr 0000000006 --spi "$1" --kic "$2" --kid "$3" --tar b00010 -i <(echo 00a40000023f00)
	}
	refuses 1 'refused: unsupported: a digital signature' wrap 1701 12 12
	refuses 1 'refused: unsupported: a digital signature' wrap 160d 12 12
	refuses 3 'SPI 3601: reserved bits' wrap 3601 12 12
	refuses 3 'SPI 1603: reserved bits' wrap 1603 12 12
	refuses 3 'SPI 1681: reserved bits' wrap 1681 12 12
	refuses 1 'refused: unsupported: KIc 13' wrap 1601 13 12
	refuses 1 'refused: unsupported: KIc 16' wrap 1601 16 12
	refuses 1 'refused: unsupported: KID 1d' wrap 1601 12 1d
	refuses 1 'refused: wrong-key-index: KIc' wrap 1601 22 12
	refuses 1 'refused: wrong-key-index: KID' wrap 1601 12 22
	refuses 3 'KIc: the algorithm is known implicitly' wrap 1601 10 12
	refuses 3 'KIc: a key of 16 octets is none for 3des3-cbc' wrap 1601 19 12
	wrap 1601 12 12 >out
}

@test "CRC-16 and CRC-32 are those of the standard" {
	# TS 102 225 Annex B: 01 02 03 04 05 gives 22ec and 470b99f4; here over a whole packet, by python's zlib
	printf '{}\n' >keyset
	ota-wrap --keyset keyset --cntr 0000000001 --spi 0900 --kic 00 --kid 05 --tar b00010 <<<00a40000023f00 >out
	perl -MCompress::Zlib -e '$_ = <>; chomp; $p = pack "H*", $_; $c = substr $p, 16, 4, "";
		exit(unpack("N", $c) == crc32($p) ? 0 : 1)' out
	ota-wrap --keyset keyset --cntr 0000000001 --spi 0900 --kic 00 --kid 01 --tar b00010 <<<00a40000023f00 >out
	perl -e '$_ = <>; chomp; $p = pack "H*", $_; $c = substr $p, 16, 2, ""; $v = 0xffff;
		for (unpack "C*", $p) { $v ^= $_; $v = $v & 1 ? $v >> 1 ^ 0x8408 : $v >> 1 for 1 .. 8 }
		exit(unpack("n", $c) == ($v ^ 0xffff) ? 0 : 1)' out
}

@test "a script in words becomes the commands of TS 102 226, compact and expanded" {
	aes_keyset
	cat >script <<-'TEXT'
		# EF_IMSI
		select 3f00 7fff 6f07
		update-binary 0 0809101010325476f8
		update-record 2 ffff # a record
		read-binary 0 9
		read-record 1 8
	TEXT
	ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" --script script -o packet
	ota-unwrap --keyset keyset -i packet >out
	[ "$(jq -r .data out)" = 00a4000c023f0000a4000c027fff00a4000c026f0700d60000090809101010325476f800dc020402ffff00b000000900b2010408 ]
	ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" --expanded --script script -o packet
	ota-unwrap --keyset keyset -i packet >out
	[ "$(jq -r .data out)" = aa42220700a4000c023f00220700a4000c027fff220700a4000c026f07220e00d60000090809101010325476f8220700dc020402ffff220500b0000009220500b2010408 ]
	ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" --imsi 001020000000001 --k-index 2 -o packet
	ota-unwrap --keyset keyset -i packet >out
	[ "$(jq -r .data out)" = 00a4000c023f0000a4000c027fff00a4000c026f0700d600000908091020000000001000a4000c023f0000a4000c027fff00a4000c026ff100d600000102 ] || {
		jq -r .data out
		return 1
	}
	for bad in 'select' 'select 3f' 'update-binary 0' 'update-binary -1 00' 'update-binary 40000 00' 'update-record 0 00' \
		'read-binary 0 256' 'read-binary 0 0' 'frobnicate' 'apdu 0' 'update-binary 0 0g'; do
		echo "$bad" >script
		refuses 3 '^ota-wrap: script:1: ' ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" --script script
	done
	echo refresh >script
	refuses 3 'script:1: refresh: the compact form' ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" --script script
}

@test "short messages: user data and TPDU, one and many" {
	aes_keyset
	ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" -i <(echo 00a40000023f00) -o packet
	ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" -i <(echo 00a40000023f00) --form ud -o ud
	[ "$(cat ud)" = "027000$(cat packet)" ]
	ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" -i <(echo 00a40000023f00) --form tpdu --at 2026-11-21T01:02:03Z -o tpdu
	[ "$(cat tpdu)" = "4405812143f57ff662111210203000$(printf %02x $(($(wc -c <ud) / 2)))$(cat ud)" ] || {
		cat tpdu
		return 1
	}
	for n in 84 85 86 100 132 133 250 400 5000; do
		head -c "$n" /dev/zero | od -An -v -tx1 | tr -d ' \n' >data
		ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" -i data -o packet
		for form in ud tpdu; do
			ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" -i data --form $form --reference 7 -o sms
			[ "$(awk '{ print length($0) / 2 }' sms | sort -n | tail -1)" -le 165 ]
			ota-unwrap --keyset keyset --form $form -i sms >out
			[ "$(jq -r .data out)" = "$(cat data)" ]
			tac sms >turned
			ota-unwrap --keyset keyset --form $form -i turned >out
			[ "$(jq -r .data out)" = "$(cat data)" ]
		done
	done
	head -2 sms >cut
	refuses 3 '2 of [0-9]+ parts' ota-unwrap --keyset keyset --form tpdu -i cut
	cat sms sms >twice
	refuses 3 'part 1 came twice' ota-unwrap --keyset keyset --form tpdu -i twice
	ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" -i data --form tpdu --reference 8 -o other
	{ head -2 sms && tail -n +3 other; } >mixed
	refuses 3 'parts of two messages' ota-unwrap --keyset keyset --form tpdu -i mixed
	head -c 40000 /dev/zero | od -An -v -tx1 | tr -d ' \n' >data
	refuses 3 'more than 255 SMS' ota-wrap --keyset keyset --cntr 0000000006 "${aes[@]}" -i data
}

# a register with one card, whose counter stands at 5
card() {
	cat >card.jsonl <<-'JSON'
		{"imsi":"001010000000001","alg":"milenage","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf","sqn":"000000000000","status":"active","iccid":"89430100000000000017","ota_keys":{"index":1,"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f","cntr":"0000000005"}}
	JSON
	m2m-register import --register db subscribers -i card.jsonl
	aes_keyset
}

@test "the register's counter is used once, whatever runs beside it" {
	card
	local pids=()
	for i in $(seq 8); do
		ota-wrap --register db --iccid 89430100000000000017 "${aes[@]}" -i <(echo 00a40000023f00) -o "p$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	for i in $(seq 8); do ota-unwrap --keyset keyset -i "p$i" | jq -r .cntr; done | sort >cntr
	printf '00000000%02x\n' 6 7 8 9 10 11 12 13 | diff - cntr
	# killed at any write: the counter of a packet that was told never comes again
	wants strace
	strace -f -e trace=none true 2>/dev/null || skip 'strace may not trace'
	for call in pwrite64 fdatasync write rename; do
		for n in 1 2 3 4; do
			rm -f told
			strace -f -qq -e trace=$call -e inject=$call:signal=KILL:when=$n ota-wrap --register db \
				--iccid 89430100000000000017 "${aes[@]}" -i <(echo 00a40000023f00) -o told >/dev/null 2>&1 || true
			[ ! -e told ] || ota-unwrap --keyset keyset -i told | jq -r .cntr >>cntr
		done
	done
	ota-wrap --register db --iccid 89430100000000000017 "${aes[@]}" -i <(echo 00a40000023f00) -o told
	ota-unwrap --keyset keyset -i told | jq -r .cntr >>cntr
	[ "$(sort cntr | uniq -d | wc -l)" -eq 0 ]
	[ "$(sort cntr | tail -1)" = "$(tail -1 cntr)" ]
}

@test "what the register does not know is refused, and an end of the counter" {
	card
	refuses 1 'refused: unknown-iccid' ota-wrap --register db --iccid 89430100000000000025 "${aes[@]}" -i <(echo 00a40000023f00)
	refuses 1 'refused: wrong-key-index' ota-wrap --register db --iccid 89430100000000000017 --spi 1621 --kic 22 --kid 22 --tar b00010 -i <(echo 00a40000023f00)
	sed 's/"cntr":"0000000005"/"cntr":"fffffffffe"/' card.jsonl | m2m-register import --register db subscribers
	refuses 1 'refused: cntr-blocked' ota-wrap --register db --iccid 89430100000000000017 "${aes[@]}" -i <(echo 00a40000023f00)
	m2m-register set --register db subscribers 001010000000001 status=blocked
	refuses 1 'refused: unknown-iccid' ota-wrap --register db --iccid 89430100000000000017 "${aes[@]}" -i <(echo 00a40000023f00)
}

@test "no key is left in memory that was given back" {
	card
	watched 000102030405060708090a0b0c0d0e0f:101112131415161718191a1b1c1d1e1f \
		ota-wrap --register db --iccid 89430100000000000017 "${aes[@]}" -i <(echo 00a40000023f00) -o packet
	watched 000102030405060708090a0b0c0d0e0f:101112131415161718191a1b1c1d1e1f \
		ota-wrap --keyset keyset --cntr 0000000007 "${aes[@]}" -i <(echo 00a40000023f00) -o packet
	watched 000102030405060708090a0b0c0d0e0f:101112131415161718191a1b1c1d1e1f ota-unwrap --keyset keyset -i packet
}

@test "the command line is checked" {
	aes_keyset
	refuses 2 '--spi, --kic, --kid and --tar are wanted' ota-wrap --keyset keyset --cntr 0000000001
	refuses 2 'either --register and --iccid, or --keyset' ota-wrap "${aes[@]}"
	refuses 2 'either --register and --iccid, or --keyset' ota-wrap "${aes[@]}" --keyset keyset --cntr 0000000001 --register db
	refuses 2 'either --script' ota-wrap "${aes[@]}" --keyset keyset --cntr 0000000001 --refresh -i x
	refuses 2 '--response takes its data by -i' ota-wrap "${aes[@]}" --keyset keyset --cntr 0000000001 --response --refresh
	refuses 2 '--form: want' ota-wrap "${aes[@]}" --keyset keyset --cntr 0000000001 --form sms --refresh
	refuses 3 'CNTR: want 10 hex digits' ota-wrap "${aes[@]}" --keyset keyset --cntr 1 --refresh
	refuses 3 'TAR: want 6 hex digits' ota-wrap --spi 1621 --kic 12 --kid 12 --tar b0 --keyset keyset --cntr 0000000001 --refresh
}

# cards N: a register of N cards, and the new operator's list
cards() {
	seq "$1" | awk '{ printf "{\"imsi\":\"00101%010d\",\"alg\":\"milenage\",\"k\":\"465b5ce8b199b49faa5f0a2ee238a6bc\",\"opc\":\"cd63cb71954a9f4e48a5994e37a02baf\",\"status\":\"active\",\"iccid\":\"8943%016d\",\"ota_keys\":{\"index\":1,\"kic\":\"000102030405060708090a0b0c%06x\",\"kid\":\"101112131415161718191a1b1c1d1e1f\"}}\n", $1, $1, $1 }' |
		m2m-register import --register db subscribers
	seq "$1" | awk '{ printf "{\"iccid\":\"8943%016d\",\"imsi\":\"00102%010d\"}\n", $1, $1 }' >list
}

@test "a batch: a packet for each card, in the list's order, and bad lines named" {
	cards 200
	sed -i '7s/imsi":"00102/imsi":"00103/; 9s/.*/{"iccid":"x"}/; 11s/.*/{"iccid":"89430000000000009999","imsi":"001020000009999"}/' list
	sed -n 3p list >>list
	rc=0
	ota-wrap --register db --batch list --plmn 001-02 "${aes[@]}" --form tpdu -o packets 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <packets)" -eq 197 ]
	grep -q 'refused: foreign-imsi: list:7: ' err
	grep -q '^ota-wrap: list:9: ' err
	grep -q 'refused: unknown-iccid: list:11: ' err
	grep -q 'refused: double-imsi: list:201: ' err
	[ "$(wc -l <err)" -eq 4 ]
	# one of them opens with that card's keys, and carries its IMSI
	sed -n 100p packets >one
	n=$((10#$(jq -r '.iccid[4:]' one)))
	printf '{"index":1,"kic":"000102030405060708090a0b0c%06x","kid":"101112131415161718191a1b1c1d1e1f"}\n' $n >keys
	jq -r '.packet[]' one >packet
	ota-unwrap --keyset keys --form tpdu -i packet >out
	[ "$(jq -r .cntr out)" = "$(jq -r .cntr one)" ]
	jq -r .imsi one | xargs -I@ ota-wrap --keyset keys --cntr 0000000001 "${aes[@]}" --imsi @ -o again
	[ "$(ota-unwrap --keyset keys -i again | jq -r .data)" = "$(jq -r .data out)" ]
	# a rerun counts on
	ota-wrap --register db --batch <(sed -n 1,5p list) --plmn 001-02 "${aes[@]}" -o packets
	[ "$(jq -r .cntr packets | sort -u)" = 0000000002 ]
	refuses 2 '--batch goes with' ota-wrap --register db --batch list "${aes[@]}"
	refuses 2 '--batch goes with' ota-wrap --register db --batch list --plmn 001-02 --iccid 1 "${aes[@]}"
}
