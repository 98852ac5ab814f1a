/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/ef_own.h"

#include "aka/sqn.h"
#include "base/hex.h"
#include "base/party.h"
#include "mcim/controls.h"

#include <string.h>

#define AKA_SHORT 13 /* IND length (1), delta (6), L (6) */
#define AKA_LONG (AKA_SHORT + 5 + 80)
#define KNETVER_LEN 32

static int set_hex(struct mcim_blob *m, unsigned efid, const json_t *o, const char *field,
		   struct why *why)
{
	const char *text;
	BUF(bytes);

	if (json_text_opt(&text, o, field, why))
		return -1;
	if (!text)
		return 0;
	return hex_decode_buf(&bytes, text, field, why) ||
			       mcim_blob_set(m, efid, bytes.bytes, bytes.len, why)
		       ? -1
		       : 0;
}

/* One octet for a word of a list, counted from 1. */
static int set_word(struct mcim_blob *m, unsigned efid, const json_t *o, const char *field,
		    const char *const words[], struct why *why)
{
	const char *text;

	if (json_text_opt(&text, o, field, why))
		return -1;
	for (size_t i = 0; text && words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return mcim_blob_set(m, efid, (uint8_t[]){(uint8_t)(i + 1)}, 1, why);
	return text ? why_input(why, "%s: want %s or %s", field, words[0], words[1]) : 0;
}

static const char *const algorithms[] = {"milenage", "tuak", NULL};
static const char *const applications[] = {"usim", "isim", NULL};

static int set_constants(uint8_t *ef, const json_t *o, struct why *why)
{
	const json_t *r = json_object_get(o, "r"), *c = json_object_get(o, "c");

	if (json_array_size(r) != 5 || json_array_size(c) != 5)
		return why_input(why, "aka: want five r, in bits, and five c");
	for (size_t i = 0; i < 5; i++) {
		const json_t *bits = json_array_get(r, i);
		const char *text = json_string_value(json_array_get(c, i));

		if (!json_is_integer(bits) || json_integer_value(bits) < 0 ||
		    json_integer_value(bits) > 127 || !text)
			return why_input(why, "aka: want r of 0 to 127, and c of 32 hex digits");
		ef[i] = (uint8_t)json_integer_value(bits);
		if (hex_decode(ef + 5 + 16 * i, 16, text, "aka: c", why))
			return -1;
	}
	return 0;
}

static int set_aka(struct mcim_blob *m, const json_t *o, struct why *why)
{
	static const char *const fields[] = {"ind_bits", "delta", "limit", "r", "c", NULL};
	const json_t *aka = json_object_get(o, "aka");
	uint64_t ind_bits, delta, limit;
	uint8_t ef[AKA_LONG] = {0};
	const bool has_constants = json_object_get(aka, "r") || json_object_get(aka, "c");

	if (!aka)
		return 0;
	if (!json_is_object(aka))
		return why_input(why, "aka: want an object");
	if (json_only(aka, fields, why) ||
	    json_number(&ind_bits, aka, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    json_number(&delta, aka, "delta", 0, SQN_MAX, SQN_DELTA, why) ||
	    json_number(&limit, aka, "limit", 0, SQN_MAX, 0, why) ||
	    (has_constants && set_constants(ef + AKA_SHORT, aka, why)))
		return -1;
	ef[0] = (uint8_t)ind_bits;
	sqn_octets(ef + 1, delta);
	sqn_octets(ef + 7, limit);
	return mcim_blob_set(m, MCIM_AKA, ef, has_constants ? AKA_LONG : AKA_SHORT, why);
}

/* Several K_NetVer of 32 octets in one string. */
static int set_knetver(struct mcim_blob *m, const json_t *o, struct why *why)
{
	const json_t *list = json_object_get(o, "knetver"), *item;
	size_t i;
	BUF(all);

	if (!list)
		return 0;
	if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > 16)
		return why_input(why, "knetver: want a list of 1 to 16 keys");
	json_array_foreach (list, i, item) {
		const char *text = json_string_value(item);

		if (!text || strlen(text) != (size_t)2 * KNETVER_LEN)
			return why_input(why, "knetver: want keys of %d hex digits",
					 2 * KNETVER_LEN);
		if (hex_decode_buf(&all, text, "knetver", why))
			return -1;
	}
	return mcim_blob_set(m, MCIM_KNETVER, all.bytes, all.len, why);
}

static int set_controls(struct mcim_blob *m, const json_t *o, struct why *why)
{
	const json_t *controls = json_object_get(o, "controls");
	BUF(text);

	if (!controls)
		return 0;
	if (mcim_controls_check(controls, why) || json_append(&text, controls, why))
		return -1;
	return mcim_blob_set(m, MCIM_CONTROLS, text.bytes, text.len, why);
}

static int set_names(struct mcim_blob *m, const json_t *o, struct why *why)
{
	const char *tre_id;

	if (json_text_opt(&tre_id, o, "tre_id", why))
		return -1;
	if (tre_id && (tre_id_check(tre_id, "tre_id", why) ||
		       mcim_blob_set(m, MCIM_TRE_ID, tre_id, strlen(tre_id), why)))
		return -1;
	return set_hex(m, MCIM_OPERATOR, o, "operator_cert_sha256", why);
}

static int check_lengths(const struct mcim_blob *m, struct why *why)
{
	const struct mcim_file *k = mcim_blob_file(m, MCIM_AKAKEY),
			       *opc = mcim_blob_file(m, MCIM_OPC);
	const struct mcim_file *op = mcim_blob_file(m, MCIM_OPERATOR);

	if (k && k->len != 16 && k->len != 32)
		return why_input(why, "k: want 32 or 64 hex digits, got %zu", 2 * k->len);
	if (opc && opc->len != 16 && opc->len != 32)
		return why_input(why, "opc, topc: want 32 or 64 hex digits, got %zu", 2 * opc->len);
	if (op && op->len != 32)
		return why_input(why, "operator_cert_sha256: want 64 hex digits");
	return 0;
}

int mcim_own_set(struct mcim_blob *m, const json_t *o, struct why *why)
{
	if (json_object_get(o, "opc") && json_object_get(o, "topc"))
		return why_input(why, "opc, topc: want one of them");
	return set_hex(m, MCIM_AKAKEY, o, "k", why) ||
			       set_word(m, MCIM_ALGORITHM, o, "alg", algorithms, why) ||
			       set_hex(m, MCIM_OPC, o, "opc", why) ||
			       set_hex(m, MCIM_OPC, o, "topc", why) || set_aka(m, o, why) ||
			       set_word(m, MCIM_APPLICATION, o, "application", applications, why) ||
			       set_knetver(m, o, why) || set_names(m, o, why) ||
			       set_controls(m, o, why) || check_lengths(m, why)
		       ? -1
		       : 0;
}

/* ---- and back ---- */

static json_t *aka_out(const struct mcim_file *f)
{
	AUTO(json_t) *o = NULL;

	if (f->len != AKA_SHORT && f->len != AKA_LONG)
		return NULL;
	o = json_pack("{s:i, s:I, s:I}", "ind_bits", f->bytes[0], "delta",
		      (json_int_t)sqn_number(f->bytes + 1), "limit",
		      (json_int_t)sqn_number(f->bytes + 7));
	if (o && f->len == AKA_LONG) {
		json_t *r = json_array(), *c = json_array();

		for (size_t i = 0; i < 5; i++) {
			json_array_append_new(r, json_integer(f->bytes[AKA_SHORT + i]));
			json_array_append_new(c,
					      json_of_hex(f->bytes + AKA_SHORT + 5 + 16 * i, 16));
		}
		json_object_set_new(o, "r", r);
		json_object_set_new(o, "c", c);
	}
	return STEAL(o);
}

static json_t *knetver_out(const struct mcim_file *f)
{
	AUTO(json_t) *list = json_array();

	if (f->len == 0 || f->len % KNETVER_LEN)
		return NULL;
	for (size_t i = 0; i < f->len; i += KNETVER_LEN)
		json_array_append_new(list, json_of_hex(f->bytes + i, KNETVER_LEN));
	return STEAL(list);
}

/* The word that one octet counts to, from 1. */
static json_t *word_of(const struct mcim_file *f, const char *const words[])
{
	if (f->len != 1 || f->bytes[0] < 1 || f->bytes[0] > 2)
		return NULL;
	return json_string(words[f->bytes[0] - 1]);
}

json_t *mcim_own_value(const struct mcim_file *f, const char **word)
{
	static const char *const words[] = {"",        "k",      "alg",
					    "opc",     "aka",    "application",
					    "knetver", "tre_id", "operator_cert_sha256",
					    "controls"};

	*word = words[f->efid];
	switch (f->efid) {
	case MCIM_AKAKEY: return json_of_hex(f->bytes, f->len);
	case MCIM_OPC: *word = f->len == 32 ? "topc" : "opc"; return json_of_hex(f->bytes, f->len);
	case MCIM_OPERATOR: return f->len == 32 ? json_of_hex(f->bytes, f->len) : NULL;
	case MCIM_ALGORITHM:
	case MCIM_APPLICATION:
		return word_of(f, f->efid == MCIM_ALGORITHM ? algorithms : applications);
	case MCIM_AKA: return aka_out(f);
	case MCIM_KNETVER: return knetver_out(f);
	case MCIM_TRE_ID: return json_stringn((const char *)f->bytes, f->len);
	default: {
		AUTO(json_t) *o = json_parse(f->bytes, f->len, "controls", NULL);

		return o && mcim_controls_check(o, NULL) == 0 ? STEAL(o) : NULL;
	}
	}
}
