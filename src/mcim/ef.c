/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/ef.h"

#include "base/hex.h"
#include "base/num.h"
#include "pcid/plmn.h"

#include <stdio.h>
#include <string.h>

#define MAX_SERVICES 512
#define MIN_FPLMN 4

static int put(struct buf *out, const void *bytes, size_t len, struct why *why)
{
	return buf_add(out, bytes, len, why);
}

static const char *text_of(const json_t *v, const char *what, struct why *why)
{
	const char *text = json_string_value(v);

	if (!text)
		why_input(why, "%s: want a string", what);
	return text;
}

static int number_of(uint64_t *n, const json_t *v, uint64_t max, const char *what, struct why *why)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    (uint64_t)json_integer_value(v) > max)
		return why_input(why, "%s: want a number from 0 to %llu", what,
				 (unsigned long long)max);
	*n = (uint64_t)json_integer_value(v);
	return 0;
}

static json_t *hex_value_of(const uint8_t *bytes, size_t len)
{
	BUF(text);

	return hex_append(&text, bytes, len, NULL) ? NULL : json_string(buf_text(&text));
}

static bool is_filled(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0xff)
			return false;
	return true;
}

/* ---- EF_IMSI, TS 31.102 4.2.2; EF_ICCID, TS 102 221 13.2 ---- */

static int imsi_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text = text_of(v, "imsi", why);
	uint8_t ef[9];

	return !text || imsi_encode(ef, text, why) ? -1 : put(out, ef, sizeof(ef), why);
}

static json_t *imsi_out(const uint8_t *bytes, size_t len)
{
	char imsi[IMSI_TEXT];

	return imsi_decode(imsi, bytes, len, NULL) ? NULL : json_string(imsi);
}

static int iccid_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text = text_of(v, "iccid", why);
	uint8_t ef[10];

	return !text || iccid_encode(ef, text, why) ? -1 : put(out, ef, sizeof(ef), why);
}

static json_t *iccid_out(const uint8_t *bytes, size_t len)
{
	char iccid[ICCID_TEXT];

	return len != 10 || iccid_decode(iccid, bytes, NULL) ? NULL : json_string(iccid);
}

/* ---- lists of PLMNs: EF_FPLMN, TS 31.102 4.2.16 ---- */

static int fplmn_in(struct buf *out, const json_t *v, struct why *why)
{
	static const uint8_t empty[3] = {0xff, 0xff, 0xff};

	if (!json_is_array(v) || json_array_size(v) > 64)
		return why_input(why, "fplmn: want a list of at most 64 PLMNs");
	for (size_t i = 0; i < json_array_size(v) || i < MIN_FPLMN; i++) {
		const bool is_there = i < json_array_size(v);
		const char *text = is_there ? text_of(json_array_get(v, i), "fplmn", why) : "";
		struct plmn p;
		uint8_t octets[3];

		if (!text || (is_there && plmn_parse(&p, text, "fplmn", why)))
			return -1;
		if (is_there)
			plmn_encode(octets, &p);
		if (put(out, is_there ? octets : empty, 3, why))
			return -1;
	}
	return 0;
}

/* The words have no empty place between two PLMNs, and no more of them at the end than are wanted.
 */
static json_t *fplmn_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *list = json_array();
	const size_t least = (size_t)MIN_FPLMN * 3;

	if (len % 3 || len < least || (len > least && is_filled(bytes + len - 3, 3)))
		return NULL;
	for (size_t i = 0; i < len; i += 3) {
		char text[PLMN_TEXT];
		struct plmn p;

		if (is_filled(bytes + i, 3))
			continue;
		if (json_array_size(list) * 3 != i || !plmn_decode(&p, bytes + i))
			return NULL;
		plmn_format(text, &p);
		json_array_append_new(list, json_string(text));
	}
	return STEAL(list);
}

/* ---- EF_ACC, TS 31.102 4.2.15: octet 1 holds classes 15 to 8; 10 is not used ---- */

static int acc_in(struct buf *out, const json_t *v, struct why *why)
{
	unsigned bits = 0;
	uint8_t ef[2];
	size_t i;
	const json_t *item;

	if (!json_is_array(v))
		return why_input(why, "acc: want a list of classes");
	json_array_foreach (v, i, item) {
		uint64_t n;

		if (number_of(&n, item, 15, "acc", why))
			return -1;
		bits |= 1U << n;
	}
	ef[0] = (uint8_t)(bits >> 8);
	ef[1] = (uint8_t)bits;
	return put(out, ef, 2, why);
}

static json_t *acc_out(const uint8_t *bytes, size_t len)
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

static int services_in(struct buf *out, const json_t *v, struct why *why)
{
	uint8_t ef[MAX_SERVICES / 8] = {0};
	uint64_t len = 1, n;
	const json_t *list = json_is_object(v) ? json_object_get(v, "services") : v;
	size_t i;
	const json_t *item;

	if (!json_is_array(list))
		return why_input(why, "service table: want a list of service numbers");
	json_array_foreach (list, i, item) {
		if (number_of(&n, item, MAX_SERVICES, "service table", why))
			return -1;
		if (n == 0)
			return why_input(why, "service table: services count from 1");
		ef[(n - 1) / 8] = (uint8_t)(ef[(n - 1) / 8] | 1U << (n - 1) % 8);
		len = (n + 7) / 8 > len ? (n + 7) / 8 : len;
	}
	if (json_is_object(v)) {
		if (json_number(&n, v, "length", len, sizeof(ef), len, why))
			return -1;
		len = n;
	}
	return put(out, ef, len, why);
}

static json_t *services_out(const uint8_t *bytes, size_t len)
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

/* ---- EF_AD, TS 31.102 4.2.18: mode, two octets of information, MNC length; more under `ef` ----
 */

static int ad_in(struct buf *out, const json_t *v, struct why *why)
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
	return put(out, ef, sizeof(ef), why);
}

static json_t *ad_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *info = NULL;

	if (len != 4 || (bytes[3] != 2 && bytes[3] != 3))
		return NULL;
	info = hex_value_of(bytes + 1, 2);
	return json_pack("{s:i, s:o, s:i}", "mode", bytes[0], "info", STEAL(info), "mnc_length",
			 bytes[3]);
}

/* ---- numbers of three octets: EF_THRESHOLD 4.2.52, EF_START-HFN 4.2.51 ---- */

static int put24(struct buf *out, const json_t *v, const char *what, struct why *why)
{
	uint64_t n;

	if (number_of(&n, v, 0xffffff, what, why))
		return -1;
	return put(out, (uint8_t[]){(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}, 3, why);
}

static json_int_t get24(const uint8_t *p)
{
	return p[0] << 16 | p[1] << 8 | p[2];
}

static int thresh_in(struct buf *out, const json_t *v, struct why *why)
{
	return put24(out, v, "thresh", why);
}

static json_t *thresh_out(const uint8_t *bytes, size_t len)
{
	return len == 3 ? json_integer(get24(bytes)) : NULL;
}

static int start_in(struct buf *out, const json_t *v, struct why *why)
{
	return put24(out, json_object_get(v, "cs"), "start_hfn: cs", why) ||
			       put24(out, json_object_get(v, "ps"), "start_hfn: ps", why)
		       ? -1
		       : 0;
}

static json_t *start_out(const uint8_t *bytes, size_t len)
{
	return len == 6 ? json_pack("{s:I, s:I}", "cs", get24(bytes), "ps", get24(bytes + 3))
			: NULL;
}

/* ---- EF_DCK 4.2.48 and EF_HiddenKey 4.2.42: keys of digits, nibbles swapped, F behind ---- */

static int put_digits(struct buf *out, const char *text, size_t octets, const char *what,
		      struct why *why)
{
	uint8_t ef[8];
	const size_t len = text ? strlen(text) : 0;

	if (len > 2 * octets || (text && strspn(text, "0123456789") != len))
		return why_input(why, "%s: want at most %zu digits", what, 2 * octets);
	memset(ef, 0xff, sizeof(ef));
	for (size_t i = 0; i < len; i++) {
		const unsigned v = (unsigned)(text[i] - '0');

		ef[i / 2] =
			(uint8_t)(i % 2 ? (ef[i / 2] & 0x0fU) | v << 4 : (ef[i / 2] & 0xf0U) | v);
	}
	return put(out, ef, octets, why);
}

static bool get_digits(char *text, const uint8_t *bytes, size_t octets)
{
	size_t n = 0;

	for (size_t i = 0; i < 2 * octets; i++) {
		const unsigned v = i % 2 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15U;

		if (v == 15)
			continue;
		if (v > 9 || n != i)
			return false;
		text[n++] = (char)('0' + v);
	}
	text[n] = '\0';
	return true;
}

static const char *const dck_words[] = {"network", "subset", "provider", "corporate", NULL};

static int dck_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text;

	if (!json_is_object(v) || json_only(v, dck_words, why))
		return why_input(
			why, "dck: want an object with network, subset, provider and corporate");
	for (size_t i = 0; i < 4; i++)
		if (json_text_opt(&text, v, dck_words[i], why) ||
		    put_digits(out, text, 4, "dck", why))
			return -1;
	return 0;
}

static json_t *dck_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *o = json_object();
	char text[9];

	if (len != 16)
		return NULL;
	for (size_t i = 0; i < 4; i++) {
		if (!get_digits(text, bytes + 4 * i, 4))
			return NULL;
		if (*text)
			json_object_set_new(o, dck_words[i], json_string(text));
	}
	return STEAL(o);
}

static int hidden_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text = text_of(v, "hidden_key", why);

	return text ? put_digits(out, text, 4, "hidden_key", why) : -1;
}

static json_t *hidden_out(const uint8_t *bytes, size_t len)
{
	char text[9];

	return len == 4 && get_digits(text, bytes, 4) ? json_string(text) : NULL;
}

/* ---- lists of records with a PLMN and octets: EF_CNL 4.2.49, EF_OPL 4.2.59 ---- */

struct tail {
	const char *word;
	size_t octets;
};

static int tails_in(struct buf *out, const json_t *list, const char *what, const struct tail *tails,
		    struct why *why)
{
	size_t i;
	const json_t *item;

	if (!json_is_array(list) || json_array_size(list) > 64)
		return why_input(why, "%s: want a list of at most 64", what);
	json_array_foreach (list, i, item) {
		const char *text = json_text(item, "plmn", why);
		uint8_t octets[3];
		struct plmn p;

		if (!text || plmn_parse(&p, text, what, why))
			return -1;
		plmn_encode(octets, &p);
		if (put(out, octets, 3, why))
			return -1;
		for (const struct tail *t = tails; t->word; t++) {
			memset(octets, 0xff, sizeof(octets));
			if (json_text_opt(&text, item, t->word, why) ||
			    (text && hex_decode(octets, t->octets, text, t->word, why)) ||
			    put(out, octets, t->octets, why))
				return -1;
		}
	}
	return 0;
}

static json_t *tails_out(const uint8_t *bytes, size_t len, const struct tail *tails)
{
	AUTO(json_t) *list = json_array();
	size_t at = 0;

	while (at < len) {
		json_t *o = json_object();
		char text[PLMN_TEXT];
		struct plmn p;

		json_array_append_new(list, o);
		if (len - at < 3 || !plmn_decode(&p, bytes + at))
			return NULL;
		plmn_format(text, &p);
		json_object_set_new(o, "plmn", json_string(text));
		at += 3;
		for (const struct tail *t = tails; t->word; at += t->octets, t++) {
			if (len - at < t->octets)
				return NULL;
			if (!is_filled(bytes + at, t->octets))
				json_object_set_new(o, t->word,
						    hex_value_of(bytes + at, t->octets));
		}
	}
	return STEAL(list);
}

static const struct tail cnl_tails[] = {{"subset", 1}, {"provider", 1}, {"corporate", 1}, {0}};
static const struct tail opl_tails[] = {{"lac_from", 2}, {"lac_to", 2}, {"pnn", 1}, {0}};
#define OPL_RECORD 8

static int cnl_in(struct buf *out, const json_t *v, struct why *why)
{
	return tails_in(out, v, "cnl", cnl_tails, why);
}

static json_t *cnl_out(const uint8_t *bytes, size_t len)
{
	return tails_out(bytes, len, cnl_tails);
}

/* a record file's efbytes start with the record's length */
static int opl_in(struct buf *out, const json_t *v, struct why *why)
{
	return put(out, (uint8_t[]){OPL_RECORD}, 1, why) || tails_in(out, v, "opl", opl_tails, why)
		       ? -1
		       : 0;
}

static json_t *opl_out(const uint8_t *bytes, size_t len)
{
	return len > 0 && bytes[0] == OPL_RECORD ? tails_out(bytes + 1, len - 1, opl_tails) : NULL;
}

/* ---- EF_HPPLMN 4.2.6: the search period, in units of six minutes ---- */

static int hpplmn_in(struct buf *out, const json_t *v, struct why *why)
{
	uint64_t n;

	if (number_of(&n, v, 80 * 6, "hpplmn", why))
		return -1;
	if (n % 6)
		return why_input(why, "hpplmn: want minutes in steps of 6");
	return put(out, (uint8_t[]){(uint8_t)(n / 6)}, 1, why);
}

static json_t *hpplmn_out(const uint8_t *bytes, size_t len)
{
	return len == 1 && bytes[0] <= 80 ? json_integer(bytes[0] * 6) : NULL;
}

/* ---- EF_PL (TS 102 221 13.3): languages of two letters ---- */

static int pl_in(struct buf *out, const json_t *v, struct why *why)
{
	size_t i;
	const json_t *item;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return why_input(why, "pl: want a list of languages");
	json_array_foreach (v, i, item) {
		const char *text = text_of(item, "pl", why);

		if (!text || strlen(text) != 2)
			return why_input(why, "pl: want languages of two letters");
		if (put(out, text, 2, why))
			return -1;
	}
	return 0;
}

static json_t *pl_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *list = json_array();

	if (len == 0 || len % 2)
		return NULL;
	for (size_t i = 0; i < len; i += 2) {
		json_t *text = json_stringn((const char *)bytes + i, 2);

		if (!text || bytes[i] < 'a' || bytes[i] > 'z' || bytes[i + 1] < 'a' ||
		    bytes[i + 1] > 'z') {
			json_decref(text);
			return NULL;
		}
		json_array_append_new(list, text);
	}
	return STEAL(list);
}

/* ---- EF_ECC 4.2.21: numbers of six digits at most; label and service category stay empty ---- */

#define ECC_RECORD 4

static int ecc_in(struct buf *out, const json_t *v, struct why *why)
{
	size_t i;
	const json_t *item;

	if (!json_is_array(v) || put(out, (uint8_t[]){ECC_RECORD}, 1, why))
		return why_input(why, "ecc: want a list of emergency numbers");
	json_array_foreach (v, i, item) {
		const char *text = text_of(item, "ecc", why);

		if (!text || put_digits(out, text, 3, "ecc", why) || put(out, "", 1, why))
			return -1;
	}
	return 0;
}

static json_t *ecc_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *list = json_array();

	if (len < 1 || bytes[0] != ECC_RECORD || (len - 1) % ECC_RECORD)
		return NULL;
	for (size_t i = 1; i < len; i += ECC_RECORD) {
		char text[7];

		if (!get_digits(text, bytes + i, 3) || bytes[i + 3] != 0)
			return NULL;
		json_array_append_new(list, json_string(text));
	}
	return STEAL(list);
}

/* ---- files that a new MCIM has in one state alone ---- */

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
	return put(out, bytes, len, why);
}

static json_t *one_state_out(const uint8_t *got, size_t got_len, const char *word,
			     const uint8_t *bytes, size_t len)
{
	return got_len == len && CRYPTO_memcmp(got, bytes, len) == 0 ? json_string(word) : NULL;
}

static int keys_in(struct buf *out, const json_t *v, struct why *why)
{
	return one_state_in(out, v, "none", keys_none, sizeof(keys_none), why);
}

static json_t *keys_out(const uint8_t *bytes, size_t len)
{
	return one_state_out(bytes, len, "none", keys_none, sizeof(keys_none));
}

static int loci_in(struct buf *out, const json_t *v, struct why *why)
{
	return one_state_in(out, v, "not-updated", loci_none, sizeof(loci_none), why);
}

static json_t *loci_out(const uint8_t *bytes, size_t len)
{
	return one_state_out(bytes, len, "not-updated", loci_none, sizeof(loci_none));
}

static int psloci_in(struct buf *out, const json_t *v, struct why *why)
{
	return one_state_in(out, v, "not-updated", psloci_none, sizeof(psloci_none), why);
}

static json_t *psloci_out(const uint8_t *bytes, size_t len)
{
	return one_state_out(bytes, len, "not-updated", psloci_none, sizeof(psloci_none));
}

/* ---- TS 31.103: text in a TLV of tag 80; EF_P-CSCF has a type octet, 00 for an FQDN ---- */

static int tlv_in(struct buf *out, const json_t *v, const char *lead, const char *what,
		  struct why *why)
{
	const char *text = text_of(v, what, why);
	const size_t more = lead ? 1 : 0;

	if (!text)
		return -1;
	if (!*text || strlen(text) > 120)
		return why_input(why, "%s: want 1 to 120 characters", what);
	return put(out, (uint8_t[]){0x80, (uint8_t)(strlen(text) + more)}, 2, why) ||
			       put(out, lead ? lead : "", more, why) ||
			       put(out, text, strlen(text), why)
		       ? -1
		       : 0;
}

static json_t *tlv_out(const uint8_t *bytes, size_t len, size_t more)
{
	if (len < 3 + more || bytes[0] != 0x80 || bytes[1] != len - 2 || (more && bytes[2] != 0))
		return NULL;
	return json_stringn((const char *)bytes + 2 + more, len - 2 - more);
}

static int impi_in(struct buf *out, const json_t *v, struct why *why)
{
	return tlv_in(out, v, NULL, "impi, domain", why);
}

static json_t *impi_out(const uint8_t *bytes, size_t len)
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
		if (pass && put(out, (uint8_t[]){(uint8_t)longest}, 1, why))
			return -1;
		json_array_foreach (v, i, item) {
			BUF(one);

			if (tlv_in(&one, item, lead, what, why))
				return -1;
			longest = one.len > longest ? one.len : longest;
			while (pass && one.len < longest)
				if (put(&one, "\xff", 1, why))
					return -1;
			if (pass && put(out, one.bytes, one.len, why))
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
		json_t *text = used <= record && is_filled(bytes + i + used, record - used)
				       ? tlv_out(bytes + i, used, more)
				       : NULL;

		if (!text || json_array_append_new(list, text))
			return NULL;
	}
	return STEAL(list);
}

static int impu_in(struct buf *out, const json_t *v, struct why *why)
{
	return tlv_list_in(out, v, NULL, "impu", why);
}

static json_t *impu_out(const uint8_t *bytes, size_t len)
{
	return tlv_list_out(bytes, len, 0);
}

static int pcscf_in(struct buf *out, const json_t *v, struct why *why)
{
	return tlv_list_in(out, v, "", "pcscf", why);
}

static json_t *pcscf_out(const uint8_t *bytes, size_t len)
{
	return tlv_list_out(bytes, len, 1);
}

#define BOTH (EF_USIM | EF_ISIM)

const struct ef_kind ef_kinds[] = {
	{0x2f00, BOTH, "dir", NULL, NULL},
	{0x2f05, BOTH, "pl", pl_in, pl_out},
	{0x2f06, BOTH, "arr_mf", NULL, NULL},
	{0x2fe2, BOTH, "iccid", iccid_in, iccid_out},
	{0x6f02, EF_ISIM, "impi", impi_in, impi_out},
	{0x6f03, EF_ISIM, "domain", impi_in, impi_out},
	{0x6f04, EF_ISIM, "impu", impu_in, impu_out},
	{0x6f06, BOTH, "arr", NULL, NULL},
	{0x6f07, EF_ISIM, "ist", services_in, services_out},
	{0x6f07, EF_USIM, "imsi", imsi_in, imsi_out},
	{0x6f08, EF_USIM, "keys", keys_in, keys_out},
	{0x6f09, EF_ISIM, "pcscf", pcscf_in, pcscf_out},
	{0x6f09, EF_USIM, "keys_ps", keys_in, keys_out},
	{0x6f2c, EF_USIM, "dck", dck_in, dck_out},
	{0x6f31, EF_USIM, "hpplmn", hpplmn_in, hpplmn_out},
	{0x6f32, EF_USIM, "cnl", cnl_in, cnl_out},
	{0x6f38, EF_USIM, "mst", services_in, services_out},
	{0x6f5b, EF_USIM, "start_hfn", start_in, start_out},
	{0x6f5c, EF_USIM, "thresh", thresh_in, thresh_out},
	{0x6f73, EF_USIM, "psloci", psloci_in, psloci_out},
	{0x6f78, EF_USIM, "acc", acc_in, acc_out},
	{0x6f7b, EF_USIM, "fplmn", fplmn_in, fplmn_out},
	{0x6f7e, EF_USIM, "loci", loci_in, loci_out},
	{0x6fad, BOTH, "ad", ad_in, ad_out},
	{0x6fb7, EF_USIM, "ecc", ecc_in, ecc_out},
	{0x6fc3, EF_USIM, "hidden_key", hidden_in, hidden_out},
	{0x6fc4, EF_USIM, "netpar", NULL, NULL},
	{0x6fc6, EF_USIM, "opl", opl_in, opl_out},
	{0, 0, NULL, NULL, NULL},
};

const struct ef_kind *ef_kind_find(unsigned efid, bool is_isim)
{
	const unsigned app = is_isim ? EF_ISIM : EF_USIM;

	for (const struct ef_kind *k = ef_kinds; k->efid; k++)
		if (k->efid == efid && k->applications & app)
			return k;
	return NULL;
}

bool mcim_ef_is_known(unsigned efid)
{
	return (efid >= 1 && efid <= 9) || ef_kind_find(efid, false) || ef_kind_find(efid, true);
}
