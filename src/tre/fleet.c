/* SPDX-License-Identifier: Apache-2.0 */
#include "tre/fleet.h"

#include <stdlib.h>
#include <string.h>

void fleet_close(struct fleet *f)
{
	if (tre_keeper == &f->keeper)
		tre_keeper = NULL;
	sqlite3_finalize(f->audit_put);
	sqlite3_finalize(f->audit_get);
	f->audit_put = f->audit_get = NULL;
	shelf_close(&f->shelf);
}

static int failed(const struct fleet *f, struct why *why)
{
	return why_sys(why, "%s/fleet.db: %s", f->shelf.sealed.state, sqlite3_errmsg(f->shelf.db));
}

static struct tre *new_tre(struct fleet *f, const char *tre_id, struct why *why)
{
	AUTO(TRE) *t = calloc(1, sizeof(*t));

	if (t) {
		t->lock = -1;
		t->keeper = &f->keeper;
		t->pending = json_array();
		t->state = strdup(tre_id);
	}
	if (!t || !t->pending || !t->state) {
		why_sys(why, "out of memory");
		return NULL;
	}
	return STEAL(t);
}

static struct tre *open_one(void *ctx, const char *tre_id, struct why *why)
{
	struct fleet *f = ctx;
	AUTO(TRE) *t = new_tre(f, tre_id, why);
	BUF(text);
	const int known = t ? shelf_get(&f->shelf, tre_id, &text, why) : -1;

	if (known == 0)
		why_input(why, "%.64s: no TRE of this fleet", tre_id);
	if (known <= 0)
		return NULL;
	t->s = json_parse(text.bytes, text.len, "state", why);
	return t->s ? STEAL(t) : NULL;
}

static struct tre *make_one(void *ctx, const char *tre_id, struct why *why)
{
	struct fleet *f = ctx;
	AUTO(TRE) *t = new_tre(f, tre_id, why);
	BUF(text);
	const int known = t ? shelf_get(&f->shelf, tre_id, &text, why) : -1;

	if (known > 0)
		why_refuse(why, "already-initialised",
			   "%.64s: there is a TRE already (TR 33.812 B.2.2.1)", tre_id);
	if (known)
		return NULL;
	t->s = json_object();
	return STEAL(t);
}

static int save_one(void *ctx, struct tre *t, struct why *why)
{
	struct fleet *f = ctx;
	BUF(text);

	return tre_audit_write(t, why) || json_append(&text, t->s, why) ||
			       shelf_put(&f->shelf, t->state, text.bytes, text.len, why)
		       ? -1
		       : 0;
}

/* ---- audits: in the clear, as the files of folders are; their head is in the sealed state ---- */

static int put_audit(void *ctx, const struct tre *t, int64_t at, const struct buf *lines,
		     struct why *why)
{
	struct fleet *f = ctx;
	sqlite3_stmt *put = f->audit_put;

	sqlite3_reset(put);
	return sqlite3_bind_text(put, 1, t->state, -1, SQLITE_STATIC) != SQLITE_OK ||
			       sqlite3_bind_int64(put, 2, at) != SQLITE_OK ||
			       sqlite3_bind_text(put, 3, buf_text(lines), (int)lines->len,
						 SQLITE_TRANSIENT) != SQLITE_OK ||
			       sqlite3_step(put) != SQLITE_DONE
		       ? failed(f, why)
		       : 0;
}

static int get_audit(void *ctx, const struct tre *t, struct buf *text, struct why *why)
{
	struct fleet *f = ctx;
	sqlite3_stmt *get = f->audit_get;
	int rc = 0, got = SQLITE_DONE;

	sqlite3_reset(get);
	if (sqlite3_bind_text(get, 1, t->state, -1, SQLITE_STATIC) != SQLITE_OK)
		return failed(f, why);
	while (!rc && (got = sqlite3_step(get)) == SQLITE_ROW)
		rc = buf_add(text, sqlite3_column_text(get, 0),
			     (size_t)sqlite3_column_bytes(get, 0), why);
	sqlite3_reset(get);
	return rc || got == SQLITE_DONE ? rc : failed(f, why);
}

int fleet_open(struct fleet *f, const char *state, const char *device, bool is_new, struct why *why)
{
	static const struct shelf_kind fleet = {"fleet.db", "TREF"};
	sqlite3 *db;

	if (shelf_open(&f->shelf, &fleet, state, device, is_new, why))
		return -1;
	db = f->shelf.db;
	if (sqlite3_exec(db,
			 "CREATE TABLE IF NOT EXISTS audit(name TEXT NOT NULL, at INTEGER NOT NULL,"
			 " lines TEXT NOT NULL, PRIMARY KEY(name, at)) WITHOUT ROWID",
			 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
			       "INSERT INTO audit(name, at, lines) VALUES(?1, ?2, ?3) ON "
			       "CONFLICT(name, at) DO UPDATE SET lines=excluded.lines",
			       -1, &f->audit_put, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT lines FROM audit WHERE name=?1 ORDER BY at", -1,
			       &f->audit_get, NULL) != SQLITE_OK)
		return failed(f, why);
	f->keeper = (struct tre_keeper){open_one, make_one, save_one, put_audit, get_audit, f};
	tre_keeper = &f->keeper;
	return 0;
}
