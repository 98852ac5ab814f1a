#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Many cards changed in one run: TR 33.812 5.3.1.2 steps 3 to 5.
load lib
load uicc

# fleet N: N cards in the folder fleet and in a.db; the new operator's list
fleet() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"iccid\":\"89430000%012d\",\"imsi\":\"00101%010d\",\"alg\":\"milenage\",\"k\":\"465b5ce8b199b49faa5f0a2e%08x\",\"opc\":\"cd63cb71954a9f4e48a5994e37a02baf\",\"ota_keys\":{\"index\":1,\"kic\":\"000102030405060708090a0b%08x\",\"kid\":\"101112131415161718191a1b%08x\"}}\n", i, i, i, i, i }' >cards
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"iccid\":\"89430000%012d\",\"imsi\":\"00102%010d\"}\n", i, i }' >list
	uicc-sim --state fleet stock -i cards
	jq -c '. + {sqn: "000000000000", status: "active"}' cards | m2m-register import --register a.db subscribers
}
octets=(--spi 1639 --kic 12 --kid 12)

wrap() {
	ota-wrap --register a.db --batch list --plmn 001-02 "${octets[@]}" --tar b00010 --form tpdu --refresh "$@"
}

unwrap() {
	ota-unwrap --response --register a.db --batch "$1" "${octets[@]}" --form tpdu
}

deliver() {
	uicc-sim --state fleet deliver --form tpdu "$@"
}

@test "a run in a pipe: every card has its outcome, and its new IMSI" {
	fleet 600
	wrap | deliver | unwrap - >outcomes
	[ "$(jq -r '[.status, .sw] | join(" ")' outcomes | sort | uniq -c | xargs)" = '600 por-ok 9000' ]
	uicc-sim --state fleet list | jq -r .imsi >have
	jq -r .imsi list | diff - have
	[ "$(uicc-sim --state fleet info --card 89430000000000000007 | jq -r .imsi)" = 001020000000007 ]
	[ "$(uicc-sim --state fleet attach --identity --card 89430000000000000600 | jq -r .imsi)" = 001020000000600 ]
	[ "$(stat -c %a fleet/cards.db)" = 600 ]
	jq -r '.k, .ota_keys.kic, .ota_keys.kid' cards >secrets
	run ! grep -qaFf secrets fleet/cards.db
	# what a card has answered is told, also where a bad short message stands behind it, and again
	wrap | sed -n 1p | jq -c '{iccid, packet: (.packet + ["00"])}' >bad
	refuses 3 '^uicc-sim: bad:1: ' uicc-sim --state fleet deliver --form tpdu -i bad -o answers
	unwrap answers | jq -e '.status == "por-ok"'
	refuses 3 '^uicc-sim: bad:1: ' uicc-sim --state fleet deliver --form tpdu -i bad -o again
	cmp answers again
	head -1 cards >again
	refuses 1 'refused: already-initialised: again:1: ' uicc-sim --state fleet stock -i again
	refuses 3 'is no card of fleet' uicc-sim --state fleet info --card 89430000000000009999
}

@test "cards that are out of reach are changed by a later run, and none is lost" {
	fleet 40
	wrap -o packets
	# every fourth card is offline, two packets are lost half, and one card refuses
	awk 'NR % 4 != 0' packets | sed '3s/..\("\]}\)$/00\1/' >sent
	rc=0
	deliver -i sent -o answers 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: mac-mismatch: sent:3: ' err
	rc=0
	unwrap answers >outcomes 2>err || rc=$?
	[ "$(jq -r 'select(.status == "por-ok").iccid' outcomes | wc -l)" -eq 29 ]
	# until then the old operator serves them under the old IMSI
	[ "$(uicc-sim --state fleet info --card 89430000000000000004 | jq -r .imsi)" = 001010000000004 ]
	# the rerun goes to those alone
	wrap --done outcomes -o rest
	[ "$(jq -r .iccid rest | wc -l)" -eq 11 ]
	[ "$(jq -r .cntr rest | sort -u)" = 0000000002 ]
	deliver -i rest | unwrap - >>outcomes
	wrap --done outcomes -o none
	[ ! -s none ]
	uicc-sim --state fleet list | jq -r .imsi >have
	jq -r .imsi list | diff - have
	# what was on its way all the time comes late, and changes nothing
	sed -n 4p packets >late
	rc=0
	deliver -i late >answers 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: cntr-low' err
}

@test "killed at any point and begun again, every card is changed once, and each outcome told" {
	once
	fleet 300
	seed=${SEED-$RANDOM}
	echo "SEED=$seed"
	RANDOM=$seed
	wrap -o packets
	cp -a fleet fleet0
	cp -a fleet.device device0
	uicc-sim --state fleet deliver --form tpdu -i packets -o want
	cut -c1-60 want >heads
	for _ in $(seq 6); do
		rm -rf fleet fleet.device answers
		cp -a fleet0 fleet
		cp -a device0 fleet.device
		# the list comes slowly, so that the kill falls anywhere
		{ head -n $((RANDOM % 300)) packets; sleep 0.05; cat packets; } 2>/dev/null |
			uicc-sim --state fleet deliver --form tpdu -o answers 2>/dev/null &
		pid=$!
		sleep "0.0$((RANDOM % 10))"
		kill -9 $pid 2>/dev/null || true
		wait "$pid" || true
		uicc-sim --state fleet deliver --form tpdu -i packets -o answers
		[ "$(wc -l <answers)" -eq 300 ]
		[ "$(unwrap answers | jq -r '[.status, .sw] | join(" ")' | sort -u)" = 'por-ok 9000' ]
		uicc-sim --state fleet list | jq -r .imsi >have
		jq -r .imsi list | diff - have
	done
	# again and again the same is told, octet by octet, and no card is touched
	uicc-sim --state fleet deliver --form tpdu -i packets -o again
	cmp answers again
}

@test "killed while it writes: between the database and the device's number" {
	once
	wants strace
	strace -f -e trace=none true 2>/dev/null || skip 'strace may not trace'
	fleet 20
	wrap -o packets
	cp -a fleet fleet0
	cp -a fleet.device device0
	local call n
	for call in pwrite64 fdatasync rename openat write; do
		for n in 1 3 5 7; do
			rm -rf fleet fleet.device
			cp -a fleet0 fleet
			cp -a device0 fleet.device
			strace -f -qq -e trace="$call" -e inject="$call":signal=KILL:when="$n" uicc-sim --state fleet deliver --form tpdu -i packets >/dev/null 2>&1 || true
			deliver -i packets -o answers
			[ "$(unwrap answers | jq -r .status | sort | uniq -c | xargs)" = '20 por-ok' ]
		done
	done
}

@test "ota-wrap killed in the middle of a list: no counter that was told comes again" {
	once
	fleet 1200
	seed=${SEED-$RANDOM}
	echo "SEED=$seed"
	RANDOM=$seed
	local i
	for i in 1 2 3 4; do
		wrap >"told.$i" 2>/dev/null &
		pid=$!
		sleep "0.$((RANDOM % 30 + 10))"
		kill -9 $pid 2>/dev/null || true
		wait "$pid" || true
	done
	wrap -o told.5
	[ "$(wc -l <told.5)" -eq 1200 ]
	# what was cut by the kill was told too: its ICCID and counter are looked for in text
	cat told.? | grep -oE '"iccid":"[0-9]+".*"cntr":"[0-9a-f]{10}"' | grep -oE '"iccid":"[0-9]+"|"cntr":"[0-9a-f]+"' | paste - - | sort >pairs
	[ "$(wc -l <pairs)" -ge 1200 ]
	[ -z "$(uniq -d pairs)" ]
}

@test "an old copy of the folder is locked down, and a row of another card" {
	fleet 5
	cp -a fleet old
	wrap | deliver >/dev/null
	wrap | deliver >/dev/null
	mv fleet new
	cp -a old fleet
	refuses 1 'refused: locked-down' uicc-sim --state fleet list
	rm -rf fleet
	cp -a new fleet
	cp old/cards.db* fleet
	rm -f fleet/cards.db-*
	refuses 1 'refused: locked-down: .*rolled back' uicc-sim --state fleet list
	rm -rf fleet
	mv new fleet
	sqlite3 fleet/cards.db "UPDATE rows SET state=(SELECT state FROM rows WHERE name='89430000000000000001') WHERE name='89430000000000000002'"
	refuses 1 'refused: locked-down' uicc-sim --state fleet info --card 89430000000000000002
	# one card's row as it was before, its own and sealed by the same device
	row() { sqlite3 "$1/cards.db" "SELECT hex(state) FROM rows WHERE name='89430000000000000003'"; }
	before=$(row old)
	[ "$before" != "$(row fleet)" ]
	sqlite3 fleet/cards.db "UPDATE rows SET state=x'$before' WHERE name='89430000000000000003'"
	refuses 1 'refused: locked-down: .*rolled back' uicc-sim --state fleet info --card 89430000000000000001
	refuses 3 'no sealed state is here' uicc-sim --state nowhere list
}

@test "a batch of a list with bad, double and foreign lines; hand-over and deletion of the whole" {
	fleet 30
	m2m-keygen operator --name mno-a --key-out a.key --cert-out a.pem
	m2m-keygen operator --name mno-b --key-out b.key --cert-out b.pem
	sed -i '5s/00102/00103/; 7s/.*/x/; 9s/"imsi":"[0-9]*"/"imsi":"001020000000008"/' list
	rc=0
	wrap -o packets 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <packets)" -eq 27 ]
	grep -q 'refused: foreign-imsi: list:5: ' err
	grep -q '^ota-wrap: list:7: ' err
	grep -q 'refused: double-imsi: list:9: ' err
	deliver -i packets | unwrap - >outcomes
	rc=0
	uicc-keys handover --register a.db --plmn 001-02 --recipient b.pem -i list -o handover.cms 2>err || rc=$?
	[ "$rc" -eq 3 ]
	m2m-register import --register b.db subscribers --key b.key -i handover.cms
	[ "$(m2m-register export --register b.db subscribers | wc -l)" -eq 27 ]
	# what is deleted is what was handed over, and the note says so
	jq -c 'select(.status == "por-ok") | {iccid}' outcomes >gone
	uicc-keys delete --register a.db --key a.key --cert a.pem --to mno-b --about handover.cms -i gone -o deletion
	m2m-note check deletion --trust a.pem --to mno-b --signer mno-a --about handover.cms -i deletion >note
	[ "$(jq -r .deleted note)" = 27 ]
	[ "$(jq -r .cards_sha256 note)" = "$(jq -r .iccid gone | sha256sum | cut -c1-64)" ]
	[ "$(m2m-register export --register a.db subscribers | jq -r .iccid | sort)" = "$(sed -n '5p;7p;9p' cards | jq -r .iccid | sort)" ]
	jq -r '.k' cards | sed -n 1p >secret
	run ! grep -qaFf secret a.db
	# attested again after a crash, but not what was never here
	uicc-keys delete --register a.db --key a.key --cert a.pem --to mno-b --about handover.cms -i gone -o deletion
	refuses 1 'refused: unknown-iccid' uicc-keys delete --register a.db --key a.key --cert a.pem --to mno-b --about handover.cms \
		-i <(echo '{"iccid":"89430000000000009999"}')
	refuses 1 'refused: unknown-iccid' ota-wrap --register a.db --iccid 89430000000000000001 "${octets[@]}" --tar b00010 --refresh
}
