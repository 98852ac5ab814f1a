/* SPDX-License-Identifier: Apache-2.0 */
#include "register/bulk.h"

#include "register/batch.h"
#include "register/db.h"
#include "register/load.h"
#include "register/schema.h"

#include <stdlib.h>
#include <string.h>

#define MANY 5000 /* rows, where making an index in one go pays */

struct bulk {
	struct reg *r;
	enum reg_table table;
	bulk_refused *refused;
	void *ctx;
	struct db_statement *insert; /* a file's */
	size_t count;
	bool is_first, has_no_index; /* the table was empty */
	struct batch *batch;         /* a server's */
};

void bulk_close(struct bulk *b)
{
	if (!b)
		return;
	db_done(&b->insert);
	reg_rollback(b->r);
	batch_free(b->batch);
	free(b);
}

static int begin(struct bulk *b, struct why *why)
{
	static const char *const sql[] = {
		"INSERT INTO subscribers(imsi, tre_id, record) VALUES(?1, ?2, ?3)"
		" ON CONFLICT DO NOTHING",
		"INSERT INTO discovery(pcid, tre_id, record) VALUES(?1, ?2, ?3)"
		" ON CONFLICT DO NOTHING",
		"INSERT INTO equipment(tre_id, record) VALUES(?1, ?3) ON CONFLICT DO NOTHING"};
	static const char *const any[] = {"SELECT 1 FROM subscribers LIMIT 1",
					  "SELECT 1 FROM discovery LIMIT 1",
					  "SELECT 1 FROM equipment LIMIT 1"};
	STATEMENT(s);
	int got;

	if ((b->r->engine->load_begin && b->r->engine->load_begin(b->r, why)) ||
	    reg_begin(b->r, why) || db_prepare(b->r, &s, any[b->table], NULL, 0, why) ||
	    (got = db_step(s, why)) < 0)
		return -1;
	b->is_first = got == 0 && !b->r->engine->copy; /* a server's index is in use */
	return db_prepare(b->r, &b->insert, sql[b->table], NULL, 0, why);
}

struct bulk *bulk_begin(struct reg *r, enum reg_table table, bool is_whole, bulk_refused *refused,
			void *ctx, struct why *why)
{
	AUTO(BULK) *b = calloc(1, sizeof(*b));

	if (!b) {
		why_sys(why, "out of memory");
		return NULL;
	}
	b->r = r;
	b->table = table;
	b->refused = refused;
	b->ctx = ctx;
	if (r->engine->copy && !is_whole)
		b->batch = batch_new(r, table, refused, ctx, why);
	else if (begin(b, why))
		return NULL;
	return b->batch || b->insert ? STEAL(b) : NULL;
}

int bulk_replace(struct reg *r, enum reg_table table, const char *record, struct why *why)
{
	AUTO(json_t) *o = json_parse(record, strlen(record), JSON_RECORD, why);

	return o ? reg_load(r, table, o, why) : -1;
}

/* An index of a table that is filled for the first time is made in one go, sorted. */
static int set_index(struct bulk *b, bool to_have, struct why *why)
{
	static const char *const drop[] = {"DROP INDEX subscribers_tre",
					   "DROP INDEX discovery_tre"};
	static const char *const make[] = {SCHEMA_SUBSCRIBERS_TRE, SCHEMA_DISCOVERY_TRE};

	b->has_no_index = !to_have;
	return b->r->engine->script(b->r, to_have ? make[b->table] : drop[b->table], why);
}

static int insert(struct bulk *b, const struct reg_row *row, size_t line, struct why *why)
{
	const struct db_engine *e = b->r->engine;
	struct why own = {0};

	if (b->count++ == MANY && b->is_first && b->table != REG_EQUIPMENT &&
	    set_index(b, false, why))
		return -1;
	if (e->bind(b->insert, 1, row->key, why) ||
	    e->bind(b->insert, 2, *row->tre_id ? row->tre_id : NULL, why) ||
	    e->bind(b->insert, 3, buf_text(&row->record), why) || db_step(b->insert, why) < 0)
		return -1;
	e->reset(b->insert);
	if (db_changes(b->r) || bulk_replace(b->r, b->table, buf_text(&row->record), &own) == 0)
		return 0;
	if (own.status != TOOL_NO && own.status != TOOL_INPUT) {
		*why = own;
		return -1;
	}
	b->refused(b->ctx, line, &own);
	return 0;
}

int bulk_add(struct bulk *b, const struct reg_row *row, size_t line, struct why *why)
{
	return b->insert ? insert(b, row, line, why) : batch_add(b->batch, row, line, why);
}

int bulk_end(struct bulk *b, struct why *why)
{
	if (!b->insert)
		return batch_flush(b->batch, why);
	db_done(&b->insert);
	if ((b->has_no_index && set_index(b, true, why)) || reg_commit(b->r, why))
		return -1;
	return b->r->engine->load_end ? b->r->engine->load_end(b->r, why) : 0;
}
