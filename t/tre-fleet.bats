#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# tre-sim --fleet: many TREs in one folder (TR 33.812 4.3.2, 5.1.2.2).
load lib
load fleet

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	fleet 40
}

# a copy of the fleet, for those that write
field() {
	cp -a "$BATS_FILE_TMPDIR"/* .
}

many() {
	tre-sim --fleet m2me many "$@"
}

token=(--to sho-a --to-cert sho-a/cert.pem --pin owner/pin)

@test "each TRE has its own state, audit and refusals; the outcome of each line is told" {
	field
	[ "$(jq -c 'select(.status != 0)' made | wc -l)" -eq 0 ]
	jq -c '{tre_id, act: "attach", identity: true}' equipment | many -o out
	[ "$(jq -r '[.tre_id, .output.imsi] | join(" ")' out)" = "$(jq -r '[.tre_id, .imsi] | join(" ")' credentials)" ]
	pcid=$(sed -n 7p credentials | jq -r .imsi)
	auc-av --register ro/register.db "$pcid" -o av
	act 'ACME;0007' attach "$(jq -c '{rand, autn}' av)" | jq -c '{res}' >res
	vno-auth --av av -i res >/dev/null
	# the same vector again is the network's to refuse, and not one that was answered before
	act 'ACME;0007' attach "$(jq -c '{rand, autn}' av)" 2>err >auts || true
	grep -q 'refused: sqn-out-of-range' err
	[ "$(jq -r .auts auts | wc -c)" -eq 29 ]
	printf '%s\n' '{"tre_id":"ACME;0099","act":"boot"}' '{"tre_id":"ACME;0001","act":"dance"}' 'x' '{"act":"boot"}' \
		'{"tre_id":"ACME;0001","act":"boot","to":"x"}' '{"tre_id":"ACME;0001","act":"token"}' '{"tre_id":"ACME;0001","act":"init"}' \
		'{"tre_id":"ACME;0001","act":"boot","output":"x"}' '{"tre_id":"ACME;0002","act":"boot"}' >acts
	rc=0
	many -i acts -o out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(jq -r '[.tre_id, .act, .status, .reason // ""] | join(" ")' out | paste -sd ,)" = \
		'ACME;0099 boot 3 ,ACME;0001 dance 3 ,ACME;0001 boot 3 ,ACME;0001 token 2 ,ACME;0001 init 1 already-initialised,ACME;0001 boot 3 ,ACME;0002 boot 0 ' ]
	grep -q 'acts:3: ' err
	grep -q 'acts:4: tre_id: missing' err
	refuses 2 'many wants --fleet' tre-sim --state m2me many
	# audits are chains of their own
	act 'ACME;0007' audit '{"verify":true}' >audit
	[ "$(jq -rs 'map(.event) | join(" ")' audit | cut -d' ' -f1-2)" = 'init personalize' ]
	sqlite3 m2me/fleet.db "UPDATE audit SET lines=replace(lines, 'personalize', 'personalise') WHERE name='ACME;0007'"
	act 'ACME;0007' audit '{"verify":true}' 2>err || true
	grep -q 'refused: audit-broken' err
	act 'ACME;0008' audit '{"verify":true}' >/dev/null
}

@test "an act on an MCIM, or a user, names it; a TRE of many reports as others do" {
	field
	tre_pin=(--pin owner/pin)
	printf '%s\n' '{"tre_id":"ACME;0001","act":"select"}' '{"tre_id":"ACME;0001","act":"select","mcim":"mcim-9"}' \
		'{"tre_id":"ACME;0001","act":"user","name":"ann","rights":"select","new_pin":"1234"}' \
		'{"tre_id":"ACME;0001","act":"select","mcim":"mcim-9","user":"ann","pin":"1234"}' \
		'{"tre_id":"ACME;0001","act":"select","mcim":"mcim-9","user":"eve"}' \
		'{"tre_id":"ACME;0001","act":"report","to":"pva.a"}' >acts
	many "${tre_pin[@]}" -i acts -o out 2>err || true
	[ "$(jq -r '[.act, .status, .reason // ""] | join(" ")' out | paste -sd ,)" = \
		'select 2 ,select 1 unknown-mcim,user 0 ,select 1 unknown-mcim,select 1 unknown-mcim,report 1 wrong-state' ]
	act 'ACME;0001' info '' | jq -c .users >users
	[ "$(cat users)" = '[{"name":"ann","rights":["select"],"left":3}]' ]
}

@test "the PIN is the owner's, and its tries are counted, each TRE's alone" {
	field
	echo 0000 >wrong
	for i in 1 2 3; do
		act 'ACME;0003' token "{\"as\":\"$i\"}" 2>/dev/null || true # no field of the act
		act 'ACME;0003' token '' --to sho-a --to-cert sho-a/cert.pem --pin wrong 2>err || true
	done
	act 'ACME;0003' token '' "${token[@]}" 2>err || true
	grep -q 'refused: pin-blocked' err
	act 'ACME;0004' token '' "${token[@]}" >told
	[ -s told ]
}

@test "a fleet that was changed, or rolled back, in the whole or in one TRE, is locked down; its device alone opens it" {
	field
	cp -a m2me old
	jq -c '{tre_id, act: "boot"}' equipment | head -5 | many >/dev/null
	[ "$(act 'ACME;0001' boot | jq .boot_counter)" -eq 2 ]
	cp -a m2me new
	locked() {
		refuses 1 "refused: locked-down: .*$1" many -i one
		rm -rf m2me
		cp -a new m2me
	}
	echo '{"tre_id":"ACME;0040","act":"boot"}' >one
	rm -r m2me && cp -a old m2me && locked 'rolled back'
	rm m2me/fleet.db* && cp old/fleet.db* m2me && locked 'rolled back'
	state=$(sqlite3 old/fleet.db "SELECT hex(state) FROM rows WHERE name='ACME;0001'")
	sqlite3 m2me/fleet.db "UPDATE rows SET state=x'$state' WHERE name='ACME;0001'" && locked 'rolled back'
	sqlite3 m2me/fleet.db "DELETE FROM rows WHERE name='ACME;0001'" && locked 'rolled back'
	sqlite3 m2me/fleet.db "INSERT INTO rows SELECT 'ACME;0041', state, NULL, NULL FROM rows WHERE name='ACME;0001'" && locked 'rolled back'
	sqlite3 m2me/fleet.db "UPDATE rows SET name='x' WHERE name='ACME;0001'" && locked 'rolled back'
	sqlite3 m2me/fleet.db "UPDATE rows SET state=(SELECT substr(o.state, 1, 12) FROM rows o WHERE o.name='ACME;0040') || x'00' WHERE name='ACME;0040'"
	act 'ACME;0040' boot 2>err || true
	grep -q 'refused: locked-down' err
	rm -rf m2me && cp -a new m2me
	head -c 32 /dev/urandom >m2me.device/device.key && locked 'another device'
}

@test "the answer to a line is for who asked as it was asked: by that PIN, to that operator" {
	field
	echo '{"tre_id":"ACME;0005","act":"token"}' >line
	m2m-keygen operator --name sho-b --key-out b.key --cert-out b.pem
	echo 0000 >wrong
	many "${token[@]}" -i line -o first
	many "${token[@]}" -i line -o again
	cmp first again
	refuses 1 'refused: pin-required: ' many --to sho-a --to-cert sho-a/cert.pem -i line -o said
	[ "$(jq -c '[.reason, .output]' said)" = '["pin-required",null]' ]
	refuses 1 'refused: wrong-pin: ' many --to sho-a --to-cert sho-a/cert.pem --pin wrong -i line -o said
	# the PIN out of a pipe, for all lines
	many --to sho-b --to-cert b.pem --pin <(cat owner/pin) -i <(cat line && sed 's/5"/6"/' line) -o other
	[ "$(jq -r '.output | split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson | .new' other | paste -sd ' ')" = 'sho-b sho-b' ]
	# what was asked is not there to be guessed at, and an old answer does not come back
	echo '{"tre_id":"ACME;0005","act":"token","pin":"4711"}' >line
	many --to sho-a --to-cert sho-a/cert.pem -i line -o said
	asked=$(tr -d '\n' <line | sha256sum | cut -c1-64)
	run ! grep -q "$asked" <(cat m2me/fleet.db* | od -An -v -tx1 | tr -d ' \n')
	[ "$(sqlite3 m2me/fleet.db "SELECT name FROM pragma_table_info('rows')" | paste -sd ' ')" = 'name state told' ]
	told=$(sqlite3 m2me/fleet.db "SELECT hex(told) FROM rows WHERE name='ACME;0005'")
	many "${token[@]}" -i <(sed 's/,"pin.*/}/' line) -o said
	cp -a m2me new
	sqlite3 m2me/fleet.db "UPDATE rows SET told=x'$told' WHERE name='ACME;0005'"
	refuses 1 'refused: locked-down: .*rolled back' many -i line
	rm -r m2me && cp -a new m2me
	sqlite3 m2me/fleet.db "UPDATE rows SET told=NULL WHERE name='ACME;0005'"
	refuses 1 'refused: locked-down: .*rolled back' many -i line
}

@test "no secret stands in the clear; files are the owner's alone; one process at a time" {
	field
	jq -r '.k, .opc' credentials >secrets
	jq -r .key_pem equipment | grep -v -e ----- -e '^$' >>secrets
	[ "$(wc -l <secrets)" -eq 200 ]
	run ! grep -qaFf secrets m2me/fleet.db m2me/state.sealed
	[ "$(stat -c %a m2me m2me/fleet.db m2me/state.sealed m2me.device/device.key | paste -sd ' ')" = '700 600 600 600' ]
	exec 8>m2me/lock
	flock 8
	refuses 5 'another command has it' tre-sim --fleet m2me many -i /dev/null
	exec 8>&-
}

@test "killed at any write: what was told stands, a TRE is as it was or as it is after, and the lines again are answered" {
	once
	wants strace
	field
	jq -c '{tre_id, act: "token"}' equipment | head -3 >acts
	many "${token[@]}" -i acts -o first
	kills=0
	for call in write pwrite64 fdatasync fsync rename; do
		for n in {1..60}; do
			rm -rf out m2me m2me.device
			cp -a "$BATS_FILE_TMPDIR/m2me" "$BATS_FILE_TMPDIR/m2me.device" .
			# shellcheck disable=SC2016
			! ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when="$n" tre-sim --fleet m2me many "${token[@]}" -i acts -o out 2>/dev/null || break
			kills=$((kills + 1))
			[ ! -e out ] || cp out told
			many "${token[@]}" -i acts -o out
			[ ! -e told ] || cmp told out
			rm -f told
			[ "$(jq -r 'select(.status == 0 and .output) | .tre_id' out | paste -sd ' ')" = 'ACME;0001 ACME;0002 ACME;0003' ]
			# one token each: the group was done once
			[ "$(act 'ACME;0002' audit '{"verify":true}' | jq -s 'map(select(.event == "token")) | length')" -eq 1 ]
		done
	done
	echo "$kills kills"
	[ $kills -ge 8 ]
}
