/* SPDX-License-Identifier: Apache-2.0 */
#include "register/sqlite.h"

int sqlite_failed(sqlite3 *db, struct why *why)
{
	const int code = sqlite3_errcode(db);

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return why_busy(why, "the register is busy");
	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return why_input(why, "the register is no SQLite file, or a damaged one");
	return why_sys(why, "the register: %s", sqlite3_errmsg(db));
}

int sqlite_script(struct reg *r, const char *sql, struct why *why)
{
	return sqlite3_exec(r->own, sql, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : sqlite_failed(r->own, why);
}

static int begin(struct reg *r, struct why *why)
{
	return sqlite_script(r, "BEGIN IMMEDIATE", why);
}

static int commit(struct reg *r, struct why *why)
{
	return sqlite_script(r, "COMMIT", why);
}

static void rollback(struct reg *r)
{
	sqlite3_exec(r->own, "ROLLBACK", NULL, NULL, NULL);
}

static int make(struct reg *r, struct db_statement *s, struct why *why)
{
	sqlite3_stmt *own = NULL;

	if (sqlite3_prepare_v3(r->own, s->sql, -1, SQLITE_PREPARE_PERSISTENT, &own, NULL) !=
	    SQLITE_OK)
		return sqlite_failed(r->own, why);
	s->own = own;
	return 0;
}

static int bind(struct db_statement *s, int i, const char *text, struct why *why)
{
	if (text && sqlite3_bind_text(s->own, i, text, -1, SQLITE_STATIC) != SQLITE_OK)
		return sqlite_failed(s->r->own, why);
	return 0;
}

static int bind_number(struct db_statement *s, int i, int64_t n, struct why *why)
{
	return sqlite3_bind_int64(s->own, i, n) == SQLITE_OK ? 0 : sqlite_failed(s->r->own, why);
}

static int step(struct db_statement *s, struct why *why)
{
	const int rc = sqlite3_step(s->own);

	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return rc == SQLITE_ROW;
	return sqlite_failed(s->r->own, why);
}

static const char *text(struct db_statement *s, int column, size_t *len)
{
	const char *t = (const char *)sqlite3_column_text(s->own, column);

	*len = (size_t)sqlite3_column_bytes(s->own, column);
	return t;
}

static int64_t number(struct db_statement *s, int column)
{
	return sqlite3_column_int64(s->own, column);
}

static int changes(struct reg *r)
{
	return sqlite3_changes(r->own);
}

static void reset(struct db_statement *s)
{
	sqlite3_reset(s->own);
	sqlite3_clear_bindings(s->own);
}

static void finish(struct db_statement *s)
{
	sqlite3_finalize(s->own);
}

static void close_file(struct reg *r)
{
	sqlite3_close(r->own);
}

const struct db_engine sqlite_engine = {.begin = begin,
					.commit = commit,
					.rollback = rollback,
					.script = sqlite_script,
					.make = make,
					.bind = bind,
					.bind_number = bind_number,
					.step = step,
					.text = text,
					.number = number,
					.changes = changes,
					.reset = reset,
					.free = finish,
					.load_begin = sqlite_load_begin,
					.load_end = sqlite_load_end,
					.check = sqlite_check,
					.backup = sqlite_backup,
					.close = close_file};
