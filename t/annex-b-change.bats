#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

# $RUN, a copy of a whole run that a test may spoil; its tools are called from inside
spoil() {
	walk_once annex-b-change ec-p256
	cp -a "$RUN" copy
	cd copy || return
	tre=(tre-sim --state m2me/state --device m2me/device)
}

@test "TR 33.812 B.2.3: from the first operator to the second, in the report's order" {
	walk_once annex-b-change ec-p256
	[ "$(every_step "$RUN")" = 'M1 M2 M3 M4 M5 A1 A2 A3 A4 A5 A6 1 2 3 4 5 6 7 8 9 10 11 1 2 3 4 5 6 7 8 9 10 11 ' ]
	[ "$(jq -r 'select(.step == "11") | .to' "$RUN/trace.jsonl" | tr '\n' ' ')" = 'ro sho-a ' ]
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = "$(jq -r .imsi "$RUN/sho-b/mcim.json")" ]
}

@test "each message has the parties of its step" {
	walk_once annex-b-change ec-p256
	messages "$RUN" annex-b-change >got
	diff - got <<-'TEXT'
		1 owner sho-b registration
		2 sho-b sho-a registration
		4 sho-a m2me bootstrap
		5 m2me sho-b m2meobj
		6 sho-b pva ocsp-request
		6 pva sho-b ocsp-response
		7 sho-b m2me mcimobj
		8 m2me sho-b status
		9 m2me sho-b identity
		10 sho-b m2me challenge
		10 m2me sho-b res
		11 sho-b sho-a completion
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once annex-b-change rsa-2048
	[ "$(jq -r .imsi "$RUN/m2me/identity.json")" = "$(jq -r .imsi "$RUN/sho-b/mcim.json")" ]
}

@test "no secret of either change is on the wire" {
	walk_once annex-b-change ec-p256
	secrets "$RUN" >known
	[ "$(wc -l <known)" -ge 10 ]
	leaks "$RUN/wire" <known >found
	[ ! -s found ]
}

@test "B.2.3.5 step 11: the old operators' credentials are deactivated" {
	spoil
	refuses 1 'subscriber-blocked' auc-av --register ro/register.db "$(jq -r .imsi es/credential.jsonl)"
	refuses 1 'subscriber-blocked' auc-av --register sho-a/register.db "$(jq -r .imsi sho-a/mcim.json)"
	auc-av --register sho-b/register.db "$(jq -r .imsi sho-b/mcim.json)" >vector
}

@test "a former operator's bootstrap is refused" {
	spoil
	refuses 1 'untrusted-chain|wrong-operator' "${tre[@]}" bootstrap -i ro/bootstrap.xml
	refuses 1 'untrusted-chain|wrong-operator' "${tre[@]}" bootstrap -i sho-a/bootstrap.xml
}

@test "every message that was used is refused when it comes again" {
	spoil
	# the MCIMobj gets its STATUS again, and changes nothing
	"${tre[@]}" list >before
	"${tre[@]}" provision -i sho-b/mcimobj.xml | m2m-note check status --trust pva/cert.pem --to sho-b --about sho-b/mcimobj.xml | jq -e '.result == "installed"'
	"${tre[@]}" list | cmp - before
	[ "$("${tre[@]}" audit --verify | tail -n 1 | jq -r .event)" = status-again ]
	refuses 1 'token-reused' sho-subscribe --register sho-b/register.db --name sho-b --key sho-b/key.pem \
		--cert sho-b/cert.pem --tre-cert sho-b/tre.pem --trust pva/cert.pem --token sho-b/token.jws \
		--current-sho sho-a --plmn 001-03 --server-url https://dpf.sho-b.example/m2m --mcim-out again.json -o again.jws
	refuses 1 'replayed' m2m-note check registration --trust sho-b/cert.pem --to sho-a --signer sho-b \
		--register sho-a/register.db -i sho-b/registration.jws
	refuses 1 'replayed' m2m-note check status --trust pva/cert.pem --to sho-b --signer 'ACME;0001' \
		--register sho-b/register.db -i m2me/status.jws
	refuses 1 'replayed' m2m-note check completion --trust sho-b/cert.pem --to sho-a --signer sho-b \
		--register sho-a/register.db -i sho-b/completion.jws
	pva-verify --trust pva/cert.pem --register sho-b/register.db -i sho-b/m2meobj.xml >result 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: nonce-replayed' err
	refuses 1 'nonce-replayed' mcimobj-make --key sho-b/key.pem --cert sho-b/cert.pem --mcim sho-b/mcim.blob \
		--result sho-b/result.jws --result-trust sho-b/attest-cert.pem --token sho-b/token.jws --register sho-b/register.db
}

@test "an altered message is refused" {
	spoil
	sed 's/dpf\.sho-b/dpf.sho-x/' sho-a/bootstrap.xml >altered.xml
	refuses 1 'bad-signature' bootstrap-sign --verify --trust sho-a/cert.pem -i altered.xml
	sed 's/"completion"//; s/./A/40' sho-b/completion.jws >altered.jws
	m2m-note check completion --trust sho-b/cert.pem --to sho-a -i altered.jws >out 2>err || rc=$?
	[ "$rc" -eq 1 ] || [ "$rc" -eq 3 ]
	[ ! -s out ]
}

@test "the wrong TRE refuses what is meant for another" {
	spoil
	tre-sim --state other/state --device other/device init --tre-id 'ACME;0002'
	tre-sim --state other/state --device other/device keygen --csr-out other.csr
	m2m-keygen sign --csr other.csr --tre-id 'ACME;0002' --ca-key pva/key.pem --ca-cert pva/cert.pem -o other.pem
	refuses 1 'wrong-tre' tre-sim --state other/state --device other/device personalize --cert other.pem \
		--credential es/credential.jsonl --operator-cert sho-a/cert.pem
	jq -c 'del(.tre_id)' es/credential.jsonl >other.jsonl
	tre-sim --state other/state --device other/device personalize --cert other.pem \
		--credential other.jsonl --operator-cert sho-a/cert.pem
	refuses 1 'wrong-tre' tre-sim --state other/state --device other/device bootstrap -i sho-a/bootstrap.xml
}
