#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The page of m2m-chart in a browser: Chromium, headless.
load ../lib

# a run with refusals, JSON, XML, JWS, DER and blobs, as a page: once, for tests that run side by side
setup_file() {
	wants_all chromium mscgen || return 0
	m2m-walk annex-b-initial --dir "$BATS_FILE_TMPDIR/run" --states --quiet || return
	m2m-chart --format html -i "$BATS_FILE_TMPDIR/run/trace.jsonl" -o "$BATS_FILE_TMPDIR/page.html"
}

setup() {
	enter
	cp "$BATS_FILE_TMPDIR/page.html" .
}

# browser ARGUMENT...: no profile, no network
browser() {
	HOME=$PWD timeout 120 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-dev-shm-usage \
		--user-data-dir="$PWD/profile" --enable-logging=stderr --host-resolver-rules='MAP * ~NOTFOUND' "$@"
}

# acted SCRIPT: the page with a script of the test's own at its end (its policy allows none, so that goes),
# which puts what it saw into the title; and what the console said
acted() {
	sed -E 's|<meta http-equiv[^>]*>||; s|</body>|<script>window.onload=function(){'"$(sed 's/[&|\\]/\\&/g' <<<"$1" | tr '\n' ' ')"'}</script></body>|' page.html >acted.html
	browser --dump-dom "file://$PWD/acted.html" >dom 2>log
	sed -nE 's|.*<title>(.*)</title>.*|\1|p' dom
}

@test "the page is opened without a word on the console, and asks for nothing" {
	browser --dump-dom "file://$PWD/page.html" >dom 2>log
	grep -q '<details' dom
	run ! grep -E 'CONSOLE|net_error|Refused to' log
	# the console is heard
	sed 's|</body>|<img src="https://example.com/x.png"></body>|' page.html >bad.html
	browser --dump-dom "file://$PWD/bad.html" >dom 2>log
	grep -q 'CONSOLE' log
}

@test "each message opens by a click and by its arrow; what is closed is not seen" {
	title=$(acted '
		var all = document.querySelectorAll("details"), opened = 0, seen = 0, followed = 0;
		all.forEach(function (d) {
			if (d.querySelector("dl").checkVisibility()) seen++;
			d.querySelector("summary").click();
			if (d.open && d.querySelector("dl").checkVisibility()) opened++;
		});
		document.querySelectorAll("svg a").forEach(function (a) {
			var id = a.getAttribute("href").slice(1);
			a.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
			if (document.getElementById(id) && location.hash == "#" + id) followed++;
		});
		document.title = [all.length, seen, opened, followed].join(" ");')
	n=$(jq -s length "$BATS_FILE_TMPDIR/run/trace.jsonl")
	read -r all seen opened followed <<<"$title"
	[ "$seen" -eq 0 ]
	[ "$opened" -eq "$all" ]
	[ "$all" -ge "$n" ]
	[ "$followed" -eq "$n" ]
}

@test "keyboard and reader: every message can be focused, has a name, and the headings are in order" {
	title=$(acted '
		var bad = 0, last = 0;
		document.querySelectorAll("summary, pre, svg a").forEach(function (e) { e.focus(); if (e.closest("details") && e.tagName == "PRE" ? false : document.activeElement != e) bad++; });
		document.querySelectorAll("summary").forEach(function (e) { if (!e.textContent.trim()) bad++; });
		document.querySelectorAll("h1, h2, h3").forEach(function (e) { var n = +e.tagName[1]; if (n > last + 1) bad++; last = n; });
		if (!document.documentElement.lang || !document.querySelector("main") || !document.querySelector("figure[aria-label]")) bad++;
		document.title = "bad " + bad;')
	[ "$title" = 'bad 0' ]
}

@test "refusals are red, in words too; on paper every message is open and nothing is cut off" {
	title=$(acted '
		var r = document.querySelectorAll(".refused > summary");
		document.title = r.length + " " + getComputedStyle(r[0]).color + " " + /^Refused/.test(r[0].textContent);')
	[ "$title" = '1 rgb(176, 0, 0) true' ]
	browser --print-to-pdf="$PWD/page.pdf" --no-pdf-header-footer "file://$PWD/page.html" 2>log
	head -c 5 page.pdf | grep -q '%PDF-'
	browser --screenshot="$PWD/page.png" --window-size=1200,1600 "file://$PWD/page.html" 2>log
	[ "$(stat -c %s page.png)" -gt 20000 ]
}
