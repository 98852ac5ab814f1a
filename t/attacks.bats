#!/usr/bin/env bats
load lib
load procedure
load attack

# what nobody reads, or that is only repeated from another message; all else must be refused
# (the message before m2meobj is the same M2MEobj, and that before vector-request has the same IMSI)
harmless='ocsp-request|ocsp-response|other ro-sho-a-m2meobj|other vno-ro-vector-request'

judge() {
	sort attacks | uniq -c
	[ "$(grep -c refused attacks)" -ge "$1" ]
	grep -q '^kept .* tolerated' attacks
	run ! grep tolerated <(grep -vE "^kept|$harmless" attacks)
}

@test "initial-3gpp: every message altered, lost or replaced" {
	[ -n "${ATTACKS-}" ] || skip 'takes minutes: ATTACKS=1 BATS_TEST_TIMEOUT=1200 runs it'
	walk_once initial-3gpp ec-p256
	set +m
	attack "$RUN.log" 7 || {
		tail -n 5 branch.log
		return 1
	}
	judge 60
}
