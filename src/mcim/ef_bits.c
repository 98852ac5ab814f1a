/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are maps of bits. */
#include "mcim/ef_kinds.h"

#define MAX_SERVICES 512

/* ---- EF_ACC, TS 31.102 4.2.15: octet 1 holds classes 15 to 8. 10 is none (TS 22.011 4.4), and
 * passed on where it stands ---- */

int ef_acc_in(struct buf *out, const json_t *v, struct why *why)
{
	unsigned bits = 0;
	uint8_t ef[2];
	size_t i;
	const json_t *item;

	if (!json_is_array(v))
		return why_input(why, "acc: want a list of classes");
	json_array_foreach (v, i, item) {
		uint64_t n;

		if (ef_number(&n, item, 15, "acc", why))
			return -1;
		bits |= 1U << n;
	}
	ef[0] = (uint8_t)(bits >> 8);
	ef[1] = (uint8_t)bits;
	return buf_add(out, ef, 2, why);
}

json_t *ef_acc_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *list = json_array();

	if (len != 2)
		return NULL;
	for (unsigned n = 0; n < 16; n++)
		if (bytes[n < 8] >> n % 8 & 1)
			json_array_append_new(list, json_integer(n));
	return STEAL(list);
}

/* ---- service tables: EF_UST 4.2.8, EF_IST: service n is bit (n-1) mod 8 of octet (n-1)/8 ---- */

int ef_services_in(struct buf *out, const json_t *v, struct why *why)
{
	static const char *const fields[] = {"services", "length", NULL};
	uint8_t ef[MAX_SERVICES / 8] = {0};
	uint64_t len = 1, n;
	const json_t *list = json_is_object(v) ? json_object_get(v, "services") : v;
	size_t i;
	const json_t *item;

	if (!json_is_array(list))
		return why_input(why, "service table: want a list of service numbers");
	json_array_foreach (list, i, item) {
		if (ef_number(&n, item, MAX_SERVICES, "service table", why))
			return -1;
		if (n == 0)
			return why_input(why, "service table: services count from 1");
		ef[(n - 1) / 8] = (uint8_t)(ef[(n - 1) / 8] | 1U << (n - 1) % 8);
		len = (n + 7) / 8 > len ? (n + 7) / 8 : len;
	}
	if (json_is_object(v)) {
		if (json_only(v, fields, why) ||
		    json_number(&n, v, "length", len, sizeof(ef), len, why))
			return -1;
		len = n;
	}
	return buf_add(out, ef, len, why);
}

json_t *ef_services_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *list = json_array();
	size_t last = 0;

	if (len == 0 || len > MAX_SERVICES / 8)
		return NULL;
	for (size_t n = 1; n <= 8 * len; n++)
		if (bytes[(n - 1) / 8] >> (n - 1) % 8 & 1) {
			json_array_append_new(list, json_integer((json_int_t)n));
			last = (n + 7) / 8;
		}
	if (last == len || (last == 0 && len == 1))
		return STEAL(list);
	return json_pack("{s:o, s:I}", "services", STEAL(list), "length", (json_int_t)len);
}
