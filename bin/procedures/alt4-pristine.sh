#!/bin/bash
# 5.2.5.8.3.2 (Alternative 4): from OSHO to NSHO by the pristine state
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

served_by_sho_a

step 1 5.2.5.8.3.2 'the M2ME U/S contacts the NSHO (sho-b), and transfers the parameters' \
	'The NSHO tells the DR-SP (ro) that the M2ME is going to look for it.'
owner_registers sho-a sho-b 001-03
drf_learns sho-b

step 2 5.2.5.8.3.2 'the M2ME U/S instructs the M2ME to re-provision' \
	'With his PIN, at the M2ME or over his own connection to it: anybody else could cut it off.'
run "jq -c '{tre_id, act: \"re-provision\"}' owner/delivery-note.json >owner/instruction.json"
send owner m2me instruction owner/instruction.json

step 3 5.2.5.8.3.2 'the M2ME removes the OSHO'"'"'s MID, and is pristine' \
	'The token of step 1 stays: it was not used yet. With the old MID kept, two would claim the M2ME.'
run "$tre pristine --pin owner/pin"

step 4 5.2.5.8.3.2 'the M2ME attaches with its PCID' \
	'To any VNO: nothing but the PCID is left that a network would take.'
pcid_attaches

step 5 5.2.5.8.3.2 'the VNO gets vectors from the ICO (ro), and authenticates the PCID' \
	'RES is XRES: without it, whoever reads a PCID off the air could attach with it.'
vno_asks_icf
icf_makes_vector
vno_gets_vector
vno_authenticates

step 6 5.2.5.8.3.2 'the VNO provides IP connectivity' \
	'"The subscription data stored at ICO and related to the PCID must allow access to an APN" of the DR-SP; and they allow no other.'
run "m2m-register export --register ro/register.db subscribers | jq -c '.restrictions = {apns: [\"provisioning.ro.example\"]}' | m2m-register import --register ro/register.db subscribers && vno-permit --register ro/register.db --apn provisioning.ro.example \$(jq -r .imsi vno/verdict.json) >ro/permitted.json && jq -c '{ip: \"192.0.2.17\", imsi, apn: \"provisioning.ro.example\"}' vno/verdict.json >vno/connectivity.json"
send vno m2me connectivity vno/connectivity.json

step 7 5.2.5.8.3.2 'the M2ME connects to the DR-SP' \
	'Over that connectivity; the DR-SP cannot call an address that nobody told it.'
run "jq -c '{pcid: .imsi, ip}' $wire >m2me/connect.json"
send m2me ro connect m2me/connect.json
run "cp $wire ro/session.json"

step 8 5.2.5.8.3.2 'the DR-SP aids the M2ME to find the NSHO' \
	'By a bootstrap, as in 5.1.3.6.3 step 8: an unsigned hint would lead it to anyone.'
drf_makes_bootstrap pcid "\$(jq -r .pcid ro/session.json)"
send ro m2me bootstrap ro/bootstrap.xml
m2me_bootstraps

step 9 5.2.5.8.3.2 'the NSHO asks a PVA to validate the M2ME' \
	'The evidence comes from the M2ME through the DP-SP. Unasked, a forged M2ME would be sent an MCIM.'
m2me_contacts_dpf
dpf_relays sho-b
sho_asks_pva sho-b

step 10 5.2.5.8.3.2 'the PVA validates authenticity and integrity' \
	'Chain, revocation by OCSP, signature and measurements: without them a revoked or patched platform would pass.'
pva_validates sho-b

step 11 5.2.5.8.3.2 'the PVA sends the results to the NSHO' \
	'Signed, with each check named: nobody between can turn a no into a yes, or leave a check out.'
pva_answers sho-b

step 12 5.2.5.8.3.2 'the NSHO contacts a DP-SP, and authorises the provisioning' \
	'Of this MID, to this TRE, by this DP-SP: a general leave could be used for another.'
sho_wraps sho-b
sho_delivers sho-b
dpf_makes_mcimobj sho-b

step 13 5.2.5.8.3.2 'the DP-SP downloads the MID object' \
	'Signed by the DP-SP, whose certificate the bootstrap brought.'
dpf_downloads

step 14 5.2.5.8.3.2 'the M2ME provisions the MID, and reports to the DP-SP' \
	'All or nothing; the STATUS is signed with PrK_TRE: half an MID would be no way back and none forward.'
run "$tre provision -i m2me/mcimobj.xml -o m2me/status.jws"
m2me_reports

step 15 5.2.5.8.3.2 'the DP-SP reports to the NSHO' \
	'With the TRE'"'"'s own signed word inside: the SHO need not believe the DPF that it is done.'
dpf_reports sho-b
first_attach sho-b
say ''
say 'The M2ME was pristine, and is served by sho-b.'
