#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen secret --bits 256 -o line.key
	m2m-keygen operator --name sho-a --key-out sho.key --cert-out sho.pem
	seq -f 'ACME;%04.0f' 6 >few
}

# the command line for a folder and a list, and whatever more
line() {
	cp "$BATS_FILE_TMPDIR"/* .
	factory=(m2m-personalize --dir "$1" --tre-ids "$2" --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho sho-a --sho-url https://a.example/ --quiet "${@:3}")
}

# the whole group dies, and with its last process the lock is free
killed() { # PID FOLDER
	kill -9 -- -"$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
	[ ! -e "$2/lock" ] || flock -w 60 "$2/lock" true
}

@test "TR 33.812 B.2.2.1: a run, sealed for the line: every output has each equipment once, no secret in the clear" {
	line run ids --line-key line.key --iccid '8988247###########L'
	seq -f 'ACME;%04.0f' 300 >ids
	"${factory[@]}" >summary
	jq -e '.agrees and .tre_ids == 300 and .keys == 300 and .line == 300 and .auc == 300 and .pva == 300' summary
	cmp summary run/summary.json
	! grep -rlE '"k":|BEGIN PRIVATE KEY|BEGIN EC' run --include='*.jsonl' || return 1
	for k in $(m2m-register export --register run/ccif.db subscribers | head -20 | jq -r .k); do
		! grep -q "$k" run/*.jsonl || return 1
	done
	# who gets what
	pcid=$(ro-drf-lookup --register run/drf.db --by tre_id 'ACME;0123' | jq -r '.pcid + " " + .sho + " " + .sho_url')
	[ "${pcid#* }" = 'sho-a https://a.example/' ]
	[ "$(jq -r 'select(.tre_id == "ACME;0123").pcid' run/notes.jsonl)" = "${pcid%% *}" ]
	auc-av --register run/auc.db "${pcid%% *}" | jq -e .autn >/dev/null
	jq -r 'select(.tre_id == "ACME;0123").cert_pem' run/notes.jsonl >cert
	openssl verify -CAfile ca.pem cert
	m2m-register export --register run/pva.db equipment | jq -r 'select(.tre_id == "ACME;0123").cert_pem' | cmp - cert
	# the stream opens with the line key alone, and is whole
	grep '^{"batch"\|^{"imsi"' run/line.jsonl >batch
	m2m-register import --register line.db --key line.key -i batch subscribers
	m2m-register export --register line.db subscribers | cmp - <(m2m-register export --register run/ccif.db subscribers)
	jq -r 'select(.tre_id == "ACME;0123").key_pem | strings' run/line.jsonl | openssl pkey -passin file:line.key -pubout | cmp - <(openssl x509 -in cert -noout -pubkey)
	# once more: the same, and nothing new; after the AuC has given out vectors too
	"${factory[@]}" | cmp - summary
	rm run/done/auc
	"${factory[@]}" | cmp - summary
	[ "$(auc-av --register run/auc.db "${pcid%% *}" | jq -r .autn)" != '' ]
}

@test "kill -9 at random points, and again: the run ends whole, and its counts agree" {
	local seed=$RANDOM n=0 rc
	echo "seed $seed"
	RANDOM=$seed
	line run ids --line-key line.key
	seq -f 'ACME;%05.0f' 5000 >ids
	while [ $n -lt 5 ]; do
		n=$((n + 1))
		setsid "${factory[@]}" >out 2>err 3>&- &
		pid=$!
		sleep "0.$(printf '%03d' $((RANDOM % 900 + 50)))"
		# it, and all that it started
		killed "$pid" run
	done
	"${factory[@]}" >summary
	jq -e '.agrees and .keys == 5000 and .certificates == 5000 and .pcids == 5000 and .drf == 5000' summary
	[ "$(m2m-register export --register run/ccif.db subscribers | wc -l)" -eq 5000 ]
	[ "$(cut -f4 run/index.txt | sort -u | wc -l)" -eq "$(wc -l <run/index.txt)" ]
	[ "$(wc -l <run/index.txt)" -eq 5000 ]
	jq -r .tre_id run/equipment.jsonl | cmp - ids
	[ "$(find run -name '*.tmp*' -o -name '*.part*' | wc -l)" -eq 0 ]
}

@test "--states: folders that attach; a half-made one is made again" {
	line lab few --states --sho-cert sho.pem
	"${factory[@]}" | jq -e '.agrees and .states == 6' >/dev/null
	tre=(tre-sim --state 'lab/states/ACME;0003' --device 'lab/states/ACME;0003.device')
	"${tre[@]}" boot >/dev/null
	[ "$("${tre[@]}" attach --identity | jq -r .imsi)" = "$(jq -r 'select(.tre_id == "ACME;0003").pcid' lab/notes.jsonl)" ]
	rm -r 'lab/states/ACME;0005' lab/done/states
	sha256sum 'lab/states/ACME;0003/state.sealed' >before
	"${factory[@]}" | jq -e '.agrees and .states == 6' >/dev/null
	sha256sum -c --quiet before
	tre-sim --state 'lab/states/ACME;0005' --device 'lab/states/ACME;0005.device' boot >/dev/null
}

@test "--fleet: one folder of TREs that attach, each with its own PCID; killed in the middle, and again" {
	local n
	line field ids --fleet --sho-cert sho.pem
	seq -f 'ACME;%05.0f' 3000 >ids
	for n in 1 2 3; do
		setsid "${factory[@]}" >out 2>err 3>&- &
		pid=$!
		# when some TREs are there, not all
		for _ in $(seq 600); do
			[ "$(sqlite3 field/fleet/fleet.db 'SELECT count(*) FROM rows' 2>/dev/null || echo 0)" -le $((700 * (n - 1))) ] || break
			sleep 0.05
		done
		killed "$pid" field
		[ ! -e field/done/fleet ]
	done
	"${factory[@]}" | jq -e '.agrees and .fleet == 3000 and .keys == 3000' >/dev/null
	pcid=$(jq -r 'select(.tre_id == "ACME;02999").pcid' field/notes.jsonl)
	auc-av --register field/auc.db "$pcid" -o av
	jq -c '{tre_id: "ACME;02999", act: "attach", rand, autn}' av | tre-sim --fleet field/fleet many -o answer
	jq -c '.output | {res}' answer >res
	vno-auth --av av -i res >/dev/null
	# a TRE that holds another's PCID is counted out
	sed -i "3s/\"pcid\":\"[0-9]*\"/\"pcid\":\"$pcid\"/" field/notes.jsonl
	rc=0
	"${factory[@]}" >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: counts-differ' err
	jq -e '.fleet == 2999 and .notes == 3000' out >/dev/null
	[ "$(find field -name '*.tmp*' -o -name '*.err' | wc -l)" -eq 0 ]
	refuses 2 'one of --line-key, --states and --fleet' "${factory[@]}" --states
	refuses 2 '--fleet wants --sho-cert' m2m-personalize --dir x --tre-ids ids --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho a --fleet
}

@test "refusals: another order, counts that differ, a list that is none, two at once" {
	line run few
	"${factory[@]}" >/dev/null
	refuses 1 'refused: run-differs' "${factory[@]}" --alg ec-p384
	seq -f 'ACME;%04.0f' 7 >few
	refuses 1 'refused: run-differs' "${factory[@]}"
	cp "$BATS_FILE_TMPDIR/few" few
	m2m-register delete --register run/pva.db equipment 'ACME;0004'
	rc=0
	"${factory[@]}" >out 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: counts-differ' err
	jq -e '.agrees == false and .pva == 5' out >/dev/null
	printf 'ACME;1\nACME/2\n' >bad
	refuses 3 'bad:2: want VENDOR;NUMBER' m2m-personalize --dir x --tre-ids bad --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho a
	printf 'ACME;1\nACME;1\n' >twice
	refuses 3 'ACME;1 stands there twice' m2m-personalize --dir x --tre-ids twice --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho a
	: >empty
	refuses 3 'empty: want TRE_ids, one a line, and it has none' m2m-personalize --dir x --tre-ids empty --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho a
	refuses 3 '^m2m-personalize: .: it cannot be read' m2m-personalize --dir x --tre-ids . --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho a
	refuses 3 'ca.key: want an X.509 cert' "${factory[@]/#run/x}" --states --sho-cert ca.key
	refuses 1 'refused: wrong-usage' "${factory[@]/#run/x}" --states --sho-cert ca.pem
	refuses 1 'refused: wrong-usage' "${factory[@]/#run/x}" --fleet --sho-cert ca.pem
	# what is tried leaves nothing here where there is no room for it
	refuses 4 '^m2m-personalize: failed to create directory .*/nowhere/' env TMPDIR=/nowhere "${factory[@]/#run/x}" --states --sho-cert sho.pem
	[ ! -e credential ]
	refuses 4 "^m2m-personalize: cannot create directory .few" m2m-personalize --dir few --tre-ids few --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho a
	[ ! -e x ]
	refuses 2 '--sho is wanted' m2m-personalize --dir x --tre-ids few --plmn 901-70 --ca-key ca.key --ca-cert ca.pem
	refuses 2 'wants --sho-cert' "${factory[@]}" --states
	exec 8>run/lock
	flock 8
	refuses 5 'another process works there' "${factory[@]}"
	exec 8>&-
}

@test "an order that cannot be carried out leaves nothing, and the right one goes on in that folder" {
	local bad n
	line run few
	for bad in '--plmn 1-1' '--sho bad/id' '--alg rsa-1' '--days x' '--jobs 0' '--iccid x' '--ca-cert sho.pem' '--sho-cert none'; do
		set -- --dir run --tre-ids few --ca-key ca.key --quiet
		for n in '--plmn 901-70' '--ca-cert ca.pem' '--sho sho-a'; do
			# shellcheck disable=SC2086 # words
			[ "${bad%% *}" = "${n%% *}" ] || set -- "$@" $n
		done
		# shellcheck disable=SC2086 # words
		refuses "$([[ $bad = --*-cert* ]] && echo 3 || echo 2)" '' m2m-personalize "$@" $bad
		[ ! -e run ]
	done
	refuses 2 '--run .*want letters' m2m-personalize --dir 'a run' --tre-ids few --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho sho-a
	refuses 2 '--sho: want letters' m2m-personalize --dir run --tre-ids few --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho 'bad id'
	[ ! -e 'a run' ]
	m2m-personalize --dir 'a run' --run night --tre-ids few --plmn 901-70 --ca-key ca.key --ca-cert ca.pem --sho sho-a --quiet | jq -e .agrees
	"${factory[@]}" | jq -e .agrees
	closed_out() { "$@" >&-; }
	refuses 4 '^m2m-personalize: stdout cannot be written' closed_out "${factory[@]}"
}
