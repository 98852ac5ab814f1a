/* SPDX-License-Identifier: Apache-2.0 */
#include "register/lookup.h"

#include "register/db.h"

#include <stdlib.h>
#include <string.h>

#define SERVER_PART 1024                /* questions in one exchange */
#define ANSWER_OCTETS ((size_t)8 << 20) /* kept until they are in order */

struct found {
	size_t key, record, len; /* in text */
};

/* A part of the questions. */
struct part {
	struct reg *r;
	bool by_tre;
	const char *const *ids;
	size_t n;
	const char *const **sorted; /* where each is in ids, by its text */
	size_t *first;              /* of each in ids: its first record in index, or behind all */
	struct buf text, index;     /* what was found, in the order of its keys */
};

static void part_free(struct part *p)
{
	free(p->sorted);
	free(p->first);
	buf_free(&p->text);
	buf_free(&p->index);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(**(const char *const *const *)a, **(const char *const *const *)b);
}

static int sort(struct part *p, struct why *why)
{
	p->sorted = calloc(p->n, sizeof(*p->sorted));
	p->first = calloc(p->n, sizeof(*p->first));
	if (!p->sorted || !p->first)
		return why_sys(why, "out of memory");
	for (size_t i = 0; i < p->n; i++)
		p->sorted[i] = &p->ids[i];
	qsort(p->sorted, p->n, sizeof(*p->sorted), by_text);
	return 0;
}

/* One question is answered whatever it takes: it may be a PCID that very many share. */
static bool is_full(const struct part *p)
{
	return p->n > 1 && p->text.len > ANSWER_OCTETS;
}

static int collect(struct part *p, struct db_statement *s, struct why *why)
{
	int got = 0;

	while (!is_full(p) && (got = db_step(s, why)) > 0) {
		size_t key_len, len;
		const char *key = db_octets(s, 0, &key_len), *record = db_octets(s, 1, &len);
		const struct found f = {p->text.len, p->text.len + key_len + 1, len};

		if (buf_add(&p->text, key, key_len + 1, why) ||
		    buf_add(&p->text, record, len + 1, why) ||
		    buf_add(&p->index, &f, sizeof(f), why))
			return -1;
	}
	return got < 0 ? -1 : 0;
}

/* ---- a file: one by one ---- */

static const char *question(bool by_tre)
{
	return by_tre ? "SELECT tre_id, record FROM discovery WHERE tre_id=?1 ORDER BY pcid"
		      : "SELECT pcid, record FROM discovery WHERE pcid=?1 ORDER BY tre_id";
}

/* Nothing is kept. */
static int tell_one(const struct part *p, size_t at, lookup_take *take, void *ctx, struct why *why)
{
	STATEMENT(s);
	size_t rows = 0;
	int got;

	if (db_prepare(p->r, &s, question(p->by_tre), p->ids, 1, why))
		return -1;
	for (; (got = db_step(s, why)) > 0; rows++) {
		size_t len;
		const char *record = db_octets(s, 1, &len);

		if (take(ctx, at, record, len, why))
			return -1;
	}
	return got < 0 || (!rows && take(ctx, at, NULL, 0, why)) ? -1 : 0;
}

/* By their order a page is read once, where there are many of its records. */
static int ask_each(struct part *p, struct why *why)
{
	for (size_t i = 0; i < p->n && !is_full(p); i++) {
		STATEMENT(s);

		if (i && strcmp(*p->sorted[i], *p->sorted[i - 1]) == 0)
			continue;
		if (db_prepare(p->r, &s, question(p->by_tre), p->sorted[i], 1, why) ||
		    collect(p, s, why))
			return -1;
	}
	return 0;
}

static int ask_file(struct part *p, struct why *why)
{
	int rc;

	/* in one reading transaction: the file's state is asked for once */
	if (p->r->engine->script(p->r, "BEGIN", why))
		return -1;
	rc = ask_each(p, why);
	return p->r->engine->script(p->r, "COMMIT", rc ? NULL : why) || rc ? -1 : 0;
}

/* ---- a server: all in one question ---- */

/* An array of texts, each in quotes. */
static int put_array(struct buf *out, const struct part *p, struct why *why)
{
	for (size_t i = 0; i < p->n; i++) {
		if (buf_add(out, i ? ",\"" : "{\"", 2, why))
			return -1;
		for (const char *c = p->ids[i]; *c; c++)
			if (((*c == '"' || *c == '\\') && buf_add(out, "\\", 1, why)) ||
			    buf_add(out, c, 1, why))
				return -1;
		if (buf_add(out, "\"", 1, why))
			return -1;
	}
	return buf_add(out, "}", 1, why);
}

static int ask_server(struct part *p, struct why *why)
{
	const char *sql = p->by_tre ? "SELECT tre_id, record FROM discovery"
				      " WHERE tre_id = ANY(?1::text[]) ORDER BY tre_id, pcid"
				    : "SELECT pcid, record FROM discovery"
				      " WHERE pcid = ANY(?1::text[]) ORDER BY pcid, tre_id";
	const char *array;
	STATEMENT(s);
	BUF(ids);

	if (put_array(&ids, p, why))
		return -1;
	array = buf_text(&ids);
	return db_prepare(p->r, &s, sql, &array, 1, why) || collect(p, s, why) ? -1 : 0;
}

/* ---- both ---- */

static const struct found *index_of(const struct part *p, size_t *n)
{
	*n = p->index.len / sizeof(struct found);
	return (const struct found *)(const void *)p->index.bytes;
}

/* Questions and answers are in one order here. */
static void match(struct part *p)
{
	const char *text = buf_text(&p->text);
	size_t n, at = 0;
	const struct found *f = index_of(p, &n);

	for (size_t i = 0; i < p->n; i++) {
		const char *id = *p->sorted[i];

		while (at < n && strcmp(text + f[at].key, id) < 0)
			at++;
		p->first[p->sorted[i] - p->ids] =
			at < n && strcmp(text + f[at].key, id) == 0 ? at : n;
	}
}

static int tell(const struct part *p, size_t from, lookup_take *take, void *ctx, struct why *why)
{
	const char *text = buf_text(&p->text);
	size_t n;
	const struct found *f = index_of(p, &n);

	for (size_t i = 0; i < p->n; i++) {
		size_t at = p->first[i];

		if (at == n && take(ctx, from + i, NULL, 0, why))
			return -1;
		for (; at < n && strcmp(text + f[at].key, p->ids[i]) == 0; at++)
			if (take(ctx, from + i, text + f[at].record, f[at].len, why))
				return -1;
	}
	return 0;
}

/* 1: told; 0: the answers are too many to be kept, and none was told. */
static int look_up(struct part *p, size_t from, lookup_take *take, void *ctx, struct why *why)
{
	const bool is_server = p->r->engine->copy;

	if (p->n == 1 && !is_server)
		return tell_one(p, from, take, ctx, why) ? -1 : 1;
	if (sort(p, why) || (is_server ? ask_server(p, why) : ask_file(p, why)))
		return -1;
	if (is_full(p))
		return 0;
	match(p);
	return tell(p, from, take, ctx, why) ? -1 : 1;
}

int reg_look_up(struct reg *r, const char *field, const char *const ids[], size_t n,
		lookup_take *take, void *ctx, struct why *why)
{
	const bool by_tre = strcmp(field, "tre_id") == 0;
	const size_t limit = r->engine->copy ? SERVER_PART : n;
	size_t most = limit, from = 0;

	while (from < n) {
		__attribute__((cleanup(part_free))) struct part p = {.r = r,
								     .by_tre = by_tre,
								     .ids = ids + from,
								     .n = n - from < most ? n - from
											  : most};
		const int told = look_up(&p, from, take, ctx, why);

		if (told < 0)
			return -1;
		if (told)
			from += p.n;
		most = !told ? p.n / 2 : most < limit / 2 ? 2 * most : limit;
	}
	return 0;
}
