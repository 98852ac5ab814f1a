#!/bin/bash
# 5.1.3.7.4.3: another SHO, by the pristine state (on a run folder of initial-3gpp, or a new one)
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

served_by_sho_a

step 1 5.1.3.7.4.3 'the M2ME subscriber contacts the new SHO' \
	'The M2ME'"'"'s parameters and the token: the owner wants the change, to this operator.'
owner_registers sho-a sho-b 001-03

step 2 5.1.3.7.4.3 'the new SHO passes them to the RO, which orders a re-provisioning' \
	'The order is the RO'"'"'s, and names the token: an order that no owner asked for takes no MCIM away.'
drf_learns sho-b
send sho-b ro token sho-b/token.jws
run "cp $wire ro/token.jws"
run "m2m-note make reprovision --key ro/key.pem --cert ro/cert.pem --to '$id' token_sha256=\$(tr -d '\\n' <ro/token.jws | sha256sum | cut -c1-64) -o ro/reprovision.jws"
send ro m2me reprovision ro/reprovision.jws
run "cp $wire m2me/reprovision.jws"

step 3 5.1.3.7.4.3 'the M2ME removes the MCIM of the old SHO, and is pristine' \
	'PCID, PrK_TRE and the RO'"'"'s certificate are what is left, and the token that was not used yet.'
run "$tre pristine --order m2me/reprovision.jws"
run "$tre list -o m2me/mcims.jsonl"

nineteen_steps sho-b 4.
first_attach sho-b
say ''
say 'The M2ME was pristine, and is served by sho-b.'
