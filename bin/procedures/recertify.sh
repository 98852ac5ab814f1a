#!/bin/bash
# 5.1.2.2, 5.1.3.5.8: a signed update of the firmware; new reference values, a renewed Cert_TRE, the old one revoked; a signed policy
# shellcheck source=bin/procedures/lib/alt1.sh
. "$WALK_SCRIPTS/lib/alt1.sh"

# contact: the owner wants sho-b, and the M2ME shows it what it is (5.1.3.7.4.2 steps 1 to 5)
contact() {
	owner_registers sho-a sho-b 001-03
	drf_learns sho-b
	drf_makes_bootstrap tre_id "'$id'"
	send ro m2me bootstrap ro/bootstrap.xml
	m2me_bootstraps
	m2me_contacts_dpf
	dpf_relays sho-b
}

served_by_sho_a
by_rules=yes # sho-b sells nothing before it knows the platform

step F1 5.1.2.2 'the ES updates the firmware; the TRE takes it by its word, and measures it at the next boot' \
	'"By an authorised entity": whom the policy names. Signed, for this TRE, never an older version, with the owner'"'"'s PIN; and what was installed is what must run.'
run "printf 'firmware 2\\n' >es/firmware.bin"
run "m2m-note make firmware --key es/key.pem --cert es/cert.pem --to '$id' --about es/firmware.bin component=firmware version=2 -o es/firmware.jws"
send es m2me firmware-note es/firmware.jws
run "cp $wire m2me/firmware.jws"
send es m2me firmware es/firmware.bin
run "cp $wire m2me/firmware.bin"
run "$tre firmware --image m2me/firmware.bin -i m2me/firmware.jws --pin owner/pin"
run "{ grep bootloader m2me/components.jsonl; printf '{\"component\":\"firmware\",\"path\":\"m2me/firmware.bin\"}\\n'; } >m2me/updated.jsonl"
run "$tre boot --components m2me/updated.jsonl -o m2me/boot.json"

step F2 5.1.3.7.4.2 'the owner wants another operator, and the M2ME shows it what it is' \
	'Steps 1 to 5 of a change: TRE_info with the new measurements, signed with PrK_TRE.'
contact

step F3 5.1.3.5.8 'the PVA says no: it knows another firmware' \
	'Wrong measurements may be an update or an attack; who does not know says no. Signed, so that the SHO sends nothing.'
sho_asks_pva sho-b
pva_validates sho-b wrong-measurement
pva_answers sho-b wrong-measurement

step F4 5.1.3.5.8 'the ES tells the PVA the new reference values, and the PVA looks again' \
	'"Obtaining new platform credentials when required, e.g. after a remote update of the M2ME": what was measured is what the ES has made.'
run "{ grep bootloader es/reference.jsonl; printf '{\"component\":\"firmware\",\"sha256\":\"%s\"}\\n' \$(sha256sum <es/firmware.bin | cut -c1-64); } >es/updated.jsonl"
send es pva reference es/updated.jsonl
run "cp $wire pva/reference.jsonl"
run "pva-verify --trust pva/cert.pem --tre-id '$id' --reference pva/reference.jsonl --require signature,chain,tre-id,measurements -i pva/m2meobj.xml -o pva/appraised.json"

step F5 5.1.3.5.8 'the TRE asks for a renewed Cert_TRE; the PVA gives one, and the TRE takes it' \
	'The request has what is measured now, signed with PrK_TRE: the PVA certifies the platform that it knows, and no other. Another key, another issuer or an older certificate the TRE refuses.'
run "$tre certify --ask --to pva -o m2me/certificate-request.jws"
send m2me pva certificate-request m2me/certificate-request.jws
run "m2m-note check certificate-request --trust pva/cert.pem --to pva --signer '$id' --register pva/register.db -i $wire -o pva/asked.json"
run "jq -e --slurpfile known pva/reference.jsonl '.measurements == \$known' pva/asked.json >pva/known.json"
run 'jq -r .csr_pem pva/asked.json >pva/tre.csr'
run 'cp pva/tre.pem pva/tre-old.pem'
run "m2m-keygen sign --csr pva/tre.csr --tre-id '$id' --ca-key pva/key.pem --ca-cert pva/cert.pem --index pva/index.txt --days 7300 -o pva/tre.pem"
send pva m2me cert pva/tre.pem
run "cp $wire m2me/tre.pem"
run "$tre certify --cert m2me/tre.pem --pin owner/pin"
run 'cp m2me/tre.pem owner/tre.pem'
run "jq -c --rawfile cert owner/tre.pem '.cert_pem = \$cert' owner/delivery-note.json >owner/note.json && mv owner/note.json owner/delivery-note.json"

step F6 5.1.3.5.8 'the PVA revokes the old certificate, and refuses it' \
	'It stood for a platform that is no more: an M2ME with the old firmware, or a copy of its word, shows that one.'
run 'm2m-keygen revoke --index pva/index.txt --cert pva/tre-old.pem --reason superseded'
responder pva/index.txt pva/cert.pem pva/key.pem
stumbles 1 "pva-verify --trust pva/cert.pem --cert pva/tre-old.pem --tre-id '$id' --ocsp \$ocsp -o pva/old.json"
responder_ends

step F7 5.1.3.7.4.2 'the owner registers again, with the new certificate' \
	'A new token, nonce_A and nonce_B: the answer of F3 was about the M2MEobj of F2 alone.'
contact

step F8 5.1.3.5.8 'the PVA validates the platform' \
	'New firmware, new reference values, new certificate, which the responder knows as good: the change may go on.'
sho_asks_pva sho-b
pva_validates sho-b
pva_answers sho-b

step F9 5.1.2.3 'the ES changes the policy of the TRE' \
	'"Overall security controls governing the general usage and management of MCIMs may be provided by a stakeholder such as the M2ME equipment supplier." An operator, whose MCIM they bind, may not: its own are in its MCIM.'
run "jq -c '.controls = {pin: true}' es/policy.json >es/policy-2.json"
run "m2m-note make policy --key sho-a/key.pem --cert sho-a/cert.pem --to '$id' version=2 policy_b64=@es/policy-2.json -o sho-a/policy.jws"
send sho-a m2me policy sho-a/policy.jws untrusted-chain
stumbles 1 "$tre policy -i $wire --pin owner/pin"
run "m2m-note make policy --key es/key.pem --cert es/cert.pem --to '$id' version=2 policy_b64=@es/policy-2.json -o es/policy.jws"
send es m2me policy es/policy.jws
run "$tre policy -i $wire --pin owner/pin"
run "$tre info -o m2me/info.json"
say ''
say 'The M2ME is served by sho-a; sho-b knows that its platform is in order.'
