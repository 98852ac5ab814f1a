#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

@test "records in order; an unknown PCID is refused and the others answered" {
	printf '%s\n' 'A;1' 'A;2' >ids
	pcid-issue --register db --plmn 001-01 --count 2 --tre-ids ids -o c
	rc=0
	ro-drf-lookup --register db 001010000000002 001010000000009 001010000000001 >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(jq -r .tre_id out | tr '\n' ' ')" = 'A;2 A;1 ' ]
	grep -q 'refused: unknown-pcid: 001010000000009' err
	[ "$(echo 'A;2' | ro-drf-lookup --register db --by tre_id - | jq -r .pcid)" = 001010000000002 ]
}

@test "B.2.2.2: the longest match of MCC and MNC; no route" {
	printf 'plmn\toperator\n001-01\tro\n001-010\tlong\n' >routes
	[ "$(ro-drf-lookup --routes routes 001010000000001 001019000000001 | jq -r .operator | tr '\n' ' ')" = 'long ro ' ]
	refuses 1 'refused: no-route: .*262010000000001, country de ' ro-drf-lookup --routes routes 262010000000001
	# a digit that is missing would take ten operators' subscribers: ITU-T E.212
	printf 'plmn\toperator\n310-41\tus\n310-410\tlong\n405-25\tin\n' >short
	[ "$(ro-drf-lookup --routes short 310410123456789 2>err | jq -r .operator)" = long ]
	[ "$(cat err)" = 'ro-drf-lookup: warning: plmn: 310-41: MNCs of 310 (us) have 3 digits (ITU-T E.212)' ]
	refuses 3 'imsi: want 6 to 15 digits' ro-drf-lookup --routes routes x
	printf 'plmn\toperator\n00101\tro\n' >bad
	refuses 3 'bad:2: plmn: want MCC-MNC' ro-drf-lookup --routes bad 001010000000001
}

@test "a stream of questions: bare, JSON Lines, CSV and TSV; each block is answered before more is asked" {
	printf '%s\n' 'A;1' 'A;2' 'A;3' >ids
	pcid-issue --register db --plmn 001-01 --count 3 --tre-ids ids -o c
	printf '001010000000003\n\n{"pcid":"001010000000001","x":1}\n{"pcid": "001010000000002"}\n' >in
	[ "$(ro-drf-lookup --register db - <in | jq -r .tre_id | tr '\n' ' ')" = 'A;3 A;1 A;2 ' ]
	rc=0
	printf '001010000000003\n{"no":1}\n7\n001010000000001\n' | ro-drf-lookup --register db - >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <out)" -eq 2 ]
	grep -q 'stdin:2: pcid: missing' err
	grep -q 'refused: unknown-pcid: stdin:3: 7 is not' err
	rc=0
	echo '{"pcid":"001010000000001","pcid":"001010000000002"}' | ro-drf-lookup --register db - >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q 'stdin:1: .*a member twice' err
	printf 'x,tre_id\n"1,2",A;2\n,A;1\n' | ro-drf-lookup --register db --by tre_id --csv - >out
	[ "$(cat out)" = 'pcid,tre_id,sho,sho_url,dpf_url,napdef,status
001010000000002,A;2,,,,,issued
001010000000001,A;1,,,,,issued' ]
	[ "$(printf 'pcid\n001010000000002\n' | ro-drf-lookup --register db --tsv - | tail -1 | cut -f 1,2)" = "$(printf '001010000000002\tA;2')" ]
	refuses 3 'want a header line with the column pcid' ro-drf-lookup --register db --csv - <<<'x'
	# the answer comes though the pipe stays open
	mkfifo q a
	ro-drf-lookup --register db - <q >a &
	pid=$!
	exec 7>q 8<a
	echo 001010000000001 >&7
	read -r -t 10 line <&8
	[ "$(jq -r .tre_id <<<"$line")" = 'A;1' ]
	exec 7>&-
	wait $pid
	# more than a block, all known and none
	jq -c '{pcid: .imsi}' c >q1; for i in $(seq 700); do cat q1; done | ro-drf-lookup --register db - | jq -r .pcid | uniq -c | awk '$1 != 1' >wrong
	[ ! -s wrong ]
	refuses 1 'unknown-pcid' ro-drf-lookup --register db - <<<'001019999999999'
	refuses 1 'refused: unknown-pcid: a PCID of ACME;nobody is not in the register ' ro-drf-lookup --register db --by tre_id 'ACME;nobody'
}

@test "routes: an operator's several registers by the MSIN's first digits; CSV; the longest counts" {
	printf 'plmn\toperator\tmsin\tcountry\n001-01\thss-0\t\tTest\n001-01\thss-1\t0000001\tTest\n001-010\tlong\t\tTest\n262-01\tde\t\tGermany\n' >routes
	[ "$(ro-drf-lookup --routes routes 001010000001234 001010000000001 001019 262019999999999 | jq -r .operator | tr '\n' ' ')" = 'hss-1 long hss-0 de ' ]
	[ "$(ro-drf-lookup --routes routes 001010000001234)" = '{"imsi":"001010000001234","plmn":"001-01","operator":"hss-1","msin":"0000001"}' ]
	[ "$(printf 'imsi\n262019999999999\n' | ro-drf-lookup --routes routes --csv -)" = 'imsi,plmn,operator,msin
262019999999999,262-01,de,' ]
	printf 'plmn\toperator\n001-01\ta\n001-01\tb\n' >twice
	refuses 3 '00101 stands twice' ro-drf-lookup --routes twice 001010000000001
	printf 'plmn\toperator\tmsin\n001-01\ta\tx\n' >bad
	refuses 3 'bad:2: msin' ro-drf-lookup --routes bad 001010000000001
}

@test "a stream in no order, of a register larger than 64 MiB: each gets its own, a PCID of very many too, in less memory" {
	once
	awk 'BEGIN { print "pcid,tre_id,sho_url"; url = sprintf("https://sho.example/%0900d", 0)
		for (i = 0; i < 70000; i++) printf "00101%010d,A;%d,%s\n", i < 50000 ? i : 77777, i, url }' >d.csv
	m2m-register import --register db --csv -i d.csv discovery
	[ "$(stat -c %s db)" -gt 67108864 ]
	seq -f '00101%010.0f' 0 49999 | sort -R --random-source=<(yes) >in
	sed -i '300s/$/\n001010000077777\n001019999999999\n001010000077777/' in
	rc=0
	command time -o time -f %M ro-drf-lookup --register db - <in >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(cat err)" = 'ro-drf-lookup: refused: unknown-pcid: stdin:302: 001019999999999 is not in the register (TR 33.812 5.1.3.4.2)' ]
	cut -d'"' -f4 out | uniq -c | awk '{ print $2, $1 }' >got
	grep -v 9999999999 in | uniq -c | awk '{ print $2, ($2 ~ /77777$/ ? 20000 * $1 : $1) }' >want
	cmp want got
	cat time
	[ "$(tail -1 time)" -lt 65536 ]
}

@test "a process for one look-up loads no library that the linker had as an archive, and not OpenSSL" {
	local archive
	[ -n "$FREEWATCH_SO" ] || skip "with sanitizers"
	ldd "$(command -v ro-drf-lookup)" >libs
	run -1 grep libcrypto libs
	for archive in libsqlite3 libjansson; do
		[[ $(cc -print-file-name=$archive.a) != /* ]] || run -1 grep $archive libs
	done
}
