#!/usr/bin/env bats
load lib

@test "TR 33.812 5.1.3.4.1: unique {PCID, K}, recorded" {
	pcid-issue --register db --plmn 262-010 --count 5 --first 41 >a
	pcid-issue --register db --plmn 262-010 --count 5 >b
	[ "$(cat a b | jq -r .imsi | sort -u | wc -l)" -eq 10 ]
	[ "$(cat a b | jq -r .k | sort -u | wc -l)" -eq 10 ]
	[ "$(head -1 a | jq -r .imsi)" = 262010000000041 ]
	m2m-register export --register db subscribers | cmp - <(cat a b)
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
	seq -f 'A;%g' 4 >ids
	pcid-issue --register db --plmn 001-01 --count 2 --share 2 --tre-ids ids >c
	[ "$(ro-drf-lookup --register db 001010000000002 | jq -r .tre_id | tr '\n' ' ')" = 'A;1 A;2 ' ]
	refuses 3 'fewer TRE_ids' pcid-issue --register db --plmn 001-01 --count 5 --tre-ids ids
	pcid-issue --register db --plmn 001-01 --count 1 --format csv | head -1 | grep -q '^imsi,alg,k,opc'
	pcid-issue --register db --plmn 001-01 --count 1 --format open5gs | jq -e '.security.k | length == 32'
	pcid-issue --register db --plmn 001-01 --count 1 --format osmo-hlr | grep -q 'INSERT INTO auc_3g'
	refuses 2 'want jsonl' pcid-issue --register db --plmn 001-01 --count 1 --format x
	refuses 3 'want MCC-MNC' pcid-issue --register db --plmn 1-1 --count 1
	refuses 3 'used up' pcid-issue --register db --plmn 001-02 --count 2 --first 9999999999
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
