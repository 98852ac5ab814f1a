# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Many TREs in the field, for tests of batches and for t/bench.

# fleet N: equipment in the field of an operator ro, and a new one sho-a
fleet() {
	umask 077
	mkdir -p pva ro sho-a owner
	m2m-keygen ca --name PVA --key-out pva/key.pem --cert-out pva/cert.pem
	for who in ro sho-a; do m2m-keygen operator --name $who --key-out $who/key.pem --cert-out $who/cert.pem; done
	m2m-keygen operator --name pva.sho-a --role attestation --key-out sho-a/attest-key.pem --cert-out sho-a/attest-cert.pem
	echo 4711 >owner/pin
	seq -f 'ACME;%04g' "$1" >ids
	pcid-issue --register ro/register.db --plmn 001-01 --count "$1" --tre-ids ids -o credentials
	m2m-keygen tre --batch ids --ca-key pva/key.pem --ca-cert pva/cert.pem -o equipment
	jq -c '{tre_id, act: "init"}' equipment | tre-sim --fleet m2me many --pin owner/pin -o made
	jq -cn --slurpfile c credentials '($c | INDEX(.tre_id)) as $of | inputs | {tre_id, act: "personalize", key: .key_pem, cert: .cert_pem, credential: $of[.tre_id]}' equipment |
		tre-sim --fleet m2me many --operator-cert ro/cert.pem -o made
	jq -c .output made >notes.jsonl
}

# act TRE_ID ACT [JSON] [OPTION...]: one act of the fleet, and its output
act() {
	local id=$1 act=$2 more=${3-}
	shift $(($# < 3 ? $# : 3))
	local rc=0
	[ -n "$more" ] || more='{}'
	jq -cn --arg id "$id" --arg act "$act" --argjson more "$more" '{tre_id: $id, act: $act} + $more' | tre-sim --fleet m2me many "$@" -o acted || rc=$?
	jq -r '.output // empty' acted
	return $rc
}
