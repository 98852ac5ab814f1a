#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --csr-out tre.csr \
		--ca-key ca.key --ca-cert ca.pem --ocsp-url http://ocsp.pva.example/ --index index.txt
}

# the CA and one TRE of setup_file, as copies that a test may spoil
parties() {
	cp -a "$BATS_FILE_TMPDIR"/* .
	ca=(--ca-key ca.key --ca-cert ca.pem)
}

ext() {
	openssl x509 -in "$1" -noout -ext "$2" 2>/dev/null | sed 1d | sed 's/^ *//'
}

# openssl's responder over index.txt on a port of its own choice; $port, $pid
responder() {
	openssl ocsp -port 0 -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -ndays 1 >listens 2>responder.log 3>&- &
	pid=$!
	for _ in $(seq 100); do
		port=$(sed -nE 's/^ACCEPT .*:([0-9]+) PID.*/\1/p' listens)
		[ -z "$port" ] || return 0
		sleep 0.05
	done
	return 1
}

ARC=2.25.77576945905551609480103690806099059944

@test "TR 33.812 B.2.2.1: a TRE's certificate leads to the PVA's, under openssl's strict rules" {
	parties
	openssl verify -x509_strict -CAfile ca.pem tre.pem
	[ "$(openssl x509 -in tre.pem -noout -subject -nameopt RFC2253,-esc_2253)" = 'subject=CN=ACME;0001' ]
	[ "$(ext tre.pem basicConstraints)" = 'CA:FALSE' ]
	[ "$(ext tre.pem keyUsage)" = 'Digital Signature, Key Agreement' ]
	[ "$(ext tre.pem extendedKeyUsage)" = "$ARC.1" ]
	[ "$(openssl x509 -in tre.pem -noout -ocsp_uri)" = http://ocsp.pva.example/ ]
	[ "$(openssl pkey -in tre.key -pubout)" = "$(openssl x509 -in tre.pem -noout -pubkey)" ]
	[ "$(openssl req -in tre.csr -noout -verify -subject -nameopt RFC2253,-esc_2253 2>&1 | tail -1)" = 'subject=CN=ACME;0001' ]
}

@test "the CA's certificate certifies, signs CRLs and OCSP answers, and ends the path" {
	parties
	[ "$(ext ca.pem basicConstraints)" = 'CA:TRUE, pathlen:0' ]
	[ "$(ext ca.pem keyUsage)" = 'Digital Signature, Certificate Sign, CRL Sign' ]
	openssl x509 -in ca.pem -noout -ext subjectKeyIdentifier,authorityKeyIdentifier >ids
	[ "$(grep -c : ids)" -ge 3 ]
}

@test "an operator's certificate is its own, with the roles that it was given" {
	m2m-keygen operator --name sho-a --key-out key --cert-out all.pem
	openssl verify -CAfile all.pem all.pem
	[ "$(ext all.pem extendedKeyUsage)" = "$ARC.2, $ARC.3, $ARC.4" ]
	[ "$(ext all.pem basicConstraints)" = 'CA:FALSE' ]
	m2m-keygen operator --name pva.a --role attestation --key-out akey --cert-out one.pem
	[ "$(ext one.pem extendedKeyUsage)" = "$ARC.5" ]
	refuses 2 'attestation or maker, got' m2m-keygen operator --name x --role drf,boss --key-out k --cert-out c
	refuses 2 'attestation or maker, got' m2m-keygen operator --name x --role '' --key-out k --cert-out c
	refuses 2 'attestation or maker, got' m2m-keygen operator --name x --role tre --key-out k --cert-out c
	[ ! -e k ]
}

@test "an operator may stand under a CA" {
	parties
	m2m-keygen operator --name sho-a --key-out key --cert-out cert.pem "${ca[@]}" --index index.txt
	openssl verify -x509_strict -CAfile ca.pem cert.pem
	grep -q '/CN=sho-a$' index.txt
}

@test "every algorithm" {
	local alg want
	while read -r alg want; do
		m2m-keygen operator --name a --alg "$alg" --key-out "$alg.key" --cert-out "$alg.pem"
		openssl x509 -in "$alg.pem" -noout -text >text
		grep -q "$want" text
		openssl verify -CAfile "$alg.pem" "$alg.pem"
	done <<-'END'
		ec-p256 NIST CURVE: P-256
		ec-p384 Signature Algorithm: ecdsa-with-SHA384
		rsa-2048 Public-Key: (2048 bit)
		rsa-3072 Public-Key: (3072 bit)
	END
	[ "$(ext rsa-2048.pem keyUsage)" = 'Digital Signature, Key Encipherment' ]
	refuses 2 'want ec-p256, ec-p384' m2m-keygen operator --name a --alg ec-p521 --key-out k --cert-out c
	refuses 2 'want ec-p256, ec-p384' m2m-keygen operator --name a --alg '' --key-out k --cert-out c
	[ ! -e k ]
}

@test "B.2.2.1 NOTE 4: of two pairs one signs, and the other takes envelopes" {
	parties
	m2m-keygen tre --tre-id 'ACME;2' --key-out s.key --cert-out s.pem --enc-key-out e.key --enc-cert-out e.pem "${ca[@]}" --index i
	[ "$(ext s.pem keyUsage)" = 'Digital Signature' ]
	[ "$(ext e.pem keyUsage)" = 'Key Agreement' ]
	[ "$(wc -l <i)" -eq 2 ]
	refuses 2 'go together' m2m-keygen tre --tre-id 'ACME;3' --key-out k --cert-out c --enc-key-out e "${ca[@]}"
}

@test "sign takes the key of a request, and nothing else" {
	parties
	openssl req -new -key tre.key -subj '/CN=ACME;0001' -addext basicConstraints=CA:TRUE -addext keyUsage=keyCertSign >greedy.csr
	m2m-keygen sign --csr greedy.csr --tre-id 'ACME;0001' "${ca[@]}" --index index.txt -o cert.pem
	[ "$(ext cert.pem basicConstraints)" = 'CA:FALSE' ]
	[ "$(ext cert.pem keyUsage)" = 'Digital Signature, Key Agreement' ]
	[ "$(wc -l <index.txt)" -eq 2 ]
	m2m-keygen sign --csr greedy.csr --tre-id 'ACME;0001' "${ca[@]}" --encryption >enc.pem
	[ "$(ext enc.pem keyUsage)" = 'Key Agreement' ]
	m2m-keygen sign --csr - --tre-id 'ACME;0001' "${ca[@]}" --signing -o - <greedy.csr >sign.pem
	[ "$(ext sign.pem keyUsage)" = 'Digital Signature' ]
	refuses 2 'exclude each other' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --signing --encryption
}

@test "sign refuses a request for another, one that is not signed by its key, and keys that are not used here" {
	parties
	refuses 1 'refused: wrong-tre: .*\(TR 33.812 B.2.2.1\)$' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0002' "${ca[@]}"
	openssl req -in tre.csr -outform DER >der
	printf '\001' | dd of=der bs=1 seek=$(($(wc -c <der) - 3)) conv=notrunc status=none
	openssl req -inform DER -in der >bad.csr
	refuses 1 'refused: bad-signature: bad.csr: .*\(TR 33.812 B.2.2.1\)$' m2m-keygen sign --csr bad.csr --tre-id 'ACME;0001' "${ca[@]}"
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:secp256k1 -nodes -keyout k1 -subj '/CN=ACME;0001' >curve.csr 2>log
	refuses 3 'curve.csr: want a certificate signing request' m2m-keygen sign --csr curve.csr --tre-id 'ACME;0001' "${ca[@]}"
	openssl req -new -newkey rsa:1024 -nodes -keyout k2 -subj '/CN=ACME;0001' >weak.csr 2>log
	refuses 3 'weak.csr: want a certificate signing request' m2m-keygen sign --csr weak.csr --tre-id 'ACME;0001' "${ca[@]}"
	for e in 3 17 65535; do
		openssl req -new -newkey rsa:2048 -pkeyopt "rsa_keygen_pubexp:$e" -nodes -keyout k3 -subj '/CN=ACME;0001' >small.csr 2>log
		refuses 3 'small.csr: want an RSA key whose public exponent is odd' m2m-keygen sign --csr small.csr --tre-id 'ACME;0001' "${ca[@]}"
	done
	openssl req -new -newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:65539 -nodes -keyout k3 -subj '/CN=ACME;0001' >large.csr 2>log
	m2m-keygen sign --csr large.csr --tre-id 'ACME;0001' "${ca[@]}" -o large.pem
	head -c 200 tre.csr >cut.csr
	refuses 3 'cut.csr: want' m2m-keygen sign --csr cut.csr --tre-id 'ACME;0001' "${ca[@]}"
	refuses 3 'none.csr' m2m-keygen sign --csr none.csr --tre-id 'ACME;0001' "${ca[@]}"
}

@test "only a CA certifies, and only with its own key" {
	parties
	refuses 1 'refused: bad-certificate: tre.pem' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key tre.key --ca-cert tre.pem
	refuses 3 'tre.key: the private key is not that of the certificate' \
		m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key tre.key --ca-cert ca.pem
	refuses 3 'want a private key in PEM' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key ca.pem --ca-cert ca.pem
}

@test "an encrypted key is refused, and nothing is asked" {
	parties
	openssl pkcs8 -topk8 -in ca.key -out locked.key -passout pass:x
	refuses 3 'without a passphrase' timeout 5 m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key locked.key --ca-cert ca.pem
	refuses 3 'without a passphrase' timeout 5 m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key "file:$PWD/locked.key" --ca-cert ca.pem
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key "file:$PWD/ca.key" --ca-cert ca.pem -o cert.pem
	refuses 4 'nosuch:key' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key nosuch:key --ca-cert ca.pem
}

@test "private keys are 0600, and are overwritten with --force alone" {
	parties
	umask 000
	m2m-keygen operator --name a --key-out key --cert-out cert.pem
	[ "$(stat -c %a key)" = 600 ]
	[ "$(stat -c %a cert.pem)" = 666 ]
	sha256sum key cert.pem >before
	refuses 1 'refused: file-exists: key' m2m-keygen operator --name b --key-out key --cert-out cert.pem
	refuses 1 'refused: file-exists: key' m2m-keygen tre --tre-id 'A;1' --key-out new --cert-out cert.pem \
		--enc-key-out key --enc-cert-out e.pem "${ca[@]}"
	[ ! -e new ]
	sha256sum -c --quiet before
	m2m-keygen operator --name b --key-out key --cert-out cert.pem --force
	[ "$(stat -c %a key)" = 600 ]
	[ "$(openssl pkey -in key -pubout)" = "$(openssl x509 -in cert.pem -noout -pubkey)" ]
	[ "$(find . -name '*.tmp*' | wc -l)" -eq 0 ]
}

# raced FILE STATUS REGEX CMD...: CMD, while another makes FILE
raced() {
	local file=$1
	shift
	rm -f "$file"
	RACE=$file LD_PRELOAD=${FREEWATCH_SO%/*}/race.so refuses "$@"
	[ "$(cat "$file")" = other ]
	[ "$(find . -name '*.tmp*' | wc -l)" -eq 0 ]
}

@test "a private key that another makes meanwhile is not overwritten, nor is its certificate" {
	once # the sanitizers come first in a process
	parties
	echo its >cert.pem
	for how in '' 1; do
		[ -z "$how" ] || export RACE_NO_RENAME=1
		raced key 1 'refused: file-exists: key:' m2m-keygen operator --name a --key-out key --cert-out cert.pem
		raced e 1 'refused: file-exists: e:' m2m-keygen tre --tre-id 'A;1' --key-out new --cert-out cert.pem \
			--enc-key-out e --enc-cert-out e.pem "${ca[@]}"
		raced secret 1 'refused: file-exists: secret:' m2m-keygen secret --bits 128 -o secret
		[ ! -e new ]
		[ ! -e e.pem ]
		[ "$(cat cert.pem)" = its ]
	done
	# what no check beforehand can see: the name of a new file
	LD_PRELOAD=${FREEWATCH_SO%/*}/race.so m2m-keygen secret --bits 128 -o mine
	[ "$(stat -c %a%h mine)" = 6001 ]
}

@test "many processes, one key: one makes it, and its certificate" {
	local round n pid pids made
	for round in $(seq 5); do
		echo "round $round"
		rm -f key cert.pem
		pids=() made=0
		for n in $(seq 8); do
			m2m-keygen operator --name "o$n" --key-out key --cert-out cert.pem 2>"$n.err" &
			pids+=($!)
		done
		for pid in "${pids[@]}"; do
			rc=0
			wait "$pid" || rc=$?
			[ "$rc" -eq 1 ] || { [ "$rc" -eq 0 ] && made=$((made + 1)); }
		done
		[ "$made" -eq 1 ]
		[ "$(openssl pkey -in key -pubout)" = "$(openssl x509 -in cert.pem -noout -pubkey)" ]
	done
	[ "$(grep -L 'file-exists' ./*.err | wc -l)" -eq 1 ]
}

@test "a batch into a folder is the folder's only one" {
	parties
	seq -f 'ACME;%g' 300 >ids
	mkdir run
	exec 9<run
	flock 9
	refuses 5 'run/.*another process' m2m-keygen tre --batch ids "${ca[@]}" --out-dir run
	exec 9<&-
	m2m-keygen tre --batch <(head -2 ids) "${ca[@]}" --out-dir run
	[ "$(find run -name '*.key.pem' | wc -l)" -eq 2 ]
}

@test "--at and --days" {
	parties
	m2m-keygen tre --tre-id 'A;1' --key-out k --cert-out c --at 2020-01-01T00:00:00Z --days 10 "${ca[@]}"
	[ "$(openssl x509 -in c -noout -startdate)" = 'notBefore=Jan  1 00:00:00 2020 GMT' ]
	[ "$(openssl x509 -in c -noout -enddate)" = 'notAfter=Jan 11 00:00:00 2020 GMT' ]
	refuses 2 '--days: ' m2m-keygen ca --name x --key-out k2 --cert-out c2 --days 0
	refuses 2 '--at: want a time' m2m-keygen ca --name x --key-out k2 --cert-out c2 --at yesterday
	openssl x509 -in tre.pem -checkend $((824 * 86400)) -noout
	run -1 openssl x509 -in tre.pem -checkend $((826 * 86400)) -noout
	openssl x509 -in ca.pem -checkend $((3649 * 86400)) -noout
	[ ! -e k2 ]
}

@test "serial numbers are random, of 128 bits" {
	parties
	for n in 1 2 3 4; do
		m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" | openssl x509 -noout -serial
	done >serials
	[ "$(sort -u serials | wc -l)" -eq 4 ]
	[ "$(grep -cE '^serial=[0-9A-F]{28,32}$' serials)" -eq 4 ]
}

@test "names" {
	parties
	refuses 2 '--tre-id: want VENDOR;NUMBER' m2m-keygen tre --tre-id 'ACME/1' --key-out k --cert-out c "${ca[@]}"
	refuses 2 '--tre-id: want VENDOR;NUMBER' m2m-keygen tre --tre-id 'A;../1' --key-out k --cert-out c "${ca[@]}"
	refuses 2 '--name: want letters' m2m-keygen operator --name 'a b' --key-out k --cert-out c
	refuses 2 '--name: want 1 to 64' m2m-keygen ca --name '' --key-out k --cert-out c
	m2m-keygen ca --name 'The Example PVA' --key-out k --cert-out c
	refuses 2 '--ocsp-url' m2m-keygen tre --tre-id 'A;1' --key-out k2 --cert-out c2 "${ca[@]}" --ocsp-url https://x/
	refuses 2 '--ocsp-url' m2m-keygen tre --tre-id 'A;1' --key-out k2 --cert-out c2 "${ca[@]}" --ocsp-url 'http://x/,caIssuers;URI:http://y/'
	[ ! -e k2 ]
}

@test "revoke, and what openssl's responder then says" {
	parties
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --index index.txt -o second.pem
	m2m-keygen revoke --index index.txt --cert second.pem --reason keyCompromise
	responder
	openssl ocsp -url "http://127.0.0.1:$port/" -issuer ca.pem -cert second.pem -cert tre.pem -CAfile ca.pem >said 2>log || rc=$?
	kill "$pid"
	[ "${rc-0}" -eq 0 ]
	grep -q '^second.pem: revoked$' said
	grep -q 'Reason: keyCompromise' said
	grep -q '^tre.pem: good$' said
	cp index.txt before
	m2m-keygen revoke --index index.txt --cert second.pem --reason keyCompromise
	refuses 1 'refused: already-revoked' m2m-keygen revoke --index index.txt --cert second.pem
	refuses 1 'refused: unknown-certificate' m2m-keygen revoke --index index.txt --cert ca.pem
	refuses 2 '--reason: want' m2m-keygen revoke --index index.txt --cert tre.pem --reason boredom
	refuses 3 'none.txt' m2m-keygen revoke --index none.txt --cert tre.pem
	refuses 4 'Not a directory' m2m-keygen revoke --index ca.pem/x --cert tre.pem
	[ ! -e none.txt ]
	cmp index.txt before
	m2m-keygen revoke --index index.txt --cert tre.pem --at 2026-01-02T03:04:05Z
	grep -qP '^R\t[0-9]+Z\t260102030405Z\t' index.txt
}

# no_index LINE REGEX: behind a good line this one is told, and nothing done, by whatever uses the index
no_index() {
	cat index.txt <(printf '%b' "$1") >odd
	cp odd was
	refuses 3 "m2m-keygen: odd:2: $2" m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --index odd -o new.pem
	refuses 3 "m2m-keygen: odd:2: $2" m2m-keygen revoke --index odd --cert tre.pem
	refuses 3 "m2m-keygen: odd:2: $2" m2m-keygen crl --index odd "${ca[@]}" -o new.pem
	refuses 3 "m2m-keygen: odd:2: $2" m2m-keygen operator --name a --key-out new.key --cert-out new.pem "${ca[@]}" --index odd
	refuses 3 "m2m-keygen: odd:2: $2" m2m-keygen tre --batch ids "${ca[@]}" --index odd -o new.pem
	refuses 3 "m2m-keygen: odd:2: $2" m2m-keygen tre --batch ids "${ca[@]}" --index odd --out-dir new
	cmp odd was
	[ -z "$(find . -name 'new*' -o -name '*.tmp*' -o -name 'odd.attr')" ]
}

@test "an index that is none is told by its line, and nothing is done" {
	parties
	echo 'ACME;0009' >ids
	local good='V\t360101000000Z\t\t01AB\tunknown\t/CN=x'
	no_index 'cut' 'the last line has no end'
	no_index "$good" 'the last line has no end'
	no_index 'V\tx\n' 'want six fields'
	no_index '\n' 'want six fields'
	no_index "$good\t\n" 'want six fields'
	no_index "$good\r\n" 'a character that is not printable'
	no_index "$good\0\n" '(a 0 octet|a character that is not printable)'
	no_index '\xef\xbb\xbf'"$good\n" 'a character that is not printable'
	no_index "$(head -c 9000 /dev/zero | tr '\0' x)\n" '(a 0 octet, or a line that is too long|want six fields)'
	no_index "${good/V/X}\n" 'want the status'
	no_index "${good/V/}\n" 'want the status'
	no_index "${good/V/VV}\n" 'want the status'
	for when in 20360101000000 360101000000 361301000000Z 360001000000Z 360100000000Z 360132000000Z 370229000000Z \
		21000229000000Z 360101240000Z 360101006000Z 360101000060Z 36010100000aZ 3601010000Z '' 360101000000+; do
		no_index "${good/360101000000Z/$when}\n" 'want the expiry'
	done
	for serial in '' 1AB 01ab 0x01 -01 '01 AB' 01AG "$(printf '%048d' 1)"; do
		no_index "${good/01AB/$serial}\n" 'want the serial number'
	done
	local revoked='R\t360101000000Z\t260101000000Z\t01AB\tunknown\t/CN=x'
	no_index "${revoked/R/V}\n" 'a time of revocation'
	for when in '' 1 261301000000Z '260101000000Z,' 260101000000Z,bored 260101000000Zx; do
		no_index "${revoked/260101000000Z/$when}\n" 'want the revocation'
	done
	# the same behind the one that is meant
	no_index "${good/V/X}\n$good\n" 'want the status'
	head -c 4096 /dev/urandom >odd
	refuses 3 'odd:[0-9]+: ' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --index odd
	refuses 3 'odd:[0-9]+: ' m2m-keygen revoke --index odd --cert tre.pem
	refuses 3 'odd:[0-9]+: ' m2m-keygen crl --index odd "${ca[@]}"
}

@test "an index as openssl-ca(1) has it: leap days, four digits of a year, reasons with more behind them" {
	parties
	printf '%b\n' 'V\t360229000000Z\t\t01\tunknown\t/CN=x' 'E\t20000229000000Z\t\t02\tunknown\t/C=DE/CN=\\\\xC3' \
		'R\t20500101000000Z\t20240229000000Z,keyTime,20240101000000Z\t03\tunknown\t/CN=x' \
		'R\t360101000000Z\t240229235959Z,holdInstruction,1.2.840.10040.2.3\t04\tx.pem\t/CN=x' >odd
	cp odd was
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --index odd -o new.pem
	cmp <(head -4 odd) was
	m2m-keygen revoke --index odd --cert new.pem
	# no CRL of ours can say these
	refuses 3 'odd:3: a reason is none' m2m-keygen crl --index odd "${ca[@]}"
	: >none
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --index none -o new.pem
	[ "$(wc -l <none)" -eq 1 ]
}

@test "RFC 5280: the CRL" {
	parties
	m2m-keygen crl --index index.txt "${ca[@]}" -o empty.crl
	openssl crl -in empty.crl -noout -CAfile ca.pem
	openssl verify -x509_strict -crl_check -CRLfile empty.crl -CAfile ca.pem tre.pem
	m2m-keygen revoke --index index.txt --cert tre.pem --reason superseded
	m2m-keygen crl --index index.txt "${ca[@]}" --days 2 >now.crl
	openssl crl -in now.crl -noout -CAfile ca.pem
	run -2 openssl verify -crl_check -CRLfile now.crl -CAfile ca.pem tre.pem
	[[ $output == *'certificate revoked'* ]]
	openssl crl -in now.crl -noout -text >text
	grep -q Superseded text
	refuses 3 'index|none' m2m-keygen crl --index none "${ca[@]}"
}

@test "many processes, one index: no line is lost" {
	parties
	local pids=()
	for n in $(seq 12); do
		m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --index many -o "$n.pem" &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(wc -l <many)" -eq 12 ]
	for n in $(seq 12); do
		grep -q "$(openssl x509 -in "$n.pem" -noout -serial | cut -d= -f2)" many
	done
}

@test "a batch: the good are done, the bad are named" {
	parties
	printf 'ACME;1\nbad\n\nACME;2\nACME;1\n' >ids
	m2m-keygen tre --batch ids "${ca[@]}" --index many -o out.jsonl 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(cut -d: -f1-3 err | tr '\n' ' ')" = 'm2m-keygen: ids:2 m2m-keygen: ids:5 ' ]
	[ "$(jq -r .tre_id out.jsonl | tr '\n' ' ')" = 'ACME;1 ACME;2 ' ]
	[ "$(stat -c %a out.jsonl)" = 600 ]
	[ "$(wc -l <many)" -eq 2 ]
	head -1 out.jsonl | jq -r .cert_pem >c
	head -1 out.jsonl | jq -r .key_pem >k
	openssl verify -x509_strict -CAfile ca.pem c
	[ "$(openssl pkey -in k -pubout)" = "$(openssl x509 -in c -noout -pubkey)" ]
	refuses 1 'refused: file-exists' m2m-keygen tre --batch - "${ca[@]}" -o out.jsonl <ids
}

@test "a batch whose lines end in a carriage return alone is no list: nothing of it is passed over" {
	parties
	printf 'ACME;1\rACME;2\r' >mac
	refuses 3 'mac:1: tre_id: want VENDOR;NUMBER' m2m-keygen tre --batch mac "${ca[@]}" -o mac.jsonl
	[ ! -e mac.jsonl ]
}

@test "a batch to stdout, and one of nothing" {
	parties
	echo 'ACME;1' | m2m-keygen tre --batch - "${ca[@]}" >out
	[ "$(jq -r .tre_id out)" = 'ACME;1' ]
	m2m-keygen tre --batch /dev/null "${ca[@]}" -o empty.jsonl
	[ -f empty.jsonl ]
	[ ! -s empty.jsonl ]
	[ ! -e empty.jsonl.part ]
}

@test "a token's URI has two hex digits behind each percent sign, and no sign or blank" {
	local bad
	parties
	for bad in %+1 %-1 '% 1' %1 % %0x %g0; do
		refuses 3 'pkcs11: a % without two hex digits' m2m-keygen sign --ca-key "pkcs11:token=$bad" --ca-cert ca.pem --csr x --tre-id 'A;1'
	done
}

@test "- is stdout, and two results are not one place" {
	local pair
	parties
	m2m-keygen ca --name X --key-out x.key --cert-out - >x.pem
	openssl x509 -in x.pem -noout -subject | grep -q X
	m2m-keygen ca --name Y --key-out - --cert-out y.pem | cat >y.key
	[ "$(openssl pkey -in y.key -pubout)" = "$(openssl x509 -in y.pem -noout -pubkey)" ]
	m2m-keygen tre --tre-id 'A;1' --key-out a.key --cert-out a.pem --csr-out - "${ca[@]}" >a.csr
	openssl req -in a.csr -noout -verify
	[ ! -e - ]
	for pair in '--key-out q --cert-out c --enc-key-out q --enc-cert-out e' '--key-out q --cert-out q' \
		'--key-out q --cert-out ./q' '--key-out - --cert-out -' '--key-out q --cert-out c --csr-out c'; do
		# shellcheck disable=SC2086 # words
		refuses 2 'one place' m2m-keygen tre --tre-id 'A;1' $pair "${ca[@]}"
		[ ! -e q ]
		[ ! -e c ]
	done
}

@test "a CA that has expired certifies nothing" {
	parties
	m2m-keygen ca --name OLD --key-out old.key --cert-out old.pem --at 2020-01-01T00:00:00Z --days 1
	refuses 1 'refused: expired: old.pem' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key old.key --ca-cert old.pem -o x
	refuses 1 'refused: expired: ' m2m-keygen tre --tre-id 'A;1' --key-out x --cert-out y --ca-key old.key --ca-cert old.pem
	[ ! -e x ]
	m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' --ca-key old.key --ca-cert old.pem --at 2020-01-01T12:00:00Z -o x
}

@test "RFC 5480 2.1.1: a curve by its parameters is none that is used here" {
	parties
	openssl ecparam -name prime256v1 -genkey -param_enc explicit -noout -out k
	openssl req -new -key k -subj '/CN=ACME;0001' -out r
	openssl req -in r -noout -text | grep -q Prime
	refuses 3 'of a key that is used here' m2m-keygen sign --csr r --tre-id 'ACME;0001' "${ca[@]}" -o x
	[ ! -e x ]
}

@test "a batch into a folder, two pairs each" {
	parties
	printf 'ACME;1\r\nACME;2' | m2m-keygen tre --batch - "${ca[@]}" --two-pairs --out-dir run
	[ "$(find run -type f | wc -l)" -eq 8 ]
	[ "$(stat -c %a run/*key.pem | sort -u)" = 600 ]
	[ "$(ext 'run/ACME;2.enc.cert.pem' keyUsage)" = 'Key Agreement' ]
	refuses 2 'not both' m2m-keygen tre --batch ids "${ca[@]}" -o x --out-dir y
	refuses 2 'alone' m2m-keygen tre --batch ids "${ca[@]}" -o x --tre-id 'A;1'
}

@test "secret" {
	m2m-keygen secret --bits 128 -o a
	m2m-keygen secret --bits 128 -o - >b
	grep -qxE '[0-9a-f]{32}' a
	grep -qxE '[0-9a-f]{32}' b
	run -1 cmp -s a b
	[ "$(stat -c %a a)" = 600 ]
	cp a before
	refuses 1 'refused: file-exists' m2m-keygen secret --bits 128 -o a
	cmp a before
	m2m-keygen secret --bits 256 -o a --force
	[ "$(wc -c <a)" -eq 65 ]
	refuses 2 'multiple of 8' m2m-keygen secret --bits 129 -o c
	refuses 2 '--bits: ' m2m-keygen secret --bits 8 -o c
	refuses 2 '--output is missing' m2m-keygen secret --bits 128
}

@test "a disk that is full leaves nothing behind" {
	parties
	refuses 4 '' m2m-keygen secret --bits 128 -o /dev/full
	refuses 4 '' m2m-keygen operator --name a --key-out k --cert-out /dev/full
	[ ! -e k ]
	refuses 4 '' m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" -o /dev/full
	refuses 4 '' m2m-keygen operator --name a --key-out none/k --cert-out c
	[ ! -e c ]
	[ -c /dev/full ]
}

@test "options" {
	refuses 2 "unknown option '--nonsense'" m2m-keygen ca --nonsense
	refuses 2 "unknown option '--csr'" m2m-keygen ca --csr x
	refuses 2 '--name: given twice' m2m-keygen ca --name a --name b
	refuses 2 '--key-out is missing' m2m-keygen ca --name a --cert-out c
	refuses 2 'one word too many' m2m-keygen ca --name a --key-out k --cert-out c more
	refuses 2 '--ca-key is missing' m2m-keygen tre --tre-id 'A;1' --key-out k --cert-out c
	refuses 2 '--ca-cert is missing' m2m-keygen operator --name a --key-out k --cert-out c --ca-key x
	refuses 2 'unknown command' m2m-keygen forge
	refuses 2 'which command' m2m-keygen
	m2m-keygen --help | grep -q '^usage: m2m-keygen ca '
	m2m-keygen --version
}

@test "no key of the CA is freed in the clear" {
	parties
	local d
	d=$(openssl pkey -in ca.key -text -noout | sed -n '/priv:/,/pub:/{/:$/!p;/    /p}' | tr -dc '0-9a-f' | head -c 64)
	[ "${#d}" -eq 64 ]
	watched "$d" m2m-keygen sign --csr tre.csr --tre-id 'ACME;0001' "${ca[@]}" --index index.txt -o cert.pem
	watched "$d" m2m-keygen crl --index index.txt "${ca[@]}" -o crl
}

@test "a batch of each algorithm: raw public keys, in the list's order whatever --jobs; encrypted on request" {
	local alg raw field
	parties
	m2m-keygen secret --bits 256 -o line.key
	for alg in ec-p256 ec-p384 rsa-2048; do
		n=$([ $alg = rsa-2048 ] && echo 3 || echo 300)
		for i in $(seq "$n"); do echo "A;$((RANDOM % 2 ? 1000000 + i : i))"; done >ids
		m2m-keygen tre --batch ids "${ca[@]}" --alg $alg --jobs 3 --two-pairs --line-key line.key --index $alg.idx -o $alg.jsonl
		jq -r .tre_id $alg.jsonl | cmp - ids
		[ "$(cut -f4 $alg.idx | sort -u | wc -l)" -eq $((2 * n)) ]
		! grep -q 'BEGIN PRIVATE' $alg.jsonl || return 1
		for i in 1 "$n"; do
			for enc in '' enc_; do
				sed -n "${i}p" $alg.jsonl >one
				jq -r ".${enc}cert_pem" one >c
				jq -r ".${enc}key_pem" one >k
				openssl verify -x509_strict -CAfile ca.pem c
				[ "$(openssl pkey -in k -passin file:line.key -pubout)" = "$(openssl x509 -in c -noout -pubkey)" ]
				raw=$(openssl x509 -in c -noout -pubkey | openssl pkey -pubin -outform DER | od -An -v -tx1 | tr -d ' \n')
				field=$([ $alg = rsa-2048 ] && echo modulus || echo point)
				[[ $raw == *"$(jq -r ".$enc$field" one)"* ]]
				[ "$(openssl x509 -in c -noout -subject -nameopt RFC2253,-esc_2253)" = "subject=CN=$(jq -r .tre_id one)" ]
				# the identifier of the key is that of its octets (RFC 5280 4.2.1.2)
				[ "$(ext c subjectKeyIdentifier | tr -d : | tr A-F a-f)" = "$(openssl x509 -in c -noout -pubkey | openssl pkey -pubin -outform DER |
					openssl asn1parse -inform DER -strparse "$([ $alg = rsa-2048 ] && echo 19 || { [ $alg = ec-p256 ] && echo 23 || echo 20; })" -noout -out /dev/stdout | openssl dgst -sha1 -r | cut -c1-40)" ]
			done
		done
	done
	refuses 3 'want 64 hex digits' m2m-keygen tre --batch ids "${ca[@]}" --line-key <(echo short) -o x
	# no password, however long, and no list: openssl's -passin takes the first line alone
	refuses 3 'want 64 hex digits' m2m-keygen tre --batch ids "${ca[@]}" --line-key <(printf 'correct horse %080d' 0) -o x
	refuses 3 'want 64 hex digits' m2m-keygen tre --batch ids "${ca[@]}" --line-key <(printf '%064d\n%064d\n' 0 1) -o x
	refuses 3 'want 64 hex digits' m2m-keygen tre --batch ids "${ca[@]}" --line-key <(printf '%064d\0' 0) -o x
}

@test "a batch is the same certificate as one alone, but for its serial number and key" {
	parties
	echo 'ACME;77' >ids
	at=(--at 2026-01-01T00:00:00Z --ocsp-url http://ocsp.example/)
	m2m-keygen tre --batch ids "${ca[@]}" "${at[@]}" -o out.jsonl
	m2m-keygen tre --tre-id 'ACME;77' "${ca[@]}" "${at[@]}" --key-out k --cert-out one.pem
	jq -r .cert_pem out.jsonl >many.pem
	for c in one many; do
		openssl x509 -in $c.pem -noout -text -certopt no_serial,no_pubkey,no_sigdump | grep -v -A1 'Subject Key Id' >$c
	done
	sed -i '/^ *\([0-9A-F][0-9A-F]:\)\{19\}/d' one many
	diff one many
	openssl verify -x509_strict -CAfile ca.pem many.pem
}

@test "a batch that cannot be written says so, and goes on where there is room" {
	local n
	parties
	for n in 100 5000; do
		rm -f out.jsonl* many
		seq -f 'A;%g' $n >ids
		keygen=(m2m-keygen tre --batch ids "${ca[@]}" --index many -o out.jsonl)
		(
			trap '' XFSZ
			ulimit -f 64
			refuses 4 'out.jsonl.part.*: File too large' "${keygen[@]}"
		)
		[ ! -e out.jsonl ]
		[ ! -s many ]
		"${keygen[@]}" --resume
		jq -r .tre_id out.jsonl | cmp - ids
		[ "$(wc -l <many)" -eq $n ]
	done
}

@test "killed anywhere, a batch goes on: each equipment once, in order, all in the index" {
	local i
	parties
	seq -f 'A;%g' 40000 >ids
	keygen=(m2m-keygen tre --batch ids "${ca[@]}" --index many -o out.jsonl)
	timeout -s KILL 0.15 "${keygen[@]}" || true
	[ ! -e out.jsonl ]
	[ ! -e out.jsonl.part ] || refuses 1 'file-exists: out.jsonl.part' "${keygen[@]}"
	for i in 0.2 0.25; do
		timeout -s KILL $i "${keygen[@]}" --resume || true
	done
	# one that was killed lets go of the file when it is gone
	[ -e out.jsonl ] || flock -w 20 out.jsonl.part true
	# half a record at the end
	[ -e out.jsonl ] || printf '{"tre_id":"A;' >>out.jsonl.part
	[ -e out.jsonl ] || "${keygen[@]}" --resume
	[ ! -e out.jsonl.part ]
	jq -r .tre_id out.jsonl | cmp - ids
	[ "$(wc -l <many)" -eq 40000 ]
	[ "$(cut -f4 many | sort -u | wc -l)" -eq 40000 ]
	tail -1 out.jsonl | jq -r .cert_pem >c
	[ "$(tail -1 many | cut -f4)" = "$(openssl x509 -in c -noout -serial | cut -d= -f2)" ]
	# the index was written, and its own name not yet
	cp out.jsonl out.jsonl.part
	cp many out.jsonl.part.index
	rm out.jsonl
	"${keygen[@]}" --resume
	[ "$(wc -l <many)" -eq 40000 ]
	cp out.jsonl other.jsonl.part
	refuses 1 'run-differs' m2m-keygen tre --batch <(head -5 ids) "${ca[@]}" -o other.jsonl --resume
	refuses 2 '--resume wants a file' m2m-keygen tre --batch ids "${ca[@]}" -o - --resume
}

@test "a batch that goes on keeps nothing in freed memory of the private keys that are there" {
	local line
	parties
	seq -f 'A;%g' 40 >ids
	head -30 ids | m2m-keygen tre --batch - "${ca[@]}" -o first.jsonl
	mv first.jsonl out.jsonl.part
	# a line of a key's PEM, as it stands in the file
	line=$(tail -1 out.jsonl.part | jq -r .key_pem | sed -n 2p)
	watched "$(printf '%s' "$line" | od -An -v -tx1 | tr -d ' \n')" \
		m2m-keygen tre --batch ids "${ca[@]}" -o out.jsonl --resume
	[ "$(wc -l <out.jsonl)" -eq 40 ]
}

# an order for a batch, and what another order may have in its places
others() {
	m2m-keygen ca --name OTHER --key-out other.key --cert-out other.pem
	m2m-keygen secret --bits 256 -o line
	m2m-keygen secret --bits 256 -o line2
	right='--ca-key ca.key --ca-cert ca.pem --line-key line --ocsp-url http://a.example/ --days 30'
}

@test "a batch goes on with what it was begun with alone: one kind of key, one CA, no key in the clear beside sealed ones" {
	local args
	parties
	others
	seq -f 'A;%g' 9 >ids
	# shellcheck disable=SC2086 # words
	goes_on() { m2m-keygen tre --batch ids -o made --resume $1; }
	# shellcheck disable=SC2086 # words
	m2m-keygen tre --batch ids $right --index ix -o whole
	head -5 whole >made.part
	head -5 ix >made.part.index
	for args in "$right --alg ec-p384" "$right --alg rsa-2048" "${right/key line/key line2}" "${right/--line-key line/}" "${right/a.example/b.example}" \
		"${right/--ocsp-url http:\/\/a.example\//}" "${right/30/31}" "${right//ca./other.}"; do
		[ "$args" != "$right" ]
		refuses 1 'refused: run-differs: made.part was begun with other options' goes_on "$args --index more"
	done
	refuses 3 'was begun with --index' goes_on "$right"
	cmp made.part <(head -5 whole)
	goes_on "$right --index more"
	jq -r .tre_id made | cmp - ids
	[ "$(grep -c ENCRYPTED made)" -eq 9 ] && [ "$(wc -l <more)" -eq 9 ]
	# keys that are there are not left in memory
	m2m-keygen tre --batch ids "${ca[@]}" -o clear
	head -3 clear >again.part
	watched "$(head -1 clear | jq -r .key_pem | sed -n 3p | head -c 24 | od -An -v -tx1 | tr -d ' \n')" m2m-keygen tre --batch ids "${ca[@]}" -o again --resume
}

@test "a batch into a folder goes on" {
	parties
	seq -f 'A;%g' 20 >ids
	head -12 ids | m2m-keygen tre --batch - "${ca[@]}" --out-dir run
	sha256sum run/*.key.pem >before
	m2m-keygen tre --batch ids "${ca[@]}" --out-dir run --resume
	sha256sum -c --quiet before
	[ "$(find run -name '*.key.pem' | wc -l)" -eq 20 ]
	refuses 1 'file-exists' m2m-keygen tre --batch <(head -1 ids) "${ca[@]}" --out-dir run
}

@test "a batch into a folder goes on with what it was begun with alone" {
	local args
	parties
	others
	seq -f 'A;%g' 6 >ids
	# shellcheck disable=SC2086 # words
	goes_on() { m2m-keygen tre --batch ids --out-dir run --resume $1; }
	# shellcheck disable=SC2086 # words
	head -3 ids | m2m-keygen tre --batch - --out-dir run $right
	# the first of them may be gone to its equipment
	rm run/'A;1'.*
	sha256sum run/* >before
	for args in "$right --alg ec-p384" "$right --alg rsa-2048" "${right/key line/key line2}" "${right/--line-key line/}" "${right/a.example/b.example}" \
		"${right/--ocsp-url http:\/\/a.example\//}" "${right/30/31}" "${right//ca./other.}" "$right --two-pairs"; do
		[ "$args" != "$right" ]
		refuses 1 'refused: run-differs: run was begun with other options' goes_on "$args"
		sha256sum run/* | cmp - before
	done
	goes_on "$right"
	sha256sum -c --quiet before
	[ "$(find run -name '*.key.pem' | wc -l)" -eq 6 ]
	grep -L ENCRYPTED run/*.key.pem >clear
	[ ! -s clear ]
	# nor without the second pair
	m2m-keygen tre --batch <(head -2 ids) "${ca[@]}" --two-pairs --out-dir two
	refuses 1 'run-differs: two was' m2m-keygen tre --batch ids "${ca[@]}" --out-dir two --resume
}

@test "--progress: how far, how fast, how long" {
	parties
	seq -f 'A;%g' 3000 >ids
	m2m-keygen tre --batch ids "${ca[@]}" --progress -o out.jsonl 2>err
	grep -qE '^m2m-keygen: 3000 of 3000 equipments, [0-9]+ a second, 0:00:00 left$' err
}

@test "a batch's index serves openssl's responder, and its CRL" {
	parties
	seq -f 'A;%g' 50 >ids
	m2m-keygen tre --batch ids "${ca[@]}" --index index.txt -o out.jsonl
	for i in 7 8; do sed -n "${i}p" out.jsonl | jq -r .cert_pem >"$i.pem"; done
	m2m-keygen revoke --index index.txt --cert 7.pem --reason superseded
	m2m-keygen crl --index index.txt "${ca[@]}" -o crl.pem
	openssl verify -crl_check -CRLfile crl.pem -CAfile ca.pem 8.pem
	run -2 openssl verify -crl_check -CRLfile crl.pem -CAfile ca.pem 7.pem
	responder
	openssl ocsp -url "http://127.0.0.1:$port/" -issuer ca.pem -cert 7.pem -cert 8.pem -CAfile ca.pem >said 2>log || rc=$?
	kill "$pid"
	[ "${rc-0}" -eq 0 ]
	grep -q '^7.pem: revoked$' said
	grep -q '^8.pem: good$' said
}
