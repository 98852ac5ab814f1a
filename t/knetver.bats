#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 v0.3.0 5.2.2.3.3: the K_NetVer variant, step by step" {
	walk_once knetver ec-p256
	[ "$(every_step "$RUN")" = 'P0 P1 P2 P3 P4 P5 1.1 1.2 1.3 1.4 2 3.1 3.2 3.3 4.4 4.5 S1 S2 ' ]
}

@test "each message has the parties of its step" {
	walk_once knetver ec-p256
	messages "$RUN" knetver | sed '/^M/d' >got
	diff - got <<-'TEXT'
		P1 es ro credential-request
		P1 ro es credentials
		P2 es pva key-request
		P2 pva es key
		P2 pva es cert
		P4 owner sho-a registration
		P5 sho-a ro registration
		1.1 m2me vno identity
		1.2 vno ro vector-request
		1.3 ro vno vector
		1.4 vno m2me challenge
		1.4 m2me vno res
		2 ro m2me bootstrap
		3.1 m2me sho-a m2meobj
		3.3 sho-a pva validation-request
		3.3 pva pva ocsp-request
		3.3 pva pva ocsp-response
		3.3 pva sho-a result
		4.4 sho-a m2me mcimobj
		4.5 m2me sho-a status
		S1 m2me sho-a identity
		S1 sho-a m2me challenge
		S1 m2me sho-a res
		S2 sho-a ro subscribing
	TEXT
}

@test "the same with rsa-2048" {
	once
	walk_once knetver rsa-2048
	[ "$(selected)" = 'sho-a' ]
}

@test "no secret of the run is on the wire, and no MCIM is seen by who only passes it on" {
	walk_once knetver ec-p256
	clean_wire "$RUN"
	blind sho-a ro
	blind sho-a pva
	blind sho-a vno
}

@test "K_NetVer is on paper, at the ES, at the SHO and in the TRE, and nowhere else" {
	walk_once knetver ec-p256
	cat "$RUN/es/knetver" >keys
	[ "$(wc -l <keys)" -eq 2 ]
	for who in wire ro pva vno; do leaks "$RUN/$who" <keys; done >found
	[ ! -s found ]
	# the owner told the SHO one of them
	[ "$(leaks "$RUN/sho-a" <"$RUN/es/knetver-1" | wc -l)" -ge 1 ]
	[ -z "$(leaks "$RUN/sho-a" <"$RUN/es/knetver-2")" ]
	[ "$(jq -r '.knetver | length' "$RUN/owner/delivery-note.json")" -eq 2 ]
	[ ! -e "$RUN/pva/tre-key.pem" ]
	[ ! -e "$RUN/es/tre-key.pem" ]
}

# install KNETVER...: what the TRE says to an MCIM with these keys, in a run that stands before 4.5
install() {
	printf '%s\n' "$@" | jq -Rn --slurpfile m sho-a/mcim.json '$m[0] + {knetver: [inputs | select(length > 0)]} | if .knetver == [] then del(.knetver) else . end' >mcim.json
	mcim-wrap --tre-cert sho-a/tre.pem --tre-id 'ACME;0001' --operator-cert sho-a/cert.pem -i mcim.json -o mcim.blob
	mcimobj-make --key sho-a/key.pem --cert sho-a/cert.pem --mcim mcim.blob --result sho-a/result.jws \
		--result-trust sho-a/cert-pva.pem --token sho-a/token.jws -o mcimobj.xml
	"${tre[@]}" provision -i mcimobj.xml -o status.jws
}

@test "step 4.5: an MCIM without a K_NetVer of this TRE is refused; any one of several is enough" {
	walk_once knetver ec-p256
	sed -n '1,/^== step 4.5/s/^  \$ //p' "$RUN.log" >script
	mkdir copy
	cd copy
	bash -m ../script >../log 2>&1
	tre=(tre-sim --state m2me/state --device m2me/device)
	for keys in '' "$(printf '%064d' 0)" "$(sed 's/^./0/; s/.$/1/' es/knetver-1)" "$(printf '%064d\n%064d' 1 2)"; do
		mapfile -t list <<<"$keys"
		rc=0
		install "${list[@]}" 2>err || rc=$?
		[ "$rc" -eq 1 ]
		grep -q 'refused: wrong-knetver' err
		m2m-note check status --trust pva/cert.pem --to sho-a --about mcimobj.xml -i status.jws | jq -e '.reason == "wrong-knetver"'
	done
	[ -z "$("${tre[@]}" list)" ]
	# the second of the paper, behind one that is none of the TRE's
	install "$(printf '%064d' 7)" "$(cat es/knetver-2)"
	[ "$("${tre[@]}" list | jq -r .state)" = selected ]
}

@test "steps 3.2 and 3.3: a request that comes again is refused, and the PVA has asked an OCSP" {
	spoil knetver
	pva-verify --trust sho-a/cert-pva.pem --register sho-a/register.db -i sho-a/m2meobj.xml >r 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: nonce-replayed' err
	[ "$(jq -r '.checks.revocation + .checks["revocation-freshness"]' sho-a/result.json)" = passpass ]
}
