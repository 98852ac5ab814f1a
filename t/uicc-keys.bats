#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
ICCID=89430100000000000017

parties() {
	for p in mno-a mno-b mno-c; do
		m2m-keygen operator --name $p --key-out $p.key --cert-out $p.pem
	done
	uicc-keys make --register db --iccid "$ICCID" --count 3 --entitled mno-a -o pairs.jsonl
}

release() { # INDEX TO [OPTIONS]
	uicc-keys release --register db --iccid "$ICCID" --index "$1" --recipient "$2.pem" "${@:3}" -o released.cms
}

handover() { # FROM INDEX TO
	m2m-note make handover --key "$1.key" --cert "$1.pem" --to maker iccid="$ICCID" index="$2" new="$3" -o "note-$1-$2-$3"
}

opened() { # BY
	openssl cms -decrypt -inform DER -in released.cms -inkey "$1.key" -recip "$1.pem"
}

@test "5.3.2.2 steps 2 and 7: to the entitled operator alone, for that card and index, and sealed for it" {
	parties
	release 1 mno-a
	[ "$(opened mno-a | jq -c '[.k, .released_to]')" = "$(jq -c 'select(.index == 1) | [.k, "mno-a"]' pairs.jsonl)" ]
	release 1 mno-a
	refuses 1 'refused: not-entitled' release 1 mno-b
	refuses 1 'refused: not-entitled' release 2 mno-b
	handover mno-a 2 mno-b
	release 2 mno-b --trust mno-a.pem --handover note-mno-a-2-mno-b --to maker
	[ "$(opened mno-b | jq -r .k)" = "$(jq -r 'select(.index == 2) | .k' pairs.jsonl)" ]
	# again after a crash; but not to another, nor by the same word for another
	release 2 mno-b --trust mno-a.pem --handover note-mno-a-2-mno-b --to maker
	release 2 mno-b
	handover mno-a 2 mno-c
	refuses 1 'refused: not-entitled' release 2 mno-c --trust mno-a.pem --handover note-mno-a-2-mno-c --to maker
	refuses 1 'refused: wrong-operator' release 3 mno-c --trust mno-a.pem --handover note-mno-a-2-mno-c --to maker
	# the next change is the second operator's to say
	handover mno-a 3 mno-c
	refuses 1 'refused: wrong-operator' release 3 mno-c --trust mno-a.pem --handover note-mno-a-3-mno-c --to maker
	handover mno-b 3 mno-c
	refuses 1 'refused: not-entitled' release 3 mno-a --trust mno-b.pem --handover note-mno-b-3-mno-c --to maker
	release 3 mno-c --trust mno-b.pem --handover note-mno-b-3-mno-c --to maker
}

@test "another card, an index that is not there, a pair whose forerunner nobody holds" {
	parties
	refuses 1 'refused: unknown-iccid' uicc-keys release --register db --iccid 89430100000000000025 --index 1 --recipient mno-a.pem
	refuses 1 'refused: wrong-key-index' release 4 mno-a
	handover mno-a 2 mno-b
	refuses 1 'refused: not-entitled' release 2 mno-b --trust mno-a.pem --handover note-mno-a-2-mno-b --to maker
	release 1 mno-a
	refuses 1 'refused: wrong-recipient' release 2 mno-b --trust mno-a.pem --handover note-mno-a-2-mno-b --to another
	refuses 1 'refused: ' release 2 mno-b --trust mno-b.pem --handover note-mno-a-2-mno-b --to maker
	sed 's/...$/AAA/' note-mno-a-2-mno-b >forged
	refuses 1 'refused: ' release 2 mno-b --trust mno-a.pem --handover forged --to maker
}

@test "a list from elsewhere is imported, a bad line named and the rest done" {
	parties
	{
		cat pairs.jsonl
		echo '{"iccid":"x"}'
		head -1 pairs.jsonl
		head -1 pairs.jsonl | jq -c '.iccid = "89430100000000000025"'
	} >list
	rc=0
	uicc-keys import --register other.db -i list 2>err || rc=$?
	[ "$rc" -eq 3 ]
	grep -q 'list:4: ' err
	grep -q 'refused: key-exists: list:5: ' err
	uicc-keys release --register other.db --iccid 89430100000000000025 --index 1 --recipient mno-a.pem -o released.cms
	refuses 1 'refused: key-exists' uicc-keys make --register db --iccid "$ICCID" --count 1 --entitled mno-a
}

@test "no key on stdout in the clear but make's, 0600, and none left in memory" {
	parties
	[ "$(stat -c %a pairs.jsonl)" = 600 ]
	[ "$(stat -c %a db)" = 600 ]
	release 1 mno-a
	jq -r '.k, .opc' pairs.jsonl >secrets
	run ! grep -qaFf secrets released.cms
	watched "$(paste -sd: secrets)" uicc-keys release --register db --iccid "$ICCID" --index 1 --recipient mno-a.pem -o released.cms
}

@test "two that ask at once: one gets the pair, and the other hears why" {
	parties
	local index holder=mno-a p others pids
	ICCID=89430100000000000025
	uicc-keys make --register db --iccid "$ICCID" --count 8 --entitled mno-a -o pairs.jsonl
	release 1 mno-a
	for index in 2 3 4 5 6 7 8; do
		pids=()
		mapfile -t others < <(printf 'mno-%s\n' a b c | grep -v "$holder")
		for p in "${others[@]}"; do handover "$holder" "$index" "$p"; done
		for p in "${others[@]}"; do
			uicc-keys release --register db --iccid "$ICCID" --index "$index" --recipient "$p.pem" --trust "$holder.pem" \
				--handover "note-$holder-$index-$p" --to maker -o "$p.$index.cms" 2>"$p.err" &
			pids+=($!)
		done
		wait "${pids[0]}" || :
		wait "${pids[1]}" || :
		[ "$(find . -name "mno-?.$index.cms" | wc -l)" -eq 1 ]
		cat "${others[0]}.err" "${others[1]}.err" | grep -q 'refused: not-entitled'
		holder=$(basename mno-?.$index.cms .$index.cms)
	done
}

@test "the command line is checked" {
	refuses 2 '--register is wanted' uicc-keys make
	refuses 2 'go together' uicc-keys release --register db --iccid 1 --index 1 --recipient x --handover n
	refuses 2 'count' uicc-keys make --register db --iccid "$ICCID" --count 16 --entitled mno-a
	refuses 3 'iccid' uicc-keys make --register db --iccid 12 --count 1 --entitled mno-a
}
