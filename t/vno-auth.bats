#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
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
	# a RES of another length is a wrong RES; what no RES can be is malformed
	for res in 00000000 "$(jq -r .xres v | cut -c1-8)" "$(jq -r .xres v)00" "$(printf '%064d' 0)"; do
		echo "{\"res\":\"$res\"}" >r
		refuses 1 'refused: res-mismatch' vno-auth --av v -i r
	done
	for res in '' 00 000000 "$(printf '%066d' 0)"; do
		echo "{\"res\":\"$res\"}" >r
		refuses 3 '^vno-auth: r: res: want 4 to 32 octets in hex' vno-auth --av v -i r
	done
	for res in 000000000 0000000g; do
		echo "{\"res\":\"$res\"}" >r
		refuses 3 '^vno-auth: r: res: ' vno-auth --av v -i r
	done
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

@test "TS 33.401 6.1.1: an EPS vector, whose K_ASME stays behind" {
	umask 077
	pcid-issue --register db --plmn 001-01 --count 1 -o c
	auc-av --register db --eps 001-01 -o v 001010000000001
	[ "$(vno-auth --av v | jq -c keys)" = '["autn","rand"]' ]
	jq -c '{res: .xres}' v >r
	[ "$(vno-auth --av v -i r)" = '{"imsi":"001010000000001","authenticated":true}' ]
	echo '{"res":"0000000000000000"}' >r
	refuses 1 'refused: res-mismatch: .*TS 33.401' vno-auth --av v -i r
	echo '{"res_star":"00000000000000000000000000000000"}' >r
	refuses 3 '^vno-auth: r: res: missing' vno-auth --av v -i r
}

# the card, and the ME's RES*, by milenage; HXRES* by openssl
@test "TS 33.501 6.1.3.2: RES* of the ME, HRES* and HXRES* in the serving network" {
	umask 077
	local snn=5G:mnc001.mcc001.3gppnetwork.org k opc hash
	pcid-issue --register db --plmn 001-01 --count 1 -o c
	k=$(jq -r .k c) opc=$(jq -r .opc c)
	auc-av --register db --5g $snn -o v 001010000000001
	vno-auth --av v >challenge
	[ "$(jq -c keys challenge)" = '["autn","rand"]' ]
	jq -c --arg k "$k" --arg opc "$opc" '. + {k: $k, opc: $opc}' challenge | milenage usim --5g $snn >r
	[ "$(jq -r .res_star r)" = "$(jq -r .xres_star v)" ]
	[ "$(vno-auth --av v -i r)" = '{"imsi":"001010000000001","authenticated":true}' ]
	# the vector of the serving network alone: HXRES*, the last 16 octets of SHA-256 (A.5)
	hash=$(jq -r '.rand + .xres_star' v | xxd -r -p | openssl dgst -sha256 -r | cut -c33-64)
	jq -c --arg h "$hash" '{rand, autn, hxres_star: $h}' v >se
	[ "$(vno-auth --av se -i r)" = '{"authenticated":true}' ]
	# another network's name gives another RES*
	jq -c --arg k "$k" --arg opc "$opc" '. + {k: $k, opc: $opc}' challenge | milenage usim --5g 5G:mnc002.mcc001.3gppnetwork.org >other
	refuses 1 'refused: res-mismatch: .*TS 33.501' vno-auth --av v -i other
	refuses 1 'refused: res-mismatch: .*TS 33.501' vno-auth --av se -i other
	# RES* has 128 bits, whatever RES has (TS 33.501 A.4)
	jq -c '.res_star |= .[2:]' r >cut
	refuses 3 '^vno-auth: cut: res_star: want 32 hex digits' vno-auth --av v -i cut
	jq -c '{res}' r >plain
	refuses 3 '^vno-auth: plain: res_star: missing' vno-auth --av v -i plain
	jq -c '.xres_star = "00"' v >short
	refuses 3 'xres_star: want 32 hex digits' vno-auth --av short -i r
	jq -c '.hxres_star = .xres_star' v >both
	refuses 3 'hxres_star: no such field' vno-auth --av both -i r
	jq -c 'del(.xres_star)' v >none
	refuses 3 'want a vector with xres' vno-auth --av none
}

@test "TUAK's lengths: RES of 128 bits, AUTS with a MAC of 256" {
	umask 077
	local key='{"k":"abababababababababababababababab","topc":"bd04d9530e87513c5d837ac2ad954623a8e2330c115305a73eb45d1f40cccbff","rand":"42424242424242424242424242424242","sqn":"000000000020"}'
	tuak av --res-bits 128 --mac-bits 256 <<<"$key" >v
	jq -c '{res: .xres}' v >r
	[ "$(vno-auth --av v -i r)" = '{"authenticated":true}' ]
	jq -c --argjson key "$key" '$key + {autn}' v | tuak usim --res-bits 128 --mac-bits 256 >auts 2>/dev/null || true
	[ "$(jq -r '.auts | length' auts)" -eq 76 ]
	[ "$(vno-auth --av v -i auts | jq -r .auts)" = "$(jq -r .auts auts)" ]
	jq -c '.auts |= .[2:]' auts >short
	refuses 3 'auts: want 28 hex digits' vno-auth --av v -i short
}
