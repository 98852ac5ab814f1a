#!/bin/bash
# 5.2.5.8.3.1 (Alternative 4): from OSHO to NSHO over the OSHO's connectivity, with the DP-SP's privacy filter
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

served_by_sho_a

step 1 5.2.5.8.3.1 'the M2ME U/S contacts the NSHO (sho-b), and transfers the parameters' \
	'The NSHO tells the DR-SP (ro) that the M2ME is going to look for it.'
owner_registers sho-a sho-b 001-03
drf_learns sho-b

step 2 5.2.5.8.3.1 'the M2ME U/S instructs the M2ME to re-provision' \
	'The token that the TRE made for the owner is the instruction; the DR-SP answers where to go.'
run "jq -c '{tre_id, act: \"re-provision\"}' owner/delivery-note.json >owner/instruction.json"
send owner m2me instruction owner/instruction.json
run "jq -c '{tre_id}' $wire >m2me/discovery.json"
send m2me ro discovery-request m2me/discovery.json
drf_makes_bootstrap tre_id "\"\$(jq -r .tre_id $wire)\""
send ro m2me bootstrap ro/bootstrap.xml
m2me_bootstraps

step 3 5.2.5.8.3.1 'the NSHO asks the PVA to validate the M2ME' \
	'The evidence comes from the M2ME through the DP-SP. Unasked, a forged M2ME would be sent an MCIM.'
m2me_contacts_dpf
dpf_relays sho-b
sho_asks_pva sho-b

step 4 5.2.5.8.3.1 'the PVA validates the M2ME' \
	'Chain, revocation by OCSP, signature and measurements: without them a revoked or patched platform would pass.'
pva_validates sho-b

step 5 5.2.5.8.3.1 'the PVA indicates success to the NSHO' \
	'Signed, with each check named: nobody between can turn a no into a yes, or leave a check out.'
pva_answers sho-b

step 6 5.2.5.8.3.1 'the NSHO sends its MID to the DP-SP' \
	'Encrypted for the TRE: in the clear, whoever relays it could copy the subscription.'
sho_wraps sho-b
sho_delivers sho-b
dpf_makes_mcimobj sho-b

step 7 5.2.5.8.3.1 'the DP-SP sends the new MID to the M2ME, over the OSHO'"'"'s connectivity' \
	'Atomic: the whole MID is there and checked before anything else happens.'
dpf_downloads
run "$tre provision --stage -i m2me/mcimobj.xml -o m2me/staged.jws"

step 8 5.2.5.8.3.1 'the M2ME discards the OSHO'"'"'s vectors and credentials' \
	'Decided here, and signed by the TRE; done in one write with step 12, so that no power cut leaves it with none.'
run "$tre discard --operator sho-a -o m2me/notice.jws"

step 9 5.2.5.8.3.1 'the M2ME tells the OSHO (sho-a)' \
	'With the hash of the token: who only saw the token unregisters nobody.'
send m2me sho-a discard m2me/notice.jws
run "cp $wire sho-a/notice.jws"
run "m2m-note check discard --trust sho-a/cert-pva.pem --to sho-a --signer '$id' --register sho-a/register.db -i sho-a/notice.jws -o sho-a/notice.json"

step 10 5.2.5.8.3.1 'the OSHO acknowledges' \
	'It says which subscription ends: that is for the M2ME, and not for the NSHO.'
run "m2m-note make ack --key sho-a/key.pem --cert sho-a/cert.pem --to '$id' --about sho-a/notice.jws imsi=\$(jq -r .imsi sho-a/mcim.json) -o sho-a/ack.jws"
send sho-a m2me ack sho-a/ack.jws
run "cp $wire m2me/ack.jws"

step 11 5.2.5.8.3.1 'the M2ME sends the acknowledgement to the DP-SP, which relays it through its privacy filter' \
	'The NSHO needs to know that the OSHO has agreed, and nothing else: of signer, IMSI, notice and certificate none goes on.'
send m2me ro ack m2me/ack.jws
run "m2m-note check ack --trust ro/partners.pem --to '$id' --register ro/register.db -i $wire -o ro/ack.json"
run "m2m-note make status --key ro/key.pem --cert ro/cert.pem --to sho-b --about ro/authorization.jws tre_id='$id' result=acknowledged -o ro/filtered.jws"
send ro sho-b ack ro/filtered.jws
run "cp ro/cert.pem sho-b/cert-ro.pem"
run "m2m-note check status --trust sho-b/cert-ro.pem --to sho-b --signer ro --about sho-b/authorization.jws --register sho-b/register.db -i $wire -o sho-b/ack.json"

step 12 5.2.5.8.3.1 'the M2ME provisions the new MID into the TRE' \
	'The old one is blocked in the same write, and deleted when the new one has attached.'
run "$tre provision --commit --ack m2me/ack.jws -o m2me/status.jws"
m2me_reports

step 13 5.2.5.8.3.1 'the DP-SP reports the result to the NSHO' \
	'The TRE'"'"'s own status names its new MCIM alone: the NSHO would learn the OSHO'"'"'s from a longer one.'
dpf_reports sho-b

step S1 5.2.5.8.3.1 'the M2ME attaches to the network of the NSHO' \
	'The first success makes the change complete; before it nobody knows that the credentials fit.'
sho_serves sho-b

step 14 5.2.5.8.3.1 'the NSHO registers the M2ME at the DR-SP as subscribing to it' \
	'For future discovery queries: else they would still lead to the OSHO.'
sho_subscribes sho-b
say ''
say 'The M2ME is served by sho-b.'
