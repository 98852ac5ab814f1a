/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold digits and letters: keys, languages, emergency numbers. */
#include "mcim/ef_kinds.h"

#include <string.h>

/* ---- EF_DCK 4.2.48 and EF_HiddenKey 4.2.42: keys of digits, nibbles swapped, F behind ---- */

static const char *const dck_words[] = {"network", "subset", "provider", "corporate", NULL};

int ef_dck_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text;

	if (!json_is_object(v) || json_only(v, dck_words, why))
		return why_input(
			why, "dck: want an object with network, subset, provider and corporate");
	for (size_t i = 0; i < 4; i++)
		if (json_text_opt(&text, v, dck_words[i], why) ||
		    ef_put_digits(out, text, 4, "dck", why))
			return -1;
	return 0;
}

json_t *ef_dck_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *o = json_object();
	char text[9];

	if (len != 16)
		return NULL;
	for (size_t i = 0; i < 4; i++) {
		if (!ef_get_digits(text, bytes + 4 * i, 4))
			return NULL;
		if (*text)
			json_object_set_new(o, dck_words[i], json_string(text));
	}
	return STEAL(o);
}

int ef_hidden_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text = ef_text(v, "hidden_key", why);

	return text ? ef_put_digits(out, text, 4, "hidden_key", why) : -1;
}

json_t *ef_hidden_out(const uint8_t *bytes, size_t len)
{
	char text[9];

	return len == 4 && ef_get_digits(text, bytes, 4) ? json_string(text) : NULL;
}

#define SMALL_LETTERS "abcdefghijklmnopqrstuvwxyz"

/* ---- EF_PL (TS 102 221 13.3): languages of two letters ---- */

int ef_pl_in(struct buf *out, const json_t *v, struct why *why)
{
	size_t i;
	const json_t *item;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return why_input(why, "pl: want a list of languages");
	json_array_foreach (v, i, item) {
		const char *text = ef_text(item, "pl", why);

		if (!text || strlen(text) != 2 || strspn(text, SMALL_LETTERS) != 2)
			return why_input(why, "pl: want languages of two small letters");
		if (buf_add(out, text, 2, why))
			return -1;
	}
	return 0;
}

json_t *ef_pl_out(const uint8_t *bytes, size_t len)
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

int ef_ecc_in(struct buf *out, const json_t *v, struct why *why)
{
	size_t i;
	const json_t *item;

	if (!json_is_array(v) || buf_add(out, (uint8_t[]){ECC_RECORD}, 1, why))
		return why_input(why, "ecc: want a list of emergency numbers");
	json_array_foreach (v, i, item) {
		const char *text = ef_text(item, "ecc", why);

		if (!text || ef_put_digits(out, text, 3, "ecc", why) || buf_add(out, "", 1, why))
			return -1;
	}
	return 0;
}

json_t *ef_ecc_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *list = json_array();

	if (len < 1 || bytes[0] != ECC_RECORD || (len - 1) % ECC_RECORD)
		return NULL;
	for (size_t i = 1; i < len; i += ECC_RECORD) {
		char text[7];

		if (!ef_get_digits(text, bytes + i, 3) || bytes[i + 3] != 0)
			return NULL;
		json_array_append_new(list, json_string(text));
	}
	return STEAL(list);
}
