/* SPDX-License-Identifier: Apache-2.0 */
#include "register/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define TRIES 12 /* of a transaction that others are in the way of */

/* ---- opening ---- */

static bool is_address(const char *db)
{
	return strncmp(db, "postgresql://", 13) == 0 || strncmp(db, "postgres://", 11) == 0;
}

struct reg *reg_open(const char *db, struct why *why)
{
	AUTO(REG) *r = calloc(1, sizeof(*r));

	if (!r) {
		why_sys(why, "out of memory");
		return NULL;
	}
	if (is_address(db)) {
		if (pg_open(r, db, why)) /* the address is not told: it may be long, or private */
			return NULL;
	} else if (sqlite_open(r, db, why)) {
		why_in(why, "%s", db);
		return NULL;
	}
	return STEAL(r);
}

static void statement_free(struct db_statement *s)
{
	if (s->own)
		s->r->engine->free(s);
	free(s->sql);
	free(s);
}

void reg_close(struct reg *r)
{
	if (!r)
		return;
	reg_rollback(r);
	for (size_t i = 0; i < DB_CACHE && r->cache[i]; i++)
		statement_free(r->cache[i]);
	if (r->engine)
		r->engine->close(r);
	free(r);
}

/* ---- transactions ---- */

int reg_begin(struct reg *r, struct why *why)
{
	r->in_conflict = false;
	if (r->engine->begin(r, why))
		return -1;
	r->in_transaction = true;
	return 0;
}

int reg_commit(struct reg *r, struct why *why)
{
	if (r->engine->commit(r, why))
		return -1;
	r->in_transaction = false;
	return 0;
}

void reg_rollback(struct reg *r)
{
	if (r->in_transaction)
		r->engine->rollback(r);
	r->in_transaction = false;
}

/* Longer after each try, and never the same for two processes that meet. */
static void wait_a_little(int try)
{
	unsigned char random = 0;
	struct timespec t = {0};

	(void)!getrandom(&random, 1, 0);
	t.tv_nsec = (2000000L << (try < 6 ? try : 6)) / 256 * (random + 1L);
	nanosleep(&t, NULL);
}

int reg_transact(struct reg *r, int (*work)(struct reg *r, void *ctx, struct why *why), void *ctx,
		 struct why *why)
{
	for (int try = 0;; try++) {
		if (reg_begin(r, why))
			return -1;
		if (work(r, ctx, why) == 0 && reg_commit(r, why) == 0)
			return 0;
		reg_rollback(r);
		if (!r->in_conflict || try == TRIES)
			return -1;
		wait_a_little(try);
	}
}

struct plain {
	int (*work)(void *ctx, struct why *why);
	void *ctx;
};

static int work_plain(struct reg *r, void *ctx, struct why *why)
{
	const struct plain *p = ctx;

	(void)r;
	return p->work(p->ctx, why);
}

int reg_transact_group(struct reg *r, int (*work)(void *ctx, struct why *why), void *ctx,
		       struct why *why)
{
	struct plain p = {work, ctx};

	return reg_transact(r, work_plain, &p, why);
}

int reg_mark(struct reg *r, struct why *why)
{
	return db_run(r, "SAVEPOINT mark", NULL, 0, why);
}

int reg_keep(struct reg *r, struct why *why)
{
	return db_run(r, "RELEASE SAVEPOINT mark", NULL, 0, why);
}

int reg_undo(struct reg *r, struct why *why)
{
	return db_run(r, "ROLLBACK TO SAVEPOINT mark", NULL, 0, why) ? -1 : reg_keep(r, why);
}

/* ---- statements ---- */

static struct db_statement *find(struct reg *r, const char *sql, size_t *room)
{
	for (*room = 0; *room < DB_CACHE && r->cache[*room]; ++*room)
		if (!r->cache[*room]->busy && strcmp(r->cache[*room]->sql, sql) == 0)
			return r->cache[*room];
	return NULL;
}

static struct db_statement *make(struct reg *r, const char *sql, bool is_scan, size_t room,
				 struct why *why)
{
	struct db_statement *s = calloc(1, sizeof(*s));

	if (!s || !(s->sql = strdup(sql))) {
		free(s);
		why_sys(why, "out of memory");
		return NULL;
	}
	s->r = r;
	s->is_scan = is_scan;
	if (r->engine->make(r, s, why)) {
		statement_free(s);
		return NULL;
	}
	if (room < DB_CACHE) {
		s->cached = true;
		r->cache[room] = s;
	}
	return s;
}

int db_prepare(struct reg *r, struct db_statement **s, const char *sql, const char *const text[],
	       int n, struct why *why)
{
	size_t room;

	*s = find(r, sql, &room);
	if (!*s && !(*s = make(r, sql, false, room, why)))
		return -1;
	(*s)->busy = true;
	for (int i = 0; i < n; i++)
		if (r->engine->bind(*s, i + 1, text[i], why))
			return -1;
	return 0;
}

int db_scan(struct reg *r, struct db_statement **s, const char *sql, struct why *why)
{
	*s = make(r, sql, true, DB_CACHE, why);
	if (*s)
		(*s)->busy = true;
	return *s ? 0 : -1;
}

void db_done(struct db_statement **s)
{
	if (!*s)
		return;
	(*s)->busy = false;
	(*s)->r->engine->reset(*s);
	if (!(*s)->cached)
		statement_free(*s);
	*s = NULL;
}

int db_bind_number(struct db_statement *s, int i, int64_t n, struct why *why)
{
	return s->r->engine->bind_number(s, i, n, why);
}

int db_step(struct db_statement *s, struct why *why)
{
	return s->r->engine->step(s, why);
}

int db_run(struct reg *r, const char *sql, const char *const text[], int n, struct why *why)
{
	STATEMENT(s);

	return db_prepare(r, &s, sql, text, n, why) || db_step(s, why) < 0 ? -1 : 0;
}

int db_changes(struct reg *r)
{
	return r->engine->changes(r);
}

const char *db_text(struct db_statement *s, int column)
{
	size_t len;
	const char *text = s->r->engine->text(s, column, &len);

	return text ? text : "";
}

const char *db_octets(struct db_statement *s, int column, size_t *len)
{
	const char *text = s->r->engine->text(s, column, len);

	return text ? text : "";
}

int64_t db_number(struct db_statement *s, int column)
{
	return s->r->engine->number(s, column);
}

int db_json(struct db_statement *s, int column, json_t **o, struct why *why)
{
	size_t len;
	const char *text = s->r->engine->text(s, column, &len);

	if (!text)
		return 0;
	*o = json_parse(text, len, "register", why);
	return *o ? 1 : -1;
}

/* ---- the rest ---- */

int reg_check(struct reg *r, struct why *why)
{
	return r->engine->check(r, why);
}

int reg_backup(struct reg *r, const char *path, struct why *why)
{
	return r->engine->backup(r, path, why);
}
