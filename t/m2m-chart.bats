#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

# a run of four messages, with their files
trace() {
	mkdir -p run/wire
	printf '{"imsi":"001010000000001"}\n' >run/wire/01.json
	printf 'MCIM\001\002\001\000\000\002kk%050d' 0 >run/wire/02.blob
	printf '<a xmlns="u"><b>x &amp; y</b><c/></a>' >run/wire/03.xml
	printf '\060\006\002\001\005\002\001\011' >run/wire/04.der
	printf '%s\n' \
		'{"seq":1,"procedure":"p-1","step":"A1","clause":"1.2","from":"m2me","to":"vno","message":"identity","file":"wire/01.json","bytes":27,"sha256":"00","outcome":"ok"}' \
		'{"seq":2,"procedure":"p-1","step":"A2","from":"vno","to":"m2me","message":"blob","file":"wire/02.blob","bytes":62,"outcome":"ok"}' \
		'{"seq":3,"procedure":"p-2","step":"A4","from":"m2me","to":"vno","message":"auts","file":"wire/03.xml","bytes":50,"outcome":"sqn-out-of-range"}' \
		'{"seq":4,"procedure":"p-2","step":"A5","from":"vno","to":"ro","message":"resync","file":"wire/04.der","bytes":8,"outcome":"ok"}' >run/trace.jsonl
}

@test "text within 100 columns, Mermaid, and counts" {
	printf '%s\n' '{"step":"A1","from":"m2me","to":"vno","message":"identity","bytes":40,"outcome":"ok"}' \
		'{"step":"A4","from":"m2me","to":"vno","message":"auts","bytes":50,"outcome":"sqn-out-of-range"}' \
		'{"step":"A2","from":"vno","to":"ro","message":"resync","bytes":5,"outcome":"ok"}' >t
	m2m-chart -i t >text
	[ "$(awk 'length > 100' text | wc -l)" -eq 0 ]
	grep -q 'auts: sqn-out-of-range' text
	[ "$(m2m-chart --format mermaid <t | sed -n 6p)" = '    m2me-xvno: A4 auts, sqn-out-of-range' ]
	[ "$(m2m-chart --count -i t | head -1)" = '{"from":"m2me","to":"vno","messages":2,"bytes":90}' ]
}

@test "a run of several procedures: each begins with its name, and with its parties in sight" {
	trace
	m2m-chart -i run/trace.jsonl >text
	[ "$(grep -nE '^----- p-[12] -' text | cut -d: -f1 | paste -sd ' ')" = '1 7' ]
	[ "$(sed -n 2p text)" = "$(sed -n 8p text)" ]
	[ "$(sed -n 2p text | xargs)" = 'm2me vno ro' ]
	[ "$(awk 'length > 100' text | wc -l)" -eq 0 ]
	m2m-chart --format msc -i run/trace.jsonl >msc
	[ "$(grep -c '^  --- \[label="p-[12]"\];$' msc)" -eq 2 ]
	m2m-chart --format mermaid -i run/trace.jsonl >mmd
	[ "$(grep -c '^    Note over m2me,ro: p-[12]$' mmd)" -eq 2 ]
	# of one alone nothing is said
	sed -i 's/p-2/p-1/' run/trace.jsonl
	m2m-chart -i run/trace.jsonl >text
	[ "$(head -n 1 text | xargs)" = 'm2me vno ro' ]
	run ! grep -q p-1 text
	# a name that is no word stands nowhere
	sed -i '1s/p-1/<i>/' run/trace.jsonl
	m2m-chart --format msc -i run/trace.jsonl >msc
	run ! grep -q '<i>' msc
}

@test "hostile traces are refused" {
	echo '{"step":"1","from":"a b","to":"c","message":"m"}' >t
	refuses 3 't:1: party|from: want letters' m2m-chart -i t
	echo '{"step":"1","from":"a","to":"c","message":"m","x":1}' >t
	refuses 3 't:1: x: no such field' m2m-chart -i t
	for bytes in -1 9223372036854775807; do
		echo '{"step":"1","from":"a","to":"c","message":"m","bytes":'$bytes'}' >t
		refuses 3 't:1: bytes: want a number' m2m-chart --count -i t
	done
	# what a terminal would act on
	echo '{"step":"1","from":"a","to":"c","message":"m","outcome":"\u001b[31mok"}' >t
	for format in text mermaid msc; do
		m2m-chart --format $format -i t >out
		run ! grep -q $'\e' out
		grep -qE 'm(:|,) \?' out
	done
	refuses 2 'want text, svg, png, mermaid, msc or html' m2m-chart --format gif -i t
	refuses 2 'RUN goes with --count' m2m-chart run
	refuses 2 'not both' m2m-chart --count --format svg -i t
	# what would leave mscgen's quotes
	for bad in '1\"];' '1\u003e' '' 12345; do
		printf '{"step":"%s","from":"a","to":"c","message":"m"}\n' "$bad" >t
		refuses 3 't:1: step: want' m2m-chart --format msc -i t
	done
}

@test "msc is mscgen's language, and refusals are red" {
	trace
	m2m-chart --format msc -i run/trace.jsonl >msc
	grep -qF '"m2me"=>"vno" [label="A4 auts: sqn-out-of-range", linecolour="#b00000", textcolour="#b00000"];' msc
	grep -qF '"m2me", "vno", "ro";' msc
	wants mscgen
	mscgen -T svg -i msc -o svg
}

@test "svg and png, by mscgen" {
	wants mscgen
	trace
	m2m-chart --format svg -i run/trace.jsonl -o chart.svg
	xmllint --nonet --noout chart.svg
	[ "$(grep -c '^A[0-9] ' chart.svg)" -eq 4 ]
	m2m-chart --format png -i run/trace.jsonl -o chart.png
	[ "$(head -c 8 chart.png | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
	: >empty
	refuses 3 'nothing to draw' m2m-chart --format svg -i empty
}

@test "without mscgen: status 4, and which package" {
	trace
	mkdir bin
	ln -s "$(command -v m2m-chart)" bin/
	PATH=$PWD/bin refuses_without
}
refuses_without() {
	local rc=0
	m2m-chart --format svg -i run/trace.jsonl >out 2>err || rc=$?
	[ "$rc" -eq 4 ]
	[ ! -s out ]
	[[ $(<err) = *"mscgen is not installed"* ]]
}

@test "html: one page, no script, no network, each message set out, refusals red" {
	wants mscgen
	trace
	m2m-chart --format html -i run/trace.jsonl -o page.html
	run ! grep -iE '<script|https?://|javascript:|src=|@import|<link' <(sed '/^<svg/,/^ stroke/d' page.html)
	xmllint --html --noout page.html 2>&1 | grep -E 'mismatch|Unexpected end|not terminated|redefined' && return 1
	[ "$(grep -c '^<details' page.html)" -eq 4 ]
	# a part for each procedure, chart and messages
	[ "$(grep -oE '^<(h2>[^<]*|figure|summary id="s[0-9]")' page.html | paste -sd ' ')" = '<h2>p-1 <figure <summary id="s1" <summary id="s2" <h2>p-2 <figure <summary id="s3" <summary id="s4"' ]
	for n in 1 2 3 4; do
		grep -q "<a href=\"#m$n\"><text" page.html
		grep -q "<dl id=\"m$n\">" page.html
	done
	[ "$(grep -c '<details class="refused">' page.html)" -eq 1 ]
	grep -q '<summary id="s3">Refused: step A4: m2me to vno: auts: sqn-out-of-range</summary>' page.html
	# JSON is indented, XML a line a tag, DER and blobs by field
	grep -qF '  &quot;imsi&quot;: &quot;001010000000001&quot;' page.html
	grep -qF '  &lt;b&gt;x &amp;amp; y&lt;/b&gt;' page.html
	grep -q '10 to 11: key block' page.html
	grep -q 'd=1 .*INTEGER *:05' page.html
}

@test "html: what OpenSSL knows is set out by the names of its fields, and by its octets" {
	wants mscgen
	trace
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=known -keyout key -out run/wire/01.json 2>err
	openssl req -new -key key -subj /CN=asked -out run/wire/02.blob
	openssl ocsp -issuer run/wire/01.json -cert run/wire/01.json -reqout run/wire/03.xml
	echo hidden | openssl cms -encrypt -aes-256-gcm -outform DER -out run/wire/04.der run/wire/01.json
	m2m-chart --format html -i run/trace.jsonl -o page.html
	for name in 'Subject: CN *= *known' 'Certificate Request:' 'Serial Number: ' 'authEncryptedContentInfo: '; do
		grep -qE "$name" page.html
	done
	[ "$(grep -c '^DER: offset' page.html)" -eq 4 ]
	# what only looks like it is shown as it is
	printf -- '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' >run/wire/01.json
	printf '\060\377\001' >run/wire/04.der
	m2m-chart --format html -i run/trace.jsonl -o page.html
	grep -q '^<pre tabindex="0">-----BEGIN CERTIFICATE-----$' page.html
	grep -q '000000  30 ff 01' page.html
}

@test "html: a package in WBXML is set out by the document that it carries" {
	wants mscgen
	trace
	printf '\003\244\001j\000O\303\017<?xml?><a>1</a>\001' >run/wire/04.der
	m2m-chart --format html -i run/trace.jsonl -o page.html
	grep -q 'WBXML; 8 to 22: the document' page.html
	grep -qxF '&lt;a&gt;1&lt;/a&gt;' page.html
	grep -q '^000000  03 a4 01' page.html
	# lengths of two octets, of too many, and beyond the end
	{
		printf '\003\303\201\007<?xml?><a>'
		printf '%0121d' 0
		printf '</a>'
	} >run/wire/04.der
	m2m-chart --format html -i run/trace.jsonl -o page.html
	grep -q 'WBXML; 4 to 138: the document' page.html
	for length in '\0377\0377\0377\0377\0377' '\0177' '\0201' ''; do
		printf '\003\244\001j\000O\303%b<?xml?>' "$length" >run/wire/04.der
		m2m-chart --format html -i run/trace.jsonl -o page.html
		run ! grep -q 'the document' page.html
		grep -q '000000  03 a4 01' page.html
	done
}

@test "html: a file outside of wire/ is not read, and a missing one is said to be" {
	wants mscgen
	trace
	echo SECRET >run/secret
	mkdir run/wire/deep
	cp run/secret run/wire/deep
	for file in ../run/secret secret wire/../secret /etc/passwd wire/deep/secret wire/gone; do
		printf '{"step":"1","from":"a","to":"b","message":"m","file":"%s","bytes":1}\n' "$file" >run/trace.jsonl
		m2m-chart --format html -i run/trace.jsonl -o page.html
		run ! grep -qE 'SECRET|root:' page.html
		grep -q 'file is not here' page.html
	done
	m2m-chart --format html <run/trace.jsonl >page.html
	grep -q 'file is not here' page.html
}

@test "html: a run folder of somebody else: no link is followed out of it, and no pipe waited for" {
	wants mscgen
	trace
	echo '{"secret":"SECRET"}' >secret
	printf '{"step":"1","from":"a","to":"b","message":"m","file":"wire/in","bytes":1}\n' >run/trace.jsonl
	quiet() {
		timeout 10 m2m-chart --format html -i run/trace.jsonl -o page.html
		grep -q 'file is not here' page.html
		[ "$(grep -c SECRET page.html)" -eq 0 ]
	}
	ln -s "$PWD/secret" run/wire/in
	quiet
	rm run/wire/in
	mkfifo run/wire/in
	quiet
	rm -r run/wire
	mkdir private
	cp secret private/in
	ln -s "$PWD/private" run/wire
	quiet
	rm run/wire
	mkdir run/wire
	cp secret run/wire/in
	m2m-chart --format html -i run/trace.jsonl -o page.html
	grep -q SECRET page.html
	rm -r run/wire
	ln -s "$PWD/secret" run/states.jsonl
	refuses 3 'run/states.jsonl: want a file, and no link' m2m-chart --format html -i run/trace.jsonl -o page.html
	ln -sfn run elsewhere # the folder that is asked for may be one
	rm run/states.jsonl
	m2m-chart --format html -i elsewhere/trace.jsonl -o page.html
}

@test "html: what a message says stays text" {
	wants mscgen
	trace
	echo '{"a":"</pre><script>alert(1)</script>"}' >run/wire/01.json
	printf '<script>alert(1)</script>' >run/wire/03.xml
	printf 'eyJhbGciOiJ4In0.eyJhIjoiPGI-In0.xx<i>' >run/wire/04.der
	sed -i 's/sqn-out-of-range/<b>x/' run/trace.jsonl
	m2m-chart --format html -i run/trace.jsonl -o page.html
	run ! grep -E '<script|<b>|<i>' page.html
	grep -q 'JWS header, characters 0 to 14' page.html
	# what looks like a JWS and is none
	for jws in eyJhbGciOiJ4In0.aGVsbG8.AAAA eyJB.e30.AAAA; do
		printf '%s' "$jws" >run/wire/04.der
		m2m-chart --format html -i run/trace.jsonl -o page.html
		grep -q ">$jws" page.html
	done
}

@test "--count RUN...: messages, round trips and octets of each procedure on each interface" {
	trace
	m2m-chart --count run run >counts
	[ "$(wc -l <counts)" -eq 6 ]
	[ "$(sed -n 1p counts)" = '{"procedure":"p-1","interface":"air","messages":2,"round_trips":1,"bytes":89}' ]
	[ "$(sed -n 2p counts)" = '{"procedure":"p-2","interface":"air","messages":1,"round_trips":0,"bytes":50}' ]
	[ "$(sed -n 3p counts)" = '{"procedure":"p-2","interface":"inter-operator","messages":1,"round_trips":0,"bytes":8}' ]
	refuses 3 'gone/trace.jsonl' m2m-chart --count gone
}
