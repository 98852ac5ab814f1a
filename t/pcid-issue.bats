#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "an MNC that is not as long as its country has them is warned of (ITU-T E.212)" {
	pcid-issue --register db --plmn 262-010 --count 1 -o one 2>err
	[ "$(cat err)" = 'pcid-issue: warning: --plmn: 262-010: MNCs of 262 (de) have 2 digits (ITU-T E.212)' ]
	for plmn in 262-01 310-410 405-01 405-025 001-010 901-70; do
		pcid-issue --register db --plmn $plmn --count 1 -o one 2>err
		[ ! -s err ]
	done
}

@test "TR 33.812 5.1.3.4.1: unique {PCID, K}, recorded" {
	pcid-issue --register db --plmn 262-010 --count 5 --first 41 >a
	pcid-issue --register db --plmn 262-010 --count 5 >b
	[ "$(cat a b | jq -r .imsi | sort -u | wc -l)" -eq 10 ]
	[ "$(cat a b | jq -r .k | sort -u | wc -l)" -eq 10 ]
	[ "$(head -1 a | jq -r .imsi)" = 262010000000041 ]
	m2m-register export --register db subscribers | cmp - <(cat a b)
}

@test "--first: those numbers, or none; the count goes up alone, and a range is beside it" {
	pcid-issue --register db --plmn 001-01 --count 2 --first 1000 -o a
	[ "$(jq -r .imsi a | tr '\n' ' ')" = '001010000001000 001010000001001 ' ]
	refuses 3 '^pcid-issue: the count of 001-01 is at 1002 already, past 500: .*--last' pcid-issue --register db --plmn 001-01 --count 1 --first 500
	refuses 3 'is at 1002 already' pcid-issue --register db --plmn 001-01 --count 1 --first 1000 --dry-run
	refuses 3 'is at 1002 already' pcid-issue --register db --plmn 001-01 --count 1 --first 1000 --run r
	pcid-issue --register db --plmn 001-01 --count 1 --first 500 --last 999 -o b
	[ "$(jq -r .imsi b)" = 001010000000500 ]
	# what was given back is not what was asked for
	m2m-register set --register db subscribers 001010000000500 status=blocked
	pcid-issue --register db --release 001010000000500
	pcid-issue --register db --plmn 001-01 --count 1 --first 1002 -o c
	[ "$(jq -r .imsi c)" = 001010000001002 ]
	# at its end the count says so, and the free ones are had by a range
	pcid-issue --register db --plmn 001-01 --count 1 --first 9999999999 -o d
	pcid-issue --register db --plmn 001-01 --count 1 -o e
	[ "$(jq -r .imsi e)" = 001010000000500 ]
	refuses 3 'of 001-01 are used up, as far as its count goes: .*--last' pcid-issue --register db --plmn 001-01 --count 1
	pcid-issue --register db --plmn 001-01 --count 1001 --first 1 --last 1005 -o f
	[ "$(cat a c d e f | jq -r .imsi | sort | uniq -d)" = '' ]
	# a run that was begun goes on behind its own first number
	pcid-issue --register db --plmn 001-02 --count 20000 --first 7 --run big -o g
	pcid-issue --register db --plmn 001-02 --count 20000 --first 7 --run big --resume -o h
	cmp g h
}

@test "four processes at once: no PCID twice" {
	local i pids=()
	pcid-issue --register db --plmn 001-01 --count 1 >v0
	for i in 1 2 3 4; do
		pcid-issue --register db --plmn 001-01 --count 50 >"v$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(cat v? | jq -r .imsi | sort -u | wc -l)" -eq 201 ]
}

@test "OP makes OPc; TRE_ids and shared PCIDs are in discovery; the formats" {
	echo cdc202d5123e20f62b6d676ac72cb318 >op
	pcid-issue --register db --plmn 001-01 --count 1 --op op >c
	[ "$(milenage opc --k "$(jq -r .k c)" --op "$(cat op)" | jq -r .opc)" = "$(jq -r .opc c)" ]
	echo 00 >bad-op
	refuses 3 '^pcid-issue: bad-op: OP: want 32 hex digits' pcid-issue --register db --plmn 001-01 --count 1 --op bad-op
	printf 'cdc202d5123e20f62b6d676ac72cb318\0\n' >bad-op
	refuses 3 '^pcid-issue: bad-op: OP: want 32 hex digits' pcid-issue --register db --plmn 001-01 --count 1 --op bad-op
	seq -f 'A;%g' 4 >ids
	pcid-issue --register db --plmn 001-01 --count 2 --share 2 --tre-ids ids >c
	[ "$(ro-drf-lookup --register db 001010000000002 | jq -r .tre_id | tr '\n' ' ')" = 'A;1 A;2 ' ]
	refuses 3 'fewer TRE_ids' pcid-issue --register db --plmn 001-01 --count 5 --tre-ids ids
	pcid-issue --register db --plmn 001-01 --count 1 --format csv | head -1 | grep -q '^imsi,alg,k,opc'
	pcid-issue --register db --plmn 001-01 --count 1 --format open5gs | jq -e '.security.k | length == 32'
	pcid-issue --register db --plmn 001-01 --count 1 --format osmo-hlr | grep -q 'INSERT INTO auc_3g'
	refuses 2 'want jsonl' pcid-issue --register db --plmn 001-01 --count 1 --format x
	refuses 2 'want MCC-MNC' pcid-issue --register db --plmn 1-1 --count 1
	refuses 3 'used up' pcid-issue --register db --plmn 001-02 --count 2 --first 9999999999
	refuses 2 'first: want a number from 0 to 999999999' pcid-issue --register new --plmn 001-002 --count 1 --first 9999999999 --dry-run
}

@test "B.2.2.2 NOTE 1: a PCID given back comes again with a new K, and not before its M2ME has changed" {
	echo 'A;1' >ids
	pcid-issue --register db --plmn 001-01 --count 1 --tre-ids ids >c
	refuses 1 'refused: pcid-in-use' pcid-issue --register db --release 001010000000001
	m2m-register set --register db discovery 001010000000001 status=changed
	pcid-issue --register db --release 001010000000001
	refuses 1 'refused: unknown-pcid' pcid-issue --register db --release 001010000000001
	pcid-issue --register db --plmn 001-01 --count 1 >again
	[ "$(jq -r .imsi again)" = 001010000000001 ]
	[ "$(jq -r .k again)" != "$(jq -r .k c)" ]
}

@test "--recipient seals; m2m-register opens" {
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	pcid-issue --register db --plmn 001-01 --count 2 --recipient ro.pem -o sealed
	m2m-register import --register ro.db --key ro.key -i sealed subscribers
	m2m-register export --register ro.db subscribers | cmp - <(m2m-register export --register db subscribers)
}

@test "ranges and templates: MSIN and MNC of two or three digits, ICCID with Luhn in 18 to 20 digits" {
	refuses 2 "msin: want 10 digits or #, got '1########x'" pcid-issue --register db --plmn 001-01 --count 1 --msin '1########x'
	refuses 2 "msin: want 9 digits or #, got '1#######-'" pcid-issue --register db --plmn 001-001 --count 1 --msin '1#######-'
	pcid-issue --register db --plmn 310-410 --msin '07###00##' --count 102 --iccid '8988247###########L' >a
	[ "$(jq -r .imsi a | sed -n '1p;100p;101p' | tr '\n' ' ')" = '310410070000000 310410070000099 310410070010000 ' ]
	[ "$(jq -r .iccid a | sort -u | wc -l)" -eq 102 ]
	# the Luhn digit, computed from the right without it
	jq -r .iccid a | awk '{ s = 0; for (i = length($0) - 1; i > 0; i--) { d = substr($0, i, 1) * ((length($0) - i) % 2 ? 2 : 1); s += d > 9 ? d - 9 : d }
		if ((10 - s % 10) % 10 != substr($0, length($0))) { print; bad = 1 } } END { exit bad }'
	pcid-issue --register db --plmn 262-01 --first 100 --last 199 --count 100 --iccid '89491########0000#L' >b
	[ "$(jq -r .imsi b | sed -n '1p;$p' | tr '\n' ' ')" = '262010000000100 262010000000199 ' ]
	[ "$(jq -r '.iccid | length' b | sort -u)" = 19 ]
	refuses 3 'used up' pcid-issue --register db --plmn 262-01 --first 100 --last 199 --count 1
	# a second range below the first, and the whole PLMN around both: nothing twice
	pcid-issue --register db --plmn 262-01 --first 50 --last 149 --count 50 >c
	pcid-issue --register db --plmn 262-01 --count 200 >d
	[ "$(cat b c d | jq -r .imsi | sort -u | wc -l)" -eq 350 ]
	pcid-issue --register db --plmn 001-01 --count 1 --iccid '8988######00000##L' | jq -e '.iccid | length == 18' >/dev/null
	pcid-issue --register db --plmn 001-01 --count 1 --iccid '8988######0000000##L' | jq -e '.iccid | length == 20' >/dev/null
	refuses 2 'want 18 to 20 digits' pcid-issue --register db --plmn 001-01 --count 1 --iccid '8988###L'
	refuses 2 'want 10 digits or #' pcid-issue --register db --plmn 001-01 --count 1 --msin '07####'
	refuses 2 'want 1 to 18 #' pcid-issue --register db --plmn 001-01 --count 1 --msin 0700000000
	refuses 2 'in the place of' pcid-issue --register db --plmn 001-01 --count 1 --msin '07########' --first 3
	# where a PCID of a range goes back to
	m2m-register set --register db subscribers 310410070000000 status=blocked
	pcid-issue --register db --release 310410070000000
	[ "$(pcid-issue --register db --plmn 310-410 --count 1 | jq -r .imsi)" = 310410070000000 ]
}

@test "TRE_ids as CSV: an unknown column is refused by its name; none twice, none bad, before a number is taken" {
	printf 'tre_id\nA;1\nA;2\n' >ids.csv
	pcid-issue --register db --plmn 001-01 --count 2 --tre-ids ids.csv >a
	[ "$(jq -r .tre_id a | tr '\n' ' ')" = 'A;1 A;2 ' ]
	printf '"tre_id"\r\n"A;3"\r\nA;4\r\n' >quoted.csv
	[ "$(pcid-issue --register quoted --plmn 001-01 --count 2 --tre-ids quoted.csv | jq -r .tre_id | xargs)" = 'A;3 A;4' ]
	printf 'tre_id\n"A;3\n' >half.csv
	refuses 3 'half.csv:2: TRE_id' pcid-issue --register db --plmn 001-01 --count 1 --tre-ids half.csv
	printf 'tre_id,colour\nA;1,red\n' >bad.csv
	refuses 3 'bad.csv:1: colour: no such column' pcid-issue --register db --plmn 001-01 --count 1 --tre-ids bad.csv
	printf 'A;1\nA;2\nA;1\n' >twice
	refuses 3 'twice: A;1 stands there twice' pcid-issue --register db --plmn 001-01 --count 3 --tre-ids twice
	printf 'A;1\nA/2\n' >bad
	refuses 3 'bad:2: TRE_id' pcid-issue --register db --plmn 001-01 --count 2 --tre-ids bad
	[ "$(m2m-register export --register db subscribers | wc -l)" -eq 2 ]
	printf 'imsi,k,shade\n001010000000009,00112233445566778899aabbccddeeff,blue\n' >s.csv
	refuses 3 'shade: no such field' m2m-register import --register db --csv -i s.csv subscribers
}

@test "TRE_ids over several parts: each its own, also three to a PCID, in a dry run and in a run that is read again" {
	seq -f 'A;%g' 21000 >ids
	{ echo tre_id; cat ids; echo nonsense; } >list
	pcid-issue --register three --plmn 001-01 --count 7000 --share 3 --tre-ids list --run r -o three.out
	m2m-register export --register three discovery | jq -r '"\(.pcid) \(.tre_id)"' | sort -k1,1 -V >got
	awk '{ printf "00101%010d %s\n", int((NR - 1) / 3) + 1, $0 }' ids | sort -k1,1 -V >want
	cmp got want
	pcid-issue --register three --plmn 001-01 --count 7000 --share 3 --tre-ids list --run r --resume -o again
	cmp three.out again
	sed -i 's/A;20999$/A;x/' list
	refuses 1 'run-differs' pcid-issue --register three --plmn 001-01 --count 7000 --share 3 --tre-ids list --run r --resume
	pcid-issue --register one --plmn 001-01 --count 21000 --tre-ids ids >one.out
	jq -r .tre_id one.out | cmp - ids
	pcid-issue --register one --plmn 001-01 --count 21000 --tre-ids <(sed s/A/B/ ids) --dry-run >plan
	[ "$(jq -c .pcids plan)" = '[["001010000021001",21000]]' ]
	refuses 3 'ids: fewer TRE_ids than are wanted' pcid-issue --register one --plmn 001-01 --count 21001 --tre-ids ids
}

@test "--run and --resume: killed anywhere, the run goes on, and its file has each equipment once" {
	once
	local i rc
	seq -f 'A;%g' 150000 >ids
	issue=(pcid-issue --register db --plmn 901-70 --count 150000 --tre-ids ids --run night-1 -o out.jsonl)
	timeout -s KILL 0.12 "${issue[@]}" || true
	[ ! -e out.jsonl ]
	for i in 0.2 0.25; do
		timeout -s KILL $i "${issue[@]}" --resume || true
	done
	rc=0
	"${issue[@]}" --resume 2>err || rc=$?
	# killed before the run was begun at all
	[ $rc -eq 0 ] || { grep -q run-unknown err && "${issue[@]}"; }
	jq -r '.tre_id' out.jsonl | cmp - ids
	[ "$(jq -r .imsi out.jsonl | sort -u | wc -l)" -eq 150000 ]
	m2m-register export --register db subscribers | cmp - out.jsonl
	# all of it again, octet for octet, and nothing new
	cp out.jsonl first
	"${issue[@]}" --resume
	cmp first out.jsonl
	refuses 1 'refused: run-exists' "${issue[@]}"
	refuses 1 'refused: run-differs' "${issue[@]}" --alg tuak --resume
	refuses 1 'refused: run-unknown' pcid-issue --register db --plmn 901-70 --count 1 --run other --resume
	refuses 2 'wants --run' pcid-issue --register db --plmn 901-70 --count 1 --resume
	m2m-register set --register db discovery 901700000000001 status=retired
	pcid-issue --register db --release 901700000000001
	refuses 1 'refused: run-changed' "${issue[@]}" --resume
}

@test "a signal ends a run cleanly: status 5, no file, and --resume goes on" {
	local pid
	pcid-issue --register db --plmn 901-70 --count 3000000 --run r -o out --progress 2>err &
	pid=$!
	until [ -n "$(m2m-register export --register db subscribers 2>/dev/null | head -1)" ]; do sleep 0.02; done
	kill -INT "$pid" || true
	rc=0
	wait "$pid" || rc=$?
	[ "$rc" -eq 5 ]
	grep -q 'stopped by a signal after [0-9]* of 3000000' err
	[ "$(find . -name 'out*' | wc -l)" -eq 0 ]
}

@test "--dry-run says so and changes nothing" {
	pcid-issue --register db --plmn 001-01 --count 3 >a
	m2m-register export --register db subscribers >before
	pcid-issue --register db --plmn 001-01 --count 7 --dry-run >plan 2>err
	[ "$(cat err)" = 'pcid-issue: dry run: nothing was issued' ]
	jq -e '.dry_run and .count == 7 and .pcids == [["001010000000004", 7]]' plan >/dev/null
	m2m-register export --register db subscribers | cmp - before
	[ "$(pcid-issue --register db --plmn 001-01 --count 1 | jq -r .imsi)" = 001010000000004 ]
	pcid-issue --register none --plmn 001-01 --count 7 --dry-run >plan 2>err
	[ ! -e none ]
	jq -e '.new_register' plan >/dev/null
}

@test "--audit: counts, first and last, doubles, and keys that are not random" {
	pcid-issue --register db --plmn 001-01 --count 200 --iccid '8988247###########L' --audit >/dev/null 2>err
	sed 's/^pcid-issue: audit: //' err | jq -e '.count == 200 and .well and .first == "001010000000001"' >/dev/null
	pcid-issue --register db --plmn 001-02 --count 5 --no-key >/dev/null
	pcid-issue --register db --audit --plmn 001-01 >report
	jq -e '.count == 200 and .with_key == 200 and .with_iccid == 200 and .k_twice == 0 and .last == "001010000000200" and .well' report >/dev/null
	pcid-issue --register db --audit | jq -e '.count == 205 and .waiting == 5' >/dev/null
	# the K of another
	head -1 <(m2m-register export --register db subscribers) | jq -c '.imsi = "001010000009999" | del(.iccid)' >double
	m2m-register import --register db -i double subscribers
	rc=0
	pcid-issue --register db --audit >report 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: audit-failed' err
	jq -e '.k_twice == 1 and .iccid_twice == 0' report >/dev/null
	# keys that count
	for i in $(seq 100); do printf '{"imsi":"9017000000%05d","k":"%032x","opc":"%032x","status":"active"}\n' "$i" "$i" "$i"; done >weak
	m2m-register import --register w -i weak subscribers
	rc=0
	pcid-issue --register w --audit >report 2>err || rc=$?
	[ "$rc" -eq 1 ]
	jq -e '.k_chi2 > 1000' report >/dev/null
}

unhex() {
	printf '%b' "$(tr -d '\n' | sed 's/../\\x&/g')"
}
tohex() {
	od -An -v -tx1 | tr -d ' \n'
}

# row N SCRIPT: the batch with row N (from 1; the header is line 1) put through sed
row() {
	sed "$(($1 + 1))$2" batch >bad
}

@test "sealed batches: a wrong key, a row that was changed, moved, doubled or dropped: refused by its number" {
	local form
	m2m-keygen secret --bits 256 -o key
	m2m-keygen secret --bits 256 -o other
	for form in aes-256-gcm aes-kw aes-ecb; do
		pcid-issue --register db.$form --plmn 001-01 --count 6 --transport-key key --transport-form $form --transport-index 7 -o batch 2>err
		[ $form != aes-ecb ] || grep -q 'warning: aes-ecb' err
		[ $form = aes-ecb ] || [ ! -s err ]
		head -1 batch | jq -e --arg f $form '.form == $f and .index == 7 and (.tk | length == 6)' >/dev/null
		# the check value is no AES of the zero block
		[ "$(head -1 batch | jq -r .tk)" = "$(openssl mac -cipher AES-256-CBC -macopt hexkey:"$(cat key)" -in <(head -c 16 /dev/zero) CMAC | tr A-F a-f | cut -c1-6)" ]
		leaked=0
		for k in $(m2m-register export --register db.$form subscribers | jq -r '.k, .opc'); do
			! grep -q "$k" batch || leaked=1
		done
		[ $leaked -eq 0 ]
		m2m-register import --register whole.$form --key key -i batch subscribers
		m2m-register export --register whole.$form subscribers | cmp - <(m2m-register export --register db.$form subscribers)
		into=(m2m-register import --register "ro.$form" --key key -i bad subscribers)
		refuses 1 'mac-mismatch: batch:1: row 1 .*another transport key' m2m-register import --register ro.$form --key other -i batch subscribers
		row 3 's/"amf":"8000"/"amf":"8001"/'
		refuses 1 'mac-mismatch: bad:4: row 3 ' "${into[@]}"
		row 3 's/"imsi":"001010000000003"/"imsi":"001010000000009"/'
		refuses 1 'mac-mismatch: bad:4: row 3 ' "${into[@]}"
		row 4 's/"kcv":"..../"kcv":"0000/'
		refuses 1 'mac-mismatch: bad:5: row 4 ' "${into[@]}"
		row 2 d
		refuses 1 'mac-mismatch: bad:3: row 2 is missing' "${into[@]}"
		row 6 d
		refuses 1 'mac-mismatch: bad:7: row 6 is missing' "${into[@]}"
		row 2 p
		refuses 1 'mac-mismatch: bad:4: row 3 .*came before' "${into[@]}"
		row 2 '{h;d};4G'
		refuses 1 'mac-mismatch: bad:3: row 2 is missing' "${into[@]}"
		sed '$d' batch >bad
		refuses 1 'mac-mismatch: bad: row 7 is missing, or the trailer is' "${into[@]}"
		sed '1d' batch >bad
		refuses 1 'mac-mismatch: bad:1: row 1 ' "${into[@]}"
		sed '1s/"index":7/"index":8/' batch >bad
		refuses 1 'mac-mismatch: bad:8: row 6 or one before' "${into[@]}"
		[ "$(m2m-register export --register ro.$form subscribers | wc -l)" -eq 0 ]
	done
	# RFC 3394 by openssl
	pcid-issue --register db --plmn 001-01 --count 1 --transport-key key --transport-form aes-kw -o batch
	k=$(m2m-register export --register db subscribers | tail -1 | jq -r .k)
	[ "$(sed -n 2p batch | jq -r .k_wrapped | unhex | openssl enc -d -id-aes256-wrap -K "$(cat key)" -iv A6A6A6A6A6A6A6A6 | tohex)" = "$k" ]
	pcid-issue --register db --plmn 001-01 --count 1 --transport-key key --transport-form aes-ecb -o batch 2>err
	k=$(m2m-register export --register db subscribers | tail -1 | jq -r .k)
	[ "$(sed -n 2p batch | jq -r .k_wrapped | unhex | openssl enc -d -aes-256-ecb -nopad -K "$(cat key)" | tohex)" = "$k" ]
	refuses 2 'want aes-256-gcm' pcid-issue --register db --plmn 001-01 --count 1 --transport-key key --transport-form des
	refuses 2 'go with' pcid-issue --register db --plmn 001-01 --count 1 --transport-index 3
}

@test "batches of several machines, one after the other, in one import; rows of two batches do not mix" {
	m2m-keygen secret --bits 256 -o key
	pcid-issue --register a --plmn 001-01 --count 3 --transport-key key -o one
	pcid-issue --register b --plmn 001-02 --count 3 --transport-key key -o two
	cat one two | m2m-register import --register ro --key key subscribers
	[ "$(m2m-register export --register ro subscribers | wc -l)" -eq 6 ]
	{ sed -n 1,2p one && sed -n '3,$p' two; } >bad
	refuses 1 'mac-mismatch: bad:3: row 2 is of another batch' m2m-register import --register x --key key -i bad subscribers
}
