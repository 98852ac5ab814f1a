#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

world() {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen ca --name Foe --key-out foe.key --cert-out foe.pem
	m2m-keygen tre --tre-id 'ACME;0001' --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem --index index
}

# no STATUS REASON CMD...: a verdict of no is written, and refused
no() {
	local reason=$1 rc=0
	shift
	"$@" >result 2>err || rc=$?
	[ "$rc" -eq 1 ] || {
		echo "status $rc: $*"
		cat err
		return 1
	}
	grep -q "refused: $reason: " err
	jq -e '.verdict == false' result
	[ "$(jq -r .reason result)" = "$reason" ]
}

answer() {
	openssl ocsp -index index -CA ca.pem -rsigner ca.pem -rkey ca.key -issuer ca.pem -cert "${1:-tre.pem}" -respout "$2" "${@:3}" >log 2>&1
}

@test "S3-090905 step 13: a certificate alone" {
	world
	pva-verify --trust ca.pem --cert tre.pem --tre-id 'ACME;0001' >r
	jq -e '.verdict and .checks.chain == "pass" and .checks.revocation == "skip"' r
	no untrusted-chain pva-verify --trust foe.pem --cert tre.pem
	no wrong-tre pva-verify --trust ca.pem --cert tre.pem --tre-id 'ACME;0002'
	no expired pva-verify --trust ca.pem --cert tre.pem --at 2090-01-01T00:00:00Z
	m2m-keygen operator --name op --key-out op.key --cert-out op.pem --ca-key ca.key --ca-cert ca.pem
	no wrong-usage pva-verify --trust ca.pem --cert op.pem
	no check-missing pva-verify --trust ca.pem --cert tre.pem --require revocation
	# a certificate among the trusted that is none does not end the list
	{ cat ca.pem && printf -- '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' && cat foe.pem; } >broken
	refuses 3 'broken: certificate 2 is none' pva-verify --trust broken --cert tre.pem
	{ cat ca.pem foe.pem && echo 'some words'; } >both
	pva-verify --trust both --cert tre.pem >r
	# RFC 5280 4.2: what is critical and not known, in a certificate that is pinned too
	printf 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=2.25.77576945905551609480103690806099059944.1\n' >cnf
	openssl req -new -key tre.key -subj '/CN=ACME;0001' -out csr
	openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -extfile cnf -out pinned.pem 2>log
	pva-verify --trust pinned.pem --cert pinned.pem >r
	echo '1.2.3.4=critical,ASN1:NULL' >>cnf
	openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -extfile cnf -out pinned.pem 2>log
	no untrusted-chain pva-verify --trust pinned.pem --cert pinned.pem
	refuses 2 "no check 'x'" pva-verify --trust ca.pem --cert tre.pem --require x
}

@test "OCSP answers from a file: good, revoked, stale, another's, another CA's" {
	world
	answer tre.pem good -ndays 1
	pva-verify --trust ca.pem --cert tre.pem --ocsp-response good --require revocation,revocation-freshness >r
	no revocation-stale pva-verify --trust ca.pem --cert tre.pem --ocsp-response good --at "$(date -u -d '+3 days' +%FT%TZ)"
	m2m-keygen tre --tre-id 'ACME;0002' --key-out o.key --cert-out o.pem --ca-key ca.key --ca-cert ca.pem --index index
	no revocation-unknown pva-verify --trust ca.pem --cert o.pem --ocsp-response good
	m2m-keygen revoke --index index --cert tre.pem
	answer tre.pem revoked -ndays 1
	no revoked pva-verify --trust ca.pem --cert tre.pem --ocsp-response revoked
	# who issued it is not among --trust: nothing can be said, and it was asked for
	pva-verify --trust tre.pem --cert tre.pem >r
	no revocation-unknown pva-verify --trust tre.pem --cert tre.pem --ocsp-response good
	m2m-keygen crl --index index --ca-key ca.key --ca-cert ca.pem -o crl
	no revocation-unknown pva-verify --trust tre.pem --cert tre.pem --crl crl
	echo junk >junk
	refuses 3 '.' pva-verify --trust ca.pem --cert tre.pem --ocsp-response junk
}

@test "CRL, and a responder out of reach" {
	world
	m2m-keygen crl --index index --ca-key ca.key --ca-cert ca.pem -o crl
	pva-verify --trust ca.pem --cert tre.pem --crl crl --require revocation >r
	mv crl good
	m2m-keygen revoke --index index --cert tre.pem
	m2m-keygen crl --index index --ca-key ca.key --ca-cert ca.pem -o crl
	no revoked pva-verify --trust ca.pem --cert tre.pem --crl crl
	# RFC 5280 5.3.1: removeFromCRL is of deltas, and pardons nobody in a list that is none
	sed 's/^\(R\t[^\t]*\t[^\t]*\)/\1,removeFromCRL/' index >pardoned
	grep -q 'Z,removeFromCRL' pardoned
	printf '[ca]\ndefault_ca = d\n[d]\ndatabase = pardoned\ndefault_md = sha256\ncrl_extensions = x\n[x]\nauthorityKeyIdentifier = keyid\n' >ca.cnf
	openssl ca -gencrl -config ca.cnf -keyfile ca.key -cert ca.pem -crldays 1 -out removed 2>log
	openssl crl -in removed -noout -text | grep -q 'Remove From CRL'
	no revoked pva-verify --trust ca.pem --cert tre.pem --crl removed
	cat good crl >both
	refuses 3 'both: want one CRL' pva-verify --trust ca.pem --cert tre.pem --crl both
	# a list of many, longer than any document
	seq 20000 | awk -v OFS='\t' '{ print "R", "491231235959Z", "260101000000Z", sprintf("0F%08d", $1), "unknown", "/CN=x" }' >many
	m2m-keygen crl --index many --ca-key ca.key --ca-cert ca.pem -o crl
	[ "$(stat -c %s crl)" -gt 500000 ]
	pva-verify --trust ca.pem --cert tre.pem --crl crl --require revocation >r
	cat index >>many
	m2m-keygen crl --index many --ca-key ca.key --ca-cert ca.pem -o crl
	no revoked pva-verify --trust ca.pem --cert tre.pem --crl crl
	refuses 5 '.' pva-verify --trust ca.pem --cert tre.pem --ocsp http://127.0.0.1:1/
}

@test "TR 33.812 B.2.3.4: an M2MEobj: nonce_A once, credentials, measurements, evidence" {
	walk_once annex-b-initial ec-p256
	cp -a "$RUN" copy
	cd copy/sho-a
	no nonce-replayed pva-verify --trust cert-pva.pem --register register.db -i m2meobj.xml
	echo '{"tre_id":"ACME;0001","nonce_a":"00000000000000000000000000000000","username":"u","password":"p"}' >nonce
	no nonce-unknown pva-verify --trust cert-pva.pem --nonce-a-file nonce -i m2meobj.xml
	echo '{"component":"boot","sha256":"00"}' >reference
	no wrong-measurement pva-verify --trust cert-pva.pem --reference reference -i m2meobj.xml
	no wrong-tre pva-verify --trust cert-pva.pem --tre-id 'ACME;0009' -i m2meobj.xml
	no untrusted-chain pva-verify --trust cert.pem -i m2meobj.xml
	sed 's/tre-sim/xxx-sim/' m2meobj.xml >altered.xml
	no bad-signature pva-verify --trust cert-pva.pem -i altered.xml
	[ "$(cut -d. -f2 result.jws | tr '_-' '/+' | base64 -d 2>/dev/null | jq -r .evidence_sha256)" = "$(sha256sum <m2meobj.xml | cut -c1-64)" ]
}

# asked: at the new operator of a run before step 6: nobody has appraised the M2MEobj
asked() {
	m2m-walk annex-b-initial --dir asked --until 5 --quiet
	cd asked/sho-a || return
	m2m-keygen operator --name pva.sho-a --role attestation --key-out attest-key.pem --cert-out attest-cert.pem
}

claims() {
	cut -d. -f2 "$1" | tr '_-' '/+' | base64 -d 2>/dev/null || true
}

@test "a bad signature is a verdict too: nothing that stands in the document counts, and nothing is spent" {
	asked
	sed 's/0001/0002/' m2meobj.xml >altered.xml
	verify=(pva-verify --trust cert-pva.pem --register register.db --sign-key attest-key.pem --sign-cert attest-cert.pem)
	refuses 1 'refused: bad-signature' "${verify[@]}" -i altered.xml -o r
	claims r >fields
	jq -e '.verdict == false and .reason == "bad-signature" and .checks.signature == "fail"' fields
	jq -e '[.checks[] | select(. != "skip")] == ["fail"] and (has("tre_id") or has("nonce_b") | not)' fields
	[ "$(jq -r .evidence_sha256 fields)" = "$(sha256sum <altered.xml | cut -c1-64)" ]
	cp m2meobj.xml mcim.blob # which nobody comes to look at
	refuses 1 'refused: validation-failed' mcimobj-make --key key.pem --cert cert.pem --mcim mcim.blob --result r --result-trust attest-cert.pem
	printf '{"tre_id":"ACME;0001","m2meobj":%s}\n' "$(jq -Rs . altered.xml)" >requests
	rc=0
	"${verify[@]}" --batch requests -o answers 2>err || rc=$?
	[ "$rc" -eq 1 ]
	jq -e '.status == 1 and .reason == "bad-signature" and .verdict == false and (.result | length > 0)' answers
	"${verify[@]}" -i m2meobj.xml -o r
	echo '<a/>' >none.xml
	refuses 3 . "${verify[@]}" -i none.xml -o none
	[ ! -e none ]
}

@test "a call that cannot succeed spends no nonce_A" {
	asked
	verify=(pva-verify --trust cert-pva.pem --register register.db -i m2meobj.xml)
	sqlite3 register.db "UPDATE equipment SET record = json_remove(record, '\$.reference')"
	no check-missing "${verify[@]}" --require nonce-a,measurements
	grep -q 'the check measurements is wanted' err
	jq -e '.checks["nonce-a"] == "skip"' result
	no check-missing "${verify[@]}" --require revocation
	refuses 1 'refused: wrong-usage' "${verify[@]}" --sign-key key.pem --sign-cert cert.pem -o r
	refuses 3 . "${verify[@]}" --sign-key key.pem --sign-cert attest-cert.pem -o r
	refuses 1 'refused: expired' "${verify[@]}" --sign-key attest-key.pem --sign-cert attest-cert.pem --at 2090-01-01T00:00:00Z -o r
	[ ! -e r ]
	echo '{"tre_id":"ACME;0001"}' | jq -c --rawfile o m2meobj.xml '. + {m2meobj: $o}' >requests
	refuses 1 'refused: wrong-usage' pva-verify --trust cert-pva.pem --register register.db --batch requests --sign-key key.pem --sign-cert cert.pem -o r
	"${verify[@]}" >r
	no nonce-replayed "${verify[@]}"
}

@test "--cert-out: the certificate that the M2ME has shown, where chain and signature are right" {
	asked
	verify=(pva-verify --trust cert-pva.pem --register register.db --cert-out shown.pem)
	sed 's/0001/0002/' m2meobj.xml >altered.xml
	no bad-signature "${verify[@]}" -i altered.xml
	[ ! -e shown.pem ]
	m2m-keygen ca --name Foe --key-out foe.key --cert-out foe.pem
	no untrusted-chain pva-verify --trust foe.pem --cert-out shown.pem -i m2meobj.xml
	[ ! -e shown.pem ]
	refuses 4 'nowhere' pva-verify --trust cert-pva.pem --register register.db --cert-out nowhere/shown.pem -i m2meobj.xml
	refuses 2 'is of an M2MEobj' pva-verify --trust cert-pva.pem --cert tre.pem --cert-out shown.pem
	"${verify[@]}" -i m2meobj.xml >r
	diff -B shown.pem tre.pem
}
