#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	local ever=(--at 2026-01-01T00:00:00Z --days 36500)
	m2m-keygen ca --name PVA --key-out pva.key --cert-out pva.pem "${ever[@]}"
	m2m-keygen tre --tre-id 'ACME;1' --key-out tre.key --cert-out tre.pem --ca-key pva.key --ca-cert pva.pem "${ever[@]}"
	m2m-keygen operator --name sho-a --key-out a.key --cert-out a.pem "${ever[@]}"
	m2m-keygen operator --name sho-b --key-out b.key --cert-out b.pem "${ever[@]}"
	m2m-keygen operator --name pva.a --role attestation --key-out att.key --cert-out att.pem "${ever[@]}"
	m2m-note make completion --key a.key --cert a.pem --to ro --about a.pem --at 2026-11-21T00:00:00Z tre_id='ACME;1' -o note
}

parties() {
	cp -a "$BATS_FILE_TMPDIR"/* .
	at=(--at 2026-11-21T01:00:00Z)
	good=(m2m-note check completion --trust a.pem --to ro "${at[@]}")
}

# jwk CERT.pem: its public key, which is on P-256
jwk() {
	openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER | tail -c 64 >point
	printf '{"kty":"EC","crv":"P-256","x":"%s","y":"%s"}' \
		"$(head -c 32 point | basenc -w0 --base64url | tr -d =)" \
		"$(tail -c 32 point | basenc -w0 --base64url | tr -d =)"
}

# base64url without padding, both ways
encode() {
	basenc -w0 --base64url | tr -d =
}
decode() {
	local text
	text=$(cat)
	while [ $((${#text} % 4)) -ne 0 ]; do
		text+='='
	done
	printf '%s' "$text" | basenc -d --base64url
}

@test "what was made is checked, and its claims are one JSON line" {
	parties
	"${good[@]}" --signer sho-a --about a.pem -i note >claims
	[ "$(wc -l <claims)" -eq 1 ]
	[ "$(jq -c 'keys_unsorted' claims)" = '["iss","aud","jti","iat","exp","about","tre_id"]' ]
	[ "$(jq -r .iss claims)" = sho-a ]
	[ "$(jq -r .about claims)" = "$(sha256sum <a.pem | cut -c1-64)" ]
	[ "$(jq '.exp - .iat' claims)" -eq 86400 ]
	jq -e '.jti | test("^[0-9a-f]{32}$")' claims
	"${good[@]}" -o again <note
	cmp claims again
}

@test "RFC 7515: jose verifies it" {
	wants jose
	parties
	jwk a.pem >a.jwk
	jwk b.pem >b.jwk
	tr -d '\n' <note >flat
	jose jws ver -i flat -k a.jwk -O payload
	"${good[@]}" -i note | jq -S . >want
	jq -S . payload | diff want -
	run -1 jose jws ver -i flat -k b.jwk -O payload
}

@test "fields, from words and from files" {
	parties
	printf 'a\0b' >bin
	m2m-note make session --key a.key --cert a.pem --to sho-b text=x empty= eq=a=b blob_b64=@bin cert_pem=@a.pem |
		m2m-note check session --trust a.pem --to sho-b >claims
	[ "$(jq -r '.text + .empty + .eq' claims)" = xa=b ]
	jq -r .blob_b64 claims | base64 -d | cmp - bin
	jq -r .cert_pem claims | head -c -1 | cmp - a.pem
	make=(m2m-note make session --key a.key --cert a.pem --to sho-b)
	refuses 2 'ends in _b64 or _pem' "${make[@]}" text=@bin
	refuses 2 'want FIELD=VALUE' "${make[@]}" text
	refuses 2 'want FIELD=VALUE' "${make[@]}" Text=x
	refuses 2 'want FIELD=VALUE' "${make[@]}" =x
	refuses 2 'text: given twice' "${make[@]}" text=x text=y
	refuses 3 'iss: this field is the note' "${make[@]}" iss=sho-b
	refuses 3 'exp: this field is the note' "${make[@]}" exp=99999999999
	refuses 3 'bin: want text' "${make[@]}" x_pem=@bin
	refuses 3 'none' "${make[@]}" x_pem=@none
}

@test "every type has its signers" {
	parties
	local type
	for type in registration session validation-request authorization ack completion subscribing reprovision command activate release handover deletion; do
		m2m-note make "$type" --key a.key --cert a.pem --to x -o n
		m2m-note check "$type" --trust a.pem --to x --signer sho-a -i n >out
		m2m-note make "$type" --key tre.key --cert tre.pem --to x -o n
		refuses 1 'refused: wrong-usage: n: .*\(RFC 5280 4.2.1.12\)$' m2m-note check "$type" --trust pva.pem --to x -i n
		m2m-note make "$type" --key att.key --cert att.pem --to x -o n
		refuses 1 'refused: wrong-usage' m2m-note check "$type" --trust att.pem --to x -i n
	done
	for type in status discard; do
		m2m-note make "$type" --key tre.key --cert tre.pem --to x -o n
		m2m-note check "$type" --trust pva.pem --to x --signer 'ACME;1' -i n >out
	done
	m2m-note make discard --key a.key --cert a.pem --to x -o n
	refuses 1 'refused: wrong-usage' m2m-note check discard --trust a.pem --to x -i n
	refuses 2 "unknown type 'bill'" m2m-note make bill --key a.key --cert a.pem --to x
	refuses 2 "unknown type 'token'" m2m-note check token --trust a.pem --to x
	refuses 2 'which TYPE' m2m-note make
}

@test "refused: for another, by another, about another, of another type" {
	parties
	refuses 1 'refused: wrong-recipient: note: .*\(RFC 7519 4.1.3\)$' m2m-note check completion --trust a.pem --to sho-b "${at[@]}" -i note
	refuses 1 'refused: untrusted-chain' m2m-note check completion --trust b.pem --to ro "${at[@]}" -i note
	refuses 1 'refused: untrusted-chain' m2m-note check completion --trust pva.pem --to ro "${at[@]}" -i note
	refuses 1 'refused: wrong-operator' "${good[@]}" --signer sho-b -i note
	refuses 1 'refused: wrong-tre' "${good[@]}" --signer 'ACME;1' -i note
	refuses 1 'refused: wrong-subject' "${good[@]}" --about b.pem -i note
	: >empty
	refuses 1 'refused: wrong-subject' "${good[@]}" --about empty -i note
	refuses 1 'refused: wrong-type: .*\(RFC 8725 3.11\)$' m2m-note check ack --trust a.pem --to ro "${at[@]}" -i note
	m2m-note make completion --key a.key --cert a.pem --to ro -o bare
	refuses 1 'refused: wrong-subject' m2m-note check completion --trust a.pem --to ro --about a.pem -i bare
}

@test "RFC 7519 4.1.4 and 4.1.6: in its time alone" {
	parties
	local check=(m2m-note check completion --trust a.pem --to ro -i note)
	"${check[@]}" --at 2026-11-21T23:59:59Z >out
	refuses 1 'refused: note-expired' "${check[@]}" --at 2026-11-22T00:00:00Z
	"${check[@]}" --at 2026-11-21T00:00:00Z >out
	m2m-note make ack --key a.key --cert a.pem --to ro --at 2026-12-21T00:00:00Z --expires 10 -o n
	local ack=(m2m-note check ack --trust a.pem --to ro -i n)
	"${ack[@]}" --at 2026-12-20T23:59:00Z >out
	refuses 1 'refused: not-yet-valid' "${ack[@]}" --at 2026-12-20T23:58:59Z
	"${ack[@]}" --at 2026-12-21T00:00:09Z >out
	refuses 1 'refused: note-expired' "${ack[@]}" --at 2026-12-21T00:00:10Z
	m2m-keygen operator --name sho-c --key-out c.key --cert-out c.pem --at 2026-12-20T00:00:00Z --days 1
	m2m-note make ack --key c.key --cert c.pem --to ro --at 2026-12-21T00:00:00Z -o n
	refuses 1 'refused: expired' m2m-note check ack --trust c.pem --to ro -i n --at 2026-12-21T00:00:00Z
	refuses 2 '--expires' m2m-note make ack --key a.key --cert a.pem --to ro --expires 0
	refuses 2 '--at: want a time' m2m-note make ack --key a.key --cert a.pem --to ro --at now
}

# forge PAYLOAD: a note of sho-a's own making, under its own key
forge() {
	local text
	text=$(cut -d. -f1 note).$(printf '%s' "$1" | encode)
	printf '%s' "$text" | openssl dgst -sha256 -sign a.key | openssl asn1parse -inform DER |
		sed -n 's/.*INTEGER *://p' | while read -r n; do printf '%64s' "$n" | tr ' ' 0; done | basenc -d --base16 | encode >sig
	printf '%s.%s' "$text" "$(cat sig)" >forged
}

@test "RFC 7519 2: iat, nbf and exp are numbers, and the first and the last are there" {
	local c v payload
	parties
	payload=$(cut -d. -f2 note | decode)
	forge "$payload"
	"${good[@]}" -i forged >claims
	for c in iat exp; do
		forge "$(jq -c "del(.$c)" <<<"$payload")"
		refuses 3 "forged: $c: want a whole number" "${good[@]}" -i forged
	done
	for c in iat nbf exp; do
		for v in null '"1796096697"' 1796096697.5 1.8e9 -1 '[1796096697]' '{}' true; do
			forge "$(jq -c "del(.$c)" <<<"$payload" | sed "s/}\$/,\"$c\":$v}/")"
			refuses 3 "forged: $c: want a whole number" "${good[@]}" -i forged
		done
		forge "$(jq -c "del(.$c)" <<<"$payload" | sed "s/}\$/,\"$c\":1e400}/")"
		refuses 3 'forged: JWS payload: not JSON' "${good[@]}" -i forged
	done
}

@test "an altered note is refused" {
	parties
	local head body sig
	IFS=. read -r head body sig <note
	body=$(printf '%s' "$body" | decode | sed 's/ACME;1/ACME;2/' | encode)
	printf '%s.%s.%s' "$head" "$body" "$sig" >altered
	refuses 1 'refused: bad-signature: altered: .*\(FIPS 186-4 6.4\)$' "${good[@]}" -i altered
	printf '%s..%s' "$head" "$sig" >altered
	refuses 1 'refused: bad-signature' "${good[@]}" -i altered
	printf '%s.%s.' "$head" "$body" >altered
	refuses 1 'refused: bad-signature' "${good[@]}" -i altered
	head=$(printf '%s' "$head" | decode | jq -c '.alg = "none"' | tr -d '\n' | encode)
	printf '%s.%s.' "$head" "$body" >altered
	refuses 3 'alg is not that of the key' "${good[@]}" -i altered
}

@test "a cut note is none" {
	parties
	for n in $(seq 0 37 $(($(wc -c <note) - 2))); do
		head -c "$n" note >short
		"${good[@]}" -i short >out 2>err && rc=0 || rc=$?
		[ "$rc" -eq 3 ] || [ "$rc" -eq 1 ]
		[ ! -s out ]
		[ "$(wc -l <err)" -eq 1 ]
	done
	head -c 70000 /dev/zero >long
	refuses 3 'long' "${good[@]}" -i long
}

@test "the key must be the certificate's" {
	parties
	refuses 3 'not that of the certificate' m2m-note make ack --key b.key --cert a.pem --to ro
}

@test "--register: a note is spent once" {
	parties
	m2m-note make ack --key a.key --cert a.pem --to ro -o n
	m2m-note check ack --trust a.pem --to ro --register db -i n >out
	refuses 1 'refused: note-replayed' m2m-note check ack --trust a.pem --to ro --register db -i n
	m2m-note check ack --trust a.pem --to ro -i n >out
}

@test "--register: a note whose effect is refused is not spent" {
	parties
	m2m-note make subscribing --key a.key --cert a.pem --to ro tre_id='ACME;1' -o n
	refuses 1 'refused: unknown-tre' m2m-note check subscribing --trust a.pem --to ro --register db -i n
	refuses 1 'refused: unknown-tre' m2m-note check subscribing --trust a.pem --to ro --register db -i n
}

@test "two processes at once: one spends the note" {
	parties
	m2m-note make ack --key a.key --cert a.pem --to ro -o n
	local pids=()
	for i in 1 2 3 4 5 6; do
		m2m-note check ack --trust a.pem --to ro --register db -i n >"out.$i" 2>"err.$i" &
		pids+=($!)
	done
	wait "${pids[@]}" || :
	[ "$(cat out.? | wc -l)" -eq 1 ]
	[ "$(cat err.? | grep -c note-replayed)" -eq 5 ]
}

@test "options and a full disk" {
	parties
	refuses 2 '--key is missing' m2m-note make ack --cert a.pem --to ro
	refuses 2 '--to is missing' m2m-note make ack --key a.key --cert a.pem
	refuses 2 '--trust is missing' m2m-note check ack --to ro
	refuses 2 "unknown option '--trust'" m2m-note make ack --trust a.pem
	refuses 2 '--to: given twice' m2m-note check ack --to a --to b
	refuses 2 'one word too many' "${good[@]}" -i note more
	refuses 2 '--to: want' m2m-note make ack --key a.key --cert a.pem --to 'a b'
	refuses 2 'unknown command' m2m-note forge
	refuses 4 '' m2m-note make ack --key a.key --cert a.pem --to ro -o /dev/full
	refuses 4 '' "${good[@]}" -i note -o /dev/full
	m2m-note make --help | grep -q '^usage: m2m-note make TYPE'
}

@test "no key is freed in the clear" {
	parties
	local d
	d=$(openssl pkey -in a.key -text -noout | sed -n '/priv:/,/pub:/{/:$/!p;/    /p}' | tr -dc '0-9a-f' | head -c 64)
	[ "${#d}" -eq 64 ]
	watched "$d" m2m-note make ack --key a.key --cert a.pem --to ro -o n
}

@test "subscribing ends the registration of its operator, and of no other" {
	parties
	printf '{"pcid":"001010000000001","tre_id":"ACME;1","status":"factory"}\n' | m2m-register import --register db discovery
	cat a.pem b.pem >both.pem
	say() { # WHO TYPE [FIELDS]
		m2m-note make "$2" --key "$1.key" --cert "$1.pem" --to ro tre_id='ACME;1' "${@:3}" -o n
	}
	hears() {
		m2m-note check "$1" --trust both.pem --to ro --register db -i n
	}
	say a registration server_url=https://dpf.a.example/
	hears registration >out
	say b subscribing
	refuses 1 'refused: already-registered' hears subscribing
	say b registration server_url=https://dpf.b.example/
	refuses 1 'refused: already-registered' hears registration
	say a subscribing
	hears subscribing >out
	[ "$(ro-drf-lookup --register db --by tre_id 'ACME;1' | jq -r '.sho + " " + .status')" = "$(jq -r .iss out) subscribing" ]
	say b registration server_url=https://dpf.b.example/
	hears registration >out
}

@test "release of a TRE: only with its own notice, once" {
	parties
	pcid-issue --register db --plmn 001-01 --count 1 --tre-ids <(echo 'ACME;1') >credential
	imsi=$(jq -r .imsi credential)
	release() {
		m2m-note make release --key a.key --cert a.pem --to ro tre_id='ACME;1' -o n
		m2m-note check release --trust a.pem --to ro --register db -i n
	}
	refuses 1 'refused: no-notice' release
	auc-av --register db "$imsi" >out
	m2m-note make discard --key tre.key --cert tre.pem --to ro token_sha256=00 -o notice
	m2m-note check discard --trust pva.pem --to ro --register db -i notice >out
	release >out
	refuses 1 'subscriber-blocked' auc-av --register db "$imsi"
	refuses 1 'refused: no-notice' release
}
