#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

tools() {
	local f
	for f in "$ROOT"/src/tools/*.c; do basename "$f" .c; done
}

@test "every tool: --help and --version" {
	local t
	for t in $(tools) m2m-walk m2m-personalize; do
		"$t" --help >out 2>err
		grep -q "^usage: $t" out
		[ ! -s err ]
		"$t" --version >out
		grep -qE "^$t [0-9]+\.[0-9]+" out
	done
}

@test "every tool: a full disk is no success" {
	local t rc
	for t in $(tools); do
		rc=0
		"$t" --help >/dev/full 2>err || rc=$?
		[ "$rc" -eq 4 ] || {
			echo "$t $rc"
			return 1
		}
	done
}

@test "every tool: an unknown option says which, and how to get help" {
	local t
	for t in $(tools) m2m-walk m2m-personalize; do
		refuses 2 "^$t: unknown option '--no-such-thing' \($t --help shows how\)$" "$t" --no-such-thing
	done
}

@test "a single-valued option given twice is refused" {
	refuses 2 'given twice' mcim-unwrap --key a --key b
	refuses 2 'given twice' tre-sim --state a --state b info
	refuses 2 'given twice' m2m-walk --dir a --dir b annex-b-initial
}

@test "files with secrets are 0600 under any umask" {
	umask 000
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	m2m-keygen secret --bits 128 -o secret
	pcid-issue --register db --plmn 001-01 --count 1 -o credential
	auc-av --register db -o vector 001010000000001
	m2m-register export --register db -o export subscribers
	tre-sim --state tre init --tre-id 'A;1'
	for f in ro.key secret db credential vector export tre/state.sealed tre.device/device.key; do
		[ "$(stat -c %a "$f")" = 600 ] || {
			echo "$f"
			return 1
		}
	done
	[ "$(stat -c %a tre)" = 700 ]
	[ "$(stat -c %a ro.pem)" = 666 ]
}

@test "a private key is not overwritten without --force" {
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	cp ro.key before
	refuses 1 'file-exists' m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	cmp before ro.key
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem --force
	[ "$(cmp -s before ro.key; echo $?)" -eq 1 ]
}

@test "results to a full disk: status 4, and the old file stays" {
	pcid-issue --register db --plmn 001-01 --count 1 -o credential
	refuses 4 'No space left' pcid-issue --register db --plmn 001-01 --count 1 -o /dev/full
	rc=0
	auc-av --register db 001010000000001 >/dev/full 2>err || rc=$?
	[ "$rc" -eq 4 ]
}

# ---- hostile input ----

# the inputs that every parser gets: nothing, half a thing, octets, the wrong thing, too much of it
hostile() {
	mkdir -p bad
	: >bad/empty
	printf '\n' >bad/line
	printf '{' >bad/brace
	printf '{"a":1}\n' >bad/object
	printf '{"a":1,"a":2}\n' >bad/twice
	printf '\000\001\002\003' >bad/octets
	printf '\377\376{"a":"\355\240\200"}\n' >bad/utf
	printf '<a/>' >bad/xml
	printf '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' >bad/doctype
	printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' '-----END CERTIFICATE-----' >bad/pem
	printf 'e30.e30.AAAA\n' >bad/jws
	printf '\003\013j\000E' >bad/wbxml
	printf '\060\200\200\001\000\241\000\000\000' >bad/ber
	head -c 200000 /dev/zero | tr '\0' '[' >bad/deep
	head -c 300000 /dev/urandom >bad/random
	head -c 200000 /dev/zero | tr '\0' 9 >bad/digits
	ln -s nowhere bad/missing
	mkdir folder
}

# batch COMMAND...: the same, a line for each bad record, where no record at all is no error
batch() {
	local most=5000
	rm -f bad/empty bad/line
	taken "$@"
	: >bad/empty
	printf '\n' >bad/line
}

# taken COMMAND...: each hostile input in the place of @ is refused: one line on stderr, status 1, 2
# or 3 (4 for what cannot be read), nothing on stdout, the old result as it was
taken() {
	"$ROOT/t/ends" '[1-3]' "${most-1}" bad/* -- "$@" && "$ROOT/t/ends" '[1-4]' "${most-1}" folder -- "$@"
}

@test "every tool: hostile input is one line and a status of 1 to 3, and nothing is written" {
	hostile
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	m2m-register import --register db subscribers </dev/null
	m2m-register check --register db >db.before
	tre-sim --state tre init --tre-id 'ACME;0001'
	pcid-issue --register es --plmn 001-01 --count 1 -o credential
	tre-sim --state tre personalize --key tre.key --cert tre.pem --credential credential --operator-cert ro.pem
	tre-sim --state tre info >info.before
	echo '{"application":"usim","imsi":"001010123456789","k":"465b5ce8b199b49faa5f0a2ee238a6bc","alg":"milenage","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >mcim.json

	taken m2m-keygen sign --csr @ --tre-id 'ACME;0001' --ca-key ca.key --ca-cert ca.pem -o old
	taken m2m-keygen sign --csr tre.pem --tre-id 'ACME;0001' --ca-key @ --ca-cert ca.pem -o old
	taken m2m-note check ack --trust ro.pem --to ro -i @ -o old
	taken m2m-note check ack --trust @ --to ro -i ro.pem -o old
	batch milenage av -i @ -o old
	batch mcim-wrap --batch @ -o old
	batch milenage av --csv -i @ -o old
	taken vno-auth --av @ -o old
	taken mcim-wrap --tre-cert tre.pem -i @ -o old
	taken mcim-wrap --tre-cert @ -i mcim.json -o old
	taken mcim-wrap --json-only -i @ -o old
	taken mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i @ -o old
	taken bootstrap-sign --verify --trust ro.pem -i @ -o old
	taken bootstrap-sign --napdef-only --napdef @ --key ro.key --cert ro.pem --tre-id 'ACME;0001' -o old
	taken m2meobj-make --tre @ -o old
	taken mcimobj-make --key ro.key --cert ro.pem --mcim tre.pem --result @ --result-trust ro.pem -o old
	taken pva-verify --trust ca.pem --cert @ -o old
	taken sho-subscribe --register db --name ro --key ro.key --cert ro.pem --tre-cert tre.pem --trust ca.pem --token @ --current-sho ro --plmn 001-01 --mcim-out old -o old
	batch m2m-chart -i @ -o old
	taken ro-drf-lookup --routes @ -o old 001010000000001
	batch tre-sim --state tre bootstrap -i @
	taken tre-sim --state tre provision -i @ -o old
	taken tre-sim --state tre command -i @
	batch tre-sim --state tre boot --components @
	taken tre-sim --state @ info
	taken tre-sim --state new init --tre-id 'ACME;0001' --policy @
	[ ! -e new ]
	taken m2m-register import --register db --key tre.key -i @ subscribers
	echo '{"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f"}' >keyset
	uicc-sim --state card init --iccid 89430100000000000017
	echo '{"imsi":"001010000000001","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >credential.json
	taken uicc-sim --state card personalize --credential @
	taken uicc-sim --state card ota -i @ -o old
	taken uicc-sim --state card ota --form tpdu -i @ -o old
	taken uicc-sim --state @ info
	taken ota-unwrap --keyset keyset -i @ -o old
	taken ota-unwrap --keyset keyset --form ud -i @ -o old
	taken ota-unwrap --keyset @ -i ro.pem -o old
	taken uicc-keys open --key tre.key --imsi 001010000000001 -i @ -o old
	taken uicc-keys release --register maker --iccid 89430100000000000017 --index 1 --recipient @ -o old
	rm bad/empty bad/missing # a register, on first use; what cannot be made
	taken m2m-register check --register @
	[ "$(m2m-register check --register db)" = "$(cat db.before)" ]
	[ "$(tre-sim --state tre info)" = "$(cat info.before)" ]
}

@test "batches: hostile lines are named by number, and the good ones done" {
	hostile
	local f rc
	for f in bad/object bad/brace bad/utf bad/octets; do
		{ echo '{"imsi":"001010000000001","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf","amf":"8000"}' && cat $f && echo; } >in
		rm -f db
		rc=0
		m2m-register import --register db -i in subscribers 2>err || rc=$?
		[ "$rc" -eq 3 ]
		grep -q 'in:2: ' err
		[ "$(m2m-register check --register db | jq .subscribers)" = 1 ]
		rc=0
		printf '001010000000001\nfoe\n' | auc-av --register db - >out 2>err || rc=$?
		[ "$rc" -eq 3 ]
		[ "$(wc -l <out)" -eq 1 ]
		grep -q 'stdin:2: imsi: want 6 to 15 digits' err
	done
}

@test "no message holds what may be a key, wherever in a file it stands" {
	local k=465b5ce8b199b49faa5f0a2ee238a6bc f first
	for f in imsi tre_id iccid alg status sqn_scheme not_after sqn; do
		echo '{"imsi":"001010000000001","k":"'$k'"}' | jq -c --arg f $f '.[$f] = .k' >in
		refuses 3 "^m2m-register: in:1: $f: " m2m-register import --register db -i in subscribers
		[ "$(grep -c $k err)" -eq 0 ]
	done
	for first in '' a; do # a file without a header
		echo "$first${k:${#first}},001010000000001" >in
		refuses 3 'in:1: header: column 1: want a name in snake case, got 32 characters$' \
			m2m-register import --register db --csv -i in subscribers
		refuses 3 'got 48 characters$' pcid-issue --register db --plmn 001-01 --count 1 --tre-ids in
		refuses 3 'got 48 characters$' ro-drf-lookup --routes in 001010000000001
		refuses 3 'got 48 characters$' auc-av --register db - <in
	done
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	echo '{"k":"'$k'"}' >in
	refuses 3 'in:1: want a command of a script, got 40 characters$' ota-wrap --keyset <(echo '{"kic":"'$k'","kid":"'$k'"}') \
		--cntr 0000000001 --spi 1639 --kic 12 --kid 12 --tar b00010 --script in
	refuses 3 'in:1: tre_id: .*, got 40 characters$' m2m-keygen tre --batch in --ca-key ca.key --ca-cert ca.pem -o out.jsonl
	refuses 2 ": --tre-id: .*, got 'ACME-1'$" m2m-keygen tre --tre-id ACME-1 --key-out x --cert-out y --ca-key ca.key --ca-cert ca.pem
}

@test "a file, a folder or a key whose name is empty is said by its option" {
	refuses 2 '^pcid-issue: --output: want a name, got nothing ' pcid-issue --register db --plmn 001-01 --count 1 -o ''
	[ ! -e db ]
	refuses 2 '^m2m-register: --output: want a name' m2m-register backup --register db -o ''
	refuses 2 '^m2m-register: --input: want a name' m2m-register import --register db --input= subscribers
	refuses 2 '^m2m-register: --register: want a name' m2m-register check --register ''
	refuses 2 '^uicc-sim: --state: want a name' uicc-sim --state '' info
	refuses 2 '^mcim-unwrap: --key: want a name' mcim-unwrap --key ''
}

@test "a register is made on first use, whatever that is" {
	refuses 1 'refused: unknown-imsi' auc-av --register a 001010000000001
	refuses 1 'refused: unknown-pcid' ro-drf-lookup --register b 001010000000001
	[ "$(m2m-register check --register c | jq -c .)" = '{"subscribers":0,"discovery":0,"equipment":0}' ]
	[ "$(m2m-register export --register d subscribers | wc -l)" -eq 0 ]
	[ "$(stat -c %a a b c d | sort -u)" = 600 ]
}

@test "a file in another's place is named, with what was expected" {
	local p=0123456789abcdef
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	m2m-keygen operator --name attest --role attestation --key-out attest.key --cert-out attest.pem
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	: >empty
	echo "$p" >word
	echo '{"rand":"'$p$p'","autn":"'$p$p'","xres":"'$p'","ck":"'$p$p'","ik":"'$p$p'"}' >vector
	refuses 3 '^vno-auth: vector: want an answer with res, ' vno-auth --av vector -i vector
	refuses 3 '^vno-auth: stdin: want an answer with res, ' vno-auth --av vector -i - <vector
	refuses 3 '^vno-auth: empty: empty, and not a JSON object$' vno-auth --av empty
	refuses 3 '^mcim-wrap: want Cert_TRE: .*VENDOR;NUMBER.*, got .ro.$' mcim-wrap --tre-cert ro.pem -i vector
	refuses 2 '^mcim-unwrap: --tre-id: want VENDOR' mcim-unwrap --key tre.key --tre-id ACME -i empty
	local sign=(bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;0001' --server-url https://a.example/ --server-cert ro.pem)
	refuses 3 '^bootstrap-sign: vector: want a blob of format' "${sign[@]}" --credentials vector
	refuses 3 '^bootstrap-sign: vector: .*no such field' "${sign[@]}" --napdef vector
	refuses 1 'bad-signature: no signature at M2ME/Bootstrap/XMLsignatureID: not signed, or another document' \
		bootstrap-sign --verify --trust ro.pem <<<'<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD></MgmtTree>'
	refuses 3 '^mcimobj-make: word: want a JWS' mcimobj-make --key ro.key --cert ro.pem --mcim empty --result word --result-trust attest.pem
	refuses 3 '^pva-verify: vector:1: component: missing$' pva-verify --trust ca.pem --reference vector -i empty
	refuses 3 '^pva-verify: the certificate names no OCSP responder$' pva-verify --trust ca.pem --cert tre.pem --ocsp cert
	echo '{"batch":"'$p$p'","form":"aes-256-gcm","tk":"000000"}' >batch
	refuses 3 '^m2m-register: word: transport key: want 64 hex digits, or 32$' m2m-register import --register db --key word -i batch subscribers
	echo 'none' >word
	refuses 3 '^m2m-register: word: transport key: want hex digits, got other' m2m-register import --register db --key word -i batch subscribers
	echo 'imsi;ki' >word
	refuses 3 "^m2m-register: word:1: header: column 1: want a name in snake case, got 'imsi;ki'$" \
		m2m-register import --register db --format pysim -i word subscribers
	echo '{"imsi":"001010000000001","batch":"00"}' >word
	refuses 3 '^m2m-register: word:1: a line of a sealed batch: --key opens it$' m2m-register import --register db -i word subscribers
}

# ---- streams ----

@test "- is stdin and stdout, and without -i and -o they are taken" {
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	m2m-note make ack --key ro.key --cert ro.pem --to ro >note
	m2m-note check ack --trust ro.pem --to ro <note >a
	m2m-note check ack --trust ro.pem --to ro -i - -o - <note >b
	m2m-note check ack --trust ro.pem --to ro --input note --output c
	cmp a b
	cmp a c
	echo '{"imsi":"001010123456789"}' | mcim-wrap --json-only >a
	echo '{"imsi":"001010123456789"}' | mcim-wrap --json-only -i - -o - >b
	cmp a b
}

@test "a stream that is closed: no file takes its place" {
	local rc
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	printf 'A;1\nbad\nA;2\n' >ids
	rc=0
	m2m-keygen tre --batch ids --ca-key ca.key --ca-cert ca.pem -o made.jsonl 2>&- || rc=$?
	[ "$rc" -eq 3 ]
	jq -r .tre_id made.jsonl >names
	[ "$(tr '\n' ' ' <names)" = 'A;1 A;2 ' ]
	jq -cn --rawfile c ca.pem '{tre_id: "A;1", mcim: {}}' >reqs
	rc=0
	mcim-wrap --batch reqs --resume -o told.jsonl 2>&- || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <told.jsonl)" -eq 1 ]
	jq -e .status told.jsonl
	m2m-register import --register db -i /dev/null subscribers
	closed() { "$@" <&-; }
	refuses 4 'stdin: Bad file descriptor' closed auc-av --register db -
	refuses 4 'stdin:1: Bad file descriptor' closed m2m-register import --register db subscribers
	closed_out() { "$@" >&-; }
	refuses 4 'stdout: Bad file descriptor' closed_out m2m-register check --register db
}

@test "what fails leaves the old file, and what is written is whole" {
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	printf old >note
	rc=0
	(ulimit -f 0 && m2m-note make ack --key ro.key --cert ro.pem --to ro -o note 2>/dev/null) || rc=$?
	[ "$rc" -ne 0 ]
	[ "$(cat note)" = old ]
	[ "$(find . -name 'note*' | wc -l)" -eq 1 ]
}

@test "-o follows a link: to a file, which is replaced where it is, and to what the shell has opened" {
	opc() { milenage opc --k 465b5ce8b199b49faa5f0a2ee238a6bc --op cdc202d5123e20f62b6d676ac72cb318 -o "$1"; }
	opc want
	mkdir there
	echo old >there/file
	ln -s there/file link
	opc link
	[ -L link ]
	cmp want there/file
	ln -s /proc/self/fd/1 out
	for name in out /dev/stdout /dev/fd/1; do
		opc $name >got 2>/dev/null
		cmp want got
		opc $name | cmp - want
	done
	[ -L out ]
	[ -L /dev/stdout ]
	opc /dev/fd/5 5>got
	cmp want got
	# its own descriptor by its bare name
	(cd /proc/self/fd && exec milenage opc --k 465b5ce8b199b49faa5f0a2ee238a6bc --op cdc202d5123e20f62b6d676ac72cb318 -o 1) |
		cmp - want
	ln -s loop loop
	refuses 4 'loop: ' opc loop
	[ -z "$(find . -name '*.tmp*')" ]
}

@test "-o takes a name as long as names may be" {
	local n name
	mkdir here
	for n in 245 246 250 255; do
		name=$(printf "%${n}s" '' | tr ' ' n)
		m2m-keygen secret --bits 128 -o "here/$name"
		[ "$(wc -c <"here/$name")" -eq 33 ]
		[ "$(stat -c %a "here/$name")" = 600 ]
		(cd here && m2m-keygen secret --bits 128 --force -o "$name")
		rm "here/$name"
		[ -z "$(ls -A here)" ]
	done
	refuses 4 'File name too long' m2m-keygen secret --bits 128 -o "$(printf '%256s' '' | tr ' ' n)"
	[ -z "$(find . -name 'n*')" ]
}

@test "a signal that ends a tool leaves the old file, and nothing beside it" {
	mkfifo in
	echo old >out
	for signal in TERM HUP; do
		milenage av --tsv -i in -o out 3>&- &
		pid=$!
		exec 9<>in # which waits for no reader, if there is none
		printf 'k\topc\n465b5ce8b199b49faa5f0a2ee238a6bc\tcd63cb71954a9f4e48a5994e37a02baf\n' >&9
		for _ in $(seq 100); do [ -z "$(find . -name 'out.tmp*')" ] || break && sleep 0.05; done
		[ -n "$(find . -name 'out.tmp*')" ]
		kill -$signal $pid
		rc=0
		wait $pid || rc=$?
		exec 9>&-
		[ $rc -gt 128 ]
		[ "$(cat out)" = old ]
		[ -z "$(find . -name 'out.tmp*')" ]
	done
}
