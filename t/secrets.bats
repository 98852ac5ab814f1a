#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load tre
load procedure
load wire

# LeakSanitizer cannot run beside strace
export ASAN_OPTIONS=detect_leaks=0

@test "no secret of a whole run stands in the arguments or the environment of a process" {
	once
	traced log m2m-walk annex-b-initial --dir run --quiet
	secrets run >known
	traced log2 m2m-walk annex-b-change --dir run --quiet
	secrets run >>known
	[ "$(sort -u known | wc -l)" -ge 12 ]
	mkdir seen
	words log >seen/initial
	words log2 >seen/change
	# the log is whole: both procedures, their tools, what they were given and their environment
	grep -q 'tre-sim$' seen/initial
	grep -qx -- '--credential' seen/initial
	grep -q '^PATH=' seen/change
	[ "$(grep -c execve log)" -ge 40 ]
	leaks seen <known >found
	[ ! -s found ] || {
		cat found
		return 1
	}
}

@test "the search finds a secret in an argument, and one in the environment" {
	local k=$K0
	mkdir seen
	echo "$k" >known
	traced log true --k "$k"
	words log >seen/argument
	K=$(printf '%s' "$k" | sed 's/../\\x&/g' | xargs -0 printf '%b' | base64) traced log2 true
	words log2 >seen/environment
	[ "$(leaks seen <known | sort -u | wc -l)" -eq 2 ]
}

@test "every tool: no core file, and no other process looks inside, before it does anything" {
	local f t
	for f in "$ROOT"/src/tools/*.c; do
		t=$(basename "$f" .c)
		strace -e trace=prlimit64,setrlimit,prctl -o log "$t" --help >out
		grep -qE 'RLIMIT_CORE, \{rlim_cur=0, rlim_max=0\}.* = 0$' log
		grep -qE 'prctl\(PR_SET_DUMPABLE, (SUID_DUMP_DISABLE|0).* = 0$' log
	done
}

@test "a tool that dies with a key in memory leaves no core file" {
	local pid
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	mkfifo in
	ulimit -c unlimited 2>/dev/null || true
	mcim-unwrap --key ro.key --tre-id "$ID" -i in 2>/dev/null 3>&- &
	pid=$!
	exec 4>in # it has the key, and waits for the blob
	printf MCIM >&4
	for _ in $(seq 200); do
		! grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits" || break
		sleep 0.05
	done
	grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits"
	kill -SEGV "$pid"
	rc=0
	wait "$pid" 2>said || rc=$?
	exec 4>&-
	[ "$rc" -gt 0 ]
	! grep -q 'core dumped' said || return 1
	[ -z "$(find . -name '*core*')" ]
}

# instructions COMMAND...: how many the command takes until it refuses
instructions() {
	local rc=0
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" >/dev/null 2>log || rc=$?
	if [ "$rc" -ne 1 ] || ! grep -q 'refused: mac-mismatch' log; then
		cat log >&2
		return 1
	fi
	sed -n 's/.*Collected : \([0-9]*\).*/\1/p' log
}

# within_1_percent A B
within_1_percent() {
	local d=$(($1 - $2))
	echo "$1 and $2 instructions"
	[ $((100 * ${d#-})) -le "$1" ]
}

# spoil FROM TO PLACE: a copy with one octet (from 0; from the end where negative) changed
spoil() {
	local place=$3 octet
	[ "$place" -ge 0 ] || place=$((place + $(wc -c <"$1")))
	cp "$1" "$2"
	octet=$(od -An -tu1 -j "$place" -N 1 "$1")
	printf '%b' "$(printf '\\x%02x' $((octet ^ 1)))" | dd of="$2" bs=1 seek="$place" conv=notrunc status=none
}

# blobs BLOB: mac, and block-* whose key block does not open (its header: 10 octets, the last two the
# block's length; its start is the point or the cryptogram, its end the wrapped keys)
blobs() {
	local end
	end=$((9 + 256 * $(od -An -tu1 -j 8 -N 1 "$1") + $(od -An -tu1 -j 9 -N 1 "$1")))
	spoil "$1" mac -1
	spoil "$1" block-start 20
	spoil "$1" block-end "$end"
}

# the golden build's mcim-unwrap, whose randomness repeats: RSA's blinding alone varies by a percent
same_path() {
	local alg=$1 suite want f unwrap=$GOLDEN_BIN/mcim-unwrap
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id "$ID" --alg "$alg" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	mcim "$IMSI1" "$K1" "$OPC1" >mcim.json
	for suite in modern tr33812; do
		mcim-wrap --tre-cert tre.pem --suite $suite -i mcim.json -o blob
		blobs blob
		want=$(instructions "$unwrap" --key tre.key --tre-id "$ID" -i mac)
		for f in block-start block-end; do
			within_1_percent "$want" "$(instructions "$unwrap" --key tre.key --tre-id "$ID" -i $f)"
		done
	done
}

@test "mcim-unwrap: a key block that does not open and a bad MAC take the same path (ec-p256)" {
	once # valgrind runs no sanitized program
	same_path ec-p256
}

@test "mcim-unwrap: a key block that does not open and a bad MAC take the same path (rsa-2048)" {
	once # valgrind runs no sanitized program
	same_path rsa-2048
}

@test "tre-sim: a key block that does not open and a bad MAC take the same path" {
	once # valgrind runs no sanitized program
	local f want
	world
	up_to_mcimobj ro sho-a mcim-a.json
	blobs mcim.blob
	for f in mac block-start block-end; do
		mcimobj-make --key sho-a.key --cert sho-a.pem --mcim $f --result result.jws --result-trust pva.pem \
			--token token.jws -o $f.xml
		cp -a state state-$f
		cp -a state.device state-$f.device
	done
	want=$(instructions tre-sim --state state-mac provision -i mac.xml -o status)
	for f in block-start block-end; do
		within_1_percent "$want" "$(instructions tre-sim --state state-$f provision -i $f.xml -o status)"
	done
}
