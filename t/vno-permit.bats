#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib

subscriber() { # RESTRICTIONS
	jq -nc --argjson r "$1" '{imsi: "001010000000001", status: "active", restrictions: $r}' | m2m-register import --register db subscribers
}

permit() {
	vno-permit --register db "$@" 001010000000001
}

@test "5.2.5.3: services, places and end points, each from its list" {
	subscriber '{"services":["ps-data","sms"],"places":["001-01-0007","001-02"],"end_points":["meters.owner.example:443","*.owner.example:8443","10.0.0.1"],"authenticate":"always"}'
	[ "$(permit)" = '{"imsi":"001010000000001","authenticate":"always"}' ]
	local v
	for v in ps-data sms; do permit --service $v >out; done
	for v in speech-t11 ps ps-data2 ''; do refuses 1 'refused: service-restricted' permit --service "$v"; done
	for v in 001-01-0007 001-01-0007-0001 001-02-0009-0001 001-02; do permit --place $v >out; done
	for v in 001-01-0008 001-01-00071 001-01 001-020-1 001; do refuses 1 'refused: place-restricted' permit --place $v; done
	for v in meters.owner.example:443 METERS.owner.example:443 a.owner.example:8443 a.b.owner.example:8443 10.0.0.1 10.0.0.1:99; do
		permit --end-point $v >out || return
	done
	for v in meters.owner.example meters.owner.example:23 owner.example:8443 xowner.example:8443 10.0.0.12 meters.owner.example.foe:443 .owner.example; do
		refuses 1 'refused: end-point-restricted' permit --end-point $v || return
	done
	# all that is asked for has to pass
	refuses 1 'refused: place-restricted' permit --service ps-data --place 001-03 --end-point 10.0.0.1
}

@test "without restrictions all passes; the subscription has to be alive" {
	echo '{"imsi":"001010000000001","status":"active"}' | m2m-register import --register db subscribers
	[ "$(permit --service speech-t11 --place 262-01 --end-point a:1 | jq -r .authenticate)" = usual ]
	subscriber '{"services":[]}'
	refuses 1 'service-restricted' permit --service ps-data
	m2m-register set --register db subscribers 001010000000001 status=blocked
	refuses 1 'refused: subscriber-blocked' permit
	m2m-register set --register db subscribers 001010000000001 status=waiting
	refuses 1 'refused: subscriber-waiting' permit
	refuses 1 'refused: unknown-imsi' vno-permit --register db 001010000000002
	refuses 3 'IMSI' vno-permit --register db 12
	refuses 2 'one IMSI' vno-permit --register db
}

@test "restrictions of another form are no record" {
	local bad
	for bad in '[]' '"x"' '{"service":[]}' '{"services":"x"}' '{"services":[1]}' '{"places":["a b"]}' '{"end_points":[""]}' '{"authenticate":"never"}'; do
		jq -nc --argjson r "$bad" '{imsi: "001010000000001", restrictions: $r}' >record
		refuses 3 'restrictions|no such field' m2m-register import --register db subscribers -i record || return
	done
}

@test "5.1.3.3.2.2: an AuC that makes vectors for the provisioning access point alone" {
	pcid-issue --register db --plmn 001-01 --count 1 -o credential
	m2m-register export --register db subscribers | jq -c '.restrictions = {apns: ["provisioning.ro.example"]}' | m2m-register import --register db subscribers
	local sqn
	sqn=$(m2m-register export --register db subscribers | jq -r .sqn)
	vectors() { auc-av --register db "$@" 001010000000001; }
	refuses 1 'refused: apn-restricted: m2m.ro.example is none of' vectors --apn m2m.ro.example
	refuses 1 'refused: apn-restricted: .* none was named' vectors
	refuses 1 'refused: apn-restricted' vectors --apn ''
	refuses 1 'refused: apn-restricted' vectors --apn provisioning.ro.example.foe
	# nothing was used up by what was refused
	[ "$(m2m-register export --register db subscribers | jq -r .sqn)" = "$sqn" ]
	[ "$(vectors --apn Provisioning.RO.example --audit log | jq -r .imsi)" = 001010000000001 ]
	refuses 1 'apn-restricted' vectors --apn m2m.ro.example --audit log
	[ "$(jq -r .outcome log | paste -sd ' ')" = 'vector apn-restricted' ]
	permit --apn provisioning.ro.example >out
	refuses 1 'refused: apn-restricted' permit --apn m2m.ro.example
	# when the list is gone, every access point passes again
	m2m-register export --register db subscribers | jq -c 'del(.restrictions)' | m2m-register import --register db subscribers
	vectors --apn m2m.ro.example >out
	vectors >out
	refuses 3 'apns: want a list' m2m-register import --register db subscribers < <(echo '{"imsi":"001010000000002","status":"active","restrictions":{"apns":"m2m"}}')
}
