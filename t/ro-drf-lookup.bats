#!/usr/bin/env bats
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
	refuses 1 'refused: no-route' ro-drf-lookup --routes routes 262010000000001
	refuses 3 'imsi: want 6 to 15 digits' ro-drf-lookup --routes routes x
	printf 'plmn\toperator\n00101\tro\n' >bad
	refuses 3 'bad:2: plmn: want MCC-MNC' ro-drf-lookup --routes bad 001010000000001
}
