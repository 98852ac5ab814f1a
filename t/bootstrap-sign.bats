#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

make_bootstrap() {
	m2m-keygen operator --name ro --alg "${1:-ec-p256}" --key-out ro.key --cert-out ro.pem
	m2m-keygen operator --name sho-a --key-out sho-a.key --cert-out sho-a.pem
	printf 'MCIM\001\002\002\000\000\001k%064d' 0 >credentials # the form of a blob
	echo '{"napid":"n","apn":"a.example"}' >napdef
	sign >bootstrap.xml
}

sign() {
	bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;0001' --server-url https://dpf.sho-a.example/m2m \
		--server-cert sho-a.pem --sho sho-a --credentials credentials --napdef napdef --context mcim=https://a.example/x "$@"
}

@test "TR 33.812 B.2.3.3: made and verified, for every kind of key" {
	local alg
	for alg in ec-p256 ec-p384 rsa-2048; do
		make_bootstrap $alg
		bootstrap-sign --verify --trust ro.pem --signer ro -i bootstrap.xml >says
		jq -e '.signer == "ro" and .sho == "sho-a" and .tre_id == "ACME;0001" and .napdef.apn == "a.example" and .mcim_context == "https://a.example/x"' says
		rm ./*.key
	done
}

@test "xmlsec1 verifies our signature" {
	wants xmlsec1
	make_bootstrap
	xmlsec1 --verify --pubkey-cert-pem ro.pem --enabled-reference-uris empty bootstrap.xml 2>err
	sed -i 's/ACME;0001/ACME;0009/' bootstrap.xml
	rc=0
	xmlsec1 --verify --pubkey-cert-pem ro.pem bootstrap.xml 2>err || rc=$?
	[ "$rc" -ne 0 ]
}

@test "another signer, an expired or wrong-usage certificate: refused" {
	make_bootstrap
	refuses 1 'refused: untrusted-chain' bootstrap-sign --verify --trust sho-a.pem -i bootstrap.xml
	refuses 1 'refused: wrong-operator' bootstrap-sign --verify --trust ro.pem --signer sho-a -i bootstrap.xml
	refuses 1 'refused: expired' bootstrap-sign --verify --trust ro.pem --at 2090-01-01T00:00:00Z -i bootstrap.xml
	refuses 1 'refused: not-yet-valid' bootstrap-sign --verify --trust ro.pem --at 2000-01-01T00:00:00Z -i bootstrap.xml
	m2m-keygen operator --name ro --role attestation --key-out a.key --cert-out a.pem
	refuses 1 'refused: wrong-usage' bootstrap-sign --key a.key --cert a.pem --tre-id 'ACME;0001' --napdef-only --napdef napdef -o n.xml
	[ ! -e n.xml ]
}

# tricks with the signature: what `xmlsec1 verify` left to itself would take
@test "XML tricks: altered, unsigned, wrapped, doubled, comments, DOCTYPE, other transforms: refused" {
	make_bootstrap
	refused() { refuses "$1" "$2" bootstrap-sign --verify --trust ro.pem -i x.xml; }
	sed 's/dpf\.sho-a/dpf.foe/' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's/ACME;0001/ACME;<!-- -->0001/' bootstrap.xml >x.xml && refused 3 'comment'
	sed 's/<MgmtTree/<!DOCTYPE a><MgmtTree/' bootstrap.xml >x.xml && refused 3 DOCTYPE
	sed 's/<MgmtTree/<?x y?><MgmtTree/' bootstrap.xml >x.xml && refused 3 'processing instruction'
	sed 's/URI=""/URI="#x"/' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's/URI=""/URI="file:\/\/\/etc\/passwd"/' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's|http://www.w3.org/2000/09/xmldsig#enveloped-signature|http://www.w3.org/TR/1999/REC-xpath-19991116|' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's|<KeyInfo>|<KeyInfo><KeyValue/>|' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's|</Signature>|<Object/></Signature>|' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's|<Signature.*</Signature>||' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's|\(<Signature.*</Signature>\)|\1\1|' bootstrap.xml >x.xml && refused 1 bad-signature
	sed 's|ecdsa-sha256|ecdsa-sha1|' bootstrap.xml >x.xml && refused 1 bad-signature
	{ printf '<a>' && sed 1d bootstrap.xml && printf '</a>'; } >x.xml && refused 3 'DM tree'
	sed 's/version="1.0"/version="1.1"/' bootstrap.xml >x.xml && refused 3 '^bootstrap-sign: x.xml:1: want XML 1.0$'
	sed 's/version="1.0" encoding="UTF-8"/version="1.0"/' bootstrap.xml >ascii.xml
	bootstrap-sign --verify --trust ro.pem -i ascii.xml >verified
	for code in UTF-16 UTF-32LE CP037 CP500; do
		iconv -t "$code" ascii.xml >x.xml && refused 3 'x.xml(:1)?: (want XML in UTF-8|a 0 octet)'
	done
	# X509Certificate and CertSHO are DER: PEM in base64 is what no other reader takes
	sed "s|<X509Certificate>[^<]*|<X509Certificate>$(base64 -w0 ro.pem)|" bootstrap.xml >x.xml && refused 3 'X509Certificate: want an X.509 certificate in DER'
	sed 's|<VerDTD>1.2|<a/>&|' bootstrap.xml >x.xml && refused 3 '^bootstrap-sign: x.xml:2: not the tree|x.xml: want a DM tree'
	head -c 700 bootstrap.xml >x.xml && refused 3 '^bootstrap-sign: x.xml:2: not well-formed'
	head -c 140000 /dev/zero | tr '\0' ' ' >x.xml && refused 3 'longer than the limit'
}

@test "in a SyncML package, as XML and as WBXML" {
	make_bootstrap
	sign --syncml >p.xml
	bootstrap-sign --verify --trust ro.pem -i p.xml | jq -e '.sho == "sho-a"'
	sign --syncml --wbxml >p.wbxml
	[ "$(od -An -tx1 -N1 p.wbxml | tr -d ' ')" = 03 ]
	bootstrap-sign --verify --trust ro.pem -i p.wbxml | jq -e '.sho == "sho-a"'
	local at
	for at in 1 5 20 60 200; do
		head -c $at p.wbxml >cut
		refuses 3 'WBXML|SyncML|XML|tree' bootstrap-sign --verify --trust ro.pem -i cut
	done
}

@test "WBXML that libwbxml asserts at: one line, and it is ours" {
	once
	m2m-keygen operator --name ro --key-out ro.key --cert-out ro.pem
	printf '\003\244\001\152\000\155\002\217\377\377\377\177\001' >odd.wbxml
	refuses 3 '^bootstrap-sign: odd.wbxml: WBXML: cannot be decoded$' bootstrap-sign --verify --trust ro.pem -i odd.wbxml
}

@test "malformed options" {
	make_bootstrap
	refuses 1 'refused: wrong-operator' bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;0001' --server-url https://a.example/ --server-cert sho-a.pem --sho ro --credentials credentials
	refuses 3 'is not that of the certificate' bootstrap-sign --key sho-a.key --cert ro.pem --tre-id 'ACME;0001' --napdef-only --napdef napdef
	refuses 2 'VENDOR;NUMBER' bootstrap-sign --key ro.key --cert ro.pem --tre-id '../x' --napdef-only --napdef napdef
	echo '{"napid":"n","apn":"a","auth_secret":"s"}' >napdef
	refuses 3 'auth_secret: no such field' bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;0001' --napdef-only --napdef napdef
}

@test "every form says the same: XML, SyncML, OMA CP, WBXML, push" {
	make_bootstrap
	bootstrap-sign --verify --trust ro.pem -i bootstrap.xml >want
	local form
	for form in --syncml --wbxml '--syncml --wbxml' --push '--profile cp' '--profile cp --wbxml' '--profile cp --push'; do
		# shellcheck disable=SC2086 # words
		sign $form -o form
		bootstrap-sign --verify --trust ro.pem -i form >says
		cmp want says
		bootstrap-sign --verify --trust ro.pem <form >says
		cmp want says
	done
}

@test "TR 33.812 B.2.2.1 NOTE 2: secure push under NETWPIN and USERPIN, in both profiles" {
	make_bootstrap
	printf '001010000000001\n' >imsi
	printf '4711\n' >pin
	printf '4712\n' >other
	local profile pin
	for profile in dm cp; do
		for pin in '--netwpin imsi' '--userpin pin'; do
			# shellcheck disable=SC2086 # words
			sign --profile $profile $pin -o push
			# shellcheck disable=SC2086 # words
			bootstrap-sign --verify --trust ro.pem $pin -i push | jq -e --arg p "$pin" '"--" + .sec == ($p | split(" ")[0])'
			refuses 1 'refused: mac-mismatch' bootstrap-sign --verify --trust ro.pem --userpin other -i push
			refuses 1 'refused: untrusted-chain' bootstrap-sign --verify --trust sho-a.pem -i push
		done
	done
	sign --profile cp --push -o push
	refuses 1 'refused: mac-mismatch' bootstrap-sign --verify --trust ro.pem --userpin pin -i push
	refuses 1 'refused: mac-mismatch' bootstrap-sign --verify --trust ro.pem --userpin pin -i bootstrap.xml
}

# the figures are of independent implementations (testdata/specs/omacp/mac.tsv)
@test "MACs of published pushes: made as they are, and verified" {
	local file sec value key_input key mac rest option n=0
	while IFS=$'\t' read -r file sec value key_input key mac rest; do
		[ "$file" != file ] || continue
		option=--userpin
		[ "$sec" = USERPIN ] || option=--netwpin
		printf '%s\n' "${key_input#IMSI }" >pin
		bootstrap-sign --verify $option pin -i "$SPECS/omacp/${file%.wbxml}.wsp-push" >says
		[ "$(jq -r .sec says)" = "${option#--}" ]
		# the words are those of libwbxml's decoding, counted
		[ "$(jq '[.. | objects | select(has("value"))] | length' says)" = "$(grep -o '<parm ' "$SPECS/omacp/${file%.wbxml}.decoded.xml" | wc -l)" ]
		printf '9999\n' >pin
		refuses 1 'refused: mac-mismatch' bootstrap-sign --verify --userpin pin -i "$SPECS/omacp/${file%.wbxml}.wsp-push"
		n=$((n + 1))
	done <"$SPECS/omacp/mac.tsv"
	[ "$n" -eq 3 ]
}

@test "a push whose single octet is altered, anywhere, is refused" {
	make_bootstrap
	printf '4711\n' >pin
	sign --profile cp --userpin pin -o push
	local i size
	size=$(wc -c <push)
	for ((i = 1; i < size; i += 1 + size / 150)); do
		cp push x
		printf '%b' "\\x$(printf %02x $((0x$(od -An -tx1 -j$i -N1 push | tr -d ' ') ^ 1)))" |
			dd of=x bs=1 seek=$i conv=notrunc status=none
		! bootstrap-sign --verify --trust ro.pem --userpin pin -i x >out 2>err || false
		[ ! -s out ]
		grep -qE '^bootstrap-sign: (refused: |x: |push: |WBXML: |.*want)' err
	done
}

@test "the characteristics must say what was signed" {
	make_bootstrap
	sign --profile cp -o cp.xml
	refused() { refuses "$1" "$2" bootstrap-sign --verify --trust ro.pem -i x.xml; }
	sed 's/value="a.example"/value="foe.example"/' cp.xml >x.xml && refused 1 bad-signature
	sed 's|<characteristic type="VEND|<characteristic type="ACCESS"/>&|' cp.xml >x.xml && refused 1 bad-signature
	sed 's|<characteristic type="VENDORCONFIG">.*</char|<char|' cp.xml >x.xml && refused 3 'x.xml|document'
	sed 's/name="BOOTSTRAP"/name="BOOT"/' cp.xml >x.xml && refused 1 bad-signature
	sed 's|\(<characteristic type="VENDORCONFIG">.*</characteristic>\)|\1\1|' cp.xml >x.xml && refused 1 bad-signature
}

@test "our WBXML is wbxml2xml's, and our MAC openssl's" {
	wants wbxml2xml
	make_bootstrap
	sign --profile cp -o cp.xml
	sign --profile cp --wbxml -o cp.wbxml
	wbxml2xml -m 2 -o peer.xml cp.wbxml
	sed 's/<!DOCTYPE[^>]*>//' peer.xml | xmllint --exc-c14n - >peer
	# each signing gives another signature: the document is cut out
	diff <(xmllint --exc-c14n cp.xml | sed 's/name="BOOTSTRAP" value="[^"]*"//') <(sed 's/name="BOOTSTRAP" value="[^"]*"//' peer)
	printf '4711' >pin
	sign --profile cp --userpin pin -o push
	tail -c +51 push >body
	[ "$(head -c 49 push | tail -c 40)" = "$(openssl dgst -sha1 -hmac 4711 body | sed 's/.*= //' | tr a-f A-F)" ]
}

@test "a document that xmlsec1 signed is verified" {
	wants xmlsec1
	local alg
	for alg in ec-p256 ec-p384 rsa-2048 rsa-3072; do
		make_bootstrap $alg
		sed -E 's|<DigestValue>[^<]*<|<DigestValue><|; s|<SignatureValue>[^<]*<|<SignatureValue><|; s|<X509Certificate>[^<]*</X509Certificate>||; s|ACME;0001|ACME;0007|' bootstrap.xml >template.xml
		refuses 3 'Signature|Value' bootstrap-sign --verify --trust ro.pem -i template.xml || refuses 1 bad-signature bootstrap-sign --verify --trust ro.pem -i template.xml
		xmlsec1 --sign --privkey-pem ro.key,ro.pem --output signed.xml template.xml
		[ "$(bootstrap-sign --verify --trust ro.pem -i signed.xml | jq -r .tre_id)" = 'ACME;0007' ]
		rm ./*.key
	done
}
