# shellcheck shell=bash
# Many TREs in the field, for tests of batches and for t/bench.

# fleet N: equipment in the field of an operator ro, and a new one sho-a
fleet() {
	local id
	umask 077
	mkdir -p pva ro sho-a owner m2me
	m2m-keygen ca --name PVA --key-out pva/key.pem --cert-out pva/cert.pem
	for who in ro sho-a; do m2m-keygen operator --name $who --key-out $who/key.pem --cert-out $who/cert.pem; done
	m2m-keygen operator --name pva.sho-a --role attestation --key-out sho-a/attest-key.pem --cert-out sho-a/attest-cert.pem
	echo 4711 >owner/pin
	seq -f 'ACME;%04g' "$1" >ids
	pcid-issue --register ro/register.db --plmn 001-01 --count "$1" --tre-ids ids -o credentials
	while read -r id; do
		grep "\"$id\"" credentials >credential
		tre-sim --state "m2me/$id" init --tre-id "$id" --pin owner/pin
		tre-sim --state "m2me/$id" keygen --csr-out csr
		m2m-keygen sign --csr csr --tre-id "$id" --ca-key pva/key.pem --ca-cert pva/cert.pem -o cert
		tre-sim --state "m2me/$id" personalize --cert cert --credential credential --operator-cert ro/cert.pem --delivery-note note
		cat note >>notes.jsonl
	done <ids
}
