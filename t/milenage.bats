#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
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
	refuses 1 'would be right if this OP were an OPc' milenage usim --k $k --op cd63cb71954a9f4e48a5994e37a02baf \
		--rand $r --autn 55f328b43577b9b94a9ffac354dfafb3
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
	once
	wants osmo-auc-gen
	local seed=$RANDOM i k opc rand sqn
	echo "seed $seed"
	local h
	for i in $(seq 40); do
		h=$(sha512sum <<<"$seed $i")
		k=${h:0:32} opc=${h:32:32} rand=${h:64:32} sqn=$(((16#${h:96:10} / 32 + 1) * 32))
		osmo-auc-gen -3 -a milenage -k "$k" -o "$opc" -r "$rand" -s "$sqn" --amf 8000 -O 2>/dev/null >theirs ||
			osmo-auc-gen -3 -a milenage -k "$k" -o "$opc" -r "$rand" -s "$sqn" -f 8000 >theirs
		milenage av --k "$k" --opc "$opc" --rand "$rand" --sqn "$(printf %012x "$sqn")" | jq -r '"AUTN \(.autn)", "CK \(.ck)", "IK \(.ik)", "RES \(.xres)"' >ours
		sed -nE 's/^(AUTN|RES|CK|IK):\t/\1 /p' theirs | sort | diff - ours
	done
}

@test "K and OPc are never freed in the clear" {
	watched 465b5ce8b199b49faa5f0a2ee238a6bc:cd63cb71954a9f4e48a5994e37a02baf milenage opc \
		<<<'{"k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >out
}

@test "TS 55.205: SRES#1, SRES#2 and Kc of every set" {
	awk -F'\t' 'NR == 1 { print "k\topc\trand" } NR > 1 { print $2 "\t" $4 "\t" $3 }' "$SPECS/ts55205-gsm-milenage.tsv" >in.tsv
	milenage all --gsm --tsv <in.tsv | tail -n +2 | cut -f9-11 >got
	tail -n +2 "$SPECS/ts55205-gsm-milenage.tsv" | cut -f5-7 | diff - got
	# whatever RES is cut to
	milenage all --gsm --tsv --res-bits 32 <in.tsv | tail -n +2 | cut -f9-11 | cmp - got
}

@test "random vectors and AUTS by the thousand, in a stream, against osmo-auc-gen" {
	once
	wants osmo-auc-gen
	local seed=${SEED-$RANDOM} k opc rand sqn auts
	echo "seed $seed"
	openssl enc -aes-128-ctr -nosalt -K "$(printf %032x "$seed")" -iv 00000000000000000000000000000000 </dev/zero 2>/dev/null | head -c 53000 | od -An -v -tx1 -w53 | tr -d ' ' |
		awk '{ print substr($0, 1, 32) "\t" substr($0, 33, 32) "\t" substr($0, 65, 32) "\t0" substr($0, 97, 9) "00" }' >rows || true
	[ "$(wc -l <rows)" -eq 1000 ]
	sed '1i k\topc\trand\tsqn' rows | milenage av --tsv --jobs 2 | tail -n +2 | cut -f3-6 >ours
	# theirs takes the SQN that was used last, and goes on by one
	while IFS=$'\t' read -r k opc rand sqn; do
		osmo-auc-gen -3 -a milenage -k "$k" -o "$opc" -r "$rand" -s $((16#$sqn)) -f 8000 -l 0
		echo end
	done <rows |
		awk -F'\t' '/^AUTN/ { a = $2 } /^RES/ { r = $2 } /^CK/ { c = $2 } /^IK/ { i = $2 } /^end/ { print a "\t" r "\t" c "\t" i; a = r = c = i = "" }' >theirs
	diff ours theirs | head -3
	cmp ours theirs
	# a card that is ahead: its AUTS, which theirs opens
	paste rows <(cut -f1 ours) | sed '1i k\topc\trand\tsqn\tautn' | milenage usim --tsv 2>/dev/null | tail -n +2 | cut -f5 >auts || true
	[ "$(grep -cE '^[0-9a-f]{28}$' auts)" -eq 1000 ]
	paste rows auts >both
	while IFS=$'\t' read -r k opc rand sqn auts; do
		osmo-auc-gen -3 -a milenage -k "$k" -o "$opc" -r "$rand" -A "$auts" -f 8000
		printf '%d\n' $((16#$sqn)) >&3
	done <both 3>want | sed -n 's/^SQN.MS:\t//p' >ms
	cmp want ms
}

@test "JSON Lines, CSV and TSV give the same, for any number of threads, in order" {
	awk 'BEGIN { print "imsi\tk\topc\trand\tsqn"; for (i = 1; i <= 20000; i++) printf "%015d\t%032x\t%032x\t%032x\t%012x\n", i, i * 7, i * 11, i * 13, i }' >in.tsv
	tr '\t' , <in.tsv >in.csv
	tail -n +2 in.tsv | awk -F'\t' '{ printf "{\"imsi\":\"%s\",\"k\":\"%s\",\"opc\":\"%s\",\"rand\":\"%s\",\"sqn\":\"%s\"}\n", $1, $2, $3, $4, $5 }' >in.jsonl
	milenage av --tsv --jobs 1 <in.tsv >want.tsv
	[ "$(wc -l <want.tsv)" -eq 20001 ]
	cut -f1 in.tsv | cmp - <(cut -f1 want.tsv)
	for jobs in 2 3 8; do
		milenage av --tsv --jobs $jobs <in.tsv | cmp - want.tsv
		milenage av --csv --jobs $jobs <in.csv | tr , '\t' | cmp - want.tsv
		milenage av --jobs $jobs -i in.jsonl | sed 's/^{"imsi":"//; s/"[,:]"[a-z]*":"/\t/g; s/"}$//' | cmp - <(tail -n +2 want.tsv)
	done
	# lines that come a few octets at a time
	(while IFS= read -r -n 3000 part; do printf '%s' "$part"; done < <(head -c 60000 in.tsv | tr '\n' '\001')) | tr '\001' '\n' | milenage av --tsv 2>/dev/null | sed -n 1,300p | cmp - <(sed -n 1,300p want.tsv) || [ "$?" -eq 3 ]
}

@test "every act in every form says the same" {
	umask 077
	local act form columns
	awk 'BEGIN { for (i = 1; i <= 50; i++) printf "%032x\t%032x\t%032x\t%012x\n", i * 7, i * 11, i * 13, i * 32 }' >rows
	{ printf 'k\topc\trand\tsqn\n' && cat rows; } | milenage av --tsv | tail -n +2 | cut -f3 >autn
	# a card that is ahead in the slot of each
	paste rows autn | awk -F'\t' 'BEGIN { OFS = "\t" } { $4 = "000000100000"; print }' | sed '1i k\topc\trand\tsqn\tautn' | milenage usim --tsv 2>/dev/null | tail -n +2 | cut -f5 >auts || true
	[ "$(grep -cE '^[0-9a-f]{28}$' auts)" -eq 50 ]
	paste rows autn auts | awk -F'\t' '{ printf "{\"k\":\"%s\",\"opc\":\"%s\",\"rand\":\"%s\",\"sqn\":\"%s\",\"autn\":\"%s\",\"auts\":\"%s\"}\n", $1, $2, $3, NR % 2 ? "000000000000" : $4, $5, $6 }' >in.jsonl
	jq -r '[.k, .opc, .rand, .sqn, .autn, .auts] | join("\t")' in.jsonl | sed '1i k\topc\trand\tsqn\tautn\tauts' >in.tsv
	tr '\t' , <in.tsv >in.csv
	for act in all av usim resync opc; do
		milenage $act <in.jsonl >out.jsonl 2>err.jsonl || true
		milenage $act --tsv <in.tsv >out.tsv 2>err.tsv || true
		milenage $act --csv <in.csv >out.csv 2>err.csv || true
		[ "$(wc -l <out.jsonl)" -eq 50 ]
		tr , '\t' <out.csv | cmp - out.tsv
		head -1 out.tsv | tr '\t' '\n' >columns
		jq -r --rawfile c columns '. as $o | $c | rtrimstr("\n") / "\n" | map($o[.] // "") | join("\t")' out.jsonl | cmp - <(tail -n +2 out.tsv)
		[ "$(jq -r 'keys[]' out.jsonl | sort -u | tr '\n' ' ')" = "$(sort columns | grep -v imsi | tr '\n' ' ')" ]
		diff <(sed 's/stdin:[0-9]*//' err.jsonl) <(sed 's/stdin:[0-9]*//' err.tsv)
	done
}

@test "what a line may hold: blank lines, CRLF, escapes, quotes; what it may not" {
	umask 077
	local k=465b5ce8b199b49faa5f0a2ee238a6bc c=cd63cb71954a9f4e48a5994e37a02baf
	printf '\n{"k":"%s","opc":"%s"}\r\n\n  { "opc" : "%s" , "k":"%s", "note":"a\\u0062", "n":[1,{"k":2}] }  \n' $k $c $c $k | milenage opc >out
	[ "$(sort -u out)" = "{\"opc\":\"$c\"}" ]
	[ "$(wc -l <out)" -eq 2 ]
	[ "$(printf '{"\\u006b":"%s","opc":"%s"}' $k $c | milenage opc)" = "{\"opc\":\"$c\"}" ]
	[ "$(printf 'note,k,"opc"\r\n"a ""b"", c",%s,"%s"\r\n' $k $c | milenage opc --csv | tail -1)" = $c ]
	printf '%s\n' "{\"k\":\"$k\",\"k\":\"$k\",\"opc\":\"$c\"}" "{\"k\":\"$k\",\"opc\":\"$c\"} x" "{\"k\":\"$k\",\"opc\":\"$c\"" '[]' '{"k":1}' "{\"k\":\"$k\"}" >bad
	rc=0
	milenage opc -i bad >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ ! -s out ]
	[ "$(cut -d: -f1-3 err | tr '\n' ' ')" = 'milenage: bad:1 milenage: bad:2 milenage: bad:3 milenage: bad:4 milenage: bad:5 milenage: bad:6 ' ]
	{ printf 'k\topc\n%s\t%s\n' $k $c && head -c 70000 /dev/zero | tr '\0' a && printf '\n%s\t%s\n' $k $c; } >long
	rc=0
	milenage opc --tsv -i long >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <out)" -eq 3 ]
	grep -q 'long:3: longer than' err
}

@test "a line of a gigabyte is refused in little memory, and the next is done" {
	local k=465b5ce8b199b49faa5f0a2ee238a6bc c=cd63cb71954a9f4e48a5994e37a02baf
	rc=0
	{ head -c 1073741824 /dev/zero | tr '\0' '{' && printf '\n{"k":"%s","opc":"%s"}\n' $k $c; } | milenage opc --jobs 1 >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <out)" -eq 1 ]
	grep -q 'stdin:1: longer than' err
}

@test "a million lines of an octet: each is told, in order, in little memory" {
	once
	umask 077
	{ echo k,opc && { yes x || true; } | head -1000000 && printf '%s,%s\n' 465b5ce8b199b49faa5f0a2ee238a6bc cd63cb71954a9f4e48a5994e37a02baf && echo y; } >bad
	rc=0
	command time -o time -f %M milenage opc --csv --jobs 2 -i bad >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(tail -1 out)" = cd63cb71954a9f4e48a5994e37a02baf ]
	cut -d: -f1-3 err | cmp - <(seq 2 1000003 | grep -v 1000002 | sed 's/^/milenage: bad:/')
	cat time
	[ "$(tail -1 time)" -lt 65536 ]
}

@test "RFC 4180: a row is a line: a quoted cell that goes on is told, and the rows behind it are numbered as lines" {
	local k=465b5ce8b199b49faa5f0a2ee238a6bc c=cd63cb71954a9f4e48a5994e37a02baf
	umask 077
	printf 'k,opc,note\n%s,%s,"two\nlines"\n%s,%s,"a"b\n%s,%s,x\n%s,00,x\n' $k $c $k $c $k $c $k >in.csv
	rc=0
	milenage opc --csv -i in.csv >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(cat out)" = "opc
$c" ]
	sed -n 1p err | grep -q '^milenage: in.csv:2: a quoted cell does not end on its line: '
	sed -n 2p err | grep -q '^milenage: in.csv:3: k: '
	sed -n 3p err | grep -q '^milenage: in.csv:4: text behind a quoted cell'
	sed -n 4p err | grep -q '^milenage: in.csv:6: opc: '
	[ "$(wc -l <err)" -eq 4 ]
}

@test "a header line that is none: a gigabyte, a 0 octet, empty, missing" {
	local k=465b5ce8b199b49faa5f0a2ee238a6bc c=cd63cb71954a9f4e48a5994e37a02baf
	umask 077
	long() { { head -c 1073741824 /dev/zero || true; } | { tr '\0' k || true; } | milenage opc "$1"; }
	zero() { printf 'k\topc\0\n%s\t%s\n' $k "$c" | milenage opc --tsv; }
	empty() { printf '\n%s,%s\n' $k "$c" | milenage opc --csv; }
	none() { milenage opc --csv </dev/null; }
	refuses 3 'stdin:1: header line longer than the limit of 65536 octets$' long --csv
	refuses 3 'stdin:1: header line longer than the limit of 65536 octets$' long --tsv
	refuses 3 'stdin:1: a 0 octet in the header line$' zero
	refuses 3 'stdin: no header line$' empty
	refuses 3 'stdin: no header line$' none
	bare() { printf '%s,%s\n' $k "$c" | milenage opc --csv; }
	refuses 3 'stdin:1: header: want a column k$' bare
	# one that is as long as it may be
	{ printf 'k,opc,' && head -c 65530 /dev/zero | tr '\0' a && printf '\n%s,%s,x\n' $k $c; } | milenage opc --csv | tail -1 | grep -qx $c
}

@test "resync says in a table too what becomes of SQN_HE, where records bring it" {
	umask 077
	local key='90dca4eda45b53cf0f12d7c9c3bc6a89,cb9cccc4b9258e6dca4760379fb82581,9fddc72092c6ad036b6e464789315b78,4f2039392ddd4bb4316ed4a14688'
	printf 'k,opc,rand,auts,sqn\n%s,000000000000\n%s,000000000400\n' $key $key | milenage resync --csv --ind-bits 0 >out
	[ "$(tr '\n' ' ' <out)" = 'sqn_ms,sqn_he 000000000001,000000000001 000000000001,000000000400 ' ]
	[ "$(printf 'k,opc,rand,auts\n%s\n' $key | milenage resync --csv | tr '\n' ' ')" = 'sqn_ms 000000000001 ' ]
}

@test "the SQN array in a file: each slot for itself, durable, options for IND, delta and L" {
	local key=(--k 465b5ce8b199b49faa5f0a2ee238a6bc --opc cd63cb71954a9f4e48a5994e37a02baf --rand 23553cbe9637a89d218ae64dae47bf35)
	takes() {
		local autn
		autn=$(milenage av "${key[@]}" --sqn "$1" | jq -r .autn)
		milenage usim "${key[@]}" --autn "$autn" --window card.json "${@:2}" >answer 2>err
	}
	takes 000000000800
	[ "$(stat -c %a card.json)" = 600 ]
	! takes 000000000800 || false
	[ "$(milenage resync "${key[@]}" --auts "$(jq -r .auts answer)" | jq -r .sqn_ms)" = 000000000800 ]
	takes 000000000421
	! takes 000000000421 || false
	takes 000000000441
	[ "$(jq -c '[.seq[0], .seq[1], .ind_bits]' card.json)" = '[64,34,5]' ]
	rm card.json
	takes 000000000041 --ind-bits 0 --limit 10
	! takes 000000000041 || false
	! takes 000000000037 || false
	takes 00000000004b
	[ "$(jq -c .limit card.json)" = 10 ]
	echo '{"ind_bits":5,"seq":[1]}' >card.json
	! takes 000000000800 || false
	grep -q 'card.json: seq: want 32 numbers' err
}

@test "constants of an operator's own: c and r" {
	local key=(--k 465b5ce8b199b49faa5f0a2ee238a6bc --opc cd63cb71954a9f4e48a5994e37a02baf --rand 23553cbe9637a89d218ae64dae47bf35 --sqn ff9bb4d0b607 --amf b9b9)
	local zero=00000000000000000000000000000000 c
	c=$zero,${zero%?}1,${zero%?}2,${zero%?}4,${zero%?}8
	milenage "${key[@]}" >want
	milenage "${key[@]}" --r 64,0,32,64,96 --c "$c" | cmp - want
	milenage "${key[@]}" --r 64,0,32,64,97 >other
	[ "$(jq -r .f4 other)" = "$(jq -r .f4 want)" ]
	[ "$(jq -r .f5s other)" != "$(jq -r .f5s want)" ]
	milenage "${key[@]}" --c "${c%?}9" >other
	[ "$(jq -r .f5s other)" != "$(jq -r .f5s want)" ]
	[ "$(milenage "${key[@]}" --res-bits 32 | jq -r .f2)" = a54211d5 ]
	refuses 2 'five numbers' milenage "${key[@]}" --r 64,0,32,64
	refuses 2 'five numbers' milenage "${key[@]}" --r 64,0,32,64,128
	refuses 2 'five times' milenage "${key[@]}" --c $zero
	refuses 2 'want one of' milenage "${key[@]}" --res-bits 31
}

# the KDF of TS 33.220 B.2 by openssl
@test "K_ASME (TS 33.401 A.2), RES* and K_AUSF (TS 33.501 A.2, A.4) against openssl" {
	local key=(--k 465b5ce8b199b49faa5f0a2ee238a6bc --opc cd63cb71954a9f4e48a5994e37a02baf --rand 23553cbe9637a89d218ae64dae47bf35 --sqn 000000000020)
	local snn=5G:mnc010.mcc262.3gppnetwork.org s
	kdf() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")" | openssl dgst -sha256 -mac HMAC -macopt hexkey:"$ck$ik" | sed 's/.*= //'; }
	milenage av "${key[@]}" >av
	ck=$(jq -r .ck av) ik=$(jq -r .ik av) autn=$(jq -r .autn av) rand=$(jq -r .rand av) xres=$(jq -r .xres av)
	milenage av "${key[@]}" --eps 262-010 >eps
	[ "$(jq -r 'keys_unsorted | join(" ")' eps)" = 'rand autn xres kasme' ]
	[ "$(jq -r .kasme eps)" = "$(kdf "106202100003${autn:0:12}0006")" ]
	milenage av "${key[@]}" --5g $snn >he
	[ "$(jq -r 'keys_unsorted | join(" ")' he)" = 'rand autn xres_star kausf' ]
	s=$(printf %s $snn | od -An -v -tx1 | tr -d ' \n')$(printf %04x ${#snn})
	[ "$(jq -r .kausf he)" = "$(kdf "6a$s${autn:0:12}0006")" ]
	[ "$(jq -r .xres_star he)" = "$(kdf "6b$s${rand}0010${xres}0008" | cut -c33-64)" ]
	refuses 1 'refused: amf-separation' milenage av "${key[@]}" --eps 262-01 --amf 7fff
	refuses 2 'either --eps or --5g' milenage av "${key[@]}" --eps 262-01 --5g $snn
}
