/* SPDX-License-Identifier: Apache-2.0 */
#include "register/db.h"

#include "base/outfile.h"
#include "base/secmem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x6d326d31 /* "m2m1" */
#define SCHEMA_VERSION 1
#define BUSY_MS 10000
#define WAL_RETRY_MS 5

/* Identities are TEXT: an IMSI may start with zeros. */
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

int db_failed(struct reg *r, struct why *why)
{
	const int code = sqlite3_errcode(r->db);

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return why_busy(why, "the register is busy");
	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return why_input(why, "the register is no SQLite file, or a damaged one");
	return why_sys(why, "the register: %s", sqlite3_errmsg(r->db));
}

int db_prepare(struct reg *r, sqlite3_stmt **s, const char *sql, const char *const text[], int n,
	       struct why *why)
{
	if (sqlite3_prepare_v2(r->db, sql, -1, s, NULL) != SQLITE_OK)
		return db_failed(r, why);
	for (int i = 0; i < n; i++)
		if (text[i] && sqlite3_bind_text(*s, i + 1, text[i], -1, SQLITE_TRANSIENT))
			return db_failed(r, why);
	return 0;
}

int db_step(struct reg *r, sqlite3_stmt *s, struct why *why)
{
	const int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return rc == SQLITE_ROW;
	return db_failed(r, why);
}

int db_run(struct reg *r, const char *sql, const char *const text[], int n, struct why *why)
{
	STATEMENT(s);

	return db_prepare(r, &s, sql, text, n, why) || db_step(r, s, why) < 0 ? -1 : 0;
}

const char *db_text(sqlite3_stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	return text ? text : "";
}

json_t *db_json(sqlite3_stmt *s, int column, struct why *why)
{
	const char *text = db_text(s, column);

	return json_parse(text, (size_t)sqlite3_column_bytes(s, column), "register", why);
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

/* ---- opening ---- */

static int number(struct reg *r, const char *sql, int64_t *v, struct why *why)
{
	STATEMENT(s);

	if (db_prepare(r, &s, sql, NULL, 0, why) || db_step(r, s, why) < 0)
		return -1;
	*v = sqlite3_column_int64(s, 0);
	return 0;
}

static int script(struct reg *r, const char *sql, struct why *why)
{
	return sqlite3_exec(r->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_failed(r, why);
}

/* 1: a register of this version; 0: an empty file; -1: neither. Only reads, so that another
 * program's file stays as it is. */
static int identify(struct reg *r, struct why *why)
{
	int64_t id, version, tables;

	if (number(r, "PRAGMA application_id", &id, why) ||
	    number(r, "PRAGMA user_version", &version, why) ||
	    number(r, "SELECT count(*) FROM sqlite_master", &tables, why))
		return -1;
	if (id == 0 && tables == 0)
		return 0;
	if (id != APPLICATION_ID)
		return why_input(why, "this SQLite file is no register");
	if (version != SCHEMA_VERSION)
		return why_input(why, "the register has version %" PRId64 ", and %d is known here",
				 version, SCHEMA_VERSION);
	return 1;
}

/* SQLite does not wait for others here, whatever the time limit says. */
static int use_wal(struct reg *r, struct why *why)
{
	for (int waited = 0;; waited += WAL_RETRY_MS) {
		const int code = sqlite3_exec(r->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);

		if (code == SQLITE_OK)
			return 0;
		if (code != SQLITE_BUSY || waited >= BUSY_MS)
			return db_failed(r, why);
		sqlite3_sleep(WAL_RETRY_MS);
	}
}

/* Two processes may meet here: the schema is made in a transaction, by the first. */
static int set_up(struct reg *r, struct why *why)
{
	char sql[96];
	int known;

	if (use_wal(r, why) || reg_begin(r, why))
		return -1;
	known = identify(r, why);
	if (known < 0)
		return -1;
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d;",
		 APPLICATION_ID, SCHEMA_VERSION);
	if (!known && (script(r, schema, why) || script(r, sql, why)))
		return -1;
	return reg_commit(r, why);
}

/* SQLite takes a file of a few octets for an empty one, and would write over it. */
static int check_start(const char *path, struct why *why)
{
	static const char magic[16] = "SQLite format 3";
	char start[sizeof(magic)];
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t n = fd < 0 ? 0 : read(fd, start, sizeof(start));

	if (fd >= 0)
		close(fd);
	return n == 0 || (n == sizeof(magic) && memcmp(start, magic, sizeof(magic)) == 0)
		       ? 0
		       : why_input(why, "the register is no SQLite file, or a damaged one");
}

/* 0600 under any umask: SQLite gives its journals the mode of the file. */
static int make_file(const char *path, struct why *why)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return errno == EEXIST ? check_start(path, why)
				       : why_sys(why, "%s", strerror(errno));
	rc = fchmod(fd, 0600);
	close(fd);
	return rc ? why_sys(why, "%s", strerror(errno)) : outfile_sync_folder(path, why);
}

static int open_file(struct reg *r, const char *path, struct why *why)
{
	int known;

	if (use_wiping_memory(why) || make_file(path, why))
		return -1;
	if (sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return db_failed(r, why);
	sqlite3_busy_timeout(r->db, BUSY_MS);
	/* in a transaction, for another process may be setting it up */
	if (script(r, "BEGIN", why))
		return -1;
	known = identify(r, why);
	if (script(r, "COMMIT", known < 0 ? NULL : why) || known < 0 ||
	    script(r, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;", why))
		return -1;
	return known ? 0 : set_up(r, why);
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
	if (open_file(r, db, why)) {
		why_in(why, "%s", db);
		return NULL;
	}
	return STEAL(r);
}

void reg_close(struct reg *r)
{
	if (!r)
		return;
	reg_rollback(r);
	sqlite3_close(r->db);
	free(r);
}

int reg_begin(struct reg *r, struct why *why)
{
	if (script(r, "BEGIN IMMEDIATE", why))
		return -1;
	r->in_transaction = true;
	return 0;
}

int reg_commit(struct reg *r, struct why *why)
{
	if (script(r, "COMMIT", why))
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
