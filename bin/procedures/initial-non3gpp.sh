#!/bin/bash
# 5.1.3.6.4: initial provisioning over non-3GPP access, through an ICSP and without the ICF
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"
begin es pva ro vno icsp sho-a sho-b m2me owner
factory

step R1 5.1.3.5.2 'the M2ME subscriber selects sho-a' \
	'The owner chooses, and gives the M2ME'"'"'s parameters; the token is his consent.'
owner_registers ro sho-a 001-02
step R2 5.1.3.4.2 'sho-a registers at the DRF of the RO' \
	'The DRF can lead the M2ME to its SHO only where it knows of the contract.'
drf_learns sho-a

step 1 5.1.3.6.4 'the M2ME accesses the network of a non-3GPP ICSP' \
	'Unauthenticated, for registration alone: no PCID, no vectors, no ICF (steps 2 to 5 of 5.1.3.6.3 are not needed).'
run "$tre boot --components m2me/components.jsonl -o m2me/boot.json"
run "printf '%s\\n' '{\"access\":\"wlan\",\"purpose\":\"registration\"}' >m2me/access.json"
send m2me icsp access m2me/access.json
run "printf '%s\\n' '{\"ip\":\"192.0.2.17\",\"route\":\"drf.ro.example\"}' >icsp/connectivity.json"
send icsp m2me connectivity icsp/connectivity.json
run "cp $wire m2me/connectivity.json"

step 6 5.1.3.6.4 'the ICSP provides a direct IP connection to the RO (DRF)' \
	'Nobody has authenticated the M2ME yet: the bootstrap is for the TRE_id alone, its credentials only that TRE can read, and the PVA validates before an MCIM is sent.'
run "jq -c --arg tre_id '$id' '{tre_id: \$tre_id, ip}' m2me/connectivity.json >m2me/discovery.json"
send m2me ro discovery-request m2me/discovery.json
run "cp $wire ro/session.json"

steps_7_to_19 sho-a '' tre_id '"$(jq -r .tre_id ro/session.json)"'
first_attach sho-a
say ''
say 'The M2ME is served by sho-a, and never presented its PCID.'
