#!/bin/bash
# 5.1.3.4.3, B.3: initial provisioning where the DPF makes the MCIM by the SHO's rules, and tells the SHO
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"
by_rules=yes
begin es pva ro vno sho-a sho-b m2me owner
factory

step R1 5.1.3.5.2 'the M2ME subscriber selects sho-a' \
	'The owner chooses, and gives the M2ME'"'"'s parameters. The SHO has no IMSI and no K for it yet.'
owner_registers ro sho-a 001-02
step R2 5.1.3.4.2 'sho-a registers at the DRF of the RO' \
	'The DRF can lead the M2ME to its SHO only where it knows of the contract.'
drf_learns sho-a

steps_1_to_5
step 6 5.1.3.6.3 'the ICF asks the DRF to bootstrap' \
	'PCID and IP address cross inside the RO, signed by it like every word.'
icf_hands_over
steps_7_to_13 sho-a '' pcid '$(jq -r .pcid ro/session.json)'

step 14 5.1.3.4.3 'the SHO sets the rules by which the DPF shall make the MCIM' \
	'Numbers that the SHO gives out of its hand, and the files that every MCIM of it has: all else the DPF makes.'
run "printf '%s\\n' '{\"plmn\":\"001-02\",\"first\":700000001,\"last\":700000999,\"mcim\":{\"fplmn\":[\"001-99\"]}}' >sho-a/rules.json"

step 15 5.1.3.4.3 'the SHO authorises the DPF to make one MCIM by them, and to provision it' \
	'Signed, for this TRE by its certificate, to this DPF, once. Nothing secret crosses on this way.'
run "m2m-note make authorization --key sho-a/key.pem --cert sho-a/cert.pem --to ro tre_id='$id' tre_cert_pem=@sho-a/tre.pem rules_b64=@sho-a/rules.json -o sho-a/authorization.jws"
send sho-a ro token sho-a/token.jws
run "cp $wire ro/token.jws"
send sho-a ro result sho-a/result.jws
run "cp $wire ro/result.jws"
send sho-a ro authorization sho-a/authorization.jws
run "cp $wire ro/authorization.jws"

step G1 B.3 'the DPF checks the authorisation, and makes the MCIM within its rules' \
	'IMSI, K and OPc. The register keeps the number that it gave out, and no K; the MCIM is for the TRE, bound to the SHO.'
run 'mcim-rules make --authorization ro/authorization.jws --trust ro/partners.pem --to ro --register ro/register.db --credentials ro/told.cms -o ro/mcim.blob'
dpf_makes_mcimobj sho-a
steps_16_to_19 sho-a ''

step G2 5.1.3.4.3 'the SHO takes the credentials that the DPF tells in its report, and loads its AuC' \
	'"Advise the SHO of the credentials that have been downloaded": sealed for the SHO, in the signed report; the SHO looks whether they are within its rules.'
run "jq -r .credentials_b64 sho-a/report.json | base64 -d >sho-a/told.cms"
run 'mcim-rules take --authorization sho-a/authorization.jws --trust sho-a/cert.pem --register sho-a/register.db --key sho-a/key.pem -i sho-a/told.cms -o sho-a/taken.json'

step G3 B.3 'a DPF that goes beyond the rules: the SHO does not take what it tells' \
	'An IMSI of the SHO'"'"'s own numbers, whose K the DPF would know: the AuC would else serve a subscription that nobody sold.'
run "printf '%s\\n' '$id' >ro/tre-ids"
run 'pcid-issue --register ro/beyond.db --plmn 001-02 --first 1 --last 9 --count 1 --tre-ids ro/tre-ids --recipient sho-a/cert.pem -o ro/beyond.cms'
send ro sho-a credentials ro/beyond.cms beyond-rules
stumbles 1 "mcim-rules take --authorization sho-a/authorization.jws --trust sho-a/cert.pem --register sho-a/register.db --key sho-a/key.pem -i $wire"

first_attach sho-a
say ''
say 'The M2ME is served by sho-a, with an MCIM that the DPF made.'
