/* SPDX-License-Identifier: Apache-2.0 */
#include "register/lookup.h"

#include "register/db.h"

#include <string.h>

#define MMAP_OCTETS "2147418112" /* as many as SQLite maps */

struct lookup {
	struct reg *r;
	const char *const *ids;
	size_t n;
	lookup_take *take;
	void *ctx;
};

/* ---- a file: one by one ---- */

static int look_up_one(const struct lookup *l, const char *sql, size_t i, struct why *why)
{
	STATEMENT(s);
	size_t rows = 0;
	int got;

	if (db_prepare(l->r, &s, sql, &l->ids[i], 1, why))
		return -1;
	for (; (got = db_step(s, why)) > 0; rows++) {
		size_t len;
		const char *record = db_octets(s, 0, &len);

		if (l->take(l->ctx, i, record, len, why))
			return -1;
	}
	return got < 0 || (!rows && l->take(l->ctx, i, NULL, 0, why)) ? -1 : 0;
}

static int look_up_each(const struct lookup *l, bool by_tre, struct why *why)
{
	const char *sql = by_tre ? "SELECT record FROM discovery WHERE tre_id=?1 ORDER BY pcid"
				 : "SELECT record FROM discovery WHERE pcid=?1 ORDER BY tre_id";
	int rc = 0;

	/* several in one reading transaction: the file's state is asked for once; and its pages
	 * are read where they lie */
	if (l->n > 1 && l->r->engine->script(l->r, "PRAGMA mmap_size=" MMAP_OCTETS "; BEGIN", why))
		return -1;
	for (size_t i = 0; !rc && i < l->n; i++)
		rc = look_up_one(l, sql, i, why);
	if (l->n > 1 && l->r->engine->script(l->r, "COMMIT", rc ? NULL : why))
		rc = -1;
	return rc;
}

/* ---- a server: all in one question ---- */

struct found {
	size_t key, record, len;
};

/* An array of texts, each in quotes. */
static int put_array(struct buf *out, const struct lookup *l, struct why *why)
{
	for (size_t i = 0; i < l->n; i++) {
		if (buf_add(out, i ? ",\"" : "{\"", 2, why))
			return -1;
		for (const char *p = l->ids[i]; *p; p++)
			if (((*p == '"' || *p == '\\') && buf_add(out, "\\", 1, why)) ||
			    buf_add(out, p, 1, why))
				return -1;
		if (buf_add(out, "\"", 1, why))
			return -1;
	}
	return buf_add(out, "}", 1, why);
}

static int collect(struct db_statement *s, struct buf *text, struct buf *index, struct why *why)
{
	int got;

	while ((got = db_step(s, why)) > 0) {
		size_t key_len, len;
		const char *key = db_octets(s, 0, &key_len), *record = db_octets(s, 1, &len);
		const struct found f = {text->len, text->len + key_len + 1, len};

		if (buf_add(text, key, key_len + 1, why) || buf_add(text, record, len + 1, why) ||
		    buf_add(index, &f, sizeof(f), why))
			return -1;
	}
	return got;
}

/* The answers come in the order of their keys, and go in that of the questions. */
static int sort_out(const struct lookup *l, size_t i, const struct buf *text,
		    const struct buf *index, struct why *why)
{
	const struct found *f = (const struct found *)(const void *)index->bytes;
	const size_t n = index->len / sizeof(*f);
	const char *base = (const char *)text->bytes;
	size_t low = 0, high = n, at;

	while (low < high) {
		at = (low + high) / 2;
		if (strcmp(base + f[at].key, l->ids[i]) < 0)
			low = at + 1;
		else
			high = at;
	}
	if (low == n || strcmp(base + f[low].key, l->ids[i]) != 0)
		return l->take(l->ctx, i, NULL, 0, why);
	for (at = low; at < n && strcmp(base + f[at].key, l->ids[i]) == 0; at++)
		if (l->take(l->ctx, i, base + f[at].record, f[at].len, why))
			return -1;
	return 0;
}

static int look_up_all(const struct lookup *l, bool by_tre, struct why *why)
{
	const char *sql = by_tre ? "SELECT tre_id, record FROM discovery"
				   " WHERE tre_id = ANY(?1::text[]) ORDER BY tre_id, pcid"
				 : "SELECT pcid, record FROM discovery"
				   " WHERE pcid = ANY(?1::text[]) ORDER BY pcid, tre_id";
	const char *array;
	STATEMENT(s);
	BUF(ids);
	BUF(text);
	BUF(index);

	if (put_array(&ids, l, why))
		return -1;
	array = buf_text(&ids);
	if (db_prepare(l->r, &s, sql, &array, 1, why) || collect(s, &text, &index, why))
		return -1;
	for (size_t i = 0; i < l->n; i++)
		if (sort_out(l, i, &text, &index, why))
			return -1;
	return 0;
}

int reg_look_up(struct reg *r, const char *field, const char *const ids[], size_t n,
		lookup_take *take, void *ctx, struct why *why)
{
	const struct lookup l = {r, ids, n, take, ctx};
	const bool by_tre = strcmp(field, "tre_id") == 0;

	if (n == 0)
		return 0;
	return r->engine->copy ? look_up_all(&l, by_tre, why) : look_up_each(&l, by_tre, why);
}
