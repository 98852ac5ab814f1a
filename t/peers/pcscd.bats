#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The card in a reader of pcscd, by vsmartcard's vpcd; and OpenSC's tools, which see a card. pcscd
# has one socket of its own on a machine, so that it runs for this file alone.
load ../lib

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	wants_all pcscd opensc-tool || return 0
	[ -e /etc/reader.conf.d/vpcd ] || export SKIP_ALL='vsmartcard-vpcd is not installed'
	[ "$(id -u)" -eq 0 ] || export SKIP_ALL='pcscd wants to be root'
	[ ! -e /run/pcscd/pcscd.pid ] || export SKIP_ALL='pcscd runs already'
}

teardown() {
	local f
	for f in card.pid pcscd.pid; do
		[ ! -e $f ] || { kill "$(cat $f)" && wait "$(cat $f)"; } 2>/dev/null || true
	done
}

# the reader with the card in it
insert() {
	local lib
	lib=$(sed -n 's/^LIBPATH *//p' /etc/reader.conf.d/vpcd)
	mkdir -p readers
	printf 'FRIENDLYNAME "m2m"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH %s\nCHANNELID 0x8C7B\n' "$lib" >readers/vpcd
	pcscd -f -c "$PWD/readers" >pcscd.log 2>&1 3>&- &
	echo $! >pcscd.pid
	for _ in $(seq 100); do
		uicc-sim --state card serve >serve.log 2>&1 3>&- &
		echo $! >card.pid
		sleep 0.1
		! kill -0 "$(cat card.pid)" 2>/dev/null || break
	done
	for _ in $(seq 100); do
		! opensc-tool -l 2>/dev/null | grep -q '^0 *Yes' || return 0
		sleep 0.1
	done
	cat pcscd.log serve.log
	return 1
}

@test "OpenSC sees a card in the reader: its ATR, its files, a challenge answered" {
	uicc-sim --state card init --iccid 89430100000000000017
	echo '{"imsi":"001010000000001","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >credential
	uicc-sim --state card personalize --credential credential
	insert
	uicc-sim --state other init --iccid 89430100000000000025
	atr=$(echo reset | uicc-sim --state other apdu)
	[ "$(opensc-tool -a 2>/dev/null | tr -d ':\n')" = "$atr" ]
	opensc-tool -c default -s 00:A4:00:0C:02:3F:00 -s 00:A4:00:0C:02:2F:E2 -s 00:B0:00:00:0A >out 2>&1
	grep -qi '98 34 10 00 00 00 00 00 00 71' out
	milenage av --k 465b5ce8b199b49faa5f0a2ee238a6bc --opc cd63cb71954a9f4e48a5994e37a02baf --rand 00112233445566778899aabbccddeeff --sqn 000000000021 >vector
	opensc-tool -c default -s 00:A4:04:04:07:A0:00:00:00:87:10:02 \
		-s "0088008122$(jq -r '"10" + .rand + "10" + .autn' vector)00" -s 00A4000C026F07 -s 00B0000009 >out 2>&1
	grep -q '^DB 08' out
	grep -qi "$(jq -r .xres vector | sed 's/../& /g; s/ $//')" out
	grep -qi '08 09 10 10 00 00 00 00 10' out
	# the SQN stays taken when the card is out of the reader
	kill "$(cat card.pid)"
	wait "$(cat card.pid)" || true
	rc=0
	uicc-sim --state card attach --rand "$(jq -r .rand vector)" --autn "$(jq -r .autn vector)" >/dev/null 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: sqn-out-of-range' err
}
