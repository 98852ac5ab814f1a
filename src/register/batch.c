/* SPDX-License-Identifier: Apache-2.0 */
#include "register/batch.h"

#include "register/db.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 32768 /* more than BULK_ROWS, a power of two */
#define BATCH_OCTETS ((size_t)8 * 1024 * 1024)

/* A row that waits: its texts stand in the batch's text, one behind the other. */
struct waiting {
	size_t key, tre_id, record, line;
	bool is_known; /* the register has it already */
};

struct refusal {
	size_t line;
	struct why why;
};

struct batch {
	struct reg *r;
	enum reg_table table;
	bulk_refused *refused;
	void *ctx;
	struct buf text, copy, refusals;
	struct waiting row[BULK_ROWS];
	size_t rows;
	unsigned short slot[SLOTS]; /* 1 + the row, by the hash of its keys */
};

struct batch *batch_new(struct reg *r, enum reg_table table, bulk_refused *refused, void *ctx,
			struct why *why)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b) {
		why_sys(why, "out of memory");
		return NULL;
	}
	b->r = r;
	b->table = table;
	b->refused = refused;
	b->ctx = ctx;
	return b;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	buf_free(&b->text);
	buf_free(&b->copy);
	buf_free(&b->refusals);
	free(b);
}

static const char *text_at(const struct batch *b, size_t at)
{
	return (const char *)b->text.bytes + at;
}

/* FNV-1a over both keys. */
static size_t hash(const char *key, const char *tre_id)
{
	uint32_t h = 2166136261U;

	for (; *key; key++)
		h = (h ^ (uint8_t)*key) * 16777619U;
	for (h *= 16777619U; *tre_id; tre_id++)
		h = (h ^ (uint8_t)*tre_id) * 16777619U;
	return h ^ h >> 16;
}

/* The slot of those keys, or the empty one where they would stand. A subscriber's TRE_id is no
 * key. */
static unsigned short *slot_of(struct batch *b, const char *key, const char *tre_id)
{
	const char *second = b->table == REG_DISCOVERY ? tre_id : "";

	for (size_t i = hash(key, second);; i++) {
		unsigned short *s = &b->slot[i % SLOTS];
		const struct waiting *w = *s ? &b->row[*s - 1] : NULL;

		if (!w ||
		    (strcmp(text_at(b, w->key), key) == 0 &&
		     (b->table != REG_DISCOVERY || strcmp(text_at(b, w->tre_id), second) == 0)))
			return s;
	}
}

/* The keys of the batch as an array. They hold digits, letters, dots, dashes and semicolons. */
static int put_keys(struct buf *out, const struct batch *b, struct why *why)
{
	for (size_t i = 0; i < b->rows; i++) {
		const char *key = text_at(b, b->row[i].key);

		if (buf_add(out, i ? "," : "{", 1, why) || buf_add(out, key, strlen(key), why))
			return -1;
	}
	return buf_add(out, "}", 1, why);
}

/* Which rows the register has. */
static int find_known(struct batch *b, struct why *why)
{
	static const char *const sql[] = {
		"SELECT imsi, '' FROM subscribers WHERE imsi = ANY(?1::text[])",
		"SELECT pcid, tre_id FROM discovery WHERE pcid = ANY(?1::text[])",
		"SELECT tre_id, '' FROM equipment WHERE tre_id = ANY(?1::text[])"};
	const char *text;
	STATEMENT(s);
	BUF(keys);
	int got;

	for (size_t i = 0; i < b->rows; i++)
		b->row[i].is_known = false;
	if (put_keys(&keys, b, why))
		return -1;
	text = buf_text(&keys);
	if (db_prepare(b->r, &s, sql[b->table], &text, 1, why))
		return -1;
	while ((got = db_step(s, why)) > 0) {
		const unsigned short *at = slot_of(b, db_text(s, 0), db_text(s, 1));

		if (*at)
			b->row[*at - 1].is_known = true;
	}
	return got;
}

/* COPY's text form: a backslash is doubled, and a record has no tab and no line feed. */
static int put_record(struct buf *out, const char *record, struct why *why)
{
	for (const char *end; (end = strchr(record, '\\')); record = end + 1)
		if (buf_add(out, record, (size_t)(end - record), why) ||
		    buf_add(out, "\\\\", 2, why))
			return -1;
	return buf_add(out, record, strlen(record), why) || buf_add(out, "\n", 1, why) ? -1 : 0;
}

static int put_row(struct batch *b, const struct waiting *w, struct why *why)
{
	const char *key = text_at(b, w->key), *tre_id = text_at(b, w->tre_id);

	if (b->table != REG_EQUIPMENT &&
	    buf_print(&b->copy, why, "%s\t%s\t", key, *tre_id ? tre_id : "\\N"))
		return -1;
	if (b->table == REG_EQUIPMENT && buf_print(&b->copy, why, "%s\t", key))
		return -1;
	return put_record(&b->copy, text_at(b, w->record), why);
}

/* In a transaction, which may be done again: the new by COPY, the known one by one. */
static int send(struct reg *r, void *ctx, struct why *why)
{
	static const char *const sql[] = {"COPY subscribers(imsi, tre_id, record) FROM STDIN",
					  "COPY discovery(pcid, tre_id, record) FROM STDIN",
					  "COPY equipment(tre_id, record) FROM STDIN"};
	struct batch *b = ctx;

	buf_clear(&b->copy);
	buf_clear(&b->refusals);
	if (find_known(b, why))
		return -1;
	for (size_t i = 0; i < b->rows; i++) {
		const char *record = text_at(b, b->row[i].record);
		struct refusal f = {b->row[i].line, {0}};

		if (!b->row[i].is_known) {
			if (put_row(b, &b->row[i], why))
				return -1;
		} else if (bulk_replace(r, b->table, record, &f.why)) {
			if (f.why.status != TOOL_NO && f.why.status != TOOL_INPUT) {
				*why = f.why;
				return -1;
			}
			if (buf_add(&b->refusals, &f, sizeof(f), why))
				return -1;
		}
	}
	return b->copy.len ? r->engine->copy(r, sql[b->table], buf_text(&b->copy), b->copy.len, why)
			   : 0;
}

int batch_flush(struct batch *b, struct why *why)
{
	struct refusal f;

	if (b->rows && reg_transact(b->r, send, b, why))
		return -1;
	for (size_t at = 0; at < b->refusals.len; at += sizeof(f)) {
		memcpy(&f, b->refusals.bytes + at, sizeof(f));
		b->refused(b->ctx, f.line, &f.why);
	}
	buf_clear(&b->text);
	buf_clear(&b->refusals);
	b->rows = 0;
	memset(b->slot, 0, sizeof(b->slot));
	return 0;
}

static int put_text(struct buf *text, size_t *at, const char *value, size_t len, struct why *why)
{
	*at = text->len;
	return buf_add(text, value, len + 1, why);
}

/* A key that comes twice is twice: the first is durable before the second is looked at. */
int batch_add(struct batch *b, const struct reg_row *row, size_t line, struct why *why)
{
	struct waiting *w;

	if ((b->rows == BULK_ROWS || b->text.len >= BATCH_OCTETS ||
	     *slot_of(b, row->key, row->tre_id)) &&
	    batch_flush(b, why))
		return -1;
	w = &b->row[b->rows];
	w->line = line;
	if (put_text(&b->text, &w->key, row->key, strlen(row->key), why) ||
	    put_text(&b->text, &w->tre_id, row->tre_id, strlen(row->tre_id), why) ||
	    put_text(&b->text, &w->record, buf_text(&row->record), row->record.len, why))
		return -1;
	*slot_of(b, row->key, row->tre_id) = (unsigned short)++b->rows;
	return 0;
}
