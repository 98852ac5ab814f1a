#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Bulk provisioning (TR 33.812 4.3.2): batches, their outcomes, and a run that is cut off.
load lib
load fleet

change_many() {
	"$ROOT/bin/procedures/lib/change-many.sh" ro sho-a 001-02
}

@test "a change of operator for many: an outcome each; cut off anywhere, and taken up; nothing twice" {
	fleet "${FLEET:-12}"
	n=$(wc -l <ids)
	# one whose token will be another's
	mkdir work
	act 'ACME;0002' token '' --to sho-a --to-cert sho-a/cert.pem --pin owner/pin >token-2
	jq -c '.tre_id = "ACME;0003"' acted >work/token.jsonl
	for wait in 0.3 0.7 1.2; do
		timeout -s KILL $wait "$ROOT/bin/procedures/lib/change-many.sh" ro sho-a 001-02 >cut 2>&1 || true
		sleep 0.2
	done
	change_many >counts
	[ "$(jq -c . counts)" = "{\"ordered\":$n,\"subscribed\":$((n - 1)),\"validated\":$((n - 1)),\"made\":$((n - 1)),\"installed\":$((n - 1))}" ]
	[ "$(jq -r 'select(.status != 0) | [.tre_id, .status, .reason] | join(" ")' work/subscribed.jsonl)" = 'ACME;0003 1 wrong-tre' ]
	# each once: subscribers, IMSIs, outcomes
	[ "$(m2m-register check --register sho-a/register.db | jq .subscribers)" -eq $((n - 1)) ]
	[ "$(jq -r .mcim.imsi work/subscribed.jsonl | grep -v null | sort | uniq -d | wc -l)" -eq 0 ]
	for step in subscribed wrapped bootstrapped validated made; do
		[ "$(jq -r 'select(.status == 0) | .tre_id' work/$step.jsonl | sort | uniq -d | wc -l)" -eq 0 ]
	done
	# no answer is kept longer than it is wanted
	[ "$(sqlite3 sho-a/register.db "SELECT count(*) FROM offers WHERE kind LIKE 'answer-%'")" -eq 0 ]
	# the equipment attaches with what it got
	imsi=$(jq -r 'select(.tre_id == "ACME;0001") | .mcim.imsi' work/subscribed.jsonl)
	[ "$(act 'ACME;0001' attach '{"identity":true}' | jq -r .imsi)" = "$imsi" ]
	auc-av --register sho-a/register.db "$imsi" -o av
	act 'ACME;0001' attach "$(jq -c '{rand, autn}' av)" | jq -c '{res}' >res
	vno-auth --av av -i res >verdict
	# again: nothing to do, and the same counts; the other's order is put right
	cp work/made.jsonl before
	change_many | cmp - counts
	cmp work/made.jsonl before
	jq -c 'select(.tre_id != "ACME;0003")' work/token.jsonl >work/token.new
	mv work/token.new work/token.jsonl
	change_many >counts
	[ "$(jq .installed counts)" -eq "$n" ]
}

@test "what takes no input is done for many too: the commit of what was staged, and the question of consent" {
	fleet 2
	sed 's/act: "provision", input/act: "provision", stage: true, input/' "$ROOT/bin/procedures/lib/change-many.sh" >staged.sh
	bash staged.sh ro sho-a 001-02 >counts
	[ "$(jq .installed counts)" -eq 2 ]
	jq -Rc '{tre_id: ., act: "provision", commit: true}' ids | tre-sim --fleet m2me many -o committed
	[ "$(jq -r .status committed | paste -sd ' ')" = '0 0' ]
	act 'ACME;0002' list | jq -e '.state == "selected"'
	act 'ACME;0002' consent '{"mcim":"mcim-1","ask":true}' >asked
	m2m-note check consent-request --trust pva/cert.pem --to sho-a --signer 'ACME;0002' -i asked | jq -e '.mcim == "mcim-1"'
	# what is wrong with a file is told by the member that it came in
	act 'ACME;0002' token '{"to":"sho-a","to_cert":"x"}' --pin owner/pin || true
	[ "$(jq -r .text acted)" = 'to_cert: want an X.509 certificate' ]
	act 'ACME;0002' provision || true
	[ "$(jq -r .text acted)" = 'input: empty, and no XML' ]
}

@test "sho-subscribe --batch: killed at each write, a token makes one subscription, and its answer comes" {
	once
	wants strace
	fleet 2
	while read -r id; do
		act "$id" token '' --to sho-a --to-cert sho-a/cert.pem --pin owner/pin >token
		jq -c --arg id "$id" --rawfile t token 'select(.tre_id == $id) | {tre_id, tre_cert_pem: .cert_pem, token: ($t | rtrimstr("\n"))}' notes.jsonl >>orders
	done <ids
	subscribe=(sho-subscribe --batch orders --register db --name sho-a --key sho-a/key.pem --cert sho-a/cert.pem --trust pva/cert.pem --current-sho ro --plmn 001-02 --resume -o out)
	m2m-register import --register empty subscribers </dev/null
	kills=0
	for call in write pwrite64 fdatasync rename; do
		for n in {1..60}; do
			rm -f db* out
			cp empty db
			! ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when="$n" "${subscribe[@]}" 2>/dev/null || break
			kills=$((kills + 1))
			"${subscribe[@]}"
			[ "$(jq -r 'select(.status == 0 and .registration and .mcim.k) | .tre_id' out | sort | paste -sd ' ')" = 'ACME;0001 ACME;0002' ]
			[ "$(m2m-register export --register db subscribers | jq -r .imsi | sort)" = "$(jq -r .mcim.imsi out | sort)" ]
			[ "$(sqlite3 db "SELECT count(*) FROM offers WHERE kind LIKE 'answer-%'")" -eq 0 ]
		done
	done
	echo "$kills kills"
	[ $kills -ge 6 ]
	[ "$(stat -c %a out)" = 600 ]
	# what is there may hold a K, and goes on as it is
	cp out before
	watched "$(jq -r .mcim.k out | paste -sd:)" "${subscribe[@]}"
	cmp out before
	# without --resume the file is whole or not there, and a token that is spent is refused
	rc=0
	"${subscribe[@]:0:${#subscribe[@]}-3}" -o new 2>err || rc=$?
	[ $rc -eq 1 ]
	[ "$(jq -r .reason new | sort -u)" = token-reused ]
	grep -q 'refused: token-reused: orders:1: ' err
}

@test "m2m-note check --batch: each note counts once, and does what it says; a foreign one is an outcome" {
	fleet 3
	m2m-keygen operator --name sho-x --key-out x.key --cert-out x.pem
	note() { # TRE_ID KEY CERT
		m2m-note make registration --key "$2" --cert "$3" --to ro tre_id="$1" server_url=https://dpf.sho-a.example/m2m cert_pem=@sho-a/cert.pem |
			jq -Rc --arg id "$1" '{tre_id: $id, note: .}'
	}
	mkdir work
	{
		for id in 'ACME;0001' 'ACME;0002'; do note "$id" sho-a/key.pem sho-a/cert.pem; done
		note 'ACME;0003' x.key x.pem
		note 'ACME;0003' sho-a/key.pem sho-a/cert.pem | jq -c '.tre_id = "ACME;0009"'
		echo '{"tre_id":"ACME;0004","note":"x"}'
	} >requests
	check=(m2m-note check registration --trust sho-a/cert.pem --to ro --signer sho-a --register ro/register.db)
	rc=0
	"${check[@]}" --batch requests --resume -o told 2>err || rc=$?
	[ "$rc" -eq 3 ]
	[ "$(jq -r '[.tre_id, .status, .reason // "", .claims.server_url // ""] | join(" ")' told | paste -sd ,)" = \
		'ACME;0001 0  https://dpf.sho-a.example/m2m,ACME;0002 0  https://dpf.sho-a.example/m2m,ACME;0003 1 untrusted-chain ,ACME;0009 1 wrong-tre ,ACME;0004 3  ' ]
	grep -q 'refused: wrong-tre: requests:4: ' err
	# what was refused left nothing; what was done is known, and is not done again
	[ "$(sqlite3 ro/register.db "SELECT count(*) FROM offers WHERE kind='note'")" -eq 2 ]
	[ "$(sqlite3 ro/register.db "SELECT count(*) FROM offers WHERE kind='registration'")" -eq 2 ]
	head -1 requests | jq -r .note >one
	refuses 1 'refused: note-replayed' "${check[@]}" -i one
	"${check[@]}" --batch requests --resume -o told 2>/dev/null || true
	[ "$(jq -r 'select(.status == 0) | .tre_id' told | sort | paste -sd ' ')" = 'ACME;0001 ACME;0002' ]
	rc=0
	"${check[@]}" --batch <(head -1 requests) >again 2>/dev/null || rc=$?
	[ "$rc" -eq 1 ]
	[ "$(jq -r .reason again)" = note-replayed ]
	refuses 2 'each request says it' "${check[@]}" --batch requests -i one
	refuses 2 'each request says it' "${check[@]}" --resume -i one
}

@test "batches: bad requests are outcomes, a line that is no request is named, none is done twice" {
	fleet 1
	cert=$(jq -Rs . sho-a/cert.pem)
	printf '%s\n' "{\"tre_id\":\"A;1\",\"server_url\":\"https://x.example/\",\"server_cert_pem\":$cert}" 'no json' '{"server_url":"x"}' \
		'{"tre_id":"A;2","server_url":"ftp://x","server_cert_pem":""}' "{\"tre_id\":\"A;3\",\"server_url\":\"https://x.example/\",\"server_cert_pem\":$cert,\"sho\":\"other\"}" \
		"{\"tre_id\":\"A;1\",\"server_url\":\"https://y.example/\",\"server_cert_pem\":$cert}" >requests
	rc=0
	bootstrap-sign --batch requests --key ro/key.pem --cert ro/cert.pem >out 2>err0 || rc=$?
	[ $rc -eq 3 ]
	[ "$(jq -r '[.tre_id, .status, .reason // ""] | join(" ")' out | paste -sd ,)" = 'A;1 0 ,A;2 3 ,A;3 1 wrong-operator' ]
	jq -rj 'select(.status == 0) | .bootstrap' out | bootstrap-sign --verify --trust ro/cert.pem >told
	[ "$(jq -r .tre_id told)" = 'A;1' ]
	# and read again: each for whom it is said to be, by its signer, as text or as WBXML
	jq -c 'select(.status == 0) | {tre_id, bootstrap}' out >ask
	bootstrap-sign --verify --batch ask --trust ro/cert.pem --signer ro >says
	[ "$(jq -c '[.tre_id, .status, .signer, .sho, .server_url]' says)" = '["A;1",0,"ro","sho-a","https://x.example/"]' ]
	cp ask one
	{
		head -1 requests | bootstrap-sign --batch - --key ro/key.pem --cert ro/cert.pem --wbxml | jq -c '{tre_id, bootstrap_b64}'
		jq -c '.tre_id = "A;2"' one
		printf '{"tre_id":"A;%s"}\n' 3 4 | sed '2s/}/,"bootstrap":"x","bootstrap_b64":"eA=="}/'
		jq -c '.tre_id = "A;5" | .bootstrap |= sub("x.example"; "y.example")' one
	} >>ask
	rc=0
	bootstrap-sign --verify --batch <(sed 2s/A\;1/A\;9/ ask) --trust ro/cert.pem >says 2>err || rc=$?
	[ $rc -eq 3 ]
	[ "$(jq -r '[.tre_id, .status, .reason // "", .signer // ""] | join(" ")' says | paste -sd ,)" = \
		'A;1 0  ro,A;9 1 wrong-tre ,A;2 1 wrong-tre ,A;3 3  ,A;4 3  ,A;5 1 bad-signature ' ]
	refuses 1 untrusted-chain bootstrap-sign --verify --batch <(head -1 ask) --trust sho-a/cert.pem -o none
	refuses 2 'each request says it' bootstrap-sign --verify --batch ask -i ask --trust ro/cert.pem
	grep -q 'requests:2: ' err0
	grep -q 'requests:3: tre_id: missing' err0
	grep -q 'requests:6: A;1 stands twice' err0
	# what is wrong is named as the request has it
	jq -c 'select(.tre_id == "A;1") | .server_url = "ftp://x", (.tre_id = "A;4" | .sho = "another")' <(head -1 requests) >wrong
	rc=0
	bootstrap-sign --batch wrong --key ro/key.pem --cert ro/cert.pem >out 2>err || rc=$?
	[ $rc -eq 3 ]
	[ "$(jq -r '.text | split(",")[0]' out | paste -sd '|')" = 'server_url: want an https:// or http:// URL of less than 512 characters|sho is another' ]
	refuses 2 'wants -o FILE' bootstrap-sign --batch requests --key ro/key.pem --cert ro/cert.pem --resume
	# what a batch would not heed
	refuses 2 'each request says it' bootstrap-sign --batch requests --key ro/key.pem --cert ro/cert.pem --server-url https://z.example/
	refuses 2 'each request says it' bootstrap-sign --batch requests --key ro/key.pem --cert ro/cert.pem --context mcim=https://z.example/
	refuses 2 'each request says it' pva-verify --batch certs --trust pva/cert.pem --ocsp-response-out answer
	refuses 2 'each request says it' mcim-wrap --batch requests --suite tr33812
	refuses 2 'names the input' mcim-wrap --batch requests -i requests
	refuses 2 'resume goes with' pva-verify --cert ro/cert.pem --trust pva/cert.pem --resume
	refuses 2 'resume go with' mcim-wrap --json-only --resume
	# certificates alone
	jq -c '{tre_id, cert_pem}' notes.jsonl >certs
	pva-verify --batch certs --trust pva/cert.pem >verdicts
	[ "$(jq -c '[.tre_id, .status, .verdict]' verdicts)" = '["ACME;0001",0,true]' ]
	sed 's/ACME;0001/ACME;0009/' certs >other
	rc=0
	pva-verify --batch other --trust pva/cert.pem >no 2>err || rc=$?
	[ $rc -eq 1 ]
	grep -q 'refused: wrong-tre: other:1: ' err
	[ "$(jq -c '[.tre_id, .status, .reason, .verdict]' no)" = '["ACME;0009",1,"wrong-tre",false]' ]
	pva-verify --batch certs --trust pva/cert.pem --resume -o grows
	# another run writes it, and would write on into a file without a name
	cp grows before
	refuses 5 'grows: another run writes it' flock grows pva-verify --batch certs --trust pva/cert.pem --resume -o grows
	cmp grows before
	printf '{"tre_id":"cut off' >>grows
	pva-verify --batch certs --trust pva/cert.pem --resume -o grows
	[ "$(wc -l <grows)" -eq 1 ]
	# what cannot be read is not lost: a line that memory has no room for
	once # the sanitizers take more of it
	head -c 300000000 /dev/zero >>grows
	{ echo && head -1 grows; } >>grows
	rc=0
	(ulimit -v 262144 && pva-verify --batch certs --trust pva/cert.pem --resume -o grows) 2>err || rc=$?
	[ $rc -eq 4 ]
	[ "$(stat -c %s grows)" -gt 300000000 ]
	m2m-keygen tre --batch ids --ca-key pva/key.pem --ca-cert pva/cert.pem -o made.jsonl
	mv made.jsonl made.jsonl.part
	head -c 300000000 /dev/zero >>made.jsonl.part
	echo >>made.jsonl.part
	rc=0
	(ulimit -v 262144 && m2m-keygen tre --batch ids --ca-key pva/key.pem --ca-cert pva/cert.pem --resume -o made.jsonl) 2>err || rc=$?
	[ $rc -eq 3 ]
	grep -q "longer than any" err
	[ "$(stat -c %s made.jsonl.part)" -gt 300000000 ]
}
