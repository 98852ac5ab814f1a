#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

keys() {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen operator --name sho-a --key-out sho-a.key --cert-out sho-a.pem
	m2m-keygen tre --tre-id 'ACME;0001' --alg "${1:-ec-p256}" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	echo '{"application":"usim","imsi":"001010123456789","k":"465b5ce8b199b49faa5f0a2ee238a6bc","alg":"milenage","opc":"cd63cb71954a9f4e48a5994e37a02baf","acc":[9],"fplmn":["262-01"]}' >mcim.json
}

# word VALUE HEX FID: a member in words becomes those octets, and comes back
word() {
	printf '{%s"%s":%s}' "$app" "$1" "$2" >w.json
	mcim-wrap --json-only -i w.json >back.json
	[ "$(jq -c ".$1" back.json)" = "$2" ]
	mcim-wrap --der-only -i w.json | od -An -v -tx1 | tr -d ' \n' | grep -q "$3"
}

@test "TS 31.102 4.2: published EF contents, in words and in octets" {
	local app='"application":"usim",' ef fid hex value n rows=0
	while IFS=$'\t' read -r ef fid hex value; do
		case $ef in
		EF_IMSI) word imsi "\"$value\"" "$hex" ;;
		EF_ICCID) word iccid "\"$value\"" "$hex" ;;
		EF_ACC) word acc "[$value]" "$hex" ;;
		EF_UST) n=$(jq -cn "[$value]") && printf '{"mst":{"services":%s,"length":%d}}' "$n" $((${#hex} / 2)) >w.json &&
			mcim-wrap --der-only -i w.json | od -An -v -tx1 | tr -d ' \n' | grep -q "$hex" ;;
		EF_FPLMN)
			[ "$value" != '(empty)' ] || value=
			printf '{%s"ef":{"6f7b":"%s"}}' "$app" "$hex" >w.json
			mcim-wrap --json-only -i w.json >back.json
			[ "$(jq -r '(.fplmn // []) | join(" ")' back.json)" = "$value" ]
			mcim-wrap --der-only -i back.json | od -An -v -tx1 | tr -d ' \n' | grep -q "$hex" || [ -z "$value" ]
			;;
		LUHN | PLMN) continue ;; # t/unit/plmn.c
		*) false ;;
		esac
		rows=$((rows + 1))
	done < <(tail -n +2 "$SPECS/ts31102-ef.tsv")
	[ "$rows" -eq 45 ]
}

@test "every EF of TR 33.812 B.2.4 in words, there and back" {
	local app='"application":"usim",'
	word ad '{"mode":0,"info":"0000","mnc_length":2}' 00000002
	word thresh 1048576 100000
	word dck '{"network":"12345678"}' 21436587ffffffffffffffffffffffff
	word cnl '[{"plmn":"262-01","subset":"12","provider":"34","corporate":"56"}]' 62f210123456
	word opl '[{"plmn":"262-01","lac_from":"0001","lac_to":"fffe","pnn":"01"}]' 0862f2100001fffe01
	word hpplmn 60 0a
	word pl '["en","de"]' 656e6465
	word ecc '["112","911"]' 0411f2ff0019f1ff00
	word hidden_key '"1234"' 2143ffff
	word start_hfn '{"cs":1,"ps":2}' 000001000002
	word keys '"none"' "07$(printf 'ff%.0s' $(seq 32))"
	word keys_ps '"none"' "07$(printf 'ff%.0s' $(seq 32))"
	word loci '"not-updated"' fffffffffffffffffeff01
	word psloci '"not-updated"' fffffffffffffffffffffffeff01
	app='"application":"isim",'
	word impi '"001010000000001@ims.example"' 801b
	word domain '"ims.example"' 800b
	word impu '["sip:a@ims.example","sip:bcd@ims.example"]' 8011
	word pcscf '["p.ims.example"]' 800e00
	word ist '[1,3]' 05
}

@test "TR 33.812 B.2.6: the published values in DER and unaligned PER" {
	local v
	for v in ex2_code ex3_empty ex4_bigcode; do
		mcim-wrap --der-only -i "$SPECS/asn1/$v.der" | cmp - "$SPECS/asn1/$v.der"
		mcim-wrap --uper-only -i "$SPECS/asn1/$v.der" | cmp - "$SPECS/asn1/$v.uper"
	done
	# ex1 has its files in another order than the ascending one that is written
	mcim-wrap --der-only -i "$SPECS/asn1/ex1_full.der" >ex1.der
	[ "$(wc -c <ex1.der)" -eq "$(wc -c <"$SPECS/asn1/ex1_full.der")" ]
	for v in ex2_code ex3_empty ex4_bigcode ex1_full; do
		mcim-wrap --json-only -i "$SPECS/asn1/$v.der" >"$v.json"
		mcim-wrap --der-only -i "$v.json" >"$v.der"
		mcim-wrap --json-only -i "$v.der" | cmp - "$v.json"
	done
}

@test "X.691 11.9.3.8: in PER a file or code of n * 16384 octets ends with a length of 0" {
	once # asn1c's own program is not built for the sanitizers
	local n
	for n in 16383 16384 16385 32768 65536; do
		head -c $n /dev/zero | base64 -w0 | jq -Rc '{code_b64: .}' >code.json
		mcim-wrap --uper-only -i code.json -o code.uper
		"${FREEWATCH_SO%/*}/asn1-converter" -iper code.uper -oder >back.der
		mcim-wrap --der-only -i code.json | cmp - back.der
		[ $n -le 32768 ] || continue
		head -c $n /dev/zero | od -An -v -tx1 | tr -d ' \n' | jq -Rc '{ef: {"2f00": .}}' >file.json
		mcim-wrap --uper-only -i file.json -o file.uper
		"${FREEWATCH_SO%/*}/asn1-converter" -iper file.uper -oder >back.der
		mcim-wrap --der-only -i file.json | cmp - back.der
	done
}

@test "TR 33.812 B.2.4: other files of TS 31.102 may be part of the data, as octets" {
	local app='"application":"usim",' ef
	echo '{"application":"usim","ef":{"6f42":["ffff","0102"],"6f46":"0141","2f99":""}}' >ef.json
	mcim-wrap --json-only -i ef.json | jq -c .ef >back
	[ "$(cat back)" = '{"2f99":"","6f42":"02ffff0102","6f46":"0141"}' ]
	for ef in 0009 00ff 4f20 7f20 7fff ffff; do
		echo "{\"ef\":{\"$ef\":\"00\"}}" >ef.json
		refuses 3 "ef.json: ef: $ef: want a file, 2fxx or 6fxx" mcim-wrap --json-only -i ef.json
	done
}

@test "words stand only for the octets that they come to again" {
	local app ef hex
	while read -r app ef hex; do
		echo "{\"application\":\"$app\",\"ef\":{\"$ef\":\"$hex\"}}" >in.json
		mcim-wrap --json-only -i in.json -o out.json
		jq -cS . in.json >want
		jq -cS . out.json | cmp - want
	done <<-'END'
		isim 6f04 0880036162638003616263ffffff
		isim 6f04 06800161ffffff
		isim 6f04 05
		isim 6f09 0980040061626380ffffff
		isim 6f02 80036100ff
		usim 6fb7 0411f2ff01
		usim 6f7b ffffffffffffffffffffffff62f210
		usim 6f07 090910101032547698
	END
}

@test "what no description would say is no better in DER" {
	keys
	tlv() { # TAG HEX
		local n=$((${#2} / 2))
		printf '%s%s%02x%s' "$1" "$([ $n -lt 128 ] || echo 81)" $n "$2"
	}
	local what hex z=000000000000000000000000
	while read -r hex what; do
		hex=$(tlv 30 "8001${hex:0:2}$(tlv 81 "${hex:2}")")
		printf '%b' "$(tlv 30 "800100$(tlv a1 "$hex")" | sed 's/../\\x&/g')" >in.der
		refuses 3 "in.der: MCIMBLOB: $what" mcim-wrap --json-only -i in.der
	done <<-END
		01$z k: want 32 or 64
		0406$z ind_bits: want a number from 0 to 5
		04ff$z ind_bits: want a number from 0 to 5
		0405${z}8000000000$(printf '00%.0s' $(seq 80)) aka: want r of 0 to 127
		03$z opc.*: want 32
	END
	jq -c '.ef = {"6f07": "0809101010325476f8"} | del(.imsi)' mcim.json >bad.json
	refuses 3 "bad.json: the MCIM's IMSI is none" mcim-wrap --tre-cert tre.pem -i bad.json
	jq -c '.application = "isim" | .ef = {"6f02": "8000"} | del(.imsi, .acc, .fplmn)' mcim.json >bad.json
	refuses 3 "bad.json: the MCIM's IMPI is none" mcim-wrap --tre-cert tre.pem -i bad.json
}

@test "where no application is named it is a USIM; an update names none" {
	keys
	jq -c 'del(.application)' mcim.json >words.json
	for tag in mcim access; do
		mcim-wrap --tre-cert tre.pem --tag $tag -i words.json -o blob
		[ "$(mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i blob | jq -r .application)" = usim ]
	done
	mcim-wrap --tre-cert tre.pem --tag update -i words.json -o blob
	[ "$(mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i blob | jq 'has("application")')" = false ]
}

@test "a credential without K is none" {
	keys
	jq -c 'del(.k)' mcim.json >bad.json
	refuses 3 'bad.json: the MCIM has no akakey' mcim-wrap --tre-cert tre.pem --tag access -i bad.json
	mcim-wrap --tre-cert tre.pem --tag update -i bad.json -o blob
}

@test "both formats, both suites, both key transports: there and back" {
	local alg f s
	for alg in ec-p256 ec-p384 rsa-2048; do
		keys $alg
		for f in tr33812 cms; do
			for s in tr33812 modern; do
				mcim-wrap --tre-cert tre.pem --operator-cert sho-a.pem --format $f --suite $s -i mcim.json -o blob
				mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i blob >back.json
				[ "$(jq -r '.imsi + .tre_id' back.json)" = '001010123456789ACME;0001' ]
				[ "$(jq -r .operator_cert_sha256 back.json)" = "$(openssl x509 -in sho-a.pem -outform DER | sha256sum | cut -c1-64)" ]
			done
		done
		rm -f ./*.key
	done
}

@test "openssl cms opens the CMS form; a script with nothing but openssl opens the other" {
	keys
	mcim-wrap --tre-cert tre.pem --format cms -i mcim.json -o blob
	openssl cms -decrypt -inform DER -in blob -inkey tre.key -recip tre.pem -binary -out data 2>err
	[ "$(od -An -tx1 -N1 data | tr -d ' ')" = 01 ]
	mcim-wrap --tre-cert tre.pem --suite modern -i mcim.json -o blob
	hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
	local all head eph wrapped spki z kek keys pik pck id
	all=$(hex blob)
	head=${all:0:20} eph=${all:20:130} wrapped=${all:150:144}
	[ $((16#${head:16:4})) -eq $((65 + 72)) ]
	spki=3059301306072a8648ce3d020106082a8648ce3d030107034200$eph
	printf '%b' "$(sed 's/../\\x&/g' <<<"$spki")" | openssl pkey -pubin -inform DER -out eph.pem
	z=$(openssl pkeyutl -derive -inkey tre.key -peerkey eph.pem | hex)
	id=$(printf 'ACME;0001' | hex)
	own=$(openssl pkey -in tre.key -pubout -outform DER | tail -c 65 | hex)
	kek=$(openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexsecret:"$z" -kdfopt hexinfo:"$head$eph$own$id" -binary X963KDF | hex)
	keys=$(printf '%b' "$(sed 's/../\\x&/g' <<<"$wrapped")" | openssl enc -d -id-aes256-wrap -K "$kek" -iv a6a6a6a6a6a6a6a6 | hex)
	pik=${keys:0:64} pck=${keys:64:64}
	{ head -c -32 blob && printf 'ACME;0001'; } | openssl dgst -sha256 -mac HMAC -macopt hexkey:"$pik" -binary | hex >mac
	[ "$(cat mac)" = "${all: -64}" ]
	tail -c +$((1 + 10 + 137 + 16)) blob | head -c -32 |
		openssl enc -d -aes-256-cbc -nopad -K "$pck" -iv "${all:$(((10 + 137) * 2)):32}" | head -c 1 | hex | grep -q 01
}

@test "refused: another TRE's certificate, one for signatures, an incomplete MCIM" {
	keys
	refuses 1 'refused: wrong-tre' mcim-wrap --tre-cert tre.pem --tre-id 'ACME;0002' -i mcim.json
	m2m-keygen tre --tre-id 'ACME;0003' --key-out s.key --cert-out s.pem --enc-key-out e.key --enc-cert-out e.pem --ca-key ca.key --ca-cert ca.pem
	refuses 1 'refused: wrong-usage' mcim-wrap --tre-cert s.pem -i mcim.json
	# efid 8 is for whoever signs the MCIMobj (B.2.5): a TRE is nobody's operator
	refuses 1 'refused: wrong-usage' mcim-wrap --tre-cert tre.pem --operator-cert tre.pem -i mcim.json
	mcim-wrap --tre-cert e.pem -i mcim.json -o blob
	echo '{"imsi":"001010123456789"}' >none.json
	refuses 3 'no akakey' mcim-wrap --tre-cert tre.pem -i none.json
	echo '{"no_such":1}' >bad.json
	refuses 3 'no_such' mcim-wrap --tre-cert tre.pem -i bad.json
	refuses 2 "want tr33812 or cms" mcim-wrap --tre-cert tre.pem --format x -i mcim.json
}

@test "a description says nothing that would not come back: members, languages" {
	local bad
	while read -r what bad; do
		echo "$bad" >bad.json
		refuses 3 "$what" mcim-wrap --json-only -i bad.json
	done <<-'END'
		start_hfn: {"start_hfn":{"cs":1,"ps":2,"gs":3}}
		cnl:.more: {"cnl":[{"plmn":"262-01","more":"12"}]}
		opl:.subset: {"opl":[{"plmn":"262-01","subset":"12"}]}
		more: {"mst":{"services":[1],"length":1,"more":1}}
		pl: {"pl":["EN"]}
		pl: {"pl":["1!"]}
		opc,.topc: {"alg":"tuak","opc":"00000000000000000000000000000000","topc":"0000000000000000000000000000000000000000000000000000000000000000"}
	END
}

@test "strict DER: BER, duplicates, other versions, trailing octets, a wrapped efid" {
	bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")" >in.der; }
	for der in 3080800100a10000 30058001 300580010 3007800101a1020000 3006800100a100ff 308105800100a100 \
		3019800100a11430088002060081020102300880020600810201ff; do
		[ $((${#der} % 2)) -eq 0 ] || der=${der}0
		bytes "$der"
		refuses 3 'MCIMBLOB' mcim-wrap --json-only -i in.der
	done
	bytes 3014800100a10f300d8009010000000000006f07810000
	refuses 3 'MCIMBLOB' mcim-wrap --json-only -i in.der
}

@test "a batch: a bad line is named, the others are done" {
	keys
	jq -cn --rawfile c tre.pem --slurpfile m mcim.json '{tre_id: "ACME;0001", tre_cert_pem: $c, mcim: $m[0]}' >req
	{ cat req && echo '{}' && cat req; } >reqs
	rc=0
	mcim-wrap --batch reqs >out 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(wc -l <out)" -eq 2 ]
	grep -q 'reqs:2: want one of tre_cert_pem, point and modulus' err
	head -1 out | jq -r .blob_b64 | base64 -d | mcim-unwrap --key tre.key --tre-id 'ACME;0001' >back
	# the certificate says whose an answer is
	jq -c 'del(.tre_id)' req >bare
	[ "$(mcim-wrap --batch bare | jq -r .tre_id)" = 'ACME;0001' ]
	refuses 3 'bare:1: tre_id: missing' mcim-wrap --batch bare --resume -o answers
}

# raw KEY: the point or the modulus of a private key, in hex
raw() {
	if openssl pkey -in "$1" -noout -text | grep -q '^ASN1 OID'; then
		openssl pkey -in "$1" -pubout -outform DER | tail -c "$2" | od -An -v -tx1 | tr -d ' \n'
	else
		openssl rsa -in "$1" -noout -modulus 2>/dev/null | cut -d= -f2 | tr A-F a-f
	fi
}

@test "a batch of raw public keys, in order, whatever the threads; what is no key is refused" {
	local alg n bad
	keys
	: >reqs
	local form
	for alg in ec-p256:65 ec-p384:97 rsa-2048:256; do
		form=point
		[ "$alg" != rsa-2048:256 ] || form=modulus
		m2m-keygen tre --tre-id "X;${alg%:*}" --alg "${alg%:*}" --key-out "${alg%:*}.key" --cert-out "${alg%:*}.pem" \
			--ca-key ca.key --ca-cert ca.pem
		jq -cn --arg id "X;${alg%:*}" --arg p "$(raw "${alg%:*}.key" "${alg#*:}")" --slurpfile m mcim.json \
			--arg form $form '{tre_id: $id, ($form): $p, mcim: $m[0]}' >>reqs
	done
	for _ in $(seq 40); do cat reqs; done >many
	mcim-wrap --batch many --jobs 3 -o answers
	jq -r .tre_id many >want
	jq -r .tre_id answers | cmp - want
	for n in 1 2 3 120; do
		alg=$(sed -n "${n}p" want)
		sed -n "${n}p" answers | jq -r .blob_b64 | base64 -d | mcim-unwrap --key "${alg#X;}.key" --tre-id "$alg" >back
		[ "$(jq -r .imsi back)" = "$(jq -r .imsi mcim.json)" ]
		# TRE_id is bound in, certificate or not
		sed -n "${n}p" answers | jq -r .blob_b64 | base64 -d >blob
		refuses 1 'mac-mismatch' mcim-unwrap --key "${alg#X;}.key" --tre-id 'X;other' -i blob
	done
	# infinity, compressed, off the curve, even modulus, a modulus that is too short, no hex
	n=$(raw rsa-2048.key 256)
	for bad in 00 "02$(raw ec-p256.key 65 | cut -c3-66)" "$(raw ec-p256.key 65 | sed 's/.$/x/;s/0x$/1/;s/[1-9a-f]x$/00/')" \
		"${n%?}0" "00${n#??}" zz ''; do
		for form in point modulus; do
			jq -cn --arg p "$bad" --arg form $form --slurpfile m mcim.json '{tre_id: "X;1", ($form): $p, mcim: $m[0]}' >req
			refuses 3 "req:1: $form" mcim-wrap --batch req
		done
	done
	jq -c 'del(.tre_id)' reqs | sed -n 1p >req
	refuses 3 'req:1: tre_id: missing, and no certificate' mcim-wrap --batch req
	jq -c '.format = "cms"' reqs | sed -n 1p >req
	refuses 3 'CMS names its recipient' mcim-wrap --batch req
	jq -c --rawfile c tre.pem '.tre_cert_pem = $c' reqs | sed -n 1p >req
	refuses 3 'want one of' mcim-wrap --batch req
	jq -c '.modulus = .point | del(.point)' reqs | sed -n 1p >req
	refuses 3 'modulus: want an RSA modulus' mcim-wrap --batch req
}

@test "K is never freed in the clear" {
	keys
	watched 465b5ce8b199b49faa5f0a2ee238a6bc mcim-wrap --tre-cert tre.pem -i mcim.json -o blob
	jq -cn --rawfile c tre.pem --slurpfile m mcim.json '{tre_cert_pem: $c, mcim: $m[0]}' >req
	watched 465b5ce8b199b49faa5f0a2ee238a6bc mcim-wrap --batch req -o out
	watched 465b5ce8b199b49faa5f0a2ee238a6bc mcim-unwrap --key tre.key --tre-id 'ACME;0001' -i blob -o back
}
