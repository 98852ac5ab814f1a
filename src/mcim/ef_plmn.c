/* SPDX-License-Identifier: Apache-2.0 */
/* Files that list PLMNs. */
#include "mcim/ef_kinds.h"

#include "base/hex.h"
#include "pcid/plmn.h"

#include <string.h>

#define MIN_FPLMN 4

/* ---- lists of PLMNs: EF_FPLMN, TS 31.102 4.2.16 ---- */

int ef_fplmn_in(struct buf *out, const json_t *v, struct why *why)
{
	static const uint8_t empty[3] = {0xff, 0xff, 0xff};

	if (!json_is_array(v) || json_array_size(v) > 64)
		return why_input(why, "fplmn: want a list of at most 64 PLMNs");
	for (size_t i = 0; i < json_array_size(v) || i < MIN_FPLMN; i++) {
		const bool is_there = i < json_array_size(v);
		const char *text = is_there ? ef_text(json_array_get(v, i), "fplmn", why) : "";
		struct plmn p;
		uint8_t octets[3];

		if (!text || (is_there && plmn_parse(&p, text, "fplmn", why)))
			return -1;
		if (is_there)
			plmn_encode(octets, &p);
		if (buf_add(out, is_there ? octets : empty, 3, why))
			return -1;
	}
	return 0;
}

/* The words have no empty place between two PLMNs, and no more of them at the end than are wanted.
 */
json_t *ef_fplmn_out(const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *list = json_array();
	const size_t least = (size_t)MIN_FPLMN * 3;

	if (len % 3 || len < least || (len > least && ef_is_filled(bytes + len - 3, 3)))
		return NULL;
	for (size_t i = 0; i < len; i += 3) {
		char text[PLMN_TEXT];
		struct plmn p;

		if (ef_is_filled(bytes + i, 3))
			continue;
		if (json_array_size(list) * 3 != i || !plmn_decode(&p, bytes + i))
			return NULL;
		plmn_format(text, &p);
		json_array_append_new(list, json_string(text));
	}
	return STEAL(list);
}

/* ---- lists of records with a PLMN and octets: EF_CNL 4.2.49, EF_OPL 4.2.59 ---- */

struct tail {
	const char *word;
	size_t octets;
};

static int check_members(const json_t *item, const char *what, const struct tail *tails,
			 struct why *why)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)item, key, value) {
		const struct tail *t = tails;

		while (t->word && strcmp(t->word, key) != 0)
			t++;
		if (!t->word && strcmp(key, "plmn") != 0)
			return why_input(why, "%s: %.40s: no such field is known here", what, key);
	}
	return 0;
}

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

		if (!text || check_members(item, what, tails, why) ||
		    plmn_parse(&p, text, what, why))
			return -1;
		plmn_encode(octets, &p);
		if (buf_add(out, octets, 3, why))
			return -1;
		for (const struct tail *t = tails; t->word; t++) {
			memset(octets, 0xff, sizeof(octets));
			if (json_text_opt(&text, item, t->word, why) ||
			    (text && hex_decode(octets, t->octets, text, t->word, why)) ||
			    buf_add(out, octets, t->octets, why))
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
			if (!ef_is_filled(bytes + at, t->octets))
				json_object_set_new(o, t->word, json_of_hex(bytes + at, t->octets));
		}
	}
	return STEAL(list);
}

static const struct tail cnl_tails[] = {{"subset", 1}, {"provider", 1}, {"corporate", 1}, {0}};
static const struct tail opl_tails[] = {{"lac_from", 2}, {"lac_to", 2}, {"pnn", 1}, {0}};
#define OPL_RECORD 8

int ef_cnl_in(struct buf *out, const json_t *v, struct why *why)
{
	return tails_in(out, v, "cnl", cnl_tails, why);
}

json_t *ef_cnl_out(const uint8_t *bytes, size_t len)
{
	return tails_out(bytes, len, cnl_tails);
}

/* a record file's efbytes start with the record's length */
int ef_opl_in(struct buf *out, const json_t *v, struct why *why)
{
	return buf_add(out, (uint8_t[]){OPL_RECORD}, 1, why) ||
			       tails_in(out, v, "opl", opl_tails, why)
		       ? -1
		       : 0;
}

json_t *ef_opl_out(const uint8_t *bytes, size_t len)
{
	return len > 0 && bytes[0] == OPL_RECORD ? tails_out(bytes + 1, len - 1, opl_tails) : NULL;
}
