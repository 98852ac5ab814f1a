# shellcheck shell=bash
# TR 33.812 5.1.3.6.3, whole: its nineteen steps in the report's order, and what stands before and after
# them. Of alt1.sh, whose functions these are made of.

# initial_3gpp SHO PLMN: the contract, the nineteen steps, and the first attach
initial_3gpp() {
	local sho=$1

	step R1 5.1.3.5.2 "the M2ME subscriber selects $sho" \
		'The owner chooses, and gives the M2ME'"'"'s parameters; the token is his consent, signed by the TRE.'
	owner_registers ro "$sho" "$2"

	step R2 5.1.3.4.2 "$sho registers at the DRF of the RO" \
		'The DRF can lead the M2ME to its SHO only where it knows of the contract.'
	drf_learns "$sho"

	nineteen_steps "$sho"
	first_attach "$sho"
}

# steps_1_to_5 [PREFIX]: the initial attach of 5.1.3.6.3
steps_1_to_5() {
	local n=${1-}
	step "${n}1" 5.1.3.6.3 'the M2ME attaches with its PCID' \
		'The PCID has the form of an IMSI, so that the VNO needs to know nothing of M2M.'
	pcid_attaches

	step "${n}2" 5.1.3.6.3 'the VNO sends the PCID to the ICF of the RO' \
		'MCC and MNC of the PCID say whom to ask: another operator has no vectors for it.'
	vno_asks_icf

	step "${n}3" 5.1.3.6.3 'the ICF makes vectors from the temporary credential' \
		'An unknown PCID ends here. The SQN is written down before a vector leaves.'
	icf_makes_vector

	step "${n}4" 5.1.3.6.3 'the RO transfers the vectors to the VNO' \
		'CK and IK are in them: sealed for the VNO, or who listens between could listen on the air too.'
	vno_gets_vector

	step "${n}5" 5.1.3.6.3 'the VNO authenticates the M2ME by AKA' \
		'The M2ME checks the MAC and the SQN of the AUTN, the VNO compares RES with XRES.'
	vno_authenticates
}

# steps_7_to_13 SHO PREFIX KEY ID: discovery by that key, and the validation
steps_7_to_13() {
	local sho=$1 n=$2
	step "${n}7" 5.1.3.6.3 'the DRF looks up SHO and DPF, and makes the bootstrap' \
		'By the PCID it finds which operator has the contract: without one the M2ME is sent nowhere.'
	drf_makes_bootstrap "$3" "$4"

	step "${n}8" 5.1.3.6.3 'the DRF sends the bootstrap' \
		'Access point, DPF, and both contexts. The certificate of the SHO in it must be the one that the token names.'
	send ro m2me bootstrap ro/bootstrap.xml
	m2me_bootstraps

	step "${n}9" 5.1.3.6.3 'the M2ME contacts the DPF' \
		'TRE_info, nonce_A and a new nonce_B, signed with PrK_TRE: fresh for both sides.'
	m2me_contacts_dpf

	step "${n}10" 5.1.3.6.3 'the DPF relays the M2ME/TRE info to the SHO' \
		'The DPF does not judge: the SHO decides whom it serves, and could not if it saw no evidence.'
	dpf_relays "$sho"

	step "${n}11" 5.1.3.6.3 'the SHO asks a PVA to validate the TRE' \
		'It says which checks it requires. nonce_A and the password are its own secrets: those it has checked itself.'
	sho_asks_pva "$sho"

	step "${n}12" 5.1.3.6.3 'the PVA validates the M2ME' \
		'Chain, revocation by OCSP, signature, and the measurements against the ones it knows.'
	pva_validates "$sho"

	step "${n}13" 5.1.3.6.3 'the PVA answers the SHO' \
		'A signed result that names each check: nonce_B and TRE_id are taken from it, and from nothing that nobody verified.'
	pva_answers "$sho"
}

# steps_7_to_19 SHO PREFIX KEY ID: the same, and the provisioning
steps_7_to_19() {
	local sho=$1 n=$2
	steps_7_to_13 "$@"

	step "${n}14" 5.1.3.6.3 'the SHO encrypts the MCIM for the TRE' \
		'For PuK_TRE, with TRE_id and the SHO'"'"'s certificate bound in: the DPF cannot read or move it.'
	sho_wraps "$sho"

	step "${n}15" 5.1.3.6.3 'the SHO delivers it to the DPF, and authorises the provisioning' \
		'The authorization is about this MCIM and this TRE, to this DPF, once.'
	sho_delivers "$sho"
	dpf_makes_mcimobj "$sho"
	steps_16_to_19 "$sho" "$n"
}

# steps_16_to_19 SHO PREFIX: the download, and the reports
steps_16_to_19() {
	local sho=$1 n=$2
	step "${n}16" 5.1.3.6.3 'the DPF downloads the MCIMobj to the M2ME' \
		'Signed by the DPF, whose certificate the bootstrap brought: a DPF of nobody'"'"'s is refused.'
	dpf_downloads

	step "${n}17" 5.1.3.6.3 'the TRE decrypts and installs the MCIM' \
		'Signature, nonce_B and token first; then the MAC; then the rest; all or nothing.'
	run "$tre provision -i m2me/mcimobj.xml -o m2me/status.jws"

	step "${n}18" 5.1.3.6.3 'the M2ME reports to the DPF' \
		'The STATUS is signed with PrK_TRE and about this MCIMobj: the DPF cannot make it up.'
	m2me_reports

	step "${n}19" 5.1.3.6.3 'the DPF reports to the SHO' \
		'With the TRE'"'"'s own signed word inside: the SHO need not believe the DPF that it is done.'
	dpf_reports "$sho"
}

# nineteen_steps SHO [PREFIX]: 5.1.3.6.3, under their own numbers or with a prefix before
nineteen_steps() {
	local sho=$1 n=${2-}
	steps_1_to_5 "$n"

	step "${n}6" 5.1.3.6.3 'the ICF asks the DRF to bootstrap' \
		'PCID and IP address cross inside the RO, signed by it like every word.'
	icf_hands_over
	steps_7_to_19 "$sho" "$n" pcid "\$(jq -r .pcid ro/session.json)"
}

# first_attach SHO [OPTIONS]: with the new MCIM; and the DRF hears whom the M2ME subscribes to
first_attach() {
	local sho=$1

	step S1 5.1.3.6.3 "the M2ME attaches to the network of $sho" \
		'The first success with the MCIM completes it: until then the way back is open.'
	sho_serves "$sho" "${2-}"

	step S2 5.1.3.4.2 "$sho tells the DRF that the M2ME subscribes to it" \
		'The registration is over; another operator may register when the owner wants it.'
	sho_subscribes "$sho"
}
