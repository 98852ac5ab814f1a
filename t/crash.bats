#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# kill -9 at every write, sync, rename and lock of a run: what was told was durable, nothing is used
# twice, and the rerun gets through.
load lib

calls=(write pwrite64 fsync fdatasync rename renameat2 unlink ftruncate link mkdir)

# killed CALL N CMD...: CMD, killed before its Nth CALL; false where it came to its end. Its stdout is
# what it told before
killed() {
	local call=$1 n=$2
	shift 2
	[ "$n" -le 90 ] || {
		echo "$call: no end"
		exit 1
	}
	! ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace="$call" -e inject="$call":signal=KILL:when="$n" "$@" >told 2>/dev/null
}

# at_every_call BEFORE AFTER CMD...: kills CMD at each of its calls in turn; BEFORE puts the old state
# back, AFTER looks at what is left
at_every_call() {
	local before=$1 after=$2 call n kills=0
	shift 2
	wants strace
	for call in "${calls[@]}"; do
		for ((n = 1; ; n++)); do
			"$before"
			killed "$call" "$n" "$@" || break
			"$after" || {
				echo "killed at $call number $n"
				return 1
			}
			kills=$((kills + 1))
		done
	done
	echo "$kills kills"
	[ "$kills" -ge 6 ]
}

old_register() {
	rm -f db db-wal db-shm out.jsonl
	cp old.db db
}

# ---- pcid-issue: no PCID twice ----

issued_once() {
	# what was told is in the register; what comes next was not told
	pcid-issue --register db --plmn 001-01 --count 3 >next || return
	m2m-register export --register db subscribers >all || return
	jq -r .imsi told next all 2>/dev/null | sort >seen
	[ "$(jq -r .imsi told next 2>/dev/null | sort | uniq -d | wc -l)" -eq 0 ] &&
		[ "$(jq -r .imsi all | sort | uniq -d | wc -l)" -eq 0 ] &&
		[ -z "$(comm -23 <(jq -r .imsi told 2>/dev/null | sort) <(jq -r .imsi all | sort))" ]
}

@test "pcid-issue: killed anywhere, no PCID comes out twice, and none that is not recorded" {
	once
	umask 077
	pcid-issue --register old.db --plmn 001-01 --count 2 >first
	at_every_call old_register issued_once pcid-issue --register db --plmn 001-01 --count 3
}

@test "pcid-issue -o: the file is the whole batch, or not there" {
	once
	umask 077
	pcid-issue --register old.db --plmn 001-01 --count 2 >first
	whole() { issued_once && { [ ! -e out.jsonl ] || [ "$(wc -l <out.jsonl)" -eq 3 ]; }; }
	at_every_call old_register whole pcid-issue --register db --plmn 001-01 --count 3 -o out.jsonl
}

# ---- auc-av: no SQN twice ----

sqn_once() {
	auc-av --register db --count 2 001010000000001 >next || return
	# without AK the SQN is not seen in AUTN: the card's side reads it
	jq -c --arg k "$K" --arg c "$C" '{k: $k, opc: $c, rand, autn}' told next 2>/dev/null | milenage usim 2>/dev/null | jq -r .sqn >sqns
	[ "$(wc -l <sqns)" -ge 2 ] && [ "$(sort sqns | uniq -d | wc -l)" -eq 0 ] && sort -c sqns
}

@test "auc-av: killed anywhere, no SQN comes out twice, and they only go up" {
	once
	umask 077
	pcid-issue --register old.db --plmn 001-01 --count 1 >subscriber
	K=$(jq -r .k subscriber) C=$(jq -r .opc subscriber)
	auc-av --register old.db 001010000000001 >first
	at_every_call old_register sqn_once auc-av --register db --count 2 001010000000001
}

# ---- sho-subscribe: a token once, one subscription ----

subscribe() {
	sho-subscribe --register db --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem --trust ca.pem \
		--token token.jws --current-sho ro --plmn 001-02 --mcim-out mcim.json -o registration.jws "$@"
}

old_operator() {
	rm -f db db-wal db-shm mcim.json registration.jws
}

# The rerun gets through, with the answer that the first one gave where it gave one; then the token
# is spent, and the register keeps no answer.
subscribed_once() {
	local rc=0 had=''
	if [ -e registration.jws ]; then had=1 && cp registration.jws had.jws && cp mcim.json had.json; fi
	subscribe 2>err || rc=$?
	if [ "$rc" -ne 0 ]; then [ -n "$had" ] && grep -q 'refused: token-reused' err || return; fi
	if [ -n "$had" ]; then cmp had.jws registration.jws && cmp had.json mcim.json || return; fi
	[ "$(m2m-register export --register db subscribers | jq -c '[.imsi, .k]')" = "$(jq -c '[.imsi, .k]' mcim.json)" ] || return
	[ "$(jq -rR 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson.iss' registration.jws)" = sho-a ] || return
	[ "$(sqlite3 db "SELECT count(*) FROM offers WHERE kind LIKE 'answer-%'")" -eq 0 ] || return
	rc=0
	subscribe 2>err || rc=$?
	[ "$rc" -eq 1 ] && grep -q 'refused: token-reused' err
}

@test "sho-subscribe: killed anywhere, a token makes one subscription, and the same again gets its files" {
	once
	umask 077
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	for who in ro sho-a; do m2m-keygen operator --name $who --key-out $who.key --cert-out $who.pem; done
	tre-sim --state tre init --tre-id 'ACME;0001'
	tre-sim --state tre keygen --csr-out tre.csr
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key ca.key --ca-cert ca.pem -o tre.pem
	pcid-issue --register es.db --plmn 001-01 --count 1 -o credential.jsonl
	tre-sim --state tre personalize --cert tre.pem --credential credential.jsonl --operator-cert ro.pem
	tre-sim --state tre token --to sho-a --to-cert sho-a.pem >token.jws
	at_every_call old_operator subscribed_once sho-subscribe --register db --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem \
		--trust ca.pem --token token.jws --current-sho ro --plmn 001-02 --mcim-out mcim.json -o registration.jws
}

# ---- uicc-keys make: pairs that are in the register are told ----

made_once() {
	local rc=0 had=''
	if [ -e out.jsonl ]; then had=1 && cp out.jsonl had.jsonl; fi
	"${make[@]}" 2>err || rc=$?
	if [ "$rc" -ne 0 ]; then [ -n "$had" ] && grep -q 'refused: key-exists' err || return; fi
	if [ -n "$had" ]; then cmp had.jsonl out.jsonl || return; fi
	[ "$(jq -r .index out.jsonl | tr '\n' ' ')" = '1 2 ' ] && [ "$(jq -r .k out.jsonl | sort -u | wc -l)" -eq 2 ] || return
	# they are those of the register, which keeps no answer, and they are made once
	uicc-keys release --register db --iccid "$ICCID" --index 1 --recipient mno.pem -o sealed || return
	[ "$(uicc-keys open --key mno.key --imsi 001010000000001 -i sealed | jq -r .k)" = "$(head -1 out.jsonl | jq -r .k)" ] || return
	[ "$(sqlite3 db "SELECT count(*) FROM offers WHERE kind LIKE 'answer-%'")" -eq 0 ] || return
	rc=0
	"${make[@]}" 2>err || rc=$?
	[ "$rc" -eq 1 ] && grep -q 'refused: key-exists' err
}

@test "uicc-keys make: killed anywhere, the same call again writes the pairs that the register has, once" {
	once
	umask 077
	ICCID=8949012345678901234
	make=(uicc-keys make --register db --iccid "$ICCID" --count 2 --entitled mno-a -o out.jsonl)
	m2m-keygen operator --name mno-a --key-out mno.key --cert-out mno.pem
	uicc-keys make --register old.db --iccid 8949012345678901242 --count 1 --entitled mno-a -o other
	at_every_call old_register made_once "${make[@]}"
}

# ---- a full disk ----

@test "a tiny disk that is full: status 4, and the old state stays" {
	mkdir disk
	mount -t tmpfs -o size=64k,mode=700 none disk 2>/dev/null || skip 'no right to mount'
	umask 077
	rc=0
	{
		cp "$(command -v true)" disk/filler 2>/dev/null
		head -c 65536 /dev/zero >>disk/filler 2>/dev/null
		pcid-issue --register disk/db --plmn 001-01 --count 5 >out 2>err || rc=$?
		[ ! -s out ]
		m2m-keygen secret --bits 128 -o disk/secret 2>err2 || rc2=$?
		ls disk >left
	} || true
	umount disk
	[ "$rc" -eq 4 ]
	[ "$rc2" -eq 4 ]
	[ "$(wc -l <err)" -eq 1 ]
	! grep -q secret left || false
}
