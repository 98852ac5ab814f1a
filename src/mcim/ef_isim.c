/* SPDX-License-Identifier: Apache-2.0 */
/* The text files of an ISIM, TS 31.103. */
#include "mcim/ef_kinds.h"

#include <string.h>

/* ---- TS 31.103: text in a TLV of tag 80; EF_P-CSCF has a type octet, 00 for an FQDN ---- */

static int tlv_in(struct buf *out, const json_t *v, const char *lead, const char *what,
		  struct why *why)
{
	const char *text = ef_text(v, what, why);
	const size_t more = lead ? 1 : 0;

	if (!text)
		return -1;
	if (!*text || strlen(text) > 120)
		return why_input(why, "%s: want 1 to 120 characters", what);
	return buf_add(out, (uint8_t[]){0x80, (uint8_t)(strlen(text) + more)}, 2, why) ||
			       buf_add(out, lead ? lead : "", more, why) ||
			       buf_add(out, text, strlen(text), why)
		       ? -1
		       : 0;
}

static json_t *tlv_out(const uint8_t *bytes, size_t len, size_t more)
{
	if (len < 3 + more || bytes[0] != 0x80 || bytes[1] != len - 2 || (more && bytes[2] != 0))
		return NULL;
	return json_stringn((const char *)bytes + 2 + more, len - 2 - more);
}

int ef_impi_in(struct buf *out, const json_t *v, struct why *why)
{
	return tlv_in(out, v, NULL, "impi, domain", why);
}

json_t *ef_impi_out(const uint8_t *bytes, size_t len)
{
	return tlv_out(bytes, len, 0);
}

/* records of the longest one's length, F behind the shorter */
static int tlv_list_in(struct buf *out, const json_t *v, const char *lead, const char *what,
		       struct why *why)
{
	size_t longest = 0, i;
	const json_t *item;

	if (!json_is_array(v) || json_array_size(v) == 0 || json_array_size(v) > 32)
		return why_input(why, "%s: want a list of 1 to 32", what);
	for (int pass = 0; pass < 2; pass++) {
		if (pass && buf_add(out, (uint8_t[]){(uint8_t)longest}, 1, why))
			return -1;
		json_array_foreach (v, i, item) {
			BUF(one);

			if (tlv_in(&one, item, lead, what, why))
				return -1;
			longest = one.len > longest ? one.len : longest;
			while (pass && one.len < longest)
				if (buf_add(&one, "\xff", 1, why))
					return -1;
			if (pass && buf_add(out, one.bytes, one.len, why))
				return -1;
		}
	}
	return 0;
}

static json_t *tlv_list_out(const uint8_t *bytes, size_t len, size_t more)
{
	AUTO(json_t) *list = json_array();
	const size_t record = len ? bytes[0] : 0;

	if (record < 3 || (len - 1) % record)
		return NULL;
	for (size_t i = 1; i < len; i += record) {
		const size_t used = 2U + bytes[i + 1];
		json_t *text = used <= record && ef_is_filled(bytes + i + used, record - used)
				       ? tlv_out(bytes + i, used, more)
				       : NULL;

		if (!text || json_array_append_new(list, text))
			return NULL;
	}
	return STEAL(list);
}

int ef_impu_in(struct buf *out, const json_t *v, struct why *why)
{
	return tlv_list_in(out, v, NULL, "impu", why);
}

json_t *ef_impu_out(const uint8_t *bytes, size_t len)
{
	return tlv_list_out(bytes, len, 0);
}

int ef_pcscf_in(struct buf *out, const json_t *v, struct why *why)
{
	return tlv_list_in(out, v, "", "pcscf", why);
}

json_t *ef_pcscf_out(const uint8_t *bytes, size_t len)
{
	return tlv_list_out(bytes, len, 1);
}
