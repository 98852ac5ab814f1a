#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Arguments and environment of every process of the other procedures' runs: no secret stands there.
load lib
load procedure
load wire
load uicc

# clean LOG LEAST: the log is whole, and none of the secrets in known stands in it
clean() {
	[ "$(sort -u known | grep -c '.\{16\}')" -ge "$2" ]
	rm -rf seen
	mkdir seen
	words "$1" >seen/words
	grep -q '^PATH=' seen/words
	[ "$(grep -c execve "$1")" -ge 40 ]
	leaks seen <known >found
	cat found
	[ ! -s found ]
}

@test "initial-3gpp and change-via-old-sho" {
	once
	wants strace
	traced log m2m-walk initial-3gpp --dir run --quiet
	secrets run >known
	traced log2 m2m-walk change-via-old-sho --dir run --quiet
	secrets run >>known
	clean log 10
	grep -q 'tre-sim$' seen/words
	clean log2 10
	grep -qx -- '--commit' seen/words
}

@test "alt3a: the card's keys, and those of its over-the-air packets" {
	once
	wants strace
	traced log m2m-walk alt3a --dir run --quiet
	card_secrets run >known
	clean log 8
	grep -q 'ota-wrap$' seen/words
}
