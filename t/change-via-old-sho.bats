#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own; spoil sets tre
load lib
load procedure
load wire

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true # the tests share a run
}

change='change-via-old-sho'

# what the script does in its steps 1 to 10, for both endings
beginning() {
	cat <<-'TEXT'
		1 owner sho-b registration
		2 sho-b ro registration
		3 ro sho-a bootstrap
		3 sho-a m2me bootstrap
		4 m2me ro m2meobj
		5 ro sho-b m2meobj
		6 sho-b pva validation-request
		7 pva pva ocsp-request
		7 pva pva ocsp-response
		8 pva sho-b result
		9 sho-b ro mcim
		9 sho-b ro token
		9 sho-b ro result
		9 sho-b ro authorization
		10 ro m2me mcimobj
		11 m2me sho-a discard
		12 sho-a m2me ack
	TEXT
}

@test "TR 33.812 5.1.3.7.4.2: the seventeen steps, in the report's order" {
	walk_once $change ec-p256
	[ "$(every_step "$RUN" | sed 's/.* S2 1 /1 /')" = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 S1 17 S2 ' ]
	messages "$RUN" $change >got
	{
		beginning
		cat <<-'TEXT'
			15 m2me ro status
			16 ro sho-b status
			S1 m2me sho-b identity
			S1 sho-b m2me challenge
			S1 m2me sho-b res
			17 sho-b ro subscribing
			S2 ro sho-a release
		TEXT
	} | diff - got
}

@test "the end: sho-b serves, the old MCIM is gone, the old SHO has let go, the DRF knows" {
	walk_once $change ec-p256
	[ "$(selected)" = sho-b ]
	[ "$("$BASH" -c 'cd "$1" && tre-sim --state m2me/state --device m2me/device list | wc -l' _ "$RUN")" -eq 1 ]
	[ "$(ro-drf-lookup --register "$RUN/ro/register.db" --by tre_id 'ACME;0001' | jq -r '.sho + " " + .status')" = 'sho-b subscribing' ]
	cp -a "$RUN" copy
	refuses 1 'subscriber-blocked' auc-av --register copy/sho-a/register.db "$(jq -r .imsi copy/sho-a/mcim.json)"
}

@test "the same with rsa-2048, on the run folder of initial-3gpp" {
	once
	m2m-walk initial-3gpp --dir run --alg rsa-2048 --quiet
	m2m-walk $change --dir run --alg rsa-2048 --quiet
	RUN=$PWD/run
	[ "$(selected)" = sho-b ]
	[ "$(jq -r .procedure run/trace.jsonl | uniq | tr '\n' ' ')" = "initial-3gpp $change " ]
}

@test "neither operator's MCIM is seen by the RO or by the other operator" {
	walk_once $change ec-p256
	blind sho-b ro
	blind sho-b sho-a
	blind sho-a ro
	blind sho-a sho-b
	clean_wire "$RUN"
}

@test "step 5: what the new SHO learns of the M2ME names nothing of the old one" {
	walk_once $change ec-p256
	run ! grep -q 'mcim-1' "$RUN/sho-b/m2meobj.xml"
	run ! grep -rqF "$(jq -r .imsi "$RUN/sho-a/mcim.json")" "$RUN/sho-b" "$RUN/pva"
}

@test "step 3: the old SHO carries the bootstrap, and can neither change nor make one" {
	spoil $change
	sed 's/dpf\.ro\./dpf.xx./' sho-a/bootstrap.xml >altered.xml
	refuses 1 'bad-signature' "${tre[@]}" bootstrap -i altered.xml
	bootstrap-sign --key sho-a/key.pem --cert sho-a/cert.pem --tre-id 'ACME;0001' --server-url https://dpf.ro.example/m2m \
		--server-cert sho-a/cert.pem --sho sho-a --credentials ro/credentials.blob -o own.xml
	refuses 1 'untrusted-chain' "${tre[@]}" bootstrap -i own.xml
	refuses 1 'refused: ' "${tre[@]}" bootstrap -i sho-a/bootstrap.xml
}

# up_to N: runs the printed commands of the change in a copy of a served M2ME, up to before step N
up_to() {
	walk_once $change ec-p256
	awk -v end="$1" '$1 == "==" && $2 == "step" { if (second && $3 == end) exit; if ($3 == "S2") second = 1 }
		/^  \$ / { sub(/^  \$ /, ""); print }' "$RUN.log" >script
	mkdir copy
	cd copy || return
	bash -m ../script >../script.log 2>&1 || {
		tail -n 3 ../script.log
		return 1
	}
	tre=(tre-sim --state m2me/state --device m2me/device)
}

@test "steps 10 to 14: each tried before its predecessor is refused, and the old MCIM goes on" {
	up_to 10
	refuses 1 'wrong-state' "${tre[@]}" discard --operator sho-a
	refuses 1 'wrong-state' "${tre[@]}" provision --commit
	"${tre[@]}" provision --stage -i ro/mcimobj.xml -o staged
	"${tre[@]}" discard --operator sho-a -o notice.jws
	refuses 1 'no-ack' "${tre[@]}" provision --commit
	[ "$("${tre[@]}" attach --identity | jq -r .imsi)" = "$(jq -r .imsi sho-a/mcim.json)" ]
	# step 12: of the notice that was sent, by the old SHO
	m2m-note make ack --key sho-a/key.pem --cert sho-a/cert.pem --to 'ACME;0001' --about sho-a/bootstrap.xml -o ack.jws
	refuses 1 'wrong-subject' "${tre[@]}" provision --commit --ack ack.jws
	m2m-note make ack --key sho-b/key.pem --cert sho-b/cert.pem --to 'ACME;0001' --about notice.jws -o ack.jws
	refuses 1 'untrusted-chain' "${tre[@]}" provision --commit --ack ack.jws
	m2m-note make ack --key sho-a/key.pem --cert sho-a/cert.pem --to 'ACME;0001' --about notice.jws -o ack.jws
	"${tre[@]}" provision --commit --ack ack.jws -o status.jws
	refuses 1 'wrong-state' "${tre[@]}" provision --commit --ack ack.jws
}

@test "step 10: another's signature, another TRE's object, a broken download: nothing changes" {
	up_to 10
	mcimobj-make --key sho-a/key.pem --cert sho-a/cert.pem --mcim ro/mcim.blob --result ro/result.jws --result-trust ro/partners.pem \
		--authorization ro/authorization.jws --token ro/token.jws -o own.xml 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'wrong-recipient' err
	mcimobj-make --key vno/key.pem --cert vno/cert.pem --mcim ro/mcim.blob --result ro/result.jws --result-trust ro/partners.pem -o own.xml
	refuses 1 'untrusted-chain' "${tre[@]}" provision --stage -i own.xml
	for octets in 0 100 2000; do
		head -c $octets ro/mcimobj.xml >broken.xml
		refuses 3 'broken.xml|want|Start tag|XML|empty|Document' "${tre[@]}" provision --stage -i broken.xml
	done
	# without the token of the owner
	mcimobj-make --key ro/key.pem --cert ro/cert.pem --mcim ro/mcim.blob --result ro/result.jws --result-trust ro/partners.pem \
		--authorization ro/authorization.jws -o bare.xml
	"${tre[@]}" provision --stage -i bare.xml >refusal 2>err || rc=$?
	[ "$rc" -eq 1 ]
	grep -q 'refused: no-token' err
	[ "$("${tre[@]}" list | jq -r .state)" = selected ]
	"${tre[@]}" provision --stage -i ro/mcimobj.xml -o staged
}

@test "step 10: the old MCIM survives a kill at any time of the commit, or the new one is there" {
	once
	wants strace
	up_to 13
	local n states=''
	for n in 1 2 3; do
		for call in fdatasync,fsync rename,renameat,renameat2; do
			rm -rf ../try
			cp -a . ../try
			(cd ../try && strace -f -o /dev/null -e "inject=$call:signal=KILL:when=$n" "${tre[@]}" provision --commit --ack m2me/ack.jws -o m2me/status.jws) >../out 2>&1 || true
			"${tre[@]/m2me/../try/m2me}" list >../list
			[ "$(jq -r 'select(.state == "selected") | .operator' ../list | wc -l)" -eq 1 ]
			states="$states $(jq -r 'select(.state == "selected") | .operator' ../list)"
			# who was killed before goes on; who was not has gone on
			"${tre[@]/m2me/../try/m2me}" provision --commit --ack m2me/ack.jws -o ../status 2>../err || grep -q 'wrong-state' ../err
			[ "$("${tre[@]/m2me/../try/m2me}" list | jq -r 'select(.state == "selected") | .operator')" = sho-b ]
		done
	done
	[[ $states = *sho-a* && $states = *sho-b* ]]
}

@test "steps 11 and 12: nobody but the TRE unregisters an M2ME" {
	up_to 11
	m2m-note make discard --key sho-b/key.pem --cert sho-b/cert.pem --to sho-a tre_id='ACME;0001' token_sha256=00 -o forged.jws
	refuses 1 'wrong-usage|untrusted-chain' m2m-note check discard --trust sho-a/cert-pva.pem --to sho-a --register sho-a/register.db -i forged.jws
	cp ro/cert.pem sho-a/cert-ro.pem
	# and without its notice the RO's word lets nobody go
	m2m-note make release --key ro/key.pem --cert ro/cert.pem --to sho-a tre_id='ACME;0001' -o release.jws
	refuses 1 'no-notice' m2m-note check release --trust sho-a/cert-ro.pem --to sho-a --register sho-a/register.db -i release.jws
	auc-av --register sho-a/register.db "$(jq -r .imsi sho-a/mcim.json)" >vector
}

@test "every message that was used is refused when it comes again" {
	spoil $change
	refuses 1 'token-reused' sho-subscribe --register sho-b/register.db --name sho-b --key sho-b/key.pem \
		--cert sho-b/cert.pem --tre-cert sho-b/tre.pem --trust pva/cert.pem --token sho-b/token.jws \
		--current-sho sho-a --drf ro --plmn 001-03 --mcim-out again.json -o again.jws
	local note
	for note in 'registration ro ro/partners.pem sho-b/registration.jws ro' 'validation-request pva sho-b/cert.pem sho-b/validation-request.jws pva' \
		'result sho-b pva/cert.pem sho-b/result.jws sho-b' 'discard sho-a pva/cert.pem sho-a/notice.jws sho-a' \
		'status ro pva/cert.pem ro/status.jws ro' 'status sho-b ro/cert.pem ro/report.jws sho-b' \
		'subscribing ro ro/partners.pem sho-b/subscribing.jws ro' 'release sho-a ro/cert.pem ro/release.jws sho-a'; do
		read -r type to trust file db <<<"$note"
		refuses 1 'replayed' m2m-note check "$type" --trust "$trust" --to "$to" --register "$db/register.db" -i "$file"
	done
	# what is installed already is told of again, and nothing else happens
	"${tre[@]}" provision -i ro/mcimobj.xml | cmp - ro/status.jws
	[ "$("${tre[@]}" audit --verify | tail -n 1 | jq -r .event)" = status-again ]
	[ "$(selected)" = sho-b ]
}

@test "--fail provisioning: the download breaks off, the TRE is full, the M2ME goes pristine and provisions anew" {
	walk_once $change ec-p256 --fail provisioning
	[ "$(every_step "$RUN" | sed 's/.* S2 1 2 3 4 5 6 7 8 9 10 11/11/')" = '11 12 13 14 15 16 R1 R2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 S1 S2 S2 ' ]
	messages "$RUN" $change >got
	{
		beginning
		echo '15 m2me ro status tre-full'
		echo '16 ro sho-b status tre-full'
		echo 'S2 ro sho-a release'
	} | diff - got
	[ "$(selected)" = sho-b ]
	# the status of the failure was the TRE's, and named its reason
	file=$(jq -r 'select(.outcome == "tre-full" and .to == "ro") | .file' "$RUN/trace.jsonl")
	m2m-note check status --trust "$RUN/pva/cert.pem" --to ro --signer 'ACME;0001' -i "$RUN/$file" >status
	[ "$(jq -r '.result + " " + .reason' status)" = 'refused tre-full' ]
	# the subscription that nobody uses is off, and the other one on
	cp -a "$RUN/sho-b/register.db" .
	[ "$(m2m-register export --register register.db subscribers | jq -r .status | sort | tr '\n' ' ')" = 'active blocked ' ]
	clean_wire "$RUN"
}

@test "--fail coverage: back to the old MCIM after the set time, and the old SHO serves it" {
	walk_once $change ec-p256 --fail coverage
	[ "$(every_step "$RUN" | sed 's/.* S2 1 /1 /')" = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 C1 C2 C3 C4 C5 ' ]
	messages "$RUN" $change >got
	{
		beginning
		cat <<-'TEXT'
			15 m2me ro status
			16 ro sho-b status
			C1 m2me sho-b identity no-coverage
			C4 m2me sho-a identity
			C4 sho-a m2me challenge
			C4 m2me sho-a res
		TEXT
	} | diff - got
	grep -q 'refused: too-early' "$RUN.log"
	[ "$(selected)" = sho-a ]
	[ "$(jq -r .imsi "$RUN/m2me/reverted.json")" = "$(jq -r .imsi "$RUN/sho-a/mcim.json")" ]
	jq -e .authenticated "$RUN/sho-a/verdict.json"
	[ "$(jq -r .status "$RUN/ro/discovery.json")" = registered ]
	cp -a "$RUN" copy
	cd copy
	# the new MCIM stays blocked
	tre-sim --state m2me/state --device m2me/device list >list
	[ "$(jq -r 'select(.id == "mcim-2") | .state + " " + .reason' list)" = 'blocked revert' ]
	# the owner wants it again: another token, and the DRF takes the new registration for the old one
	tre-sim --state m2me/state --device m2me/device token --to sho-b --to-cert sho-b/cert.pem --pin owner/pin >token.jws
	sho-subscribe --register sho-b/register.db --name sho-b --key sho-b/key.pem --cert sho-b/cert.pem --tre-cert sho-b/tre.pem \
		--trust pva/cert.pem --token token.jws --current-sho sho-a --drf ro --plmn 001-03 --server-url https://dpf.ro.example/m2m \
		--mcim-out again.json -o again.jws
	m2m-note check registration --trust ro/partners.pem --to ro --register ro/register.db -i again.jws >out
}
