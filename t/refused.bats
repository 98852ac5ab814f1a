#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
# Refusals of Annex B at the TRE and its operators that no other file shows.
load lib
load tre

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return
	world
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
}

# certificate NAME USAGE [DAYS]: a self-signed operator's certificate with that key usage, by openssl
certificate() {
	# shellcheck disable=SC2086 # words
	openssl req -x509 -newkey ${alg:-ec -pkeyopt ec_paramgen_curve:P-256} -nodes -keyout "$1.key" -out "$1.pem" -days "${3-30}" \
		-subj "/CN=$1" -addext "keyUsage=critical,$2" -addext "$(openssl x509 -in sho-a.pem -noout -ext extendedKeyUsage |
			tail -1 | sed 's/^ */extendedKeyUsage=/; s/, /,/g')" 2>err
}

@test "a bootstrap signed with a certificate that has expired, or is not for signatures, or has not the role" {
	parties
	local who
	openssl x509 -in sho-a.pem -noout -ext extendedKeyUsage | grep -q '2\.25\|1\.3' # the roles are there to be copied
	certificate late digitalSignature
	certificate deaf keyAgreement
	m2m-keygen operator --name att --role attestation --key-out att.key --cert-out att.pem
	for who in deaf att; do
		bootstrap $who sho-a -o $who.xml 2>err || true
		cp "$BATS_FILE_TMPDIR/world/bootstrap.xml" .
		# whatever our own signer would do, somebody else's program signs
		wants xmlsec1
		resigned $who
		refuses 1 'refused: wrong-usage: ' bootstrap-sign --verify --trust $who.pem -i resigned.xml
	done
	resigned late
	bootstrap-sign --verify --trust late.pem -i resigned.xml >out
	refuses 1 'refused: expired: ' bootstrap-sign --verify --trust late.pem -i resigned.xml --at "$(date -u -d '+40 days' +%FT%TZ)"
}

# resigned WHO: bootstrap.xml, signed by that one with xmlsec1
resigned() {
	sed -E 's|<DigestValue>[^<]*<|<DigestValue><|; s|<SignatureValue>[^<]*<|<SignatureValue><|; s|<X509Certificate>[^<]*</X509Certificate>||' \
		bootstrap.xml >template.xml
	xmlsec1 --sign --privkey-pem "$1.key,$1.pem" --output resigned.xml template.xml
}

# trick NAME SED: bootstrap.xml with that change to its signature, signed by a stranger's key. xmlsec1
# left to itself takes it, even altered where $alter says so; we do not, whomever we trust
trick() {
	sed -E 's|<DigestValue>[^<]*<|<DigestValue><|; s|<SignatureValue>[^<]*<|<SignatureValue><|; s|<X509Certificate>[^<]*</X509Certificate>||; s|ecdsa-sha256|rsa-sha256|; '"$2" \
		bootstrap.xml >template.xml
	xmlsec1 --sign --privkey-pem foe.key,foe.pem --output signed.xml template.xml 2>err || {
		echo "$1"
		cat err
		return 1
	}
	sed "${alter-}" signed.xml >tricked.xml
	[ -z "${alter-}" ] || [ "$(cmp -s signed.xml tricked.xml; echo $?)" -eq 1 ]
	xmlsec1 --verify $how tricked.xml >said 2>&1 || {
		echo "$1: the trick is none"
		cat said
		return 1
	}
	refuses 1 'refused: bad-signature: ' bootstrap-sign --verify --trust foe.pem -i tricked.xml || {
		echo "$1"
		return 1
	}
	refuses 1 'refused: ' tre bootstrap -i tricked.xml
}

@test "the XML tricks that xmlsec1 left to itself takes" {
	wants xmlsec1
	parties
	local how alter away='s/dpf\.sho-a/dpf.foe/'
	alg=rsa:2048 certificate foe digitalSignature
	# a key that nobody knows, beside the document
	how='' alter=''
	trick 'KeyValue' 's|<KeyInfo>.*</KeyInfo>|<KeyInfo><KeyValue/></KeyInfo>|'
	# transforms that empty the document: what was signed is nothing, and anything may stand there
	how='--trusted-pem foe.pem' alter=$away
	trick 'XPath' 's|(<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>)|\1<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>false()</XPath></Transform>|'
	# the signature over an Object of its own
	trick 'Object' 's|URI=""|URI="#o"|; s|<Transform Algorithm="[^"]*enveloped-signature"/>||; s|</Signature>|<Object Id="o">yes</Object></Signature>|'
	# SHA-1, which xmlsec1 takes
	alter=''
	trick 'SHA-1' 's|(<DigestMethod Algorithm=")[^"]*|\1http://www.w3.org/2000/09/xmldsig#sha1|'
	# inclusive canonical XML
	trick 'C14N' 's|(<CanonicalizationMethod Algorithm=")[^"]*|\1http://www.w3.org/TR/2001/REC-xml-c14n-20010315|'
	# the same document by another name; and canonical XML with namespaces of the signer's choice
	trick 'xpointer' 's|URI=""|URI="#xpointer(/)"|'
	trick 'PrefixList' 's|(<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")/>|\1><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="a"/></Transform>|'
	# a second Reference
	trick 'two References' 's|(<Reference URI="">.*</Reference>)|\1\1|'
	# a file of the machine
	printf '<a/>' >known.xml
	how='--trusted-pem foe.pem' alter=$away
	trick 'a local file' "s|URI=\"\"|URI=\"file://$PWD/known.xml\"|; s|<Transform Algorithm=\"[^\"]*enveloped-signature\"/>||"
	# the driver itself refuses nothing
	how='--trusted-pem ro.pem' alter=''
	resigned ro
	xmlsec1 --verify $how resigned.xml
	tre bootstrap -i resigned.xml >out
}

@test "a forged tree round the genuine document, and the genuine one beside a forged leaf" {
	parties
	local ns='<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>' doc
	doc=$(sed 's/^<?xml[^>]*>//' bootstrap.xml)
	{ printf '%s' "$ns" && printf '%s' "$doc" && printf '</MgmtTree>'; } >x.xml
	refuses 3 'tree' tre bootstrap -i x.xml
	# the signature alone, moved into a tree of ours
	sig=$(grep -o '<Signature.*</Signature>' bootstrap.xml)
	{ printf '%s<Node><NodeName>M2ME</NodeName><RTProperties><Format><node/></Format></RTProperties><Node><NodeName>Bootstrap</NodeName><RTProperties><Format><node/></Format></RTProperties><Node><NodeName>TREid</NodeName><RTProperties><Format><chr/></Format></RTProperties><Value>%s</Value></Node><Node><NodeName>XMLsignatureID</NodeName><RTProperties><Format><xml/></Format></RTProperties><Value>%s</Value></Node></Node></Node></MgmtTree>' "$ns" "$ID" "$sig"; } >x.xml
	refuses 1 'refused: bad-signature: ' tre bootstrap -i x.xml
	# a name that is a path, which the tree's nodes are to spell
	sed 's|<NodeName>M2ME</NodeName>|<NodeName>M2ME/Bootstrap</NodeName>|' x.xml >y.xml
	refuses 3 '^tre-sim: y.xml:1: not the tree that is expected' tre bootstrap -i y.xml
	# more attributes than are looked at, behind a value that looks like the end
	for value in '>' "'>"; do
		{ printf '<a x="%s"' "$value" && seq -f ' a%.0f=""' 256 && printf '/>'; } | tr -d '\n' >y.xml
		refuses 3 '^tre-sim: y.xml: more than 256 attributes in one element$' tre bootstrap -i y.xml
	done
	# another leaf behind it
	sed "s|</MgmtTree>|<Node><NodeName>x</NodeName><RTProperties><Format><chr/></Format></RTProperties><Value>y</Value></Node></MgmtTree>|" bootstrap.xml >x.xml
	refuses 1 'refused: bad-signature: ' tre bootstrap -i x.xml
	tre bootstrap -i bootstrap.xml >out
}

@test "TR 33.812 B.2.3.2: a token that has expired" {
	parties
	refuses 1 'refused: token-expired: ' sho-subscribe --register db --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem \
		--trust ca.pem --token token.jws --current-sho ro --plmn 001-02 --mcim-out mcim.json -o registration.jws --at "$(date -u -d '+400 days' +%FT%TZ)"
	[ ! -e mcim.json ]
}

@test "TR 33.812 B.2.3.4 step 8: the TRE too looks at the token's time" {
	wants faketime
	once # the sanitizers come first in a process
	parties
	tre bootstrap -i bootstrap.xml >out
	mcimobj sho-a mcim-a.json
	refuses 1 'refused: token-expired: ' faketime '+400 days' tre-sim --state state provision -i mcimobj.xml -o status.jws
	tre provision -i mcimobj.xml -o status.jws
}

@test "TS 33.102 6.3.3: a bad MAC and an old SQN: MAC failure, and no AUTS" {
	parties
	attaches $K0 $OPC0 000000000020
	autn=${autn:0:31}$([ "${autn:31}" = 0 ] && echo 1 || echo 0)
	refuses 1 'refused: mac-mismatch: ' tre attach --rand "$rand" --autn "$autn"
}

@test "TR 33.812 B.2.3.4 step 6: an attestation result that a TRE, or the operator itself, has signed" {
	parties
	tre bootstrap -i bootstrap.xml >out
	mcimobj sho-a mcim-a.json
	m2m-keygen tre --tre-id 'ACME;0002' --key-out foe.key --cert-out foe.pem --ca-key ca.key --ca-cert ca.pem
	local who fields=(tre_id="$ID" nonce_b=00112233445566778899aabbccddeeff evidence_sha256="$(printf '%064d' 1)" verdict=true)
	for who in foe sho-a; do
		m2m-note make result --key $who.key --cert $who.pem --to sho-a -o forged.jws "${fields[@]}"
		refuses 1 'refused: wrong-usage: ' mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result forged.jws \
			--result-trust $who.pem --token token.jws -o no.xml
	done
	# though both lead to Cert_PVA
	m2m-note make result --key foe.key --cert foe.pem --to sho-a -o forged.jws "${fields[@]}"
	refuses 1 'refused: wrong-usage: ' mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result forged.jws \
		--result-trust ca.pem --token token.jws -o no.xml
}

@test "TR 33.812 B.2.3.4: a stranger signs PuK_TRE(MCIM) as his own" {
	parties
	token sho-b
	credentials sho-b
	bootstrap ro sho-b
	tre bootstrap -i bootstrap.xml >out
	mcimobj sho-b mcim-b.json
	# the MCIM that sho-a has encrypted for this TRE, seen on its way
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i mcim-a.json -o theirs.blob
	mcimobj-make --key sho-b.key --cert sho-b.pem --mcim theirs.blob --result result.jws --result-trust pva.pem --token token.jws -o stolen.xml
	refuses 1 "refused: wrong-operator: the MCIM is another operator's" tre provision -i stolen.xml -o status.jws
	tre provision -i mcimobj.xml -o status.jws
}
