#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Wireshark's dissectors on our short messages and on a trace of APDUs (GSMTAP).
load ../lib

setup_file() {
	wants_all tshark text2pcap || return 0
}

wrap() {
	printf '{"index":1,"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f"}\n' >keys
	ota-wrap --keyset keys --cntr 0000000001 --spi 1639 --kic 12 --kid 12 --tar b00010 --form tpdu "$@"
}

# dump: lines of hex as text2pcap reads them, a packet each
dump() {
	sed 's/../& /g; s/^/000000 /'
}

# field NAME: of each packet in pcap, the values of a field
field() {
	tshark -r pcap -T fields -e "$1" 2>/dev/null
}

@test "SMS-DELIVER: header, TP-PID, TP-DCS, time, the security header's element" {
	wrap --imsi 001020000000009 --at 2026-11-21T01:02:03Z -o tpdu
	dump <tpdu >text
	text2pcap -q -P gsm_sms text pcap 2>/dev/null
	[ "$(field gsm_sms.tp-oa | head -1)" = 12345 ]
	tshark -r pcap -V 2>/dev/null >tree
	[ "$(grep -c 'Message type: (U)SIM Data download (63)' tree)" -eq 1 ]
	[ "$(grep -c 'Message Class: Class 2 (U)SIM specific message' tree)" -eq 1 ]
	grep -q 'IE: (U)SIM Toolkit Security Headers' tree
	[ "$(grep -E '^ +(Year|Month|Day|Hour|Minutes|Seconds): ' tree | tr -d ' ' | paste -sd ' ')" = 'Year:26 Month:11 Day:21 Hour:1 Minutes:2 Seconds:3' ]
	run ! grep -qi malformed tree
}

@test "concatenated parts: wireshark joins them, and the packet is the same" {
	head -c 300 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >data
	wrap --reference 7 -i data -o tpdus
	ota-wrap --keyset keys --cntr 0000000001 --spi 1639 --kic 12 --kid 12 --tar b00010 -i data -o packet
	dump <tpdus >text
	text2pcap -q -P gsm_sms text pcap 2>/dev/null
	tshark -r pcap -V 2>/dev/null >tree
	[ "$(grep -c 'Message identifier: 7' tree)" -eq 3 ]
	grep -q 'Reassembled' tree
	run ! grep -qi malformed tree
	[ "$(field gsm_sms.reassembled.length | tail -1)" -eq $((($(wc -c <packet) - 1) / 2)) ]
}

@test "APDUs as GSMTAP: ENVELOPE with the SMS-PP inside, SELECT, AUTHENTICATE, status words" {
	wrap --imsi 001020000000009 -o tpdu
	local t len
	t=$(cat tpdu) len=$((${#t} / 2))
	uicc-sim --state card init --iccid 89430100000000000017
	echo '{"imsi":"001010000000001","k":"465b5ce8b199b49faa5f0a2ee238a6bc","opc":"cd63cb71954a9f4e48a5994e37a02baf"}' >credential
	uicc-sim --state card personalize --credential credential
	{
		printf '80c20000%02xd181%02x820283818b81%02x%s\n' $((len + 10)) $((len + 7)) $len "$t"
		printf '%s\n' 00a4000c023f00 00a4000c022fe2 00b000000a 00a4000c027fff \
			0088008122100000000000000000000000000000000010ffffffffffffffffffffffffffffffff
	} >asked
	uicc-sim --state card apdu <asked >told
	paste -d '' asked told | sed 's/^/02040400000000000000000000000000/' | dump >text
	text2pcap -q -u 4729,4729 text pcap 2>/dev/null
	tshark -r pcap 2>/dev/null >lines
	grep -q '1 .*ENVELOPE.* SMS-PP Download' lines
	grep -q '3 .*SELECT File ' lines
	grep -q '4 .*READ BINARY' lines
	grep -q '6 .*AUTHENTICATE' lines
	tshark -r pcap -V 2>/dev/null >tree
	grep -q 'IE: (U)SIM Toolkit Security Headers' tree
	grep -q '9862' tree # incorrect MAC
	run ! grep -qi malformed tree
}
