#!/bin/bash
# 5.1.3.7.4.2, last paragraph: the MCIMs of both SHOs are there before the change, and strictly apart
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

served_by_sho_a

step 1 5.1.3.7.4.2 'the M2ME subscriber contacts the second SHO' \
	'The token is for its certificate alone: the first SHO cannot use it, nor a third.'
owner_registers sho-a sho-b 001-03
step 2 5.1.3.7.4.2 'the second SHO transfers the parameters to the RO' \
	'As for a change: the DRF would else send the M2ME to the first SHO again.'
drf_learns sho-b
step 3 5.1.3.7.4.2 'the DRF sends the bootstrap, through the first SHO' \
	'The first SHO gives the connectivity, and can change nothing in it.'
drf_makes_bootstrap tre_id "'$id'"
send ro sho-a bootstrap ro/bootstrap.xml
run "cp $wire sho-a/bootstrap.xml"
send sho-a m2me bootstrap sho-a/bootstrap.xml
m2me_bootstraps
step 4 5.1.3.7.4.2 'the M2ME connects to the DPF' \
	'With what is needed to validate it; the second SHO has never seen this M2ME.'
m2me_contacts_dpf
step 5 5.1.3.7.4.2 'the RO transfers the M2ME/TRE info to the second SHO' \
	'It names no MCIM of the first: what one operator has sold is not for the other.'
dpf_relays sho-b
step 6 5.1.3.7.4.2 'the second SHO asks the PVA to validate the TRE' \
	'That the two stay apart rests on the TRE: it must be one, or the second MCIM is open to the first.'
sho_asks_pva sho-b
step 7 5.1.3.7.4.2 'the PVA validates the TRE' \
	'Chain, revocation, signature, measurements: without them a revoked or patched platform would pass.'
pva_validates sho-b
step 8 5.1.3.7.4.2 'the PVA reports to the second SHO' \
	'Signed, with each check named: nobody between can turn a no into a yes, or leave a check out.'
pva_answers sho-b
step 9 5.1.3.7.4.2 'the second SHO sends its MCIM and the token to the DPF' \
	'Encrypted for the TRE: in the clear, whoever relays it could copy the subscription.'
sho_wraps sho-b
sho_delivers sho-b
dpf_makes_mcimobj sho-b
step 10 5.1.3.7.4.2 'the TRE installs the second MCIM beside the first' \
	'The first one stays selected: nothing changes yet, and a bad second one costs no service.'
dpf_downloads
run "$tre provision --beside -i m2me/mcimobj.xml -o m2me/status.jws"
step 15 5.1.3.7.4.2 'the M2ME reports to the DPF' \
	'Steps 11 to 14 discard the first MCIM; here nothing is discarded.'
m2me_reports
step 16 5.1.3.7.4.2 'the DPF reports to the second SHO' \
	'With the TRE'"'"'s own signed word inside: the SHO need not believe the DPF that it is done.'
dpf_reports sho-b

step T1 5.1.3.7.4.2 'each operator lists and reads what is its own' \
	'At most one MCIM is selected; neither operator learns that the other is there. 6F07 is EF_IMSI; a file with a key is read by nobody.'
for attempt in 'sho-a mcim-1' 'sho-b mcim-2'; do
	read -r who mcim <<<"$attempt"
	command_of "$who" list mcim=all
	m2me_answers "$who" listed
	run "jq -r .answer_b64 $who/listed.json | base64 -d >$who/list.jsonl"
	command_of "$who" read "mcim=$mcim file=6f07"
	m2me_answers "$who" told
	run "jq -r .answer_b64 $who/told.json | base64 -d >$who/imsi-file.json"
done

step T2 5.1.2.3 'each tries to read and to command the other'"'"'s: refused' \
	'The TRE takes a command for an MCIM from the operator that signed it in, and from nobody else.'
for attempt in 'sho-a mcim-2' 'sho-b mcim-1'; do
	read -r who mcim <<<"$attempt"
	for verb in 'read file=6f07' block retire delete; do
		outcome=wrong-operator command_of "$who" "${verb% *}" "mcim=$mcim${verb#"${verb% *}"}"
		stumbles 1 "$tre command -i $wire"
	done
done

step T3 5.1.2.3 'each commands its own' \
	'Blocked is the state that can be left again. The one that is not in use may be blocked too.'
for verb in block unblock; do
	command_of sho-b $verb mcim=mcim-2
	m2me_answers sho-b "$verb"
done

step T4 5.1.3.7.2 'the owner changes: the second MCIM is selected' \
	'"The owner of the device should control which MCIM is used." No download, no bootstrap.'
run "$tre select mcim-2 --pin owner/pin"
sho_serves sho-b

step 17 5.1.3.7.4.2 'the second SHO registers the M2ME at the DRF as subscribing to it' \
	'Future discovery leads here, and not to the first SHO any more.'
sho_subscribes sho-b

step T5 5.1.3.7.2 'the owner changes back' \
	'Both are still there: without that the owner could change only once.'
run "$tre select mcim-1 --pin owner/pin"
sho_serves sho-a
sho_subscribes sho-a
say ''
say 'The M2ME is served by sho-a, and has the MCIM of sho-b beside.'
