#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Registers in PostgreSQL: the tests of the files over a server, and what a server adds.
load ../lib
load pg

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # one of the tests stops the server
	pg_make || export SKIP_ALL='PostgreSQL is not installed'
}

teardown_file() {
	pg_remove
}

# Runs a Bats file with each `--register NAME` turned into a schema of the server, save the tests
# that are of the file itself.
over_server() {
	local without=$1 tool real schemas
	shift
	mkdir tools
	# all tools, so that lib.bash takes no other
	ln -s "$M2M_BIN"/* tools
	for tool in pcid-issue auc-av m2m-register ro-drf-lookup sho-subscribe pva-verify m2m-note mcimobj-make uicc-keys ota-wrap ota-unwrap vno-permit; do
		real=$M2M_BIN/$tool
		rm "tools/$tool"
		cat >"tools/$tool" <<-END
			#!/bin/bash
			args=()
			while [ \$# -gt 0 ]; do
				args+=("\$1")
				if [ "\$1" = --register ] && [[ \$2 != postgresql:* ]]; then
					schema=s\$(printf %s "\$PWD/\$2" | md5sum | cut -c 1-24)
					"$PG_BIN/psql" -qAtX -h "$SOCKET" -U m2m postgres -c "CREATE SCHEMA IF NOT EXISTS \$schema" 2>/dev/null
					args+=("postgresql://m2m@/postgres?host=$SOCKET&options=-csearch_path%3D\$schema")
					shift
				fi
				shift
			done
			exec "$real" "\${args[@]}"
		END
		chmod +x "tools/$tool"
	done
	schemas=$(sql 'SELECT count(*) FROM pg_namespace')
	M2M_BIN=$PWD/tools bats "$@" >result 2>&1 || true
	grep '^not ok' result | grep -vE "$without" >failed || true
	[ ! -s failed ] || {
		cat result
		return 1
	}
	[ "$(grep -c '^ok' result)" -gt 3 ]
	[ "$(sql 'SELECT count(*) FROM pg_namespace')" -gt $((schemas + 3)) ]
}

@test "the AuC's tests over a server" {
	# fdatasync and the kill at each write are the file's; libpq's memory is wiped by the C library
	over_server 'stdin: one process|a line of audit|killed at each|never freed in the clear' "$ROOT/t/auc-av.bats"
}

@test "the tests of pcid-issue, m2m-register and ro-drf-lookup over a server" {
	over_server 'backup|no register is refused|of version 1|killed in a first load|dry-run says so|may only be read|larger than 64 MiB|loads no library' "$ROOT/t/pcid-issue.bats" "$ROOT/t/m2m-register.bats" "$ROOT/t/ro-drf-lookup.bats"
}

@test "the tests of sho-subscribe, pva-verify and m2m-note over a server" {
	over_server 'B.2.3.2: subscription|B.2.3.4: an M2MEobj|cannot succeed spends' "$ROOT/t/sho-subscribe.bats" "$ROOT/t/pva-verify.bats" "$ROOT/t/m2m-note.bats"
}

@test "the tests of uicc-keys and vno-permit over a server" {
	over_server 'left in memory' "$ROOT/t/uicc-keys.bats" "$ROOT/t/vno-permit.bats"
}

@test "a first use by many at once makes the tables once" {
	local address i pids=()
	address=$(pg_register crowd)
	for i in 1 2 3 4 5 6; do
		pcid-issue --register "$address" --plmn 001-01 --count 5 -o "c$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(cat c? | jq -r .imsi | sort -u | wc -l)" -eq 30 ]
	[ "$(m2m-register check --register "$address")" = '{"subscribers":30,"discovery":0,"equipment":0}' ]
}

@test "two issue and two look up against each other; the server is stopped in the middle and comes back" {
	local address i pids=() rc
	address=$(pg_register storm)
	seq -f 'A;%g' 400 >ids
	pcid-issue --register "$address" --plmn 001-01 --count 1 -o first
	for i in 1 2; do
		(
			for n in $(seq 40); do
				rc=0
				pcid-issue --register "$address" --plmn 001-01 --count 3 -o "issued$i.$n" 2>"err.p$i" || rc=$?
				[ "$rc" -eq 0 ] || [ "$rc" -eq 5 ] || echo "status $rc: $(cat "err.p$i")" >>bad
			done
		) &
		pids+=($!)
		(
			umask 077
			for n in $(seq 40); do
				rc=0
				auc-av --register "$address" --count 2 --audit "audit$i" 001010000000001 >>"vectors$i" 2>"err.a$i" || rc=$?
				[ "$rc" -eq 0 ] || [ "$rc" -eq 5 ] || echo "status $rc: $(cat "err.a$i")" >>bad
			done
		) &
		pids+=($!)
	done
	sleep 0.3
	(cd / && pg_stop immediate && pg_start)
	for i in "${pids[@]}"; do wait "$i"; done
	[ ! -e bad ] || {
		cat bad
		return 1
	}
	# nothing twice: no PCID, no SQN; nothing lost: what was told is in the register
	cat issued* | jq -r .imsi | sort >told
	[ -s told ]
	[ -z "$(uniq -d told)" ]
	[ -z "$(cat audit? | jq -r .sqn | sort | uniq -d)" ]
	m2m-register export --register "$address" subscribers | jq -r .imsi | sort | comm -13 - told >lost
	[ ! -s lost ]
	[ $((0x$(m2m-register export --register "$address" subscribers | jq -rs '.[0].sqn') >> 5)) -ge "$(cat vectors? | wc -l)" ]
}

@test "OTA packets and pairs by several at once: each group is done, again where another's was in the way" {
	local address i pids=()
	address=$(pg_register cards)
	awk 'BEGIN { for (i = 0; i < 1500; i++) printf "{\"iccid\":\"89430000%012d\",\"imsi\":\"00101%010d\",\"alg\":\"milenage\",\"k\":\"465b5ce8b199b49faa5f0a2e%08x\",\"opc\":\"cd63cb71954a9f4e48a5994e37a02baf\",\"ota_keys\":{\"index\":1,\"kic\":\"000102030405060708090a0b%08x\",\"kid\":\"101112131415161718191a1b%08x\"}}\n", i, i, i, i, i }' >cards
	m2m-register import --register "$address" -i cards subscribers
	jq -c '{iccid, imsi: ("00102" + .imsi[5:])}' cards >list
	sed '7s/.*/{"iccid":"89430000999999999999","imsi":"001020999999999"}/' list >list.1
	sed 's/"imsi":"00102/"imsi":"00103/' list >list.2
	for i in 1 2; do
		ota-wrap --register "$address" --batch list.$i --plmn 001-0$((i + 1)) --spi 1639 --kic 12 --kid 12 --tar b00010 --refresh -o packets.$i 2>err.$i &
		pids+=($!)
	done
	rc=0
	wait "${pids[0]}" || rc=$?
	[ "$rc" -eq 1 ]
	wait "${pids[1]}"
	[ "$(cat err.1)" = "ota-wrap: refused: unknown-iccid: list.1:7: 89430000999999999999 has no OTA keys in this register (TR 33.812 5.3.2)" ]
	[ ! -s err.2 ]
	# all in the order of the lists, and no counter twice
	jq -r .iccid packets.1 | cmp - <(sed 7d list | jq -r .iccid)
	jq -r .iccid packets.2 | cmp - <(jq -r .iccid list)
	[ -z "$(cat packets.? | jq -r '.iccid + .cntr' | sort | uniq -d)" ]
	# pairs: two lists at once, and each pair once
	address=$(pg_register pairs)
	jq -c '{iccid, index: 1, k, opc, ota_keys}' cards >pairs.1
	jq -c '{iccid, index: 2, k, opc, ota_keys}' cards >pairs.2
	pids=()
	for i in 1 2; do
		uicc-keys import --register "$address" -i pairs.$i &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	rc=0
	uicc-keys import --register "$address" -i pairs.1 2>err || rc=$?
	[ "$rc" -eq 1 ] && [ "$(grep -c 'refused: key-exists: pairs.1:' err)" -eq 1500 ]
	# the old operator's cards: handed over in one while packets are made
	address=$(pg_register cards)
	m2m-keygen operator --name mno-b --key-out b.key --cert-out b.pem
	ota-wrap --register "$address" --batch list --plmn 001-02 --spi 1639 --kic 12 --kid 12 --tar b00010 -o packets.3 &
	pid=$!
	uicc-keys handover --register "$address" --plmn 001-02 --recipient b.pem -i list -o handed
	wait "$pid"
	[ "$(openssl cms -decrypt -inform DER -inkey b.key -in handed | wc -l)" -eq 1500 ]
}

@test "a table that memory does not hold is exported by parts, as of one moment" {
	address=$(pg_register large)
	pcid-issue --register "$address" --plmn 001-01 --count 3500 -o issued
	m2m-register export --register "$address" -o out subscribers
	cmp issued out
	[ "$(m2m-register check --register "$address")" = '{"subscribers":3500,"discovery":0,"equipment":0}' ]
	m2m-register import --register "$address" -i out subscribers
}

@test "a server out of reach is status 5, a password on the command line 2, another version 3" {
	refuses 5 'the register: ' m2m-register check --register "postgresql://m2m@/postgres?host=$SOCKET/none"
	refuses 2 'no password' m2m-register check --register "postgresql://m2m:x@/postgres?host=$SOCKET"
	address=$(pg_register old)
	m2m-register check --register "$address"
	sql "UPDATE old.m2m_register SET version = 99"
	refuses 3 'version 99' m2m-register check --register "$address"
	refuses 2 'pg_dump' m2m-register backup --register "$(pg_register new)" -o copy
}

@test "a load of many by COPY, and again over itself; the same twice at once; a tool killed or a server gone in between" {
	address=$(pg_register bulk)
	seq 35000 | awk '{printf "{\"pcid\":\"00101%010d\",\"tre_id\":\"A;%d\",\"status\":\"issued\"}\n", $1, $1}' >first
	m2m-register import --register "$address" -i first discovery
	m2m-register export --register "$address" discovery | cmp - first
	head -300 first | sed 's/issued/registered/' >news
	m2m-register import --register "$address" -i news discovery
	[ "$(m2m-register export --register "$address" discovery | grep -c registered)" -eq 300 ]
	# backslashes of a certificate
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id 'A;1' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	jq -nc --rawfile c tre.pem '{tre_id: "A;1", cert_pem: $c, status: "active"}' >e
	m2m-register import --register "$address" -i e equipment
	m2m-register export --register "$address" equipment | cmp - e
	# two at once: what one is in the way of, the other does again
	address=$(pg_register two)
	m2m-register import --register "$address" -i first discovery &
	pid=$!
	m2m-register import --register "$address" -i first discovery
	wait $pid
	m2m-register export --register "$address" discovery | cmp - first
	# what a run that was cut off has done is done; the next gets through
	address=$(pg_register cut)
	m2m-register check --register "$address"
	m2m-register import --register "$address" -i first discovery &
	pid=$!
	sleep 0.2
	kill -9 $pid 2>/dev/null || true
	wait $pid || true
	n=$(m2m-register check --register "$address" | jq .discovery)
	[ $((n % 10000)) -eq 0 ] || [ "$n" -eq 35000 ]
	m2m-register import --register "$address" -i first discovery &
	pid=$!
	sleep 0.1
	(cd / && pg_stop immediate && pg_start)
	rc=0
	wait $pid || rc=$?
	[ $rc -eq 0 ] || [ $rc -eq 5 ]
	m2m-register import --register "$address" -i first discovery
	m2m-register export --register "$address" discovery | cmp - first
	# a stream of questions
	jq -r .pcid first | shuf | ro-drf-lookup --register "$address" - | sort | cmp - <(sort first)
}

@test "tables of version 1 become those of today, by whoever comes first" {
	address=$(pg_register older)
	pcid-issue --register "$address" --plmn 001-01 --count 1 -o c
	sql "SET search_path = older; DROP INDEX subscribers_tre; CREATE INDEX subscribers_tre ON subscribers(tre_id); UPDATE m2m_register SET version = 1"
	for i in 1 2 3 4; do m2m-register check --register "$address" >"check$i" & pids+=($!); done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(sort -u check?)" = '{"subscribers":1,"discovery":0,"equipment":0}' ]
	[ "$(sql "SELECT version FROM older.m2m_register")" -eq 2 ]
	sql "SELECT indexdef FROM pg_indexes WHERE schemaname = 'older' AND indexname = 'subscribers_tre'" | grep -q 'WHERE (tre_id IS NOT NULL)'
}

@test "an answer is durable though the server's configuration would not have it so" {
	address=$(pg_register durable)
	sql "ALTER ROLE m2m SET synchronous_commit = off"
	sql "ALTER SYSTEM SET log_statement = 'all'" && sql "SELECT pg_reload_conf()" >/dev/null
	pcid-issue --register "$address" --plmn 001-01 --count 1 -o c
	sql "ALTER ROLE m2m RESET synchronous_commit"
	sql "ALTER SYSTEM RESET log_statement" && sql "SELECT pg_reload_conf()" >/dev/null
	grep -q "set_config('synchronous_commit', 'on'" "$SOCKET/log"
}

@test "K does not stay in freed memory" {
	address=$(pg_register memory)
	pcid-issue --register "$address" --plmn 001-01 --count 1 -o c
	wants gdb
	# where the process ends, its heap holds no K
	gdb -q -batch -ex 'set breakpoint pending on' -ex 'catch syscall exit_group' -ex run \
		-ex "generate-core-file $PWD/core" --args auc-av --register "$address" -o v 001010000000001 >gdb.log 2>&1
	[ -s core ] || skip "no core: $(tail -1 gdb.log)"
	[ "$(grep -c -a "$(jq -r .k c)" core)" -eq 0 ]
}

@test "a tool with a file does not load libpq" {
	strace -f -e trace=openat -o trace pcid-issue --register db --plmn 001-01 --count 1 -o c
	[ "$(grep -c libpq trace)" -eq 0 ]
}
