/* SPDX-License-Identifier: Apache-2.0 */
/* MCIM.json, the identity module in words, to MCIMBLOB's files and back. */
#include "aka/sqn.h"
#include "base/hex.h"
#include "base/party.h"
#include "mcim/blob.h"
#include "mcim/ef.h"

#include <stdio.h>
#include <stdlib.h>
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

static int check_controls(const json_t *o, struct why *why)
{
	static const char *const acts[] = {"list",   "read",  "block", "delete",
					   "update", "share", NULL};
	static const char *const who[] = {"operator", "owner", "both", "nobody", NULL};
	const char *key;
	const json_t *value;

	if (!json_is_object(o))
		return why_input(why, "controls: want an object");
	json_object_foreach ((json_t *)o, key, value) {
		size_t i = 0, j = 0;

		if (strcmp(key, "countersignature") == 0 || strcmp(key, "pin") == 0) {
			if (!json_is_boolean(value))
				return why_input(why, "controls: %s: want true or false", key);
			continue;
		}
		while (acts[i] && strcmp(acts[i], key) != 0)
			i++;
		while (who[j] &&
		       (!json_is_string(value) || strcmp(who[j], json_string_value(value)) != 0))
			j++;
		if (!acts[i] || !who[j])
			return why_input(
				why,
				"controls: %.20s: want operator, owner, both or nobody for list, "
				"read, block, delete, update or share",
				key);
	}
	return 0;
}

static int set_controls(struct mcim_blob *m, const json_t *o, struct why *why)
{
	const json_t *controls = json_object_get(o, "controls");
	BUF(text);

	if (!controls)
		return 0;
	if (check_controls(controls, why) || json_append(&text, controls, why))
		return -1;
	return mcim_blob_set(m, MCIM_CONTROLS, text.bytes, text.len, why);
}

/* A file as hex, or a record file as a list of records of one length. */
static int set_octets(struct mcim_blob *m, unsigned efid, const json_t *value, struct why *why)
{
	const json_t *item;
	size_t i;
	BUF(bytes);

	if (json_is_string(value)) {
		if (hex_decode_buf(&bytes, json_string_value(value), "ef", why))
			return -1;
		return mcim_blob_set(m, efid, buf_text(&bytes), bytes.len, why);
	}
	if (!json_is_array(value) || json_array_size(value) == 0)
		return why_input(why, "ef: want hex digits, or a list of records");
	json_array_foreach (value, i, item) {
		const char *text = json_string_value(item);
		const size_t octets = text ? strlen(text) / 2 : 0;

		if (octets == 0 || octets > 255 || (i && octets != bytes.bytes[0]))
			return why_input(why, "ef: want records of one length, 1 to 255 octets");
		if ((i == 0 && buf_add(&bytes, &(uint8_t){(uint8_t)octets}, 1, why)) ||
		    hex_decode_buf(&bytes, text, "ef", why))
			return -1;
	}
	return mcim_blob_set(m, efid, bytes.bytes, bytes.len, why);
}

static int set_others(struct mcim_blob *m, const json_t *o, bool is_isim, struct why *why)
{
	const json_t *ef = json_object_get(o, "ef"), *value;
	const char *key;

	if (ef && !json_is_object(ef))
		return why_input(why, "ef: want an object");
	json_object_foreach ((json_t *)ef, key, value) {
		uint8_t id[2];
		unsigned efid;

		if (hex_decode(id, 2, key, "ef", why))
			return -1;
		efid = (unsigned)id[0] << 8 | id[1];
		if (!ef_kind_find(efid, is_isim))
			return why_input(
				why, "ef: %.8s is no file of this application that is known", key);
		if (mcim_blob_file(m, efid))
			return why_input(why, "ef: %.8s stands in words already", key);
		if (set_octets(m, efid, value, why))
			return -1;
	}
	return 0;
}

static int set_words(struct mcim_blob *m, const json_t *o, bool is_isim, struct why *why)
{
	for (const struct ef_kind *k = ef_kinds; k->efid; k++) {
		const json_t *value = json_object_get(o, k->word);
		BUF(bytes);

		if (!value || ef_kind_find(k->efid, is_isim) != k)
			continue;
		if (!k->encode) {
			if (set_octets(m, k->efid, value, why))
				return why_in(why, "%s", k->word);
			continue;
		}
		if (k->encode(&bytes, value, why) ||
		    mcim_blob_set(m, k->efid, buf_text(&bytes), bytes.len, why))
			return -1;
	}
	return 0;
}

static int set_code(struct mcim_blob *m, const json_t *o, struct why *why)
{
	BUF(code);

	if (!json_object_get(o, "code_b64"))
		return 0;
	if (json_b64(&code, o, "code_b64", why))
		return -1;
	if (code.len > MCIM_CODE_MAX)
		return why_input(why, "code_b64: longer than %zu octets", MCIM_CODE_MAX);
	m->code = malloc(code.len + 1);
	if (!m->code)
		return why_sys(why, "out of memory");
	memcpy(m->code, buf_text(&code), code.len);
	m->code_len = code.len;
	return 0;
}

static int check_members(const json_t *o, bool is_isim, struct why *why)
{
	static const char *const own[] = {"application", "k",      "alg",
					  "opc",         "topc",   "aka",
					  "knetver",     "tre_id", "operator_cert_sha256",
					  "controls",    "ef",     "code_b64",
					  NULL};
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)o, key, value) {
		const struct ef_kind *k = ef_kinds;
		size_t i = 0;

		while (own[i] && strcmp(own[i], key) != 0)
			i++;
		while (k->efid &&
		       (strcmp(k->word, key) != 0 || ef_kind_find(k->efid, is_isim) != k))
			k++;
		if (!own[i] && !k->efid)
			return why_input(why, "%.40s: no such member of %s is known", key,
					 is_isim ? "an ISIM" : "a USIM");
	}
	return 0;
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
		return why_input(why, "opc: want 32 hex digits, got %zu", 2 * opc->len);
	if (op && op->len != 32)
		return why_input(why, "operator_cert_sha256: want 64 hex digits");
	return 0;
}

int mcim_blob_from_json(struct mcim_blob *m, const json_t *o, struct why *why)
{
	const char *app;
	bool is_isim;

	if (json_text_opt(&app, o, "application", why))
		return -1;
	is_isim = app && strcmp(app, "isim") == 0;
	if (check_members(o, is_isim, why) || set_hex(m, MCIM_AKAKEY, o, "k", why) ||
	    set_word(m, MCIM_ALGORITHM, o, "alg", algorithms, why) ||
	    set_hex(m, MCIM_OPC, o, "opc", why) || set_hex(m, MCIM_OPC, o, "topc", why) ||
	    set_aka(m, o, why) ||
	    set_word(m, MCIM_APPLICATION, o, "application", applications, why) ||
	    set_knetver(m, o, why) || set_names(m, o, why) || set_controls(m, o, why) ||
	    set_words(m, o, is_isim, why) || set_others(m, o, is_isim, why) || set_code(m, o, why))
		return -1;
	return check_lengths(m, why);
}

/* ---- and back ---- */

static json_t *hex_json(const uint8_t *bytes, size_t len)
{
	BUF(text);

	return hex_append(&text, bytes, len, NULL) ? NULL : json_string(buf_text(&text));
}

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
			json_array_append_new(c, hex_json(f->bytes + AKA_SHORT + 5 + 16 * i, 16));
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
		json_array_append_new(list, hex_json(f->bytes + i, KNETVER_LEN));
	return STEAL(list);
}

/* One octet for a word of a list, counted from 1. */
static json_t *word_of(const struct mcim_file *f, const char *const words[])
{
	if (f->len != 1 || f->bytes[0] < 1 || f->bytes[0] > 2)
		return NULL;
	return json_string(words[f->bytes[0] - 1]);
}

/* NULL where the octets are not what the efid holds. */
static json_t *own_value(const struct mcim_file *f, const char **word)
{
	static const char *const words[] = {"",        "k",      "alg",
					    "opc",     "aka",    "application",
					    "knetver", "tre_id", "operator_cert_sha256",
					    "controls"};

	*word = words[f->efid];
	switch (f->efid) {
	case MCIM_AKAKEY: return hex_json(f->bytes, f->len);
	case MCIM_OPC: *word = f->len == 32 ? "topc" : "opc"; return hex_json(f->bytes, f->len);
	case MCIM_OPERATOR: return f->len == 32 ? hex_json(f->bytes, f->len) : NULL;
	case MCIM_ALGORITHM:
	case MCIM_APPLICATION:
		return word_of(f, f->efid == MCIM_ALGORITHM ? algorithms : applications);
	case MCIM_AKA: return aka_out(f);
	case MCIM_KNETVER: return knetver_out(f);
	case MCIM_TRE_ID: return json_stringn((const char *)f->bytes, f->len);
	default: {
		AUTO(json_t) *o = json_parse(f->bytes, f->len, "controls", NULL);

		return o && check_controls(o, NULL) == 0 ? STEAL(o) : NULL;
	}
	}
}

static int put_file(json_t *o, json_t *others, const struct mcim_file *f, bool is_isim,
		    struct why *why)
{
	const struct ef_kind *k = f->efid > 9 ? ef_kind_find(f->efid, is_isim) : NULL;
	const char *word = k ? k->word : NULL;
	json_t *value = NULL;
	char efid[5];

	if (f->efid <= 9)
		value = own_value(f, &word);
	else if (k && k->decode)
		value = k->decode(f->bytes, f->len);
	if (value)
		return json_put(o, word, value, why);
	if (f->efid <= 9 || !k)
		return why_input(why, "MCIMBLOB: efid %u holds what it must not", f->efid);
	snprintf(efid, sizeof(efid), "%04x", f->efid);
	return json_put(others, efid, hex_json(f->bytes, f->len), why);
}

json_t *mcim_blob_to_json(const struct mcim_blob *m, struct why *why)
{
	AUTO(json_t) *o = json_object();
	AUTO(json_t) *others = json_object();
	const bool is_isim = mcim_blob_is_isim(m);

	for (size_t i = 0; i < m->files; i++)
		if (put_file(o, others, &m->file[i], is_isim, why))
			return NULL;
	if (json_object_size(others) && json_put(o, "ef", STEAL(others), why))
		return NULL;
	if (m->code && json_put_b64(o, "code_b64", m->code, m->code_len, why))
		return NULL;
	return STEAL(o);
}
