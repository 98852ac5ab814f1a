/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of concatenated short messages, as they may come: reference, how many, which, and octets.
 * What is kept is bounded, and what becomes whole is what the last copies of its parts say. */
#include "lib/fuzz.h"

#include "uicc/inside.h"

#include <string.h>

static size_t kept(const json_t *waiting)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(waiting); i++) {
		json_t *have = json_object_get(json_array_get(waiting, i), "have"), *text;
		const char *key;

		json_object_foreach (have, key, text)
			n += json_string_length(text) / 2;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *waiting = json_array();
	struct why why = {0};

	while (len >= 4) {
		struct sms_part p = {.reference = bytes[0] & 7,
				     .parts = 1U + bytes[1] % 6U,
				     .bytes = bytes + 4,
				     .len = bytes[3] & 127,
				     .from = bytes,
				     .from_len = bytes[0] >> 7};
		BUF(packet);
		int got;

		p.part = 1U + bytes[2] % p.parts;
		if (bytes[1] == 255)
			p.parts = 255;
		if (p.len > len - 4)
			p.len = len - 4;
		got = parts_take(waiting, &p, &packet, &why);
		MUST(got == 0 || got == 1);
		MUST(got == 1 || (!packet.len && p.parts > 1));
		MUST(packet.len <= (size_t)p.parts * 127);
		MUST(json_array_size(waiting) <= 4 && kept(waiting) <= 255U * 140U);
		bytes += 4 + p.len;
		len -= 4 + p.len;
	}
	return 0;
}
