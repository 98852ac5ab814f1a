#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load ota

@test "every published command packet of TS 102 225 opens" {
	opened() {
		ota-unwrap --keyset keyset --allow-weak <<<"${row[secured]}" >got &&
			jq -r '[.spi, .kic, .kid, .tar, .cntr, .data] | join(" ")' got >said &&
			is said "${row[spi]} ${row[kic]} ${row[kid]} ${row[tar]} ${row[cntr]} ${row[plain]}"
	}
	published command opened >all || { cat all && return 1; }
	[ "$(cat all)" = '25 packets' ]
}

@test "every published response packet opens" {
	opened() {
		local spi=0001
		[ "${row[por_sec]}" = 0 ] || spi=0019
		ota-unwrap --response --keyset keyset --allow-weak --spi $spi --kic "0${row[kic_alg]}" --kid "0${row[kid_alg]}" \
			<<<"${row[secured]}" >got && jq -r '[.tar, .cntr, .data, .status] | join(" ")' got >said &&
			is said "${row[tar]} ${row[cntr]} ${row[plain]} por-ok"
	}
	published response opened >all || { cat all && return 1; }
	[ "$(cat all)" = '8 packets' ]
}

wrap() {
	ota-wrap --keyset keyset --cntr "$1" --spi "${2-1621}" --kic 12 --kid 12 --tar b00010 -i <(echo 00a40000023f00) -o packet
}

@test "every bit that is changed is refused" {
	aes_keyset
	wrap 0000000006
	local p i c
	p=$(cat packet)
	for ((i = 0; i < ${#p}; i++)); do
		for bit in 1 2 4 8; do
			c=$(printf %x $((0x${p:i:1} ^ bit)))
			echo "${p:0:i}$c${p:i+1}" >altered
			rc=0
			ota-unwrap --keyset keyset -i altered >out 2>err || rc=$?
			[ "$rc" -eq 1 ] || [ "$rc" -eq 3 ] || {
				echo "digit $i bit $bit: $rc"
				return 1
			}
			[ ! -s out ]
		done
	done
	# what is behind the check's reach alone is malformed; all else is the check's
	echo "${p:0:${#p}-1}$(printf %x $((0x${p: -1} ^ 1)))" >altered
	refuses 1 'refused: mac-mismatch' ota-unwrap --keyset keyset -i altered
	echo "${p}00" >altered
	refuses 3 'CPL is' ota-unwrap --keyset keyset -i altered
}

@test "the same for a response, whose check covers its user data header" {
	aes_keyset
	ota-wrap --response --keyset keyset --cntr 0000000006 --spi 0039 --kic 12 --kid 12 --tar b00010 -i <(echo 016e00) -o packet
	local p i
	p=$(cat packet)
	for ((i = 0; i < ${#p}; i++)); do
		echo "${p:0:i}$(printf %x $((0x${p:i:1} ^ 1)))${p:i+1}" >altered
		rc=0
		ota-unwrap --response --keyset keyset --spi 0039 --kic 12 --kid 12 -i altered >out 2>err || rc=$?
		[ "$rc" -eq 1 ] || [ "$rc" -eq 3 ]
		[ ! -s out ]
	done
	ota-unwrap --response --keyset keyset --spi 0039 --kic 12 --kid 12 --cntr 0000000006 --tar b00010 -i packet >out
	[ "$(jq -r '[.status, .executed, .sw] | join(" ")' out)" = 'por-ok 1 6e00' ]
	refuses 1 'refused: cntr-mismatch' ota-unwrap --response --keyset keyset --spi 0039 --kic 12 --kid 12 --cntr 0000000007 -i packet
	refuses 1 'refused: wrong-tar' ota-unwrap --response --keyset keyset --spi 0039 --kic 12 --kid 12 --tar b00011 -i packet
}

@test "counters: each mode of SPI, at its edges" {
	aes_keyset
	local mode cntr want
	while read -r mode cntr want; do
		wrap "$cntr" "$mode"
		if [ "$want" = ok ]; then
			ota-unwrap --keyset keyset -i packet >out
		else
			refuses 1 "refused: $want" ota-unwrap --keyset keyset -i packet
		fi
	done <<-'TEXT'
		0621 0000000001 ok
		0e21 0000000001 ok
		1621 0000000005 cntr-low
		1621 0000000004 cntr-low
		1621 0000000006 ok
		1621 0000000009 ok
		1e21 0000000005 cntr-low
		1e21 0000000006 ok
		1e21 0000000007 cntr-high
		1621 ffffffffff ok
	TEXT
	wrap ffffffffff
	sed -i 's/"cntr":"[^"]*"/"cntr":"ffffffffff"/' keyset
	refuses 1 'refused: cntr-blocked' ota-unwrap --keyset keyset -i packet
}

@test "wrong TAR, wrong key index, wrong keys" {
	aes_keyset
	wrap 0000000006
	refuses 1 'refused: wrong-tar' ota-unwrap --keyset keyset --tar b00011 -i packet
	sed 's/"index":1/"index":2/' keyset >other
	refuses 1 'refused: wrong-key-index' ota-unwrap --keyset other -i packet
	sed 's/"kid":"10/"kid":"11/' keyset >other
	refuses 1 'refused: mac-mismatch' ota-unwrap --keyset other -i packet
	sed 's/"kic":"00/"kic":"01/' keyset >other
	refuses 1 'refused: mac-mismatch' ota-unwrap --keyset other -i packet
}

@test "cut packets and false lengths are malformed" {
	aes_keyset
	wrap 0000000006
	local p n
	p=$(cat packet)
	for ((n = 0; n < ${#p}; n += 2)); do
		echo "${p:0:n}" >cut
		refuses 3 '^ota-unwrap: ' ota-unwrap --keyset keyset -i cut
	done
	for n in 00 01 02 03 027000 0270 40 44 4405 440581 4405812143f5 440581 0500 050003010100 050003010200 050003010203 ff; do
		echo "$n" >bad
		refuses 3 '^ota-unwrap: ' ota-unwrap --keyset keyset --form ud -i bad
		refuses 3 '^ota-unwrap: ' ota-unwrap --keyset keyset --form tpdu -i bad
	done
}

# peer SPI KIC KID KEY MACKEY CNTR DATA [STATUS]: the packet by openssl's command line alone; with a
# status code that of a response, whose checksum covers its user data header
peer() {
	perl -e '
		my ($spi, $kic, $kid, $key, $mackey, $cntr, $data, $status) = @ARGV;
		my %cbc = ("02" => "aes-".(length($key) * 4)."-cbc", "05" => "des-ede-cbc", "09" => "des-ede3-cbc");
		my $alg = $cbc{"0" . substr $kic, 1}; my $block = $alg =~ /aes/ ? 16 : 8;
		my $cc = 8; my $body = 6 + length($status) / 2 + $cc + length($data) / 2; my $pad = (-$body) % $block;
		my $head = $status eq "" ? sprintf "%04x%02x%s%s%sb00010", 8 + $body + $pad, 13 + $cc, $spi, $kic, $kid
			: sprintf "%04x%02xb00010", 4 + $body + $pad, 10 + $cc;
		my $front = $cntr . sprintf("%02x", $pad) . $status; my $tail = $data . "00" x $pad;
		my $covered = ($status eq "" ? "" : "027100") . $head . $front . $tail; my $sum;
		if ($kid =~ /2$/) { $sum = `printf %s $covered | xxd -r -p | openssl mac -cipher aes-@{[length($mackey) * 4]}-cbc -macopt hexkey:$mackey CMAC` }
		else {
			my $zeros = "00" x ((-length($covered) / 2) % 8);
			$sum = `printf %s $covered$zeros | xxd -r -p | openssl enc -$cbc{"0" . substr $kid, 1} -nopad -K $mackey -iv 0000000000000000 | tail -c 8 | xxd -p -c 99`;
		}
		$sum = lc substr $sum, 0, 16;
		my $iv = "00" x $block;
		my $out = `printf %s $front$sum$tail | xxd -r -p | openssl enc -$alg -nopad -K $key -iv $iv | xxd -p -c 99999`;
		print "$head$out";
	' "$@"
}

# hex NAME N: so many octets by chance, in a variable (a subshell's RANDOM has a seed of its own)
hex() {
	local n text=''
	for ((n = 0; n < $2; n++)); do printf -v text '%s%02x' "$text" $((RANDOM & 255)); done
	printf -v "$1" %s "$text"
}

# algorithms, keys, data and a counter, by chance; in the file keyset
by_chance() {
	case $((RANDOM % 5)) in
	0) kic=12 && hex key 16 ;;
	1) kic=12 && hex key 24 ;;
	2) kic=12 && hex key 32 ;;
	3) kic=15 && hex key 16 ;;
	*) kic=19 && hex key 24 ;;
	esac
	case $((RANDOM % 4)) in
	0) kid=12 && hex mackey 16 ;;
	1) kid=12 && hex mackey 32 ;;
	2) kid=15 && hex mackey 16 ;;
	*) kid=19 && hex mackey 24 ;;
	esac
	hex data $((RANDOM % 90 + 1))
	hex cntr 4
	cntr=00$cntr
	printf '{"kic":"%s","kid":"%s"}\n' "$key" "$mackey" >keyset
}

@test "random packets are those of a script over openssl's command line" {
	wants xxd
	local seed=${SEED-$RANDOM} kic kid key mackey data cntr
	echo "SEED=$seed"
	RANDOM=$seed
	for _ in $(seq 40); do
		by_chance
		ota-wrap --keyset keyset --cntr "$cntr" --spi 1621 --kic $kic --kid $kid --tar b00010 <<<"$data" >ours
		peer 1621 $kic $kid "$key" "$mackey" "$cntr" "$data" >theirs
		diff ours theirs
		ota-unwrap --keyset keyset -i theirs >out
		[ "$(jq -r .data out)" = "$data" ]
	done
}

@test "random responses are those of that script, and open" {
	wants xxd
	local seed=${SEED-$RANDOM} kic kid key mackey data cntr status
	local names=(por-ok rc-cc-ds-failed cntr-low cntr-high)
	echo "SEED=$seed"
	RANDOM=$seed
	for _ in $(seq 20); do
		by_chance
		status=$((RANDOM % 4))
		ota-wrap --response --status "${names[status]}" --keyset keyset --cntr "$cntr" --spi 1639 --kic $kic --kid $kid --tar b00010 <<<"$data" >ours
		peer 1639 $kic $kid "$key" "$mackey" "$cntr" "$data" "0$status" >theirs
		diff ours theirs
		ota-unwrap --response --keyset keyset --spi 1639 --kic $kic --kid $kid -i theirs >out
		[ "$(jq -r '[.data, .status, .cntr] | join(" ")' out)" = "$data ${names[status]} $cntr" ]
	done
}

@test "an answer without the security that was asked for says what it says, and is not trusted" {
	local status
	aes_keyset
	for status in rc-cc-ds-failed tar-unknown por-ok; do
		ota-wrap --response --status $status --keyset keyset --cntr 0000000000 --spi 1601 --kic 12 --kid 12 --tar b00010 -i <(echo) -o answer
		refuses 1 "refused: insufficient-security-level: the response has no security, and says $status " \
			ota-unwrap --response --keyset keyset --spi 1639 --kic 12 --kid 12 -i answer
		ota-unwrap --response --keyset keyset --spi 1601 --kic 12 --kid 12 -i answer | jq -e --arg s $status '.status == $s'
	done
}

@test "the command line is checked" {
	aes_keyset
	refuses 2 '--keyset is wanted' ota-unwrap
	refuses 2 '--response wants --spi' ota-unwrap --keyset keyset --response
	refuses 2 'go with --response' ota-unwrap --keyset keyset --spi 1621
	refuses 3 'no-such-file' ota-unwrap --keyset no-such-file
	for bad in '{}x' '[]' '{"kic":"00"}' '{"kic":"zz"}' '{"index":0}' '{"index":16}' '{"cmac_bytes":5}' '{"cntr":"1"}' '{"kic_alg":"crc16"}' '{"kid_alg":"md5"}' '{"index":1,"kic_alg":5}' '{"k":"00"}'; do
		echo "$bad" >bad
		refuses 3 '^ota-unwrap: bad' ota-unwrap --keyset bad
	done
}

@test "a batch of answers: each card's outcome, the worst status" {
	for n in 1 2 3; do
		printf '{"imsi":"00101000000000%d","alg":"milenage","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf","status":"active","iccid":"8943000000000000000%d","ota_keys":{"index":1,"kic":"000102030405060708090a0b0c0d0e0%d","kid":"101112131415161718191a1b1c1d1e1f"}}\n' $n $n $n >card.jsonl
		m2m-register import --register db subscribers -i card.jsonl
		jq -c .ota_keys card.jsonl >keys$n
	done
	answer() { # CARD KEYS STATUS DATA
		ota-wrap --response --keyset "keys$2" --cntr 0000000001 --spi 1639 --kic 12 --kid 12 --tar b00010 --status "$3" --form tpdu -i <(echo "$4") |
			jq -Rc --arg iccid "8943000000000000000$1" '{iccid: $iccid, packet: [.]}'
	}
	{
		answer 1 1 por-ok 089000
		answer 2 2 por-ok 036a82
		answer 3 1 por-ok 089000
		answer 3 3 cntr-low ''
		answer 9 1 por-ok 089000
		echo '{"iccid":"89430000000000000001","packet":["00"]}'
	} >answers
	rc=0
	ota-unwrap --response --register db --batch answers --spi 1639 --kic 12 --kid 12 --form tpdu -o out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(jq -r '[.iccid[-1:], .status, .sw // "-"] | join(" ")' out)" = $'1 por-ok 9000\n2 por-ok 6a82\n3 cntr-low -' ]
	grep -q 'refused: command-failed: answers:2: ' err
	grep -q 'refused: mac-mismatch: answers:3: ' err
	grep -q 'refused: command-failed: answers:4: .*cntr-low' err
	grep -q 'refused: unknown-iccid: answers:5: ' err
	grep -q '^ota-unwrap: answers:6: ' err
	refuses 2 '--batch goes with' ota-unwrap --batch answers --keyset keys1
}
