#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure
load wire
load uicc

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.3.1.2: every step, and the end" {
	walk_once alt3a ec-p256
	[ "$(every_step "$RUN")" = '1 2 3 4 5 6 6a 6b 7 ' ]
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = "$(jq -r .imsi "$RUN/mno-b/imsi.jsonl")" ]
	# in step 4 the card showed its old IMSI, and the update was acknowledged
	[ "$(jq -r 'select(.step == "4" and .message == "identity") | .file' "$RUN/trace.jsonl" | xargs -I@ jq -r .imsi "$RUN/@")" = 001010000000001 ]
	[ "$(jq -r '[.status, .sw] | join(" ")' "$RUN/mno-a/update-por.json")" = 'por-ok 9000' ]
	# the list carries OPc and algorithm, and no SQN
	openssl cms -decrypt -inform DER -in "$RUN/mno-a/handover.cms" -inkey "$RUN/mno-b/key.pem" -recip "$RUN/mno-b/cert.pem" >opened
	[ "$(jq -r '[.imsi, .alg, (.opc | length), .sqn] | join(" ")' opened)" = '001020000000001 milenage 32 000000000000' ]
	# the old operator's register says so of itself, signed
	[ "$(jq -r '[.iss, .deleted, .iccid] | join(" ")' "$RUN/mno-b/deletion.json")" = "mno-a 1 $ICCID" ]
	# the old operator holds nothing of it any more, and the new K is one that it never knew
	[ -z "$(m2m-register export --register "$RUN/mno-a/register.db" subscribers)" ]
	[ "$(m2m-register export --register "$RUN/mno-b/register.db" subscribers | jq -r .k)" = "$(cat "$RUN/mno-b/k.hex")" ]
	run ! grep -qaF "$(jq -r .k "$RUN/maker/pairs.jsonl")" "$RUN/mno-a/register.db"
}

@test "each message has the parties of its step" {
	walk_once alt3a ec-p256
	messages "$RUN" alt3a >got
	diff - got <<-'TEXT'
		1 maker mno-a key-pair
		1 m2me mno-a identity
		1 mno-a m2me challenge
		1 m2me mno-a res
		2 owner mno-a order
		2 owner mno-b order
		3 mno-b mno-a imsi-list
		4 mno-a m2me update lost
		4 mno-a m2me update
		4 m2me mno-a update-por
		4 m2me mno-a identity
		4 mno-a m2me challenge
		4 m2me mno-a res
		5 mno-a mno-b handover
		6 mno-b mno-a ack
		6a mno-a m2me refresh
		6a m2me mno-a refresh-por
		6a m2me mno-b identity
		6a mno-b m2me challenge
		6a m2me mno-b auts sqn-out-of-range
		6a mno-b m2me challenge
		6a m2me mno-b res
		6b mno-a mno-b deletion
		7 mno-b m2me new-key
		7 m2me mno-b new-key-por
		7 mno-b m2me new-refresh
		7 m2me mno-b new-refresh-por
		7 m2me mno-b identity
		7 mno-b m2me challenge
		7 m2me mno-b res
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once alt3a rsa-2048
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = "$(jq -r .imsi "$RUN/mno-b/imsi.jsonl")" ]
}

@test "no secret is on the wire" {
	walk_once alt3a ec-p256
	card_secrets "$RUN" >known
	[ "$(grep -c . known)" -ge 8 ]
	leaks "$RUN/wire" <known >found
	[ ! -s found ]
}

@test "every packet that was used is refused when it comes again, and an altered one" {
	walk_once alt3a ec-p256
	cp -a "$RUN" copy
	cd copy
	local f
	for f in wire/*-m2me-{update,refresh,new-key,new-refresh}.hex; do
		rc=0
		uicc-sim --state uicc/state --device uicc/device ota --form tpdu -i "$f" >out 2>err || rc=$?
		[ "$rc" -eq 1 ]
		grep -q 'refused: cntr-low' err || { # the packet that was lost has a counter that is over, too
			cat err
			return 1
		}
		sed 's/..$/00/' "$f" >altered
		cmp -s "$f" altered || {
			rc=0
			uicc-sim --state uicc/state --device uicc/device ota --form tpdu -i altered >out 2>err || rc=$?
			[ "$rc" -eq 1 ]
			grep -q 'refused: mac-mismatch' err
		}
	done
}

# a card of mno-a (one key set for both operators), its registers a.db and b.db
alt3a_card() {
	m2m-keygen operator --name mno-b --key-out b.key --cert-out b.pem
	uicc-keys make --register maker.db --iccid "$ICCID" --count 1 --entitled mno-a -o pairs.jsonl
	echo '{"imsi":"001010000000001"}' >credential.json
	uicc-sim --state card init --iccid "$ICCID"
	uicc-sim --state card personalize --credential credential.json --pairs pairs.jsonl
	jq -c 'del(.index, .entitled) + {imsi: "001010000000001", sqn: "000000000000", status: "active"}' pairs.jsonl |
		m2m-register import --register a.db subscribers
	printf '{"iccid":"%s","imsi":"001020000000009"}\n' "$ICCID" >list
}

send() { # OPTIONS...: a packet of mno-a with the next counter
	ota-wrap --register a.db --iccid "$ICCID" "${secure[@]}" "$@" -o packet
}

@test "a packet lost at any point leaves a card that some MNO serves" {
	alt3a_card
	served a.db
	send --imsi 001020000000009 # lost
	served a.db
	send --imsi 001020000000009
	uicc-sim --state card ota -i packet >/dev/null # the acknowledgement is lost
	served a.db
	send --imsi 001020000000009 # again, since no acknowledgement came
	uicc-sim --state card ota -i packet -o por
	served a.db
	uicc-keys handover --register a.db --plmn 001-02 --recipient b.pem -i list -o handover.cms # lost
	served a.db
	uicc-keys handover --register a.db --plmn 001-02 --recipient b.pem -i list -o handover.cms
	m2m-register import --register b.db subscribers --key b.key -i handover.cms
	served a.db b.db
	send --refresh # lost
	served a.db b.db
	send --refresh
	uicc-sim --state card ota -i packet >/dev/null # the acknowledgement is lost
	[ "$(uicc-sim --state card attach --identity | jq -r .imsi)" = 001020000000009 ]
	served b.db
	# the REFRESH again does no harm, and mno-b's own packets count on above what mno-a used
	send --refresh
	uicc-sim --state card ota -i packet -o por
	served b.db
	ota-wrap --register b.db --iccid "$ICCID" "${secure[@]}" --imsi 001020000000010 -o packet
	uicc-sim --state card ota -i packet -o por
}

@test "5.3.1.3: hand-over with the SQN needs no resynchronisation" {
	alt3a_card
	for _ in 1 2 3; do attach a.db 001010000000001; done
	send --imsi 001020000000009
	uicc-sim --state card ota -i packet -o por
	uicc-keys handover --with-sqn --register a.db --plmn 001-02 --recipient b.pem -i list -o handover.cms
	m2m-register import --register b.db subscribers --key b.key -i handover.cms
	send --refresh
	uicc-sim --state card ota -i packet -o por
	attach b.db 001020000000009
}

@test "a list with a bad, double or foreign IMSI: the line is named, the rest is done" {
	alt3a_card
	{
		cat list
		printf '{"iccid":"%s","imsi":"12"}\n' "$ICCID"
		printf '{"iccid":"89430100000000000025","imsi":"001020000000009"}\n'
		printf '{"iccid":"89430100000000000025","imsi":"001030000000009"}\n'
		printf '{"iccid":"%s","imsi":"001020000000010"}\n' "$ICCID"
		printf '{"iccid":"89430100000000000025","imsi":"001020000000011"}\n'
		printf 'x\n'
	} >bad
	rc=0
	uicc-keys handover --register a.db --plmn 001-02 --recipient b.pem -i bad -o handover.cms 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <err)" -eq 6 ]
	sed -n 1p err | grep -q '^uicc-keys: bad:2: imsi'
	sed -n 2p err | grep -q 'refused: double-imsi: bad:3: '
	sed -n 3p err | grep -q 'refused: foreign-imsi: bad:4: '
	sed -n 4p err | grep -q 'refused: double-iccid: bad:5: '
	sed -n 5p err | grep -q 'refused: unknown-iccid: bad:6: '
	sed -n 6p err | grep -q '^uicc-keys: bad:7: '
	openssl cms -decrypt -inform DER -in handover.cms -inkey b.key -recip b.pem >opened
	[ "$(jq -r .imsi opened)" = 001020000000009 ]
	sed -n 4p bad >foreign
	refuses 1 'foreign-imsi' uicc-keys handover --register a.db --plmn 001-02 --recipient b.pem -i foreign
}

@test "steps 4 and 6a: a proof of receipt counts for the packet that it answers, and the attestation once" {
	walk_once alt3a ec-p256
	cp -a "$RUN" copy
	cd copy
	opens=$(m2m-walk --plan alt3a | sed -nE 's/^run\t(ota-unwrap .* -i [^ ]+-refresh-por.hex) .*/\1/p' | head -n 1)
	bash -c "$opens" >por
	[ "$(jq -r .status por)" = por-ok ]
	refuses 1 'refused: cntr-mismatch' bash -c "${opens% *} $(find wire -name '*-update-por.hex')"
	refuses 1 'refused: note-replayed' m2m-note check deletion --trust mno-a/cert.pem --to mno-b --register mno-b/register.db -i mno-a/deletion.jws
}
