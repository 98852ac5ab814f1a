#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.3.6.3: the nineteen steps, in the report's order" {
	walk_once initial-3gpp ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 M6 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once initial-3gpp ec-p256
	messages "$RUN" initial-3gpp | sed '/^M/d' >got
	diff - got <<-'TEXT'
		R1 owner sho-a registration
		R2 sho-a ro registration
		1 m2me vno identity
		2 vno ro vector-request
		4 ro vno vector
		5 vno m2me challenge
		5 m2me vno res
		6 ro ro session
		8 ro m2me bootstrap
		9 m2me ro m2meobj
		10 ro sho-a m2meobj
		11 sho-a pva validation-request
		12 pva pva ocsp-request
		12 pva pva ocsp-response
		13 pva sho-a result
		15 sho-a ro mcim
		15 sho-a ro token
		15 sho-a ro result
		15 sho-a ro authorization
		16 ro m2me mcimobj
		18 m2me ro status
		19 ro sho-a status
		S1 m2me sho-a identity
		S1 sho-a m2me challenge
		S1 m2me sho-a res
		S2 sho-a ro subscribing
	TEXT
}

@test "the end: sho-a serves, the DRF knows it, the PCID stays for the next time" {
	walk_once initial-3gpp ec-p256
	[ "$(selected)" = sho-a ]
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = "$(jq -r .imsi "$RUN/sho-a/mcim.json")" ]
	jq -e .authenticated "$RUN/sho-a/verdict.json"
	[ "$(ro-drf-lookup --register "$RUN/ro/register.db" --by tre_id 'ACME;0001' | jq -r '.sho + " " + .status')" = 'sho-a subscribing' ]
	cp "$RUN/ro/register.db" .
	auc-av --register register.db "$(jq -r .imsi "$RUN/ro/request.json")" >vector
}

@test "the same with rsa-2048" {
	once
	walk_once initial-3gpp rsa-2048
	[ "$(selected)" = sho-a ]
}

@test "the RO relays, and never sees the MCIM in the clear" {
	walk_once initial-3gpp ec-p256
	blind sho-a ro
	blind sho-a pva
	blind sho-a vno
	# the search finds what is there
	run ! blind sho-a sho-a
}

@test "no secret of the run is on the wire" {
	walk_once initial-3gpp ec-p256
	clean_wire "$RUN"
}

@test "steps 11 to 13: the PVA makes the checks that the SHO requires, and all of them pass" {
	walk_once initial-3gpp ec-p256
	jq -r .require "$RUN/pva/request.json" | tr , '\n' >required
	[ "$(wc -l <required)" -ge 8 ]
	while read -r check; do
		[ "$(jq -r ".checks[\"$check\"]" "$RUN/sho-a/result.json")" = pass ]
	done <required
	jq -e '.checks["nonce-a"] == "pass" and .checks["client-credentials"] == "pass"' "$RUN/sho-a/freshness.json"
	openssl ocsp -reqin "$RUN"/wire/*-ocsp-request.req -req_text -noverify 2>/dev/null | grep -q 'Serial Number'
}

@test "step 12: a platform that runs something else is not validated" {
	spoil initial-3gpp
	sed 's/"firmware","sha256":"0/"firmware","sha256":"1/' pva/reference.jsonl >reference.jsonl
	pva-verify --trust pva/cert.pem --reference reference.jsonl -i pva/m2meobj.xml >result 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: wrong-measurement' err
}

@test "step 12: a required check that was not made is a no" {
	spoil initial-3gpp
	pva-verify --trust pva/cert.pem --require revocation -i pva/m2meobj.xml >result 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: check-missing' err
}

@test "step 11: a validation request counts once, for the PVA, from that SHO" {
	spoil initial-3gpp
	refuses 1 'note-replayed' m2m-note check validation-request --trust sho-a/cert.pem --to pva --signer sho-a \
		--register pva/register.db -i sho-a/validation-request.jws
	refuses 1 'wrong-recipient' m2m-note check validation-request --trust sho-a/cert.pem --to ro -i sho-a/validation-request.jws
	refuses 1 'untrusted-chain|wrong-operator' m2m-note check validation-request --trust sho-b/cert.pem --to pva \
		--signer sho-b -i sho-a/validation-request.jws
}

# dpf [OPTIONS]: what the DPF does before step 16
dpf() {
	mcimobj-make --key ro/key.pem --cert ro/cert.pem --mcim ro/mcim.blob --result ro/result.jws \
		--result-trust ro/partners.pem --token ro/token.jws "$@"
}

@test "step 15: the DPF passes on only what the SHO authorised, once, and only a validated TRE's" {
	spoil initial-3gpp
	dpf --authorization ro/authorization.jws >again.xml
	refuses 1 'nonce-replayed' dpf --authorization ro/authorization.jws --register ro/register.db
	# without the SHO's word the token names another certificate than the DPF's
	refuses 1 'wrong-operator' dpf
	m2m-note make authorization --key sho-a/key.pem --cert sho-a/cert.pem --to ro --about sho-a/mcim.json tre_id='ACME;0001' -o other.jws
	refuses 1 'wrong-subject' dpf --authorization other.jws
	m2m-note make authorization --key sho-a/key.pem --cert sho-a/cert.pem --to ro --about sho-a/mcim.blob tre_id='ACME;0002' -o other.jws
	refuses 1 'wrong-tre' dpf --authorization other.jws
	m2m-note make authorization --key sho-a/key.pem --cert sho-a/cert.pem --to vno --about sho-a/mcim.blob tre_id='ACME;0001' -o other.jws
	refuses 1 'wrong-recipient' dpf --authorization other.jws
	m2m-note make authorization --key sho-b/key.pem --cert sho-b/cert.pem --to ro --about sho-a/mcim.blob tre_id='ACME;0001' -o other.jws
	refuses 1 'wrong-operator' dpf --authorization other.jws
	m2m-note make authorization --key vno/key.pem --cert vno/cert.pem --to ro --about sho-a/mcim.blob tre_id='ACME;0001' -o other.jws
	refuses 1 'untrusted-chain' dpf --authorization other.jws
}

@test "step 15: a result that says no, or that nobody signed, makes no MCIMobj" {
	spoil initial-3gpp
	sed 's/"sha256":"0/"sha256":"1/' pva/reference.jsonl >reference.jsonl
	pva-verify --trust pva/cert.pem --reference reference.jsonl --sign-key pva/attest-key.pem --sign-cert pva/attest-cert.pem \
		--to sho-a -i pva/m2meobj.xml -o ro/result.jws 2>err || rc=$?
	[ "$rc" -eq 1 ]
	refuses 1 'validation-failed' dpf --authorization ro/authorization.jws
	refuses 1 'wrong-usage' pva-verify --trust pva/cert.pem --sign-key sho-a/key.pem --sign-cert sho-a/cert.pem --to sho-a -i pva/m2meobj.xml -o ro/signed.jws
}

@test "steps 16 and 17: an MCIMobj of nobody's DPF, of another M2MEobj, or that comes again" {
	spoil initial-3gpp
	# it gets its STATUS again, and changes nothing
	"${tre[@]}" list >before
	"${tre[@]}" provision -i ro/mcimobj.xml | m2m-note check status --trust pva/cert.pem --to ro --about ro/mcimobj.xml | jq -e '.result == "installed"'
	"${tre[@]}" list | cmp - before
	[ "$("${tre[@]}" list | jq -r .state)" = selected ]
}

@test "steps 18 and 19: a status is the TRE's, about this MCIMobj, and counts once" {
	spoil initial-3gpp
	refuses 1 'note-replayed' m2m-note check status --trust pva/cert.pem --to ro --register ro/register.db -i ro/status.jws
	refuses 1 'wrong-subject' m2m-note check status --trust pva/cert.pem --to ro --about ro/m2meobj.xml -i ro/status.jws
	refuses 1 'note-replayed' m2m-note check status --trust ro/cert.pem --to sho-a --register sho-a/register.db -i ro/report.jws
	m2m-note make status --key vno/key.pem --cert vno/cert.pem --to ro --about ro/mcimobj.xml result=installed -o forged.jws
	refuses 1 'untrusted-chain' m2m-note check status --trust pva/cert.pem --to ro --about ro/mcimobj.xml -i forged.jws
}

@test "R2: another operator cannot register an M2ME that is being provisioned" {
	spoil initial-3gpp
	m2m-note make registration --key sho-b/key.pem --cert sho-b/cert.pem --to ro tre_id='ACME;0001' \
		server_url=https://dpf.ro.example/m2m -o first.jws
	m2m-note check registration --trust ro/partners.pem --to ro --register ro/register.db -i first.jws >out
	m2m-note make registration --key sho-a/key.pem --cert sho-a/cert.pem --to ro tre_id='ACME;0001' \
		server_url=https://dpf.ro.example/m2m -o second.jws
	refuses 1 'already-registered' m2m-note check registration --trust ro/partners.pem --to ro --register ro/register.db -i second.jws
	# and says of itself that it serves only the one that registered
	m2m-note make subscribing --key sho-a/key.pem --cert sho-a/cert.pem --to ro tre_id='ACME;0001' -o s.jws
	refuses 1 'already-registered' m2m-note check subscribing --trust ro/partners.pem --to ro --register ro/register.db -i s.jws
}

@test "the printed commands can be pasted" {
	walk_once initial-3gpp ec-p256
	sed -n 's/^  \$ //p' "$RUN.log" >script
	mkdir pasted
	cd pasted
	bash -m ../script >../log 2>&1 || {
		tail -n 5 ../log
		return 1
	}
	jq -e .authenticated sho-a/verdict.json
}

@test "--fail is for procedures that have such a branch" {
	refuses 2 "has no branch 'coverage'" m2m-walk initial-3gpp --dir r --fail coverage
	refuses 2 'want provisioning or coverage' m2m-walk change-via-old-sho --dir r --fail other
	[ ! -e r ]
}
