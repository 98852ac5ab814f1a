/* SPDX-License-Identifier: Apache-2.0 */
#include "register/register.h"

#include "base/secmem.h"
#include "register/fields.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x6d326d31 /* "m2m1" */
#define SCHEMA_VERSION 1
#define BUSY_MS 10000

struct reg {
	sqlite3 *db;
	bool in_transaction;
};

static const char schema[] =
	"CREATE TABLE subscribers(imsi TEXT PRIMARY KEY, tre_id TEXT, record TEXT NOT NULL) "
	"STRICT, WITHOUT ROWID;"
	"CREATE INDEX subscribers_tre ON subscribers(tre_id);"
	"CREATE TABLE discovery(pcid TEXT NOT NULL, tre_id TEXT NOT NULL, record TEXT NOT NULL,"
	" PRIMARY KEY(pcid, tre_id)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX discovery_tre ON discovery(tre_id);"
	"CREATE TABLE equipment(tre_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT "
	"ROWID;"
	"CREATE TABLE offers(kind TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, attached "
	"TEXT,"
	" expires INTEGER NOT NULL, spent INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL,"
	" PRIMARY KEY(kind, id)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX offers_subject ON offers(kind, subject, number);"
	"CREATE TABLE pools(plmn TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE released(pcid TEXT PRIMARY KEY, plmn TEXT NOT NULL) STRICT, WITHOUT ROWID;";

static int failed(struct reg *r, struct why *why)
{
	const int code = sqlite3_errcode(r->db);

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return why_busy(why, "the register is busy");
	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return why_input(why, "the register is no SQLite file, or a damaged one");
	return why_sys(why, "the register: %s", sqlite3_errmsg(r->db));
}

static int run(struct reg *r, const char *sql, struct why *why)
{
	return sqlite3_exec(r->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(r, why);
}

void reg_close(struct reg *r)
{
	if (!r)
		return;
	reg_rollback(r);
	sqlite3_close(r->db);
	free(r);
}

static int64_t pragma(struct reg *r, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t v = -1;

	if (sqlite3_prepare_v2(r->db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

/* Makes the schema in a new file, or checks that of an old one. */
static int set_up(struct reg *r, struct why *why)
{
	char sql[128];

	if (reg_begin(r, why))
		return -1;
	if (pragma(r, "PRAGMA application_id") == APPLICATION_ID) {
		const int64_t version = pragma(r, "PRAGMA user_version");

		if (version != SCHEMA_VERSION)
			return why_input(
				why, "the register has version %" PRId64 ", and %d is known here",
				version, SCHEMA_VERSION);
		return reg_commit(r, why);
	}
	if (pragma(r, "SELECT count(*) FROM sqlite_master") != 0)
		return why_input(why, "this SQLite file is no register");
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d;",
		 APPLICATION_ID, SCHEMA_VERSION);
	return run(r, schema, why) || run(r, sql, why) || reg_commit(r, why) ? -1 : 0;
}

/* 0600 under any umask: SQLite gives its journals the mode of the file. */
static int make_file(const char *path, struct why *why)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return why_sys(why, "%s: %s", path, strerror(errno));
	close(fd);
	return 0;
}

/* ---- SQLite's memory holds records with K: it is wiped when it is freed ---- */

static void *mem_malloc(int size)
{
	return secmem_alloc((size_t)size);
}

static void *mem_realloc(void *p, int size)
{
	return secmem_realloc(p, (size_t)size);
}

static int mem_size(void *p)
{
	return (int)secmem_size(p);
}

static int mem_roundup(int size)
{
	return (size + 7) & ~7;
}

static int mem_init(void *data)
{
	(void)data;
	return SQLITE_OK;
}

static void mem_shutdown(void *data)
{
	(void)data;
}

static int use_wiping_memory(struct why *why)
{
	static const sqlite3_mem_methods methods = {mem_malloc,   secmem_free, mem_realloc,
						    mem_size,     mem_roundup, mem_init,
						    mem_shutdown, NULL};
	static bool is_set;

	if (is_set)
		return 0;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0) != SQLITE_OK)
		return why_sys(why, "the register: SQLite's memory cannot be set");
	is_set = true;
	return 0;
}

struct reg *reg_open(const char *db, struct why *why)
{
	AUTO(REG) *r = calloc(1, sizeof(*r));

	if (!r) {
		why_sys(why, "out of memory");
		return NULL;
	}
	if (strncmp(db, "postgresql://", 13) == 0) {
		why_usage(why, "--register: PostgreSQL is not built in; name a file");
		return NULL;
	}
	if (use_wiping_memory(why) || make_file(db, why))
		return NULL;
	if (sqlite3_open_v2(db, &r->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
		failed(r, why);
		return NULL;
	}
	sqlite3_busy_timeout(r->db, BUSY_MS);
	if (run(r, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
		why) ||
	    set_up(r, why)) {
		why_in(why, "%s", db);
		return NULL;
	}
	return STEAL(r);
}

int reg_begin(struct reg *r, struct why *why)
{
	if (run(r, "BEGIN IMMEDIATE", why))
		return -1;
	r->in_transaction = true;
	return 0;
}

int reg_commit(struct reg *r, struct why *why)
{
	if (run(r, "COMMIT", why))
		return -1;
	r->in_transaction = false;
	return 0;
}

void reg_rollback(struct reg *r)
{
	if (r->db && r->in_transaction)
		sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
	r->in_transaction = false;
}

/* A statement with text parameters; NULL: why is set. */
static sqlite3_stmt *prepare(struct reg *r, struct why *why, const char *sql,
			     const char *const text[], int n)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(r->db, sql, -1, &s, NULL) != SQLITE_OK) {
		failed(r, why);
		return NULL;
	}
	for (int i = 0; i < n; i++)
		sqlite3_bind_text(s, i + 1, text[i], -1, SQLITE_TRANSIENT);
	return s;
}

static int finish(struct reg *r, sqlite3_stmt *s, struct why *why)
{
	int rc = sqlite3_step(s);

	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		failed(r, why);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : -1;
}

static const char *const table_names[] = {"subscribers", "discovery", "equipment"};

static bool field_is_key(enum reg_table table, const char *field)
{
	if (strcmp(field, "tre_id") == 0)
		return true;
	return strcmp(field, table == REG_SUBSCRIBERS ? "imsi"
			     : table == REG_DISCOVERY ? "pcid"
						      : "") == 0;
}

static json_t *record_of(sqlite3_stmt *s, int column, struct why *why)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	return json_parse(text ? text : "", (size_t)sqlite3_column_bytes(s, column), "register",
			  why);
}

int reg_each(struct reg *r, enum reg_table table, const char *field, const char *value,
	     int (*take)(void *ctx, json_t *record, struct why *why), void *ctx, struct why *why)
{
	char sql[160];
	sqlite3_stmt *s;
	int rc, n = 0;

	if (field && !field_is_key(table, field))
		return why_usage(why, "%s is no key of %s", field, table_names[table]);
	snprintf(sql, sizeof(sql), "SELECT record FROM %s%s%s%s ORDER BY 1", table_names[table],
		 field ? " WHERE " : "", field ? field : "", field ? "=?1" : "");
	if (table != REG_EQUIPMENT && !field)
		snprintf(sql, sizeof(sql), "SELECT record FROM %s ORDER BY %s", table_names[table],
			 table == REG_SUBSCRIBERS ? "imsi" : "pcid, tre_id");
	s = prepare(r, why, sql, &value, field ? 1 : 0);
	if (!s)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		AUTO(json_t) *record = record_of(s, 0, why);

		if (!record || take(ctx, record, why)) {
			sqlite3_finalize(s);
			return -1;
		}
		n++;
	}
	if (rc != SQLITE_DONE)
		failed(r, why);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? n : -1;
}

static int take_first(void *ctx, json_t *record, struct why *why)
{
	json_t **first = ctx;

	(void)why;
	if (!*first)
		*first = json_incref(record);
	return 0;
}

int reg_get(struct reg *r, enum reg_table table, const char *field, const char *value,
	    json_t **record, struct why *why)
{
	int n;

	*record = NULL;
	n = reg_each(r, table, field, value, take_first, record, why);
	if (n < 0)
		json_decref(STEAL(*record));
	return n > 1 ? 1 : n;
}

int reg_put(struct reg *r, enum reg_table table, const json_t *record, struct why *why)
{
	static const char *const sql[] = {
		"INSERT OR REPLACE INTO subscribers(imsi, tre_id, record) VALUES(?1, ?2, ?3)",
		"INSERT OR REPLACE INTO discovery(pcid, tre_id, record) VALUES(?1, ?2, ?3)",
		"INSERT OR REPLACE INTO equipment(tre_id, record) VALUES(?2, ?3)"};
	const char *text[3];
	sqlite3_stmt *s;
	BUF(json);

	if (reg_fields_check(table, record, why) || json_append(&json, record, why))
		return -1;
	text[0] = json_string_value(
		json_object_get(record, table == REG_DISCOVERY ? "pcid" : "imsi"));
	text[1] = json_string_value(json_object_get(record, "tre_id"));
	text[2] = buf_text(&json);
	s = prepare(r, why, sql[table], text, 0);
	if (!s)
		return -1;
	for (int i = table == REG_EQUIPMENT ? 1 : 0; i < 3; i++)
		if (text[i])
			sqlite3_bind_text(s, i + 1, text[i], -1, SQLITE_TRANSIENT);
	return finish(r, s, why);
}

int reg_delete(struct reg *r, enum reg_table table, const char *field, const char *value,
	       struct why *why)
{
	char sql[96];
	sqlite3_stmt *s;

	if (!field_is_key(table, field))
		return why_usage(why, "%s is no key of %s", field, table_names[table]);
	snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE %s=?1", table_names[table], field);
	s = prepare(r, why, sql, &value, 1);
	if (!s || finish(r, s, why))
		return -1;
	return sqlite3_changes(r->db);
}

int reg_offer(struct reg *r, const char *kind, const char *id, const char *subject,
	      const json_t *attached, int64_t expires, struct why *why)
{
	BUF(json);
	const char *text[] = {kind, id, subject, NULL};
	sqlite3_stmt *s;
	int rc;

	if (attached && json_append(&json, attached, why))
		return -1;
	s = prepare(
		r, why,
		"INSERT INTO offers(kind, id, subject, attached, expires, number) VALUES(?1, ?2, "
		"?3, ?4, ?5,"
		" (SELECT coalesce(max(number), 0) + 1 FROM offers WHERE kind=?1 AND subject=?3))",
		text, 3);
	if (!s)
		return -1;
	if (attached)
		sqlite3_bind_text(s, 4, buf_text(&json), -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 5, expires);
	rc = sqlite3_step(s);
	sqlite3_finalize(s);
	if (rc == SQLITE_CONSTRAINT)
		return why_refuse(why, "nonce-replayed", "this %s was given out before", kind);
	return rc == SQLITE_DONE ? 0 : failed(r, why);
}

int reg_spend(struct reg *r, const char *kind, const char *id, const char *subject, int64_t at,
	      json_t **attached, struct why *why)
{
	const char *text[] = {kind, id};
	sqlite3_stmt *s = prepare(
		r, why,
		"SELECT subject, spent, expires, attached FROM offers WHERE kind=?1 AND id=?2",
		text, 2);
	int rc = 0;

	if (!s)
		return -1;
	if (sqlite3_step(s) != SQLITE_ROW ||
	    (subject && strcmp(subject, (const char *)sqlite3_column_text(s, 0)) != 0))
		rc = why_refuse(why, "nonce-unknown", "this %s was not given out%s%s", kind,
				subject ? " to " : "", subject ? subject : "");
	else if (sqlite3_column_int(s, 1))
		rc = why_refuse(why, "nonce-replayed", "this %s was used before", kind);
	else if (sqlite3_column_int64(s, 2) <= at)
		rc = why_refuse(why, "nonce-expired", "this %s has expired", kind);
	else if (attached && sqlite3_column_type(s, 3) != SQLITE_NULL)
		rc = (*attached = record_of(s, 3, why)) ? 0 : -1;
	sqlite3_finalize(s);
	if (rc)
		return rc;
	s = prepare(r, why, "UPDATE offers SET spent=1, attached=NULL WHERE kind=?1 AND id=?2",
		    text, 2);
	return s ? finish(r, s, why) : -1;
}

int reg_find(struct reg *r, const char *kind, const char *subject, char **id, json_t **attached,
	     struct why *why)
{
	const char *text[] = {kind, subject};
	sqlite3_stmt *s =
		prepare(r, why,
			"SELECT id, attached FROM offers WHERE kind=?1 AND subject=?2 AND spent=0"
			" ORDER BY number DESC LIMIT 1",
			text, 2);
	int rc;

	if (!s)
		return -1;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW && id)
		*id = strdup((const char *)sqlite3_column_text(s, 0));
	if (rc == SQLITE_ROW && attached && sqlite3_column_type(s, 1) != SQLITE_NULL)
		*attached = record_of(s, 1, why);
	sqlite3_finalize(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return failed(r, why);
	return rc == SQLITE_ROW;
}

int reg_once(struct reg *r, const char *kind, const char *id, int64_t expires, const char *reason,
	     struct why *why)
{
	struct why own = {0};

	if (reg_offer(r, kind, id, "", NULL, expires, &own) == 0)
		return 0;
	if (own.status == TOOL_NO)
		return why_refuse(why, reason, "this %s was seen before", kind);
	if (why)
		*why = own;
	return -1;
}

/* ---- pools of numbers ---- */

int reg_pool_next(struct reg *r, const char *plmn, uint64_t first, uint64_t last, uint64_t *msin,
		  struct why *why)
{
	sqlite3_stmt *s = prepare(r, why, "SELECT next FROM pools WHERE plmn=?1", &plmn, 1);

	*msin = first;
	if (!s)
		return -1;
	if (sqlite3_step(s) == SQLITE_ROW && (uint64_t)sqlite3_column_int64(s, 0) > first)
		*msin = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	if (*msin > last)
		return why_input(why, "the numbers of %s are used up", plmn);
	s = prepare(r, why, "INSERT OR REPLACE INTO pools(plmn, next) VALUES(?1, ?2)", &plmn, 1);
	if (!s)
		return -1;
	sqlite3_bind_int64(s, 2, (sqlite3_int64)(*msin + 1));
	return finish(r, s, why);
}

int reg_pool_of(struct reg *r, const char *pcid, char plmn[static 8], struct why *why)
{
	sqlite3_stmt *s =
		prepare(r, why,
			"SELECT plmn FROM pools WHERE ?1 LIKE replace(plmn, '-', '') || '%'"
			" ORDER BY length(plmn) DESC LIMIT 1",
			&pcid, 1);
	int rc;

	if (!s)
		return -1;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		snprintf(plmn, 8, "%s", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	if (rc == SQLITE_ROW)
		return 0;
	return rc == SQLITE_DONE ? why_input(why, "%.20s is of no pool of this register", pcid)
				 : failed(r, why);
}

int reg_pool_release(struct reg *r, const char *plmn, const char *pcid, struct why *why)
{
	const char *text[] = {pcid, plmn};
	sqlite3_stmt *s = prepare(
		r, why, "INSERT OR REPLACE INTO released(pcid, plmn) VALUES(?1, ?2)", text, 2);

	return s ? finish(r, s, why) : -1;
}

int reg_pool_reuse(struct reg *r, const char *plmn, char pcid[static 16], struct why *why)
{
	sqlite3_stmt *s = prepare(
		r, why, "SELECT pcid FROM released WHERE plmn=?1 ORDER BY pcid LIMIT 1", &plmn, 1);
	const char *text = pcid;
	int rc;

	if (!s)
		return -1;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		snprintf(pcid, 16, "%s", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	if (rc != SQLITE_ROW)
		return rc == SQLITE_DONE ? 0 : failed(r, why);
	s = prepare(r, why, "DELETE FROM released WHERE pcid=?1", &text, 1);
	return s && finish(r, s, why) == 0 ? 1 : -1;
}

int reg_check(struct reg *r, struct why *why)
{
	sqlite3_stmt *s = prepare(r, why, "PRAGMA integrity_check", NULL, 0);
	int rc = 0;

	if (!s)
		return -1;
	if (sqlite3_step(s) != SQLITE_ROW ||
	    strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)
		rc = why_input(why, "the register is damaged");
	sqlite3_finalize(s);
	return rc;
}

int reg_backup(struct reg *r, const char *path, struct why *why)
{
	sqlite3 *to = NULL;
	sqlite3_backup *b;
	int rc;

	if (make_file(path, why))
		return -1;
	rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL);
	b = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", r->db, "main") : NULL;
	if (b) {
		sqlite3_backup_step(b, -1);
		rc = sqlite3_backup_finish(b);
	}
	sqlite3_close(to);
	return b && rc == SQLITE_OK ? 0 : why_sys(why, "%s: the backup failed", path);
}
