# Loaded after lib by the tests of OTA packets.
# shellcheck shell=bash

# rows KIND: the published packets of that kind, a JSON object each
rows() {
	jq -Rrsc --arg kind "$1" 'rtrimstr("\n") | split("\n") | map(split("\t")) | .[0] as $names |
		.[1:][] | [$names, .] | transpose | map({(.[0]): .[1]}) | add | select(.kind == $kind)' \
		"$SPECS/ts102225-ota.tsv"
}

# keyset ROW: what the octets do not say, in the file keyset
keyset() {
	jq -c '{kic: .kic_key, kid: .kid_key}
		+ if .cmac_len != "" then {cmac_bytes: (.cmac_len | tonumber)} else {} end
		+ if (.note | test("CRC32")) then {kid_alg: "crc32"} else {} end' <<<"$1" >keyset
}

# field ROW NAME
field() {
	jq -r ".$2" <<<"$1"
}

# AES-128 and 256 key sets for the tests of refusals
aes_keyset() {
	cat >keyset <<-'JSON'
		{"index":1,"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f","cntr":"0000000005"}
	JSON
}
