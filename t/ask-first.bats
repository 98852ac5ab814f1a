#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

@test "TR 33.812 5.1.1.2: the SHO asks before a download, and sends what is missing" {
	walk_once ask-first ec-p256
	[ "$(every_step "$RUN" | sed 's/.* S2 //')" = 'Q1 Q2 Q3 Q4 S1 ' ]
}

@test "each message has the parties of its step" {
	walk_once ask-first ec-p256
	messages "$RUN" ask-first >got
	diff - got <<-'TEXT'
		Q1 sho-a m2me command-list
		Q1 m2me sho-a status
		Q3 sho-a m2me command-update
		Q3 m2me sho-a status
		Q4 sho-b m2me command-list wrong-operator
		S1 m2me sho-a identity
		S1 sho-a m2me challenge
		S1 m2me sho-a res
	TEXT
}

@test "the same with rsa-2048, and on a folder of initial-3gpp" {
	walk_once ask-first rsa-2048
	[ "$(selected)" = sho-a ]
	m2m-walk initial-3gpp --dir two --quiet
	m2m-walk ask-first --dir two --quiet
	jq -e .authenticated two/sho-a/verdict.json
}

@test "no secret of the run is on the wire" {
	walk_once ask-first ec-p256
	clean_wire "$RUN"
}

@test "step Q2: neither identity nor K is sent again, and the download is the smaller for it" {
	walk_once ask-first ec-p256
	[ "$(cat "$RUN/sho-a/missing.json")" = '{"fplmn":["001-99"],"thresh":100000}' ]
	[ "$(stat -c %s "$RUN/sho-a/missing.blob")" -lt "$(stat -c %s "$RUN/sho-a/mcim.blob")" ]
	# what the provisioning of the whole MCIM had on the air, and what asking and sending the rest had
	whole=$(jq -s 'map(select(.procedure == "initial-3gpp" and (.step | IN("8", "9", "16", "18")) and (.from == "m2me" or .to == "m2me")).bytes) | add' "$RUN/trace.jsonl")
	rest=$(jq -s 'map(select(.procedure == "ask-first" and (.step | IN("Q1", "Q3"))).bytes) | add' "$RUN/trace.jsonl")
	[ $((rest * 2)) -lt "$whole" ]
	# where the TRE has nothing of it, nothing is left out: the step fails
	spoil ask-first
	m2m-walk --plan ask-first | sed -n 's/^run\t\(jq -ce --slurpfile there .*\)/\1/p' >step
	: >sho-a/list.jsonl
	rc=0
	bash step 2>err || rc=$?
	[ "$rc" -ne 0 ]
	grep -q 'it is not there' err
}

@test "step Q3: the TRE has the new files, the same K, and the MCIM in use; no other word changes it" {
	spoil ask-first
	[ "$("${tre[@]}" list --as sho-a | jq -r '.imsi + " " + .state')" = "$(jq -r .imsi sho-a/mcim.json) selected" ]
	[ "$("${tre[@]}" audit | grep -c mcim-updated)" -eq 1 ]
	jq -e .authenticated sho-a/verdict.json
	refuses 1 'note-replayed' "${tre[@]}" command -i "$(find wire -name '*-command-update.jws')"
	m2m-note make command --key sho-b/key.pem --cert sho-b/cert.pem --to 'ACME;0001' command=update mcim=mcim-1 blob_b64=@sho-a/missing.blob -o foreign.jws
	refuses 1 'wrong-operator' "${tre[@]}" command -i foreign.jws
	# a whole MCIM in the place of what is missing is none of an update's business
	mcim-wrap --tre-cert sho-a/tre.pem --operator-cert sho-a/cert.pem -i sho-a/mcim.json -o whole.blob
	m2m-note make command --key sho-a/key.pem --cert sho-a/cert.pem --to 'ACME;0001' command=update mcim=mcim-1 blob_b64=@whole.blob -o whole.jws
	refuses 3 'tag mcim' "${tre[@]}" command -i whole.jws
}

@test "steps Q1 and Q4: who asks is told its own, and who has nothing there nothing at all" {
	walk_once ask-first ec-p256
	[ "$(wc -l <"$RUN/sho-a/list.jsonl")" -eq 1 ]
	grep -q 'refused: wrong-operator: the signer has no MCIM here' "$RUN.log"
	spoil ask-first
	[ -z "$("${tre[@]}" list --as sho-b)" ]
	refuses 1 'note-replayed' "${tre[@]}" command -i "$(find wire -name '*-sho-a-m2me-command-list.jws')"
}
