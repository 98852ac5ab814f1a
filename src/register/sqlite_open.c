/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a register's file. */
#include "base/outfile.h"
#include "base/secmem.h"
#include "register/schema.h"
#include "register/sqlite.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x6d326d31 /* "m2m1" */
#define WAL_RETRY_MS 5

static const char schema[] = SCHEMA("TEXT", "INTEGER", " STRICT, WITHOUT ROWID;");

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

int sqlite_wipe_memory(struct why *why)
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

int sqlite_use_wal(struct reg *r, struct why *why)
{
	return sqlite_script(r, "PRAGMA journal_mode=WAL", why);
}

static int number(struct reg *r, const char *sql, int64_t *v, struct why *why)
{
	STATEMENT(s);

	if (db_prepare(r, &s, sql, NULL, 0, why) || db_step(s, why) < 0)
		return -1;
	*v = db_number(s, 0);
	return 0;
}

/* The version of a register; 0: an empty file; -1: neither. Only reads, so that another program's
 * file stays as it is. */
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
	if (version < 1 || version > SCHEMA_VERSION)
		return why_input(why, "the register has version %" PRId64 ", and %d is known here",
				 version, SCHEMA_VERSION);
	return (int)version;
}

/* SQLite does not wait for others here, whatever the time limit says. */
static int wait_for_wal(struct reg *r, struct why *why)
{
	for (int waited = 0;; waited += WAL_RETRY_MS) {
		if (sqlite_use_wal(r, why) == 0)
			return 0;
		if (sqlite3_errcode(r->own) != SQLITE_BUSY || waited >= DB_WAIT_MS)
			return -1;
		sqlite3_sleep(WAL_RETRY_MS);
	}
}

/* Makes the tables, or what an older version has not: in the caller's transaction. */
static int make_tables(struct reg *r, int version, struct why *why)
{
	static const char *const steps[] = SCHEMA_STEPS;
	char sql[96];

	if (!version && sqlite_script(r, schema, why))
		return -1;
	for (; version && version < SCHEMA_VERSION; version++)
		if (sqlite_script(r, steps[version - 1], why))
			return -1;
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d;",
		 APPLICATION_ID, SCHEMA_VERSION);
	return sqlite_script(r, sql, why);
}

/* Two processes may meet here: the first makes the tables, and the other finds them. */
static int set_up(struct reg *r, struct why *why)
{
	int version;

	if (wait_for_wal(r, why) || reg_begin(r, why))
		return -1;
	version = identify(r, why);
	if (version < 0 || (version < SCHEMA_VERSION && make_tables(r, version, why)))
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

/* ---- a register that may only be read ---- */

static int may_write(const char *path, bool *may, struct why *why)
{
	char *copy = strdup(path);

	if (!copy)
		return why_sys(why, "out of memory");
	*may = access(path, W_OK) == 0 && access(dirname(copy), W_OK) == 0;
	free(copy);
	return 0;
}

/* Without a log it is taken as it stands, and nothing is put beside it; a log is read too, where
 * SQLite finds or may make its index. */
static int locate(struct buf *uri, const char *path, struct why *why)
{
	struct stat st;
	BUF(log);

	if (buf_print(&log, why, "%s-wal", path) || buf_add(uri, "file:", 5, why))
		return -1;
	for (const char *p = path; *p; p++)
		if (buf_print(uri, why, isalnum((unsigned char)*p) || *p == '/' ? "%c" : "%%%02x",
			      (unsigned char)*p))
			return -1;
	return stat(buf_text(&log), &st) == 0 && st.st_size ? 0
							    : buf_print(uri, why, "?immutable=1");
}

static int open_file(sqlite3 **db, const char *path, bool may, struct why *why)
{
	BUF(uri);

	if (may)
		return sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (locate(&uri, path, why))
		return SQLITE_NOMEM;
	return sqlite3_open_v2(buf_text(&uri), db,
			       SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
}

int sqlite_open(struct reg *r, const char *path, struct why *why)
{
	sqlite3 *db = NULL;
	bool may = false;
	int known, rc;

	if (sqlite_wipe_memory(why) || make_file(path, why) || may_write(path, &may, why))
		return -1;
	rc = open_file(&db, path, may, why);
	r->engine = &sqlite_engine;
	r->own = db;
	if (rc != SQLITE_OK)
		return sqlite_failed(db, why);
	sqlite3_busy_timeout(r->own, DB_WAIT_MS);
	/* in a transaction, for another process may be setting it up */
	if (sqlite_script(r, "BEGIN", why))
		return -1;
	known = identify(r, why);
	if (known < 0 && !may && sqlite3_errcode(db) == SQLITE_CANTOPEN)
		why_sys(why, "the register has a log (-wal) whose index (-shm) may not be made");
	if (sqlite_script(r, "COMMIT", known < 0 ? NULL : why) || known < 0 ||
	    sqlite_script(r, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;", why))
		return -1;
	if (!may)
		return known ? 0 : why_sys(why, "the register is empty, and may not be written");
	if (known < SCHEMA_VERSION)
		return set_up(r, why);
	(void)sqlite_use_wal(r, NULL); /* a first load may have been cut off */
	return 0;
}
