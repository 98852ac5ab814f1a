#!/bin/bash
# 5.1.3.6.3 step 8: the RO becomes the SHO, and the PCID goes on as its IMSI; until then for provisioning alone
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

# vno_asks_for APN: vectors of the PCID, for an access point
vno_asks_for() {
	run "jq -c '{imsi, apn: \"$1.ro.example\"}' vno/identity.json >vno/request.json"
	send vno ro vector-request vno/request.json
	run "cp $wire ro/request.json"
}

begin es pva ro vno sho-a sho-b m2me owner
factory

step K1 5.1.3.3.2.2 'the RO restricts the PCID to its provisioning access point' \
	'"Constraining communication to certain APNs": who copies a PCID, or takes the M2ME out, gets to the DRF and nowhere else.'
run "m2m-register export --register ro/register.db subscribers | jq -c '.restrictions = {apns: [\"provisioning.ro.example\"]}' | m2m-register import --register ro/register.db subscribers"

step R1 5.1.3.5.2 'the M2ME subscriber selects the RO itself as the SHO' \
	'The token names the RO'"'"'s certificate. No new number is made: the record of the PCID stays, with its K and its SQN.'
run 'cat ro/cert.pem >>ro/partners.pem'
owner_registers ro ro 001-01 ' --keep-imsi $(jq -r .pcid owner/delivery-note.json)'
step R2 5.1.3.4.2 'the RO registers at its own DRF' \
	'The DRF tells its own operator from others by the register alone: what is not there is bootstrapped for nobody.'
drf_learns ro

step 1 5.1.3.6.3 'the M2ME attaches with its PCID' \
	'The PCID has the form of an IMSI, so that the VNO needs to know nothing of M2M.'
pcid_attaches

step K2 5.1.3.3.2.2 'the VNO asks for vectors for another access point: refused' \
	'Before the change the AuC authenticates the M2ME for provisioning, and for nothing else.'
vno_asks_for m2m
stumbles 1 'auc-av --register ro/register.db --apn $(jq -r .apn ro/request.json) --recipient vno/cert.pem -o ro/vector.cms $(jq -r .imsi ro/request.json)'
run "printf '%s\\n' '{\"reason\":\"apn-restricted\"}' >ro/refusal.json"
send ro vno refusal ro/refusal.json apn-restricted

step 2 5.1.3.6.3 'the VNO sends the PCID to the ICF of the RO' \
	'MCC and MNC of the PCID say whom to ask. It says for which access point, too.'
vno_asks_for provisioning

step 3 5.1.3.6.3 'the ICF makes vectors from the temporary credential' \
	'For the access point that the record names. The SQN is written down before a vector leaves.'
run 'auc-av --register ro/register.db --apn $(jq -r .apn ro/request.json) --recipient vno/cert.pem -o ro/vector.cms $(jq -r .imsi ro/request.json)'

step 4 5.1.3.6.3 'the RO transfers the vectors to the VNO' \
	'CK and IK are in them: sealed for the VNO, or who listens between could listen on the air too.'
vno_gets_vector

step 5 5.1.3.6.3 'the VNO authenticates the M2ME by AKA' \
	'The M2ME checks the MAC and the SQN of the AUTN, the VNO compares RES with XRES.'
vno_authenticates

step 6 5.1.3.6.3 'the ICF asks the DRF to bootstrap' \
	'PCID and IP address cross inside the RO, signed by it like every word.'
icf_hands_over
steps_7_to_19 ro '' pcid '$(jq -r .pcid ro/session.json)'

step K3 5.1.3.3.2.2 'the RO lifts the restriction: the PCID is the IMSI of a subscription now' \
	'Not before the report of step 19: an M2ME that has no MCIM yet stays where it can be provisioned.'
run "m2m-register export --register ro/register.db subscribers | jq -c 'del(.restrictions)' | m2m-register import --register ro/register.db subscribers"

first_attach ro ' --apn m2m.ro.example'
say ''
say 'The M2ME is served by the RO, with the IMSI that was its PCID.'
