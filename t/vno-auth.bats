#!/usr/bin/env bats
load lib

@test "challenge, RES, AUTS, and what is refused" {
	pcid-issue --register db --plmn 001-01 --count 1 -o c
	auc-av --register db -o v 001010000000001
	vno-auth --av v >challenge
	[ "$(jq -c keys challenge)" = '["autn","rand"]' ]
	jq -c '{res: .xres}' v >r
	[ "$(vno-auth --av v -i r)" = '{"imsi":"001010000000001","authenticated":true}' ]
	echo '{"res":"0000000000000000"}' >r
	refuses 1 'refused: res-mismatch' vno-auth --av v -i r
	echo '{"auts":"0102030405060708090a0b0c0d0e"}' >r
	[ "$(vno-auth --av v -i r | jq -r .auts)" = 0102030405060708090a0b0c0d0e ]
	echo '{"res":"00"}' >r
	refuses 3 'res: want 16 hex digits' vno-auth --av v -i r
	echo '{"auts":"00","x":1}' >r
	refuses 3 'x: no such field' vno-auth --av v -i r
}

@test "a sealed vector opens with the key of the VNO alone" {
	m2m-keygen operator --name vno --key-out vno.key --cert-out vno.pem
	m2m-keygen operator --name foe --key-out foe.key --cert-out foe.pem
	pcid-issue --register db --plmn 001-01 --count 1 -o c
	auc-av --register db --recipient vno.pem -o v 001010000000001
	vno-auth --av v --key vno.key >challenge
	refuses 1 'refused: mac-mismatch' vno-auth --av v --key foe.key
}
