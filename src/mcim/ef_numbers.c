/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold numbers. */
#include "mcim/ef_kinds.h"

#include "base/hex.h"

/* ---- EF_AD, TS 31.102 4.2.18: mode, two octets of information, MNC length; more under `ef` ----
 */

int ef_ad_in(struct buf *out, const json_t *v, struct why *why)
{
	static const char *const fields[] = {"mode", "info", "mnc_length", NULL};
	const char *info;
	uint64_t mode, mnc;
	uint8_t ef[4] = {0};

	if (!json_is_object(v))
		return why_input(why, "ad: want an object with mode, info and mnc_length");
	if (json_only(v, fields, why) || json_number(&mode, v, "mode", 0, 255, 0, why) ||
	    json_number(&mnc, v, "mnc_length", 2, 3, 2, why) ||
	    json_text_opt(&info, v, "info", why) ||
	    (info && hex_decode(ef + 1, 2, info, "ad: info", why)))
		return -1;
	ef[0] = (uint8_t)mode;
	ef[3] = (uint8_t)mnc;
	return buf_add(out, ef, sizeof(ef), why);
}

json_t *ef_ad_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *info = NULL;

	if (len != 4 || (bytes[3] != 2 && bytes[3] != 3))
		return NULL;
	info = json_of_hex(bytes + 1, 2);
	return json_pack("{s:i, s:o, s:i}", "mode", bytes[0], "info", STEAL(info), "mnc_length",
			 bytes[3]);
}

/* ---- numbers of three octets: EF_THRESHOLD 4.2.52, EF_START-HFN 4.2.51 ---- */

static int put24(struct buf *out, const json_t *v, const char *what, struct why *why)
{
	uint64_t n;

	if (ef_number(&n, v, 0xffffff, what, why))
		return -1;
	return buf_add(out, (uint8_t[]){(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}, 3, why);
}

static json_int_t get24(const uint8_t *p)
{
	return p[0] << 16 | p[1] << 8 | p[2];
}

int ef_thresh_in(struct buf *out, const json_t *v, struct why *why)
{
	return put24(out, v, "thresh", why);
}

json_t *ef_thresh_out(const uint8_t *bytes, size_t len)
{
	return len == 3 ? json_integer(get24(bytes)) : NULL;
}

int ef_start_in(struct buf *out, const json_t *v, struct why *why)
{
	static const char *const fields[] = {"cs", "ps", NULL};

	if (!json_is_object(v) || json_only(v, fields, why))
		return why_input(why, "start_hfn: want an object with cs and ps");
	return put24(out, json_object_get(v, "cs"), "start_hfn: cs", why) ||
			       put24(out, json_object_get(v, "ps"), "start_hfn: ps", why)
		       ? -1
		       : 0;
}

json_t *ef_start_out(const uint8_t *bytes, size_t len)
{
	return len == 6 ? json_pack("{s:I, s:I}", "cs", get24(bytes), "ps", get24(bytes + 3))
			: NULL;
}

/* ---- EF_HPPLMN 4.2.6: the search period, in units of six minutes ---- */

int ef_hpplmn_in(struct buf *out, const json_t *v, struct why *why)
{
	uint64_t n;

	if (ef_number(&n, v, 80 * 6, "hpplmn", why))
		return -1;
	if (n % 6)
		return why_input(why, "hpplmn: want minutes in steps of 6");
	return buf_add(out, (uint8_t[]){(uint8_t)(n / 6)}, 1, why);
}

json_t *ef_hpplmn_out(const uint8_t *bytes, size_t len)
{
	return len == 1 && bytes[0] <= 80 ? json_integer(bytes[0] * 6) : NULL;
}
