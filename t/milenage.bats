#!/usr/bin/env bats
load lib

@test "TS 35.208 4.3: every function of every set, OP and OPc, records in and out" {
	cut -f3,4,5,6,7 "$SPECS/ts35208-milenage.tsv" >op.tsv
	cut -f3,4,5,6,8 "$SPECS/ts35208-milenage.tsv" >opc.tsv
	cut -f8-15 "$SPECS/ts35208-milenage.tsv" >want
	milenage all --tsv -i op.tsv >got
	diff want got
	milenage all --tsv <opc.tsv >got
	diff want got
}

@test "TS 33.102 6.3.2: AUTN, XRES, CK and IK of every set" {
	cut -f3-7 "$SPECS/ts35208-milenage.tsv" >in.tsv
	milenage av --tsv <in.tsv | cut -f3-6 | tail -n +2 >got
	awk -F'\t' 'NR > 1 { print $16 "\t" $11 "\t" $12 "\t" $13 }' "$SPECS/ts35208-milenage.tsv" | diff - got
}

@test "TS 33.102 6.3.3: the card's side of every set, and AUTS of every set" {
	awk -F'\t' 'NR == 1 { print "k\topc\trand\tautn" } NR > 1 { print $3 "\t" $8 "\t" $4 "\t" $16 }' "$SPECS/ts35208-milenage.tsv" >in.tsv
	milenage usim --tsv <in.tsv | tail -n +2 | cut -f1-4 >got
	awk -F'\t' 'NR > 1 { print $11 "\t" $12 "\t" $13 "\t" $5 }' "$SPECS/ts35208-milenage.tsv" | diff - got
	awk -F'\t' 'NR == 1 { print "k\topc\trand\tautn\tsqn" } NR > 1 { print $3 "\t" $8 "\t" $4 "\t" $16 "\t" $5 }' "$SPECS/ts35208-milenage.tsv" >in.tsv
	rc=0
	milenage usim --tsv <in.tsv >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(grep -c 'refused: sqn-out-of-range' err)" -eq 21 ]
}

@test "TS 33.102 6.3.5: SQN_MS of published AUTS, and a bad MAC-S" {
	awk -F'\t' 'NR == 1 { print "k\topc\trand\tauts" } NR > 1 { print $3 "\t" $4 "\t" $5 "\t" $6 }' "$SPECS/auts.tsv" >in.tsv
	milenage resync --tsv <in.tsv | tail -n +2 >got || true
	awk -F'\t' 'NR > 1 && $8 == "ok" { print $7 }' "$SPECS/auts.tsv" >want
	diff want got
	refuses 1 'refused: mac-mismatch' milenage resync --k 90dca4eda45b53cf0f12d7c9c3bc6a89 \
		--opc cb9cccc4b9258e6dca4760379fb82581 --rand 9fddc72092c6ad036b6e464789315b78 --auts 4f2039392ddd4bb4316ed4a14689
}

@test "MAC before SQN: a forged AUTN gets no AUTS; OP taken for OPc is named" {
	local k=465b5ce8b199b49faa5f0a2ee238a6bc r=23553cbe9637a89d218ae64dae47bf35
	refuses 1 'refused: mac-mismatch' milenage usim --k $k --opc cd63cb71954a9f4e48a5994e37a02baf --rand $r \
		--autn 55f328b43577b9b94a9ffac354dfafb2 --sqn ff9bb4d0b607
	refuses 1 'would be right if this OPc were an OP' milenage usim --k $k --opc cdc202d5123e20f62b6d676ac72cb318 \
		--rand $r --autn 55f328b43577b9b94a9ffac354dfafb3
}

@test "an SQN out of range: AUTS on stdout, status 1" {
	rc=0
	milenage usim --k 465b5ce8b199b49faa5f0a2ee238a6bc --opc cd63cb71954a9f4e48a5994e37a02baf \
		--rand 23553cbe9637a89d218ae64dae47bf35 --autn 55f328b43577b9b94a9ffac354dfafb3 --sqn ff9bb4d0b607 >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q '^milenage: refused: sqn-out-of-range' err
	[ "$(jq -r .auts out)" = ba853f3c123ccf44e93596e355c6 ]
}

@test "a bad record is reported with its line, the others are done" {
	printf '%s\n' '{"k":"00"}' '{"k":"465b5ce8b199b49faa5f0a2ee238a6bc","op":"cdc202d5123e20f62b6d676ac72cb318"}' >in
	rc=0
	milenage opc <in >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(cat out)" = '{"opc":"cd63cb71954a9f4e48a5994e37a02baf"}' ]
	grep -q '^milenage: stdin:1: k: want 32 hex digits, got 2 characters$' err
}

@test "random vectors and AUTS against osmo-auc-gen" {
	command -v osmo-auc-gen >/dev/null || skip 'osmo-auc-gen is not installed'
	local seed=$RANDOM i k opc rand sqn
	echo "seed $seed"
	hash() { printf '%s' "$seed $1 $i" | sha256sum | cut -c1-"$2"; }
	for i in $(seq 40); do
		k=$(hash k 32) opc=$(hash opc 32) rand=$(hash rand 32) sqn=$(((16#$(hash sqn 10) / 32 + 1) * 32))
		osmo-auc-gen -3 -a milenage -k "$k" -o "$opc" -r "$rand" -s "$sqn" --amf 8000 -O 2>/dev/null >theirs ||
			osmo-auc-gen -3 -a milenage -k "$k" -o "$opc" -r "$rand" -s "$sqn" -f 8000 >theirs
		milenage av --k "$k" --opc "$opc" --rand "$rand" --sqn "$(printf %012x "$sqn")" >ours
		[ "$(sed -n 's/^AUTN:\t//p' theirs)" = "$(jq -r .autn ours)" ]
		[ "$(sed -n 's/^RES:\t//p' theirs)" = "$(jq -r .xres ours)" ]
		[ "$(sed -n 's/^CK:\t//p' theirs)" = "$(jq -r .ck ours)" ]
		[ "$(sed -n 's/^IK:\t//p' theirs)" = "$(jq -r .ik ours)" ]
	done
}

@test "K and OPc are never freed in the clear" {
	watched 465b5ce8b199b49faa5f0a2ee238a6bc:cd63cb71954a9f4e48a5994e37a02baf milenage opc \
		<<<'{"k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >out
}
