#!/usr/bin/env bats
load lib

setup_register() {
	pcid-issue --register db --plmn 001-01 --count 3 -o credentials
}

@test "TS 33.102 C.1.1.1: SQN goes on by one in SEQ and in IND, and is durable" {
	setup_register
	auc-av --register db --count 3 001010000000001 >v
	[ "$(wc -l <v)" -eq 3 ]
	[ "$(m2m-register export --register db subscribers | head -1 | jq -r .sqn)" = 000000000063 ]
	local k opc
	k=$(head -1 credentials | jq -r .k) opc=$(head -1 credentials | jq -r .opc)
	while read -r vector; do
		milenage usim --k "$k" --opc "$opc" --rand "$(jq -r .rand <<<"$vector")" --autn "$(jq -r .autn <<<"$vector")" | jq -r .sqn
	done <v >sqns
	[ "$(tr '\n' ' ' <sqns)" = '000000000021 000000000042 000000000063 ' ]
}

@test "unknown, blocked and waiting subscribers are refused, the others answered" {
	setup_register
	m2m-register set --register db subscribers 001010000000002 status=blocked
	m2m-register set --register db subscribers 001010000000003 status=waiting
	refuses 1 'refused: unknown-imsi' auc-av --register db 001019999999999
	refuses 1 'refused: subscriber-blocked' auc-av --register db 001010000000002
	refuses 1 'refused: subscriber-waiting' auc-av --register db 001010000000003
	rc=0
	printf '001019999999999\n001010000000001\n' | auc-av --register db - >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(jq -r .imsi out)" = 001010000000001 ]
	grep -q 'stdin:1: 001019999999999' err
}

@test "TS 33.102 6.3.5: resynchronisation, for an open RAND alone, never down" {
	setup_register
	local k opc rand auts old
	k=$(head -1 credentials | jq -r .k) opc=$(head -1 credentials | jq -r .opc)
	auc-av --register db 001010000000001 >v
	rand=$(jq -r .rand v)
	auts=$(milenage usim --k "$k" --opc "$opc" --rand "$rand" --autn "$(jq -r .autn v)" --sqn 000000100001 2>/dev/null | jq -r .auts) || true
	refuses 1 'refused: mac-mismatch' auc-av --register db --resync "$rand:${auts%?}0" 001010000000001 || auts=${auts%?}1
	refuses 1 'refused: nonce-unknown' auc-av --register db --resync "00000000000000000000000000000000:$auts" 001010000000001
	refuses 1 'refused: nonce-unknown' auc-av --register db --resync "$rand:$auts" 001010000000002
	auc-av --register db --resync "$rand:$auts" 001010000000001 >again
	[ "$(jq -r .rand again)" != "$rand" ]
	[ "$(m2m-register export --register db subscribers | head -1 | jq -r .sqn)" = 000000100022 ]
	refuses 1 'refused: nonce-replayed' auc-av --register db --resync "$rand:$auts" 001010000000001
}

@test "four processes at once: no SQN twice" {
	setup_register
	local i pids=()
	for i in 1 2 3 4; do
		(for _ in $(seq 10); do auc-av --register db --count 2 001010000000001; done) >"v$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(cat v? | wc -l)" -eq 80 ]
	[ "$(m2m-register export --register db subscribers | head -1 | jq -r .sqn)" = "$(printf '%012x' $((80 * 32 + 80 % 32)))" ]
}

@test "K is never freed in the clear" {
	setup_register
	watched "$(head -1 credentials | jq -r '.k + ":" + .opc')" auc-av --register db -o v 001010000000001
}
