#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Power cuts, which a kill cannot show: what a run writes, syncs, renames and unlinks is recorded, and
# every prefix of it replayed without the data, and the names, that no sync had made durable. The
# tools open what is left: the old state or the new one, nothing told that is not there, nothing used
# twice, and the rerun gets through.
# shellcheck disable=SC2086,SC2154 # keys are hex digits; challenge sets rand and autn
load lib
load tre

# the tools that were just built, beside the watcher of freed memory (none under the sanitizers)
tools=${FREEWATCH_SO%/*}
seed=${SEED:-$RANDOM}

# recorded CMD...: runs CMD on the folder disk, and leaves in left what a cut may leave of it
recorded() {
	once # the sanitizers come first in a process
	mkdir left
	POWERLOG=$PWD/log POWERLOG_DISK=$(pwd -P)/disk LD_PRELOAD=$tools/powerlog.so "$@" >told.whole
	echo "SEED=$seed"
	"$tools/powercut" log left "$seed" >states
	# the record is whole: replayed to its end it is the disk
	diff -r -x '*db-shm' disk left/whole
	cmp told.whole left/whole.told
}

# survives CHECK: for each state that may be left, as disk, with what was told before, and $over:
# whether the run had come to its end
survives() {
	local n happened how
	over=
	while read -r n over happened how; do
		rm -rf disk
		cp -a "left/$n" disk
		cp "left/$n.told" told
		LD_PRELOAD=$tools/powerlog.so
		export LD_PRELOAD
		"$@" || {
			unset LD_PRELOAD
			echo "state $n, $over behind event $happened, $how"
			return 1
		}
		unset LD_PRELOAD
	done <states
	echo "$(wc -l <states) states"
	[ "$(wc -l <states)" -ge 8 ]
}

# what must be there when the run was over
over() {
	[ "$over" = cut ] || "$@"
}

# ---- registers ----

issued_once() {
	local db=disk/db
	over [ "$(cat told disk/out.jsonl 2>/dev/null | wc -l)" -eq 3 ] || return
	[ ! -e disk/out.jsonl ] || [ "$(wc -l <disk/out.jsonl)" -eq 3 ] || return
	pcid-issue --register $db --plmn 001-01 --count 3 >next || return
	m2m-register export --register $db subscribers >all || return
	cat told disk/out.jsonl 2>/dev/null | jq -r .imsi | sort >seen
	# what was told is in the register, and what comes next was not told
	[ -z "$(jq -r .imsi next | sort - seen | uniq -d)" ] && [ -z "$(jq -r .imsi all | sort | comm -23 seen -)" ] &&
		[ "$(jq -r .imsi all | sort | uniq -d | wc -l)" -eq 0 ]
}

@test "pcid-issue: a new register, and its batch on stdout" {
	mkdir disk
	recorded pcid-issue --register disk/db --plmn 001-01 --count 3
	survives issued_once
}

@test "without its syncs the same run does not survive" {
	mkdir disk
	POWERLOG_DEAF=1 recorded pcid-issue --register disk/db --plmn 001-01 --count 3
	run -1 survives issued_once
}

@test "pcid-issue: a register that is there, and its batch in a file" {
	mkdir disk
	umask 077
	pcid-issue --register disk/db --plmn 001-01 --count 2 >first
	recorded pcid-issue --register disk/db --plmn 001-01 --count 3 -o disk/out.jsonl
	survives issued_once
}

sqn_once() {
	over [ "$(wc -l <told)" -eq 2 ] || return
	# each vector that was told, and that had an SQN, has its line in the audit
	touch disk/audit
	[ "$(jq -c 'select(.outcome == "vector")' disk/audit 2>/dev/null | wc -l)" -ge "$(wc -l <told)" ] || return
	auc-av --register disk/db --count 2 "$IMSI0" >next || return
	jq -c --arg k "$K" --arg c "$C" '{k: $k, opc: $c, rand, autn}' told next | milenage usim | jq -r .sqn >sqns
	[ "$(wc -l <sqns)" -ge 2 ] && [ "$(sort sqns | uniq -d | wc -l)" -eq 0 ] && sort -c sqns
}

@test "auc-av: no SQN twice, and the audit says what was told" {
	mkdir disk
	umask 077
	pcid-issue --register disk/db --plmn 001-01 --count 1 >subscriber
	K=$(jq -r .k subscriber) C=$(jq -r .opc subscriber)
	recorded auc-av --register disk/db --count 2 --audit disk/audit $IMSI0
	survives sqn_once
}

subscribe() {
	sho-subscribe --register disk/db --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem --trust ca.pem \
		--token token.jws --current-sho ro --plmn 001-02 --mcim-out disk/mcim.json -o disk/registration.jws
}

subscribed_once() {
	local rc=0 had=''
	over [ -s disk/registration.jws ] || return
	over [ -s disk/mcim.json ] || return
	if [ -e disk/registration.jws ]; then had=1 && cp disk/registration.jws had.jws && cp disk/mcim.json had.json; fi
	# no file is half there
	[ ! -e disk/mcim.json ] || jq -e .k disk/mcim.json >/dev/null || return
	[ -z "$had" ] || m2m-note check registration --trust sho-a.pem --to ro --about token.jws -i disk/registration.jws >/dev/null || return
	subscribe 2>err || rc=$?
	# the same again gets its files, those that it had where it had any
	if [ "$rc" -ne 0 ]; then [ -n "$had" ] && grep -q 'refused: token-reused' err || return; fi
	if [ -n "$had" ]; then cmp had.jws disk/registration.jws && cmp had.json disk/mcim.json || return; fi
	[ "$(m2m-register check --register disk/db | jq .subscribers)" -eq 1 ]
}

@test "sho-subscribe: a token makes one subscription" {
	world
	token sho-a
	mkdir disk
	umask 077
	recorded sho-subscribe --register disk/db --name sho-a --key sho-a.key --cert sho-a.pem --tre-cert tre.pem --trust ca.pem \
		--token token.jws --current-sho ro --plmn 001-02 --mcim-out disk/mcim.json -o disk/registration.jws
	survives subscribed_once
}

# the DPF's part and the SHO's of an MCIM by rules
by_rules() {
	m2m-keygen ca --name PVA --key-out ca.key --cert-out ca.pem
	m2m-keygen operator --name sho-a --key-out sho-a.key --cert-out sho-a.pem
	m2m-keygen tre --tre-id "$ID" --key-out tre.key --cert-out tre.pem --ca-key ca.key --ca-cert ca.pem
	printf '{"plmn":"001-02","first":1,"last":2}\n' >rules.json
	m2m-note make authorization --key sho-a.key --cert sho-a.pem --to ro tre_id="$ID" tre_cert_pem=@tre.pem rules_b64=@rules.json -o rules.jws
	mkdir disk
	make=(mcim-rules make --authorization rules.jws --trust sho-a.pem --to ro --register disk/db --credentials disk/told.cms -o disk/mcim.blob)
	take=(mcim-rules take --authorization rules.jws --trust sho-a.pem --register disk/db --key sho-a.key -i told.cms)
}

# the same again gets its two files, those that it had; and then the authorization is spent
made_by_rules() {
	local f
	over [ -s disk/mcim.blob ] || return
	for f in mcim.blob told.cms; do
		rm -f "had.$f"
		[ ! -e "disk/$f" ] || cp "disk/$f" "had.$f"
	done
	if "${make[@]}" 2>err; then
		! "${make[@]}" 2>err || return 1
	else
		[ -e had.mcim.blob ] && [ -e had.told.cms ]
	fi && grep -q 'refused: note-replayed' err || return
	for f in mcim.blob told.cms; do [ ! -e "had.$f" ] || cmp "had.$f" "disk/$f" || return; done
	mcim-unwrap --key tre.key --tre-id "$ID" -i disk/mcim.blob -o mcim.json || return
	rm -f taken.db*
	[ "$(mcim-rules take --authorization rules.jws --trust sho-a.pem --register taken.db --key sho-a.key -i disk/told.cms | jq -r .imsi)" = "$(jq -r .imsi mcim.json)" ] &&
		[ "$(sqlite3 disk/db "SELECT count(*) FROM offers WHERE kind = 'answer-published'")" -eq 0 ]
}

@test "mcim-rules make: an authorization makes one MCIM, and its files come" {
	by_rules
	recorded "${make[@]}"
	survives made_by_rules
}

taken_by_rules() {
	over [ -s told ] || return
	if "${take[@]}" >again 2>err; then
		[ ! -s told ] || cmp told again || return
		! "${take[@]}" >out 2>err || return 1
	else
		[ -s told ]
	fi && grep -qE 'refused: (note-replayed|double-imsi)' err && [ "$(m2m-register check --register disk/db | jq .subscribers)" -eq 1 ]
}

@test "mcim-rules take: the SHO has the subscriber, and is told so" {
	by_rules
	"${make[@]}"
	mv disk/told.cms .
	rm disk/*
	recorded "${take[@]}"
	survives taken_by_rules
}

# a run of the main procedure up to that step, and the new operator's register in disk
walked() {
	m2m-walk annex-b-initial --dir run --until "$1" --quiet
	mkdir disk
	sqlite3 run/sho-a/register.db ".backup disk/db"
	chmod 600 disk/db
	from=run/sho-a
}

# the same again gets its result, that which it had; and then nonce_A is spent
judged_once() {
	local had=''
	over [ -s disk/result.jws ] || return
	[ ! -s disk/result.jws ] || { cp disk/result.jws had && had=1; }
	if "${judge[@]}" 2>err; then
		[ -z "$had" ] || cmp had disk/result.jws || return
		cp disk/result.jws had
		! "${judge[@]}" 2>err || return 1
	else
		[ -n "$had" ]
	fi && grep -q 'refused: nonce-replayed' err || return
	{ cut -d. -f2 had | tr _- /+ | base64 -di 2>/dev/null || true; } | jq -e .verdict >out && # without padding
		[ "$(sqlite3 disk/db "SELECT count(*) FROM offers WHERE kind = 'answer-published'")" -eq 0 ]
}

@test "pva-verify: a nonce_A counts once, and the result comes" {
	walked 5
	m2m-keygen operator --name pva.sho-a --role attestation --key-out attest.key --cert-out attest.pem
	judge=(pva-verify --trust "$from/cert-pva.pem" --register disk/db --sign-key attest.key --sign-cert attest.pem -i "$from/m2meobj.xml" -o disk/result.jws)
	recorded "${judge[@]}"
	survives judged_once
}

sent_once() {
	local had=''
	over [ -s disk/mcimobj.xml ] || return
	[ ! -s disk/mcimobj.xml ] || { cp disk/mcimobj.xml had && had=1; }
	if "${make[@]}" 2>err; then
		[ -z "$had" ] || cmp had disk/mcimobj.xml || return
		! "${make[@]}" 2>err || return 1
	else
		[ -n "$had" ]
	fi && grep -q 'refused: nonce-replayed' err || return
	rm -rf m2me
	cp -a run/m2me .
	command tre-sim --state m2me/state --device m2me/device provision -i disk/mcimobj.xml -o status.jws
}

@test "mcimobj-make: a nonce_B counts once, and the MCIMobj comes" {
	walked 6
	make=(mcimobj-make --key "$from/key.pem" --cert "$from/cert.pem" --mcim "$from/mcim.blob" --result "$from/result.jws" --result-trust "$from/attest-cert.pem"
		--token "$from/token.jws" --register disk/db -o disk/mcimobj.xml)
	recorded "${make[@]}"
	survives sent_once
}

noted_once() {
	over [ -s disk/fields ] || return
	if "${check[@]}" 2>err; then
		! "${check[@]}" 2>err || return 1
	else
		[ -s disk/fields ]
	fi && grep -q 'refused: note-replayed' err && jq -e '.tre_id == "ACME;0001"' disk/fields >out || return
	[ "$(sqlite3 disk/db "SELECT count(*) FROM offers WHERE kind = 'registration'")" -eq 1 ]
}

@test "m2m-note check --register: a note counts once, and its fields come" {
	m2m-keygen operator --name sho-a --key-out sho-a.key --cert-out sho-a.pem
	m2m-note make registration --key sho-a.key --cert sho-a.pem --to ro tre_id="$ID" server_url=https://dpf.sho-a.example/m2m cert_pem=@sho-a.pem -o note.jws
	mkdir disk
	echo '{"pcid":"001010000000001","tre_id":"ACME;0001","sho":"ro","status":"active"}' | m2m-register import --register disk/db discovery
	check=(m2m-note check registration --trust sho-a.pem --to ro --register disk/db -i note.jws -o disk/fields)
	recorded "${check[@]}"
	survives noted_once
}

# ---- the TRE ----

dtre() {
	tre-sim --state disk/tre/state --device disk/tre/device "$@"
}

# the world's TRE on the disk
disk() {
	mkdir -p disk/tre
	mv state disk/tre/state
	mv state.device disk/tre/device
}

made_once() {
	dtre init --tre-id "$ID" 2>err || grep -q already-initialised err || return
	[ "$(dtre info | jq -r .tre_id)" = "$ID" ] && dtre audit --verify >out
}

init_made_once() {
	over [ "$(dtre info | jq -r .tre_id)" = "$ID" ] || return
	made_once
}

@test "tre-sim init: nothing, or all" {
	mkdir disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device init --tre-id "$ID"
	survives init_made_once
}

keyed_once() {
	local csr=disk/csr
	[ ! -e $csr ] || openssl req -in $csr -noout -verify 2>/dev/null || return
	over [ -e $csr ] || return
	dtre audit --verify >out || return
	# a request that was told is for the key that is inside
	if [ -e $csr ]; then
		m2m-keygen sign --csr $csr --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o c.pem
	else
		dtre keygen --csr-out again
		m2m-keygen sign --csr again --tre-id "$ID" --ca-key ca.key --ca-cert ca.pem -o c.pem
	fi
	dtre personalize --cert c.pem --credential credential.json --operator-cert ro.pem
}

@test "tre-sim keygen: a request that is there is for the key inside, and else keygen runs again" {
	world
	rm -r state state.device
	mkdir disk
	dtre init --tre-id "$ID"
	recorded tre-sim --state disk/tre/state --device disk/tre/device keygen --csr-out disk/csr
	survives keyed_once
}

# an AUTN that was answered is answered no more
attached_once() {
	local rc=0
	over [ -s told ] || return
	dtre audit --verify >out || return
	dtre attach --rand "$rand" --autn "$autn" >again 2>err || rc=$?
	if [ -s told ]; then
		[ "$rc" -eq 1 ] && jq -e .auts again >/dev/null || return
	else
		[ "$rc" -eq 0 ] || jq -e .auts again >/dev/null || return
	fi
	(
		challenge $K0 $OPC0 000000000040
		dtre attach --rand "$rand" --autn "$autn" >out && [ "$(jq -r .res out)" = "$xres" ]
	)
}

@test "tre-sim attach: an SQN is answered once" {
	world
	disk
	challenge $K0 $OPC0 000000000020
	recorded tre-sim --state disk/tre/state --device disk/tre/device attach --rand "$rand" --autn "$autn"
	survives attached_once
}

seq_of() {
	cut -d. -f2 "$1" | jq -R 'gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson | .seq'
}

token_once() {
	dtre audit --verify >out || return
	over [ -s told ] || return
	dtre token --to sho-b --to-cert sho-b.pem --pin pin >next || return
	[ ! -s told ] || [ "$(seq_of told)" -lt "$(seq_of next)" ]
}

@test "tre-sim token: no sequence number twice" {
	world
	disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device token --to sho-b --to-cert sho-b.pem --pin pin
	survives token_once
}

# nonce_A counts once
accepted_once() {
	local rc=0
	dtre audit --verify >out || return
	dtre bootstrap -i bootstrap.xml >again 2>err || rc=$?
	if [ -s told ]; then
		[ "$rc" -eq 1 ] && grep -q 'refused: nonce-replayed' err || return
	else
		[ "$rc" -eq 0 ] || grep -q 'refused: nonce-replayed' err || return
	fi
	m2meobj-make --tre disk/tre/state --device disk/tre/device -o out
}

@test "tre-sim bootstrap: nonce_A is taken once" {
	world
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
	disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device bootstrap -i bootstrap.xml
	survives accepted_once
}

nonce_b() {
	pva-verify --trust ca.pem --nonce-a-file credentials.json -i "$1" --sign-key pva.key --sign-cert pva.pem -o - |
		cut -d. -f2 | jq -R 'gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson | .nonce_b'
}

# an M2MEobj that was told is the outstanding one: its nonce_B is known, and is no other's
nonce_b_once() {
	dtre audit --verify >out || return
	over [ -s disk/m2meobj.xml ] || return
	if [ -e disk/m2meobj.xml ]; then
		cp -a disk before
		pva-verify --trust ca.pem --nonce-a-file credentials.json --sign-key pva.key --sign-cert pva.pem -i disk/m2meobj.xml -o result.jws &&
			mcimobj-make --key sho-a.key --cert sho-a.pem --mcim mcim.blob --result result.jws --result-trust pva.pem \
				--token token.jws -o mcimobj.xml && dtre provision -i mcimobj.xml >out || return
		rm -rf disk
		mv before disk
	fi
	m2meobj-make --tre disk/tre/state --device disk/tre/device -o next || return
	[ ! -e disk/m2meobj.xml ] || [ "$(nonce_b disk/m2meobj.xml)" != "$(nonce_b next)" ]
}

@test "m2meobj-make: a nonce_B that was told is remembered, and is used once" {
	world
	token sho-a
	credentials sho-a
	bootstrap ro sho-a
	tre bootstrap -i bootstrap.xml >out
	mcim-wrap --tre-cert tre.pem --tre-id "$ID" --operator-cert sho-a.pem -i mcim-a.json -o mcim.blob
	disk
	recorded m2meobj-make --tre disk/tre/state --device disk/tre/device -o disk/m2meobj.xml
	survives nonce_b_once
}

# the MCIM is there whole or not at all; nonce_B and token count once
provisioned_once() {
	dtre audit --verify >out || return
	dtre list >list || return
	over [ -s disk/status ] || return
	[ ! -e disk/status ] || [ "$(grep -c '"state":"selected"' list)" -eq 1 ] || return
	# once more gets the STATUS, the one that was told where one was
	dtre provision -i mcimobj.xml >again || return
	[ ! -e disk/status ] || cmp disk/status again || return
	m2m-note check status --trust ca.pem --to sho-a --signer "$ID" --about mcimobj.xml -i again | jq -e '.result == "installed"' >out || return
	[ "$(dtre list | grep -c .)" -eq 1 ] || return
	challenge $K1 $OPC1 000000000020
	dtre attach --rand "$rand" --autn "$autn" >out && [ "$(jq -r .res out)" = "$xres" ] && dtre boot >out
}

@test "tre-sim provision: the MCIM is whole, and nonce_B and token count once" {
	world
	up_to_mcimobj ro sho-a mcim-a.json
	disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device provision -i mcimobj.xml -o disk/status
	survives provisioned_once
}

# the change is complete or not: one MCIM is selected, and it attaches
completed_once() {
	dtre audit --verify >out || return
	[ "$(dtre list | grep -c '"state":"selected"')" -eq 1 ] || return
	challenge $K1 $OPC1 000000000040
	dtre attach --rand "$rand" --autn "$autn" >out && [ "$(jq -r .res out)" = "$xres" ] &&
		[ "$(dtre list | wc -l)" -eq 1 ]
}

@test "tre-sim attach: the first one of a new MCIM completes the change" {
	world
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml >out
	disk
	challenge $K1 $OPC1 000000000020
	recorded tre-sim --state disk/tre/state --device disk/tre/device attach --rand "$rand" --autn "$autn"
	survives completed_once
}

commanded_once() {
	local rc=0
	dtre audit --verify >out || return
	dtre command -i note.jws >again 2>err || rc=$?
	if [ -s told ]; then
		[ "$rc" -eq 1 ] && grep -q 'refused: note-replayed' err
	else
		[ "$rc" -eq 0 ] || grep -q 'refused: note-replayed' err
	fi
}

@test "tre-sim command: a note counts once" {
	world
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml >out
	attaches $K1 $OPC1 000000000020
	m2m-note make command --key sho-a.key --cert sho-a.pem --to "$ID" -o note.jws command=block mcim="$(tre list | jq -r .id)"
	disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device command -i note.jws
	survives commanded_once
}

# what the owner does: it is done or not, and the same again gets through
again_or() {
	local re=$1 rc=0
	shift
	"$@" >again 2>err || rc=$?
	[ "$rc" -eq 0 ] || grep -qE "$re" err
}

updated_once() {
	dtre audit --verify >out || return
	over [ "$(dtre info | jq -r '.versions.fw // ""')" = 2 ] || return
	again_or 'refused: old-version' dtre firmware --image fw.2 -i update.jws --pin pin && [ "$(dtre info | jq -r .versions.fw)" = 2 ] &&
		[ "$(dtre info | jq .boot_counter)" -eq 1 ] && dtre boot --components components >out
}

@test "tre-sim firmware: the version goes up once, and the TRE boots with either image" {
	world
	rm -r state state.device
	m2m-keygen operator --name acme --role maker --key-out acme.key --cert-out acme.pem
	jq -n --rawfile pem acme.pem '{firmware_cert_pem: $pem}' >policy
	tre init --tre-id "$ID" --pin pin --policy policy
	printf first >fw
	printf second >fw.2
	printf '{"component":"fw","path":"fw"}\n' >components
	tre boot --components components >out
	m2m-note make firmware --key acme.key --cert acme.pem --to "$ID" --about fw.2 -o update.jws component=fw version=2
	disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device firmware --image fw.2 -i update.jws --pin pin
	survives updated_once
}

# a try of a PIN is counted before it is made, and counts no more when it was right
user_set_once() {
	dtre audit --verify >out || return
	over [ "$(dtre info | jq -c .users)" != null ] || return
	dtre user ann --new-pin ann.pin --rights select --pin pin || return
	dtre login --user ann --pin ann.pin
}

@test "tre-sim user: the user is there or not, and the owner's PIN still counts" {
	world
	echo 1234 >ann.pin
	disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device user ann --new-pin ann.pin --rights select --pin pin
	survives user_set_once
}

# the answer to a question counts for the last one that was asked, which was told
consented_once() {
	dtre audit --verify >out || return
	over [ -s disk/ask.jws ] || return
	[ -e disk/ask.jws ] || dtre consent mcim-1 --ask -o disk/ask.jws || return
	m2m-note make consent --key sho-a.key --cert sho-a.pem --to "$ID" --about disk/ask.jws -o consent.jws &&
		dtre consent mcim-1 -i consent.jws && dtre pristine --pin pin && [ -z "$(dtre list)" ]
}

@test "tre-sim consent: a question that was told can be answered" {
	world
	mcim $IMSI1 $K1 $OPC1 ',"controls":{"countersignature":true}' >mcim-a.json
	up_to_mcimobj ro sho-a mcim-a.json
	tre provision -i mcimobj.xml >out
	disk
	recorded tre-sim --state disk/tre/state --device disk/tre/device consent mcim-1 --ask -o disk/ask.jws
	survives consented_once
}

# one token of each, and the lines again get what was told of them
many_once() {
	over [ "$(wc -l <told)" -eq 2 ] || return
	"${many[@]}" >again 2>err || return
	[ "$(wc -l <again)" -eq 2 ] && [ "$(jq .status again | sort -u)" = 0 ] || return
	[ ! -s told ] || cmp told again || return
	echo '{"tre_id":"ACME;0002","act":"audit","verify":true}' | tre-sim --fleet disk/m2me many |
		jq -e '.output | split("\n") | map(select(. != "") | fromjson | select(.event == "token")) | length == 1' >out
}

@test "tre-sim many: the acts of a group are there together, and before they are told" {
	load fleet
	mkdir disk
	fleet 2
	mv m2me m2me.device disk
	jq -c '{tre_id, act: "token"}' equipment >acts
	many=(tre-sim --fleet disk/m2me many --to sho-a --to-cert sho-a/cert.pem --pin owner/pin -i acts)
	recorded "${many[@]}"
	survives many_once
}

# a packet is taken once, and the same again gets the answer that was told
delivered_once() {
	over [ -s told ] || return
	"${deliver[@]}" >again 2>err || return
	[ -s again ] || return
	[ ! -s told ] || cmp told again
}

@test "uicc-sim deliver: a packet that was answered is answered so again" {
	local set='"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f"'
	echo '{"index":1,'"$set"',"kic_alg":"3des2-cbc","kid_alg":"3des2-cbc"}' >set
	mkdir disk
	jq -nc --slurpfile s set '{iccid: "8949012345678901234", imsi: "001010000000001", k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "cd63cb71954a9f4e48a5994e37a02baf", ota_keys: $s[0]}' |
		uicc-sim --state disk/cards stock
	ota-wrap --keyset set --cntr 0000000001 --spi 1621 --kic 15 --kid 15 --tar b00010 --refresh -o packet
	jq -nc --rawfile p packet '{iccid: "8949012345678901234", packet: [$p | rtrimstr("\n")]}' >list
	deliver=(uicc-sim --state disk/cards deliver -i list)
	recorded "${deliver[@]}"
	survives delivered_once
}
