#!/usr/bin/env bats
load lib

make_bootstrap() {
	m2m-keygen operator --name ro --alg "${1:-ec-p256}" --key-out ro.key --cert-out ro.pem
	m2m-keygen operator --name sho-a --key-out sho-a.key --cert-out sho-a.pem
	printf 'MCIM\001\002\002\000blob' >credentials
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
	command -v xmlsec1 >/dev/null || skip 'xmlsec1 is not installed'
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
	bootstrap-sign --key a.key --cert a.pem --tre-id 'ACME;0001' --napdef-only --napdef napdef -o n.xml
	refuses 1 'refused: wrong-usage' bootstrap-sign --verify --trust a.pem -i n.xml
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
	head -c 700 bootstrap.xml >x.xml && refused 3 'well-formed'
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

@test "malformed options" {
	make_bootstrap
	refuses 1 'refused: wrong-operator' bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;0001' --server-url https://a.example/ --server-cert sho-a.pem --sho ro --credentials credentials
	refuses 3 'is not that of the certificate' bootstrap-sign --key sho-a.key --cert ro.pem --tre-id 'ACME;0001' --napdef-only --napdef napdef
	refuses 3 'VENDOR;NUMBER' bootstrap-sign --key ro.key --cert ro.pem --tre-id '../x' --napdef-only --napdef napdef
	echo '{"napid":"n","apn":"a","auth_secret":"s"}' >napdef
	refuses 3 'auth_secret: no such field' bootstrap-sign --key ro.key --cert ro.pem --tre-id 'ACME;0001' --napdef-only --napdef napdef
}
