#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

setup_register() {
	umask 077 # else each vector into a file is warned of
	pcid-issue --register db --plmn 001-01 --count 3 -o credentials
}

@test "TS 33.102 C.1.1.2: SQN goes on by one in SEQ and in IND, and is durable" {
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
	local rc=0 imsi
	refuses 1 'refused: unknown-imsi' auc-av --register db 001019999999999
	for imsi in '' x 00101 0010199999999991 00101000000000x; do
		refuses 3 'imsi: want 6 to 15 digits' auc-av --register db "$imsi"
	done
	printf ' junk\n\n \t\n001010000000001\n' | auc-av --register db - >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <out)" -eq 1 ]
	[ "$(grep -c 'stdin:' err)" -eq 1 ]
	grep -q 'stdin:1: imsi: want' err
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
	local other=${auts%?}0
	[ "$other" != "$auts" ] || other=${auts%?}1
	refuses 1 'refused: mac-mismatch' auc-av --register db --resync "$rand:$other" 001010000000001
	refuses 1 'refused: nonce-unknown' auc-av --register db --resync "00000000000000000000000000000000:$auts" 001010000000001
	refuses 1 'refused: nonce-unknown' auc-av --register db --resync "$rand:$auts" 001010000000002
	auc-av --register db --resync "$rand:$auts" 001010000000001 >again
	[ "$(jq -r .rand again)" != "$rand" ]
	# SQN_HE is SQN_MS, IND and all: the next has the slot behind the card's highest
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

# What the card makes of the first vector in v: RES, CK, IK.
card() {
	local k opc
	k=$(head -1 credentials | jq -r .k) opc=$(head -1 credentials | jq -r .opc)
	milenage usim --k "$k" --opc "$opc" --rand "$(head -1 v | jq -r .rand)" --autn "$(head -1 v | jq -r .autn)" >answer
}

hmac() { # KEY-HEX S-HEX
	printf '%s' "$2" | xxd -r -p | openssl mac -digest SHA256 -macopt "hexkey:$1" HMAC | tr 'A-F' 'a-f'
}

@test "--eps: K_ASME as openssl makes it (TS 33.401 A.2), and neither CK nor IK" {
	setup_register
	auc-av --register db --eps 262-010 001010000000001 >v
	card
	[ "$(jq -r 'keys_unsorted | join(" ")' v)" = 'imsi rand autn xres kasme' ]
	[ "$(jq -r .xres v)" = "$(jq -r .res answer)" ]
	[ "$(jq -r .kasme v)" = "$(hmac "$(jq -r '.ck + .ik' answer)" "10""620210""0003$(jq -r '.autn[0:12]' v)0006")" ]
}

@test "--5g: K_AUSF and XRES* as openssl makes them (TS 33.501 A.2, A.4)" {
	setup_register
	local snn=5G:mnc001.mcc001.3gppnetwork.org key hex
	auc-av --register db --5g "$snn" 001010000000001 >v
	card
	key=$(jq -r '.ck + .ik' answer) hex=$(printf %s "$snn" | xxd -p -c 99)
	[ "$(jq -r 'keys_unsorted | join(" ")' v)" = 'imsi rand autn xres_star kausf' ]
	[ "$(jq -r .kausf v)" = "$(hmac "$key" "6a${hex}0020$(jq -r '.autn[0:12]' v)0006")" ]
	[ "$(jq -r .xres_star v)" = "$(hmac "$key" "6b${hex}0020$(jq -r .rand v)0010$(jq -r .res answer)0008" | cut -c 33-)" ]
	refuses 2 'want 5G:mnc' auc-av --register db --5g 5G:mnc1.mcc001.3gppnetwork.org 001010000000001
	refuses 2 'eps or --5g' auc-av --register db --5g "$snn" --eps 001-01 001010000000001
}

@test "EPS and 5GS want an AMF with the separation bit, and nothing is spent without it" {
	setup_register
	m2m-register set --register db subscribers 001010000000001 amf=7fff
	refuses 1 'refused: amf-separation' auc-av --register db --eps 001-01 001010000000001
	[ "$(m2m-register export --register db subscribers | head -1 | jq -r .sqn)" = 000000000000 ]
	auc-av --register db 001010000000001 >v
	[ "$(jq -r '.autn[12:16]' v)" = 7fff ]
}

@test "TS 33.102 C.1.2: IND as asked for, and the next slot after it" {
	setup_register
	auc-av --register db --ind 7 --count 2 --audit log 001010000000001 >v
	auc-av --register db --audit log 001010000000001 >>v
	[ "$(jq -r .sqn log | tr '\n' ' ')" = '000000000027 000000000047 000000000068 ' ]
	m2m-register set --register db subscribers 001010000000002 ind_bits=2
	refuses 2 'slots 0 to 3' auc-av --register db --ind 7 001010000000002
	refuses 2 'ind' auc-av --register db --ind 32 001010000000001
}

@test "TS 33.102 C.3: the scheme is the subscriber's" {
	setup_register
	local now seq
	m2m-register set --register db subscribers 001010000000001 sqn_scheme=profile-1
	m2m-register set --register db subscribers 001010000000002 sqn_scheme=profile-3
	m2m-register set --register db subscribers 001010000000003 sqn_scheme=c.1.1.1:n=30,d=10,unit=1000
	refuses 3 'want profile-1' m2m-register set --register db subscribers 001010000000001 sqn_scheme=profile-9
	now=$(date +%s)
	auc-av --register db --audit log 001010000000001 001010000000002 001010000000003 >v
	seq=$(($(jq -rs '"0x" + .[0].sqn' log) >> 5))
	[ "$seq" -ge $((now % (1 << 24))) ]
	[ "$seq" -le $((now % (1 << 24) + 60)) ]
	[ "$(jq -rs '.[1].sqn' log)" = 000000000021 ]
	seq=$(($(jq -rs '"0x" + .[2].sqn' log) >> 5))
	[ "$seq" -ge $((now % (1 << 30))) ]
	[ "$seq" -le $((now % (1 << 30) + 60)) ]
	m2m-register export --register db subscribers | jq -es '.[1].sqn_dif > 0'
	head -1 v >first && mv first v && card # a card takes it: SEQ goes ahead by less than delta
}

@test "a line of audit for each vector and each refusal, durable before the vectors, without secrets" {
	setup_register
	m2m-register set --register db subscribers 001010000000002 status=blocked
	rc=0
	auc-av --register db --eps 001-01 --audit log 001010000000001 001010000000002 >v 2>err || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(stat -c %a log)" = 600 ]
	[ "$(jq -r .outcome log | tr '\n' ' ')" = 'vector subscriber-blocked ' ]
	[ "$(head -1 log | jq -r '[.imsi, .form, .serving_network, .rand] | join(" ")')" = "001010000000001 eps 001-01 $(jq -r .rand v)" ]
	for secret in "$(jq -r .xres v)" "$(jq -r .kasme v)" "$(head -1 credentials | jq -r .k)"; do
		[ "$(grep -c "$secret" log)" -eq 0 ]
	done
	refuses 4 'No such file' auc-av --register db --audit no/such/folder 001010000000001
	strace -f -e trace=fdatasync,write -o trace auc-av --register db --audit log 001010000000001 >v
	grep -B1 'write(1' trace | head -1 | grep -q fdatasync
}

@test "stdin: one process, one transaction for a block of lines; AUTS beside its IMSI" {
	setup_register
	local k opc rand auts
	auc-av --register db 001010000000001 >v
	k=$(head -1 credentials | jq -r .k) opc=$(head -1 credentials | jq -r .opc) rand=$(jq -r .rand v)
	milenage usim --k "$k" --opc "$opc" --rand "$rand" --autn "$(jq -r .autn v)" --sqn 000000100001 2>/dev/null >answer || true
	auts=$(jq -r .auts answer)
	{
		for _ in $(seq 300); do echo 001010000000002; done
		echo "001010000000001 $rand:$auts"
		echo "001010000000001 $rand:$auts"
		echo "001010000000003 short"
		echo 001010000000003
	} >in
	rc=0
	strace -f -e trace=fdatasync -o trace auc-av --register db - <in >v 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(grep -c fdatasync trace)" -le 6 ]
	[ "$(wc -l <v)" -eq 302 ]
	[ "$(cat err)" = "auc-av: refused: nonce-replayed: stdin:302: this challenge was used before (TR 33.812 B.2.3.2)
auc-av: stdin:303: resync: want RAND:AUTS in hex, of 16 and 14 octets" ]
	[ "$(m2m-register export --register db subscribers | jq -r .sqn | tr '\n' ' ')" = '000000100022 00000000258c 000000000021 ' ]
}

@test "a peer at the other end of a pipe is answered line by line" {
	setup_register
	coproc auc-av --register db -
	local answer
	for _ in 1 2 3; do
		echo 001010000000001 >&"${COPROC[1]}"
		read -r -t 20 answer <&"${COPROC[0]}"
		[ "$(jq -r .imsi <<<"$answer")" = 001010000000001 ]
	done
	local pid=$COPROC_PID in=${COPROC[1]}
	exec {in}>&-
	wait "$pid"
}

@test "killed at each of its first writes: no SQN comes twice, and none is told that is not kept" {
	once
	setup_register
	local n call
	for call in pwrite64 write fdatasync; do
		for n in 1 2 3 4 5 6; do
			strace -f -o /dev/null -e "trace=$call" -e "inject=$call:signal=KILL:when=$n" \
				auc-av --register db --count 2 --audit log 001010000000001 >>told 2>/dev/null || true
		done
	done
	auc-av --register db --audit log 001010000000001 >>told
	[ -z "$(jq -r .sqn log | sort | uniq -d)" ]
	# each RAND that was told is in the audit
	[ -z "$(comm -13 <(jq -r .rand log | sort) <(jq -R 'fromjson? | .rand // empty' -r told | sort))" ]
}
