#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Credentials go to a real osmo-hlr and come back. It listens on fixed ports: each test has a
# loopback address of its own.
load ../lib

setup_file() {
	wants_all osmo-hlr python3 || return 0
}

teardown() {
	[ ! -e pid ] || kill "$(cat pid)" 2>/dev/null || true
}

# start ADDRESS DB
start() {
	cat >hlr.cfg <<-END
		log stderr
		 logging level set-all notice
		line vty
		 bind $1
		ctrl
		 bind $1
		hlr
		 gsup
		  bind ip $1
	END
	osmo-hlr -c hlr.cfg -l "$2" -U >hlr.log 2>&1 3>&- &
	echo $! >pid
	for _ in $(seq 100); do
		python3 -c "import socket; socket.create_connection(('$1', 4222), 1)" 2>/dev/null && return
		sleep 0.05
	done
	cat hlr.log
	return 1
}

# ask ADDRESS IMSI [RAND AUTS]: the vectors of osmo-hlr, a JSON line each, over GSUP
ask() {
	python3 "$BATS_TEST_DIRNAME/gsup.py" "$@"
}

# takes IMSI: the card of that credential takes each vector in v
takes() {
	local k opc
	k=$(jq -r "select(.imsi == \"$1\").k" credentials) opc=$(jq -r "select(.imsi == \"$1\").opc" credentials)
	while read -r vector; do
		milenage usim --k "$k" --opc "$opc" --rand "$(jq -r .rand <<<"$vector")" --autn "$(jq -r .autn <<<"$vector")" >answer
		[ "$(jq -r .res answer)" = "$(jq -r .xres <<<"$vector")" ]
		[ "$(jq -r .ck answer)" = "$(jq -r .ck <<<"$vector")" ]
		jq -r .sqn answer >>sqns
	done <v
}

setup_subscribers() {
	umask 077
	pcid-issue --register db --plmn 001-01 --count 3 -o credentials
	auc-av --register db --count 3 -o ours 001010000000002
	osmo-hlr-db-tool -l hlr.db create >/dev/null 2>&1
}

@test "osmo-hlr loads the export and answers for our subscriber; its SQN goes on behind ours" {
	setup_subscribers
	m2m-register export --register db --format osmo-hlr -o hlr.sql subscribers
	sqlite3 -bail hlr.db <hlr.sql
	start 127.0.4.1 hlr.db
	ask 127.0.4.1 001010000000001 >v || { cat hlr.log; false; }
	[ "$(wc -l <v)" -eq 5 ]
	takes 001010000000001
	ask 127.0.4.1 001010000000002 >v
	rm sqns
	takes 001010000000002
	[ $((0x$(head -1 sqns) >> 5)) -gt 3 ]
	ask 127.0.4.1 001019999999999 >v
	[ "$(cat v)" = '{"error":2}' ] # IMSI unknown in HLR
}

@test "what osmo-hlr issued comes back with its SQN, and no SQN comes twice" {
	setup_subscribers
	m2m-register export --register db --format osmo-hlr subscribers | sqlite3 -bail hlr.db
	start 127.0.4.2 hlr.db
	ask 127.0.4.2 001010000000001 >v
	takes 001010000000001
	kill "$(cat pid)"
	wait "$(cat pid)" || true
	m2m-register import --register back --format osmo-hlr -i hlr.db subscribers
	for field in imsi k opc status ind_bits; do
		[ "$(m2m-register export --register back subscribers | jq -r ".$field")" = "$(jq -r ".$field" credentials)" ]
	done
	[ "$(m2m-register export --register back subscribers | jq -rs '.[0].sqn')" = "$(tail -1 sqns)" ]
	auc-av --register back -o v 001010000000001
	takes 001010000000001
	[ -z "$(sort sqns | uniq -d)" ]
}

@test "our card's AUTS resynchronises osmo-hlr" {
	setup_subscribers
	m2m-register export --register db --format osmo-hlr subscribers | sqlite3 -bail hlr.db
	start 127.0.4.3 hlr.db
	local k opc
	k=$(jq -rs '.[0].k' credentials) opc=$(jq -rs '.[0].opc' credentials)
	ask 127.0.4.3 001010000000001 >all
	head -1 all >v
	milenage usim --k "$k" --opc "$opc" --rand "$(jq -r .rand v)" --autn "$(jq -r .autn v)" --sqn 000000100001 >answer 2>/dev/null || true
	ask 127.0.4.3 001010000000001 "$(jq -r .rand v)" "$(jq -r .auts answer)" >v
	takes 001010000000001
	[ $((0x$(head -1 sqns) >> 5)) -gt $((0x100001 >> 5)) ]
}

@test "a blocked subscriber is barred there too" {
	setup_subscribers
	m2m-register set --register db subscribers 001010000000003 status=blocked
	m2m-register export --register db --format osmo-hlr subscribers | sqlite3 -bail hlr.db
	[ "$(sqlite3 hlr.db "SELECT nam_cs, nam_ps FROM subscriber WHERE imsi='001010000000003'")" = '0|0' ]
	m2m-register import --register back --format osmo-hlr -i hlr.db subscribers
	[ "$(m2m-register export --register back subscribers | jq -rs '.[2].status')" = blocked ]
}
