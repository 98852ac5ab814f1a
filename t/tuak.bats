#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

# sets: each row of TS 35.233 as shell variables, in turn
each_set() {
	while IFS=$'\t' read -r set spec it kl ml rl cl il k rand sqn amf top topc f1 f1s f2 f3 f4 f5 f5s autn auts; do
		[ "$set" != set ] || continue
		lengths=(--mac-bits "$ml" --res-bits "$rl" --ck-bits "$cl" --ik-bits "$il" --iterations "$it")
		"$@" || {
			echo "set $set of $spec, K of $kl bits"
			return 1
		}
	done <"$SPECS/ts35233-tuak.tsv"
}

all_functions() {
	local want="$topc $f1 $f1s $f2 $f3 $f4 $f5 $f5s"
	[ "$(tuak all --k "$k" --top "$top" --rand "$rand" --sqn "$sqn" --amf "$amf" "${lengths[@]}" |
		jq -r '[.topc,.f1,.f1s,.f2,.f3,.f4,.f5,.f5s] | join(" ")')" = "$want" ]
	[ "$(tuak all --k "$k" --topc "$topc" --rand "$rand" --sqn "$sqn" --amf "$amf" "${lengths[@]}" |
		jq -r '[.topc,.f1,.f1s,.f2,.f3,.f4,.f5,.f5s] | join(" ")')" = "$want" ]
}

both_sides() {
	local rc=0
	tuak av --k "$k" --topc "$topc" --rand "$rand" --sqn "$sqn" --amf "$amf" "${lengths[@]}" >av
	[ "$(jq -r '.autn + .xres + .ck + .ik' av)" = "$autn$f2$f3$f4" ]
	tuak usim --k "$k" --topc "$topc" --rand "$rand" --autn "$autn" "${lengths[@]}" >answer
	[ "$(jq -r '.res + .ck + .ik + .sqn' answer)" = "$f2$f3$f4$sqn" ]
	tuak usim --k "$k" --topc "$topc" --rand "$rand" --autn "$autn" --sqn "$sqn" "${lengths[@]}" >answer 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: sqn-out-of-range' err
	[ "$(jq -r .auts answer)" = "$auts" ]
	[ "$(tuak resync --k "$k" --topc "$topc" --rand "$rand" --auts "$auts" "${lengths[@]}" | jq -r .sqn_ms)" = "$sqn" ]
}

@test "TS 35.233: every function of every set, TOP and TOPc" {
	each_set all_functions
}

@test "TS 35.233: AUTN, the card's answer, AUTS and SQN_MS of every set" {
	each_set both_sides
}

@test "a TOP taken for a TOPc is named; a forged MAC gets no AUTS" {
	each_set eval '[ "$set" != 1 ] || refuses 1 "would be right if this TOPc were a TOP" tuak usim --k "$k" --topc "$top" --rand "$rand" --autn "$autn" "${lengths[@]}"'
	each_set eval 'refuses 1 "refused: mac-mismatch" tuak usim --k "$k" --topc "$topc" --rand "$rand" --autn "${autn%?}$(tr 0-9a-f 1-9a-f0 <<<"${autn: -1}")" --sqn "$sqn" "${lengths[@]}"'
	each_set eval 'refuses 1 "refused: mac-mismatch" tuak resync --k "$k" --topc "$topc" --rand "$rand" --auts "${auts%?}$(tr 0-9a-f 1-9a-f0 <<<"${auts: -1}")" "${lengths[@]}"'
}

@test "records in and out: JSON Lines, CSV and TSV say the same, with K of both lengths" {
	printf '%s\n' '{"k":"abababababababababababababababab","top":"5555555555555555555555555555555555555555555555555555555555555555","rand":"42424242424242424242424242424242","sqn":"111111111111","amf":"ffff"}' \
		'{"k":"fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0","top":"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f","rand":"0123456789abcdef0123456789abcdef","sqn":"0123456789ab","amf":"abcd"}' >in.jsonl
	jq -r '[.k, .top, .rand, .sqn, .amf] | join(",")' in.jsonl | sed '1i k,top,rand,sqn,amf' >in.csv
	tr , '\t' <in.csv >in.tsv
	tuak all <in.jsonl >out.jsonl
	[ "$(sed -n 1p out.jsonl | jq -r .f1)" = f9a54e6aeaa8618d ]
	tuak all --csv <in.csv | tail -n +2 >out.csv
	jq -r '[.[]] | join(",")' out.jsonl | diff - out.csv
	tuak all --tsv <in.tsv | tail -n +2 | tr '\t' , | diff - out.csv
}

@test "options: lengths and iterations" {
	refuses 2 'want one of 64 128 256' tuak all --mac-bits 96
	refuses 2 'want one of 128 256' tuak all --ck-bits 64
	refuses 2 '--iterations' tuak all --iterations 0
	refuses 3 'k: want 32 hex digits' tuak opc --k 00 --top 00
}

# Keccak-f[1600] by another hand: python's hashlib knows it inside SHAKE256 only, so more iterations
# than one have it in python itself
@test "a thousand random inputs of all lengths against python's SHAKE256, and iterations by python alone" {
	wants python3
	python3 - <<-'PY'
		import hashlib, os, random
		seed = os.environ.get("SEED") or str(random.randrange(10**9))
		print("seed", seed)
		rnd = random.Random(seed)
		octets = lambda n: bytes(rnd.randrange(256) for _ in range(n))
		bits = {4: 0, 8: 8, 16: 16, 32: 32}
		M = 2**64 - 1
		rol = lambda x, n: (x << n | x >> 64 - n) & M if n else x
		def keccak(state):
		    a = [int.from_bytes(state[8 * i:8 * i + 8], "little") for i in range(25)]
		    lfsr = 1
		    for _ in range(24):
		        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
		        a = [a[i] ^ c[(i + 4) % 5] ^ rol(c[(i + 1) % 5], 1) for i in range(25)]
		        x, y, lane = 1, 0, a[1]
		        for t in range(24):
		            x, y = y, (2 * x + 3 * y) % 5
		            lane, a[x + 5 * y] = a[x + 5 * y], rol(lane, (t + 1) * (t + 2) // 2 % 64)
		        a = [a[i] ^ ~a[i - i % 5 + (i + 1) % 5] & a[i - i % 5 + (i + 2) % 5] & M for i in range(25)]
		        for j in range(7):
		            if lfsr & 1: a[0] ^= 1 << (1 << j) - 1
		            lfsr = lfsr << 1 ^ (0x171 if lfsr >> 7 else 0)
		    return b"".join(x.to_bytes(8, "little") for x in a)
		def tuak(top, instance, rand, amf, sqn, k):
		    if len(k) == 32: instance |= 1
		    s = b"".join(x[::-1] for x in (top, bytes([instance]), b"TUAK1.0", rand, amf, sqn, k)).ljust(96, b"\0")
		    if iterations == 1: return hashlib.shake_256(s).digest(102)
		    s = (s + b"\x1f").ljust(135, b"\0") + b"\x80" + bytes(64)
		    for _ in range(iterations): s = keccak(s)
		    return s
		for n, (iterations, rows) in enumerate([(1, 170)] * 6 + [(2, 20), (3, 20)]):
		    mac, res, ck, ik = rnd.choice((8, 16, 32)), rnd.choice((4, 8, 16, 32)), rnd.choice((16, 32)), rnd.choice((16, 32))
		    z = bytes(16)
		    with open(f"args.{n}", "w") as f:
		        print("--mac-bits", mac * 8, "--res-bits", res * 8, "--ck-bits", ck * 8, "--ik-bits", ik * 8, "--iterations", iterations, file=f)
		    with open(f"in.{n}", "w") as given, open(f"want.{n}", "w") as want:
		        print("k", "top", "rand", "sqn", "amf", sep="\t", file=given)
		        for _ in range(rows):
		            k, top, rand, sqn, amf = octets(rnd.choice((16, 32))), octets(32), octets(16), octets(6), octets(2)
		            topc = tuak(top, 0, z, z[:2], z[:6], k)[:32][::-1]
		            f1 = tuak(topc, bits[mac], rand, amf, sqn, k)[:mac][::-1]
		            f1s = tuak(topc, 0x80 | bits[mac], rand, amf, sqn, k)[:mac][::-1]
		            o = tuak(topc, 0x40 | bits[res] | (4 if ck == 32 else 0) | (2 if ik == 32 else 0), rand, z[:2], z[:6], k)
		            f5s = tuak(topc, 0xc0, rand, z[:2], z[:6], k)[96:102][::-1]
		            print(*(x.hex() for x in (k, top, rand, sqn, amf)), sep="\t", file=given)
		            print(*(x.hex() for x in (topc, f1, f1s, o[:res][::-1], o[32:32 + ck][::-1], o[64:64 + ik][::-1], o[96:102][::-1], f5s)), sep="\t", file=want)
	PY
	local n
	for n in 0 1 2 3 4 5 6 7; do
		# shellcheck disable=SC2046 # the options are words
		tuak all --tsv $(cat args.$n) <in.$n | tail -n +2 | cmp - want.$n
	done
	[ "$(cat want.* | wc -l)" -ge 1000 ]
}

@test "K and TOPc are never freed in the clear" {
	watched abababababababababababababababab tuak opc <<<'{"k":"abababababababababababababababab","top":"5555555555555555555555555555555555555555555555555555555555555555"}' >out
}
