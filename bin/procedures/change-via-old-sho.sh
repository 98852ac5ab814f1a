#!/bin/bash
# 5.1.3.7.4.2: another SHO, over the old one's connectivity (on a run folder of initial-3gpp, or a new one)
# --fail: provisioning coverage
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

# what the old SHO may do with its credentials only once it can be sure
old_sho_lets_go() {
	step S2 5.1.3.7.4.2 'the RO tells the old SHO, which deletes its credentials' \
		'Only now it can be sure (NOTE). It lets go only an M2ME whose own signed notice it has.'
	run "m2m-note make release --key ro/key.pem --cert ro/cert.pem --to sho-a tre_id='$id' -o ro/release.jws"
	send ro sho-a release ro/release.jws
	run "m2m-note check release --trust sho-a/cert-ro.pem --to sho-a --signer ro --register sho-a/register.db -i $wire -o sho-a/release.json"
}

# 15 and 16 of a failure, and the way back that step 15 names
provisioning_failed() {
	step 14 5.1.3.7.4.2 'the TRE is full: the new MCIM cannot be installed' \
		'All or nothing: the old MCIM is still there, and the STATUS says what was refused.'
	stumbles 1 "$tre provision --commit --ack m2me/ack.jws -o m2me/status.jws"

	step 15 5.1.3.7.4.2 'the M2ME reports the failure to the DPF, and goes pristine' \
		'"The M2ME firstly reverts to the pristine state, and then performs another initial provisioning phase."'
	m2me_reports tre-full
	run "$tre pristine --pin owner/pin"

	step 16 5.1.3.7.4.2 'the DPF reports the failure to the new SHO' \
		'sho-b takes the subscription back that nobody will use.'
	dpf_reports sho-b tre-full
	run "m2m-register set --register sho-b/register.db subscribers \$(jq -r .imsi sho-b/mcim.json) status=blocked"

	WALK_PROCEDURE=initial-3gpp
	initial_3gpp sho-b 001-03
	WALK_PROCEDURE=change-via-old-sho
	old_sho_lets_go
	say ''
	say 'The M2ME was pristine, and is served by sho-b.'
	exit 0
}

no_coverage() {
	step C1 5.1.3.7.4.2 'no network answers the M2ME' \
		'The new SHO and its roaming partners may have no coverage here (NOTE).'
	run "$tre attach --identity -o m2me/identity.json"
	send m2me sho-b identity m2me/identity.json no-coverage

	step C2 5.1.3.7.4.2 'the predetermined time is not over' \
		'An M2ME that went back at once would never come to a new network.'
	stumbles 1 "$tre revert"

	step C3 5.1.3.7.4.2 'the time is over: the M2ME goes back to the old MCIM' \
		'The old MCIM was blocked, and not deleted.'
	run "$tre revert --at \$(date -u -d '+2 hours' +%Y-%m-%dT%H:%M:%SZ) -o m2me/reverted.json"

	step C4 5.1.3.7.4.2 'the old SHO still has the credentials, and serves the M2ME' \
		'It deletes them only after step 17, and step 17 was not reached.'
	sho_serves sho-a

	step C5 5.1.3.7.4.2 'the DRF has the new SHO as registered, and not as subscribing' \
		'Its registration stays open for another try, until it expires or the owner takes another token.'
	run 'ro-drf-lookup --register ro/register.db --by tre_id '"'$id'"' -o ro/discovery.json'
	say ''
	say 'The M2ME is served by sho-a again.'
	exit 0
}

if [ "$WALK_FAIL" = provisioning ]; then
	fresh || {
		printf 'm2m-walk: --fail provisioning wants a new folder: its TRE has room for one MCIM\n' >&2
		exit 2
	}
	policy='{"ro_bootstraps":true,"revert_after":3600,"room":1}'
fi
served_by_sho_a

step 1 5.1.3.7.4.2 'the M2ME subscriber contacts the new SHO' \
	'The token, signed by the TRE and for the new SHO'"'"'s certificate alone, is what no malicious overwriting has.'
owner_registers sho-a sho-b 001-03

step 2 5.1.3.7.4.2 'the new SHO transfers the parameters to the RO' \
	'The DRF learns whom the M2ME shall find; the credentials in it are encrypted for the TRE.'
drf_learns sho-b

step 3 5.1.3.7.4.2 'the DRF sends the bootstrap, through the old SHO' \
	'The old SHO carries it, and cannot change it: the RO has signed it.'
drf_makes_bootstrap tre_id "'$id'"
send ro sho-a bootstrap ro/bootstrap.xml
run "cp $wire sho-a/bootstrap.xml"
send sho-a m2me bootstrap sho-a/bootstrap.xml
m2me_bootstraps

step 4 5.1.3.7.4.2 'the M2ME connects to the DPF' \
	'With what is needed to validate it: TRE_info, nonce_A, nonce_B, signed.'
m2me_contacts_dpf

step 5 5.1.3.7.4.2 'the RO transfers the M2ME/TRE info to the new SHO' \
	'The info names no MCIM of the old SHO: the TRE shows each operator its own.'
dpf_relays sho-b

step 6 5.1.3.7.4.2 'the new SHO asks the PVA to validate the TRE' \
	'The new operator verifies the device itself, as at the first provisioning (5.1.3.7.2).'
sho_asks_pva sho-b

step 7 5.1.3.7.4.2 'the PVA validates the TRE' \
	'Chain, revocation by OCSP, signature and measurements: without them a revoked or patched platform would pass.'
pva_validates sho-b

step 8 5.1.3.7.4.2 'the PVA reports to the new SHO' \
	'Signed, with each check named: nobody between can turn a no into a yes, or leave a check out.'
pva_answers sho-b

step 9 5.1.3.7.4.2 'the new SHO sends its MCIM and the token to the DPF' \
	'The MCIM is encrypted for the TRE, and the DPF authorised to pass on this one.'
sho_wraps sho-b
sho_delivers sho-b
dpf_makes_mcimobj sho-b

step 10 5.1.3.7.4.2 'the RO sends MCIM and token; the TRE checks, and keeps them beside the old' \
	'Atomic: the download is whole and checked before anything else happens. What breaks off changes nothing.'
dpf_downloads
if [ "$WALK_FAIL" = provisioning ]; then
	run 'head -c 2000 m2me/mcimobj.xml >m2me/broken.xml'
	stumbles 3 "$tre provision --stage -i m2me/broken.xml -o m2me/staged.jws"
fi
run "$tre provision --stage -i m2me/mcimobj.xml -o m2me/staged.jws"

step 11 5.1.3.7.4.2 'the M2ME tells the old SHO that it will discard' \
	'Signed with PrK_TRE, with the hash of the token: who only saw the token unregisters nobody.'
run "$tre discard --operator sho-a -o m2me/notice.jws"
send m2me sho-a discard m2me/notice.jws
run "cp $wire sho-a/notice.jws; cp ro/cert.pem sho-a/cert-ro.pem"
run "m2m-note check discard --trust sho-a/cert-pva.pem --to sho-a --signer '$id' --register sho-a/register.db -i sho-a/notice.jws -o sho-a/notice.json"

step 12 5.1.3.7.4.2 'the old SHO acknowledges' \
	'About this notice; the credentials stay in its register until it can be sure.'
run "m2m-note make ack --key sho-a/key.pem --cert sho-a/cert.pem --to '$id' --about sho-a/notice.jws -o sho-a/ack.jws"
send sho-a m2me ack sho-a/ack.jws
run "cp $wire m2me/ack.jws"

step 13 5.1.3.7.4.2 'the M2ME discards the vectors and the MCIM of the old SHO' \
	'Blocked and out of use; deleted when the new one has attached. One transaction with step 14: no power cut leaves the M2ME with none.'
run "$tre list --as sho-a -o m2me/old-mcim.json"
[ "$WALK_FAIL" != provisioning ] || provisioning_failed

step 14 5.1.3.7.4.2 'the M2ME provisions the new MCIM into the TRE' \
	'It was checked in step 10: what is left to do is one write, which no power cut can halve.'
run "$tre provision --commit --ack m2me/ack.jws -o m2me/status.jws"

step 15 5.1.3.7.4.2 'the M2ME reports the result to the DPF' \
	'Over the connection that it still has. About the MCIMobj of step 10.'
m2me_reports

step 16 5.1.3.7.4.2 'the DPF reports the result to the new SHO' \
	'With the TRE'"'"'s own signed word inside: the SHO need not believe the DPF that it is done.'
dpf_reports sho-b
[ "$WALK_FAIL" != coverage ] || no_coverage

step S1 5.1.3.7.4.2 'the M2ME attaches to the network of the new SHO' \
	'The first success makes the change complete: the old MCIM is deleted.'
sho_serves sho-b

step 17 5.1.3.7.4.2 'the new SHO registers the M2ME at the DRF as subscribing to it' \
	'It has seen it attach. Future discovery leads here; earlier, it would lead to one who may not serve.'
sho_subscribes sho-b

old_sho_lets_go
say ''
say 'The M2ME is served by sho-b.'
