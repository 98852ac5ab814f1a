/* SPDX-License-Identifier: Apache-2.0 */
/* MCIM.json, the identity module in words, to MCIMBLOB's files and back. */
#include "base/hex.h"
#include "mcim/blob.h"
#include "mcim/ef.h"
#include "mcim/ef_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int set_others(struct mcim_blob *m, const json_t *o, struct why *why)
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
		if (!ef_is_file(efid))
			return why_input(why, "ef: %.8s: want a file, 2fxx or 6fxx", key);
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
	return mcim_blob_set_code(m, buf_text(&code), code.len, why);
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

int mcim_blob_from_json(struct mcim_blob *m, const json_t *o, struct why *why)
{
	const char *app;
	bool is_isim;

	if (json_text_opt(&app, o, "application", why))
		return -1;
	is_isim = app && strcmp(app, "isim") == 0;
	return check_members(o, is_isim, why) || mcim_own_set(m, o, why) ||
			       set_words(m, o, is_isim, why) || set_others(m, o, why) ||
			       set_code(m, o, why)
		       ? -1
		       : 0;
}

/* ---- and back ---- */

static int put_file(json_t *o, json_t *others, const struct mcim_file *f, bool is_isim,
		    struct why *why)
{
	const struct ef_kind *k = f->efid > 9 ? ef_kind_find(f->efid, is_isim) : NULL;
	const char *word = k ? k->word : NULL;
	json_t *value = f->efid <= 9 ? mcim_own_value(f, &word) : ef_words(k, f->bytes, f->len);
	char efid[5];

	if (value)
		return json_put(o, word, value, why);
	if (f->efid <= 9)
		return why_input(why, "MCIMBLOB: efid %u holds what it must not", f->efid);
	snprintf(efid, sizeof(efid), "%04x", f->efid);
	return json_put(others, efid, json_of_hex(f->bytes, f->len), why);
}

json_t *mcim_blob_to_json(const struct mcim_blob *m, struct why *why)
{
	AUTO(json_t) *o = json_object();
	AUTO(json_t) *others = json_object();
	const bool is_isim = mcim_blob_is_isim(m);
	MCIM_BLOB(again);

	for (size_t i = 0; i < m->files; i++)
		if (put_file(o, others, &m->file[i], is_isim, why))
			return NULL;
	/* what the description would not take is no better for having come as DER */
	if (mcim_own_set(&again, o, why)) {
		why_in(why, "MCIMBLOB");
		return NULL;
	}
	if (json_object_size(others) && json_put(o, "ef", STEAL(others), why))
		return NULL;
	if (m->code && json_put_b64(o, "code_b64", m->code, m->code_len, why))
		return NULL;
	return STEAL(o);
}
