/* SPDX-License-Identifier: Apache-2.0 */
#include "register/load.h"

#include "base/hex.h"
#include "base/outfile.h"
#include "register/entry.h"
#include "register/fields.h"

#include <string.h>

static int read_octets(struct buf *b, const json_t *o, const char *field, struct why *why)
{
	const char *text;

	if (json_text_opt(&text, o, field, why))
		return -1;
	return text ? hex_decode_buf(b, text, field, why) : 0;
}

static bool is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (!a->len || CRYPTO_memcmp(a->bytes, b->bytes, a->len) == 0);
}

/* A missing SQN is 0. Both were checked, and have 6 octets where they are there. */
static int check_sqn(const json_t *old, const json_t *new, struct why *why)
{
	static const uint8_t zero[6];
	BUF(was);
	BUF(is);

	if (read_octets(&was, old, "sqn", why) || read_octets(&is, new, "sqn", why))
		return -1;
	if (was.len && memcmp(is.len ? is.bytes : zero, was.bytes, 6) < 0)
		return why_refuse(why, "sqn-out-of-range",
				  "the SQN would go down (TS 33.102 6.3.5)");
	return 0;
}

int reg_open_cells(json_t *record, struct why *why)
{
	static const char *const fields[] = {"napdef", "reference", "ota_keys", "restrictions"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const char *text = json_string_value(json_object_get(record, fields[i]));
		json_t *value;

		if (!text || (*text != '{' && *text != '['))
			continue;
		value = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		if (!value)
			return why_input(why, "%s: not JSON", fields[i]);
		if (json_put(record, fields[i], value, why))
			return -1;
	}
	return 0;
}

int reg_load(struct reg *r, enum reg_table table, json_t *record, struct why *why)
{
	AUTO(json_t) *old = NULL;
	BUF(was);
	BUF(is);
	int known;

	if (reg_open_cells(record, why) || reg_entry_check(table, record, why))
		return -1;
	if (table != REG_SUBSCRIBERS)
		return reg_put(r, table, record, why);
	known = reg_get(r, table, "imsi", json_string_value(json_object_get(record, "imsi")), &old,
			why);
	if (known < 0 ||
	    (known && (read_octets(&was, old, "k", why) || read_octets(&is, record, "k", why))))
		return -1;
	if (was.len && !is.len)
		return why_input(why,
				 "k: missing, and the register has one: an import replaces the "
				 "whole record, m2m-register set changes fields");
	if (known && is_same(&was, &is) && check_sqn(old, record, why))
		return -1;
	return reg_put(r, table, record, why);
}

static int unknown(enum reg_table table, const char *key, struct why *why)
{
	static const char *const reasons[] = {"unknown-imsi", "unknown-pcid", "unknown-tre"};

	return why_refuse(why, reasons[table], "%.64s is not in the register (TR 33.812 5.1.3.4)",
			  key);
}

/* Discovery is keyed by both, and only a TRE_id has a semicolon. */
static const char *key_field(enum reg_table table, const char *key)
{
	return table == REG_DISCOVERY && strchr(key, ';') ? "tre_id" : reg_table_key(table);
}

/* A discovery record by both of its keys, PCID,TRE_id: pcid is set, and TRE_id returned; or NULL.
 */
static const char *both_keys(char pcid[static 16], enum reg_table table, const char *key)
{
	const char *comma = table == REG_DISCOVERY ? strchr(key, ',') : NULL;

	if (!comma || comma - key > 15)
		return NULL;
	memcpy(pcid, key, (size_t)(comma - key));
	pcid[comma - key] = '\0';
	return comma + 1;
}

/* A PCID that several equipments share is no one record's key (TR 33.812 5.1.3.4.1). */
static int several(const char *key, int known, struct why *why)
{
	return why_input(why, "%.64s: %d records have that key; name the %s, or PCID,TRE_id", key,
			 known, strchr(key, ';') ? "PCID" : "TRE_id");
}

static bool same_field(const char *a, const char *b)
{
	const size_t len = strcspn(a, "=");

	return strncmp(a, b, len) == 0 && b[len] == '=';
}

static int set_word(json_t *o, enum reg_table table, const char *word, struct why *why)
{
	static const char *const secrets[] = {"k", "opc", "topc", "ota_keys"};
	const char *equals = strchr(word, '=');
	char field[41];

	if (!equals || (size_t)(equals - word) >= sizeof(field))
		return why_usage(why, "want FIELD=VALUE, got '%.40s'", word);
	memcpy(field, word, (size_t)(equals - word));
	field[equals - word] = '\0';
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (strcmp(field, secrets[i]) == 0)
			return why_usage(why, "%s is a secret: import it from a file", field);
	if (strcmp(field, reg_table_key(table)) == 0 ||
	    (table == REG_DISCOVERY && strcmp(field, "tre_id") == 0))
		return why_usage(why, "%s is the record's key: delete and import it", field);
	return json_put_text(o, field, equals + 1, why);
}

struct collected {
	json_t *all;
	const char *pcid; /* NULL: any */
};

static int collect(void *ctx, json_t *record, struct why *why)
{
	const struct collected *c = ctx;
	const char *pcid = json_string_value(json_object_get(record, "pcid"));

	if (c->pcid && (!pcid || strcmp(pcid, c->pcid) != 0))
		return 0;
	return json_array_append(c->all, record) ? why_sys(why, "out of memory") : 0;
}

/* The number of those with the key, in all; or -1. */
static int find(json_t *all, struct reg *r, enum reg_table table, const char *key, struct why *why)
{
	char pcid[16];
	const char *tre_id = both_keys(pcid, table, key);
	struct collected c = {all, tre_id ? pcid : NULL};

	if (reg_each(r, table, tre_id ? "tre_id" : key_field(table, key), tre_id ? tre_id : key,
		     collect, &c, why) < 0)
		return -1;
	return (int)json_array_size(all);
}

/* What is to be changed: words are FIELD=VALUE of the record with the first key, or none. */
struct change {
	enum reg_table table;
	char *const *keys, *const *words;
	size_t n;
};

static int set(struct reg *r, void *ctx, struct why *why)
{
	const struct change *c = ctx;
	const char *key = c->keys[0];
	AUTO(json_t) *found = json_array();
	AUTO(json_t) *new = NULL;
	const int known = find(found, r, c->table, key, why);

	if (known <= 0)
		return known ? -1 : unknown(c->table, key, why);
	if (known > 1)
		return several(key, known, why);
	new = json_deep_copy(json_array_get(found, 0));
	if (!new)
		return why_sys(why, "out of memory");
	for (size_t i = 0; i < c->n; i++) {
		if (set_word(new, c->table, c->words[i], why))
			return -1;
		for (size_t j = 0; j < i; j++)
			if (same_field(c->words[i], c->words[j]))
				return why_usage(why, "%.*s: given twice",
						 (int)strcspn(c->words[i], "="), c->words[i]);
	}
	if (reg_open_cells(new, why) || reg_entry_check(c->table, new, why) ||
	    check_sqn(json_array_get(found, 0), new, why))
		return -1;
	return reg_put(r, c->table, new, why);
}

int reg_set(struct reg *r, enum reg_table table, char *const words[], size_t n, struct why *why)
{
	struct change c = {table, words, words + 1, n - 1};

	return reg_transact(r, set, &c, why);
}

static int drop(struct reg *r, void *ctx, struct why *why)
{
	const struct change *c = ctx;

	for (size_t i = 0; i < c->n; i++) {
		const char *key = c->keys[i];
		char pcid[16];
		const char *tre_id = both_keys(pcid, c->table, key);
		const int n = tre_id ? reg_delete_one(r, pcid, tre_id, why)
				     : reg_delete(r, c->table, key_field(c->table, key), key, why);

		if (n <= 0)
			return n ? -1 : unknown(c->table, key, why);
		if (n > 1)
			return several(key, n, why);
	}
	return 0;
}

int reg_remove(struct reg *r, enum reg_table table, char *const keys[], size_t n, struct why *why)
{
	struct change c = {table, keys, NULL, n};

	return reg_transact(r, drop, &c, why);
}

/* ---- a look over all ---- */

static int check_record(void *ctx, json_t *record, struct why *why)
{
	return reg_fields_check(*(enum reg_table *)ctx, record, why);
}

int reg_audit(struct reg *r, const char *path, struct why *why)
{
	static const char *const names[] = {"subscribers", "discovery", "equipment"};
	AUTO(json_t) *counts = json_object();
	BUF(line);

	if (reg_check(r, why))
		return -1;
	for (enum reg_table t = REG_SUBSCRIBERS; t <= REG_EQUIPMENT; t++) {
		const int n = reg_each(r, t, NULL, NULL, check_record, &t, why);

		if (n < 0 || json_put_number(counts, names[t], (uint64_t)n, why))
			return -1;
	}
	return json_append_line(&line, counts, why) ||
			       outfile_put(path, OUTFILE_PUBLIC, line.bytes, line.len, why)
		       ? -1
		       : 0;
}
