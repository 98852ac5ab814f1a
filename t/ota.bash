# SPDX-License-Identifier: Apache-2.0
# Loaded after lib by the tests of OTA packets.
# shellcheck shell=bash

# published KIND CMD: runs CMD for each published packet of that kind, with its columns in the array
# row and its key set in the file keyset; says how many there were
published() {
	local names values n=0 i
	declare -gA row
	while IFS='|' read -ra values; do
		if [ "${values[0]}" = kind ]; then
			names=("${values[@]}")
			continue
		fi
		[ "${values[0]}" = "$1" ] || continue
		for i in "${!names[@]}"; do row[${names[i]}]=${values[i]-}; done
		row_keyset >keyset
		"$2" || {
			echo "${row[name]}"
			return 1
		}
		n=$((n + 1))
	done < <(tr '\t' '|' <"$SPECS/ts102225-ota.tsv")
	echo "$n packets"
}

# what the octets do not say
row_keyset() {
	printf '{"kic":"%s","kid":"%s"' "${row[kic_key]}" "${row[kid_key]}"
	[ -z "${row[cmac_len]}" ] || printf ',"cmac_bytes":%d' "${row[cmac_len]}"
	[[ ${row[note]} != *CRC32* ]] || printf ',"kid_alg":"crc32"'
	echo '}'
}

# is FILE TEXT: what the file says, and what is wanted where that differs
is() {
	[ "$(cat "$1")" = "$2" ] || {
		echo "$2"
		cat "$1"
		return 1
	}
}

# AES-128 and 256 key sets for the tests of refusals
aes_keyset() {
	cat >keyset <<-'JSON'
		{"index":1,"kic":"000102030405060708090a0b0c0d0e0f","kid":"101112131415161718191a1b1c1d1e1f","cntr":"0000000005"}
	JSON
}
