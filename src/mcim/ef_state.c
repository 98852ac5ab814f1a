/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a new MCIM has in one state alone. */
#include "mcim/ef_kinds.h"

#include <string.h>

/* Keys and KeysPS 4.2.3, 4.2.4: KSI 07, no key is available. LOCI 4.2.17, PSLOCI 4.2.23: no
 * TMSI or P-TMSI, no location, status "not updated". */
static const uint8_t keys_none[33] = {0x07, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				      0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t loci_none[11] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				      0xff, 0xff, 0xfe, 0xff, 0x01};
static const uint8_t psloci_none[14] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0x01};

static int one_state_in(struct buf *out, const json_t *v, const char *word, const uint8_t *bytes,
			size_t len, struct why *why)
{
	const char *text = json_string_value(v);

	if (!text || strcmp(text, word) != 0)
		return why_input(why, "want \"%s\": a new MCIM has nothing else here", word);
	return buf_add(out, bytes, len, why);
}

static json_t *one_state_out(const uint8_t *got, size_t got_len, const char *word,
			     const uint8_t *bytes, size_t len)
{
	return got_len == len && CRYPTO_memcmp(got, bytes, len) == 0 ? json_string(word) : NULL;
}

int ef_keys_in(struct buf *out, const json_t *v, struct why *why)
{
	return one_state_in(out, v, "none", keys_none, sizeof(keys_none), why);
}

json_t *ef_keys_out(const uint8_t *bytes, size_t len)
{
	return one_state_out(bytes, len, "none", keys_none, sizeof(keys_none));
}

int ef_loci_in(struct buf *out, const json_t *v, struct why *why)
{
	return one_state_in(out, v, "not-updated", loci_none, sizeof(loci_none), why);
}

json_t *ef_loci_out(const uint8_t *bytes, size_t len)
{
	return one_state_out(bytes, len, "not-updated", loci_none, sizeof(loci_none));
}

int ef_psloci_in(struct buf *out, const json_t *v, struct why *why)
{
	return one_state_in(out, v, "not-updated", psloci_none, sizeof(psloci_none), why);
}

json_t *ef_psloci_out(const uint8_t *bytes, size_t len)
{
	return one_state_out(bytes, len, "not-updated", psloci_none, sizeof(psloci_none));
}
