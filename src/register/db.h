/* SPDX-License-Identifier: Apache-2.0 */
/* The database under a register: for the files of this module alone. One SQL for both engines,
 * SQLite and PostgreSQL: parameters are ?1 to ?8, and columns TEXT or 64-bit numbers. */
#ifndef REGISTER_DB_H
#define REGISTER_DB_H

#include "register/register.h"

#define DB_PARAMETERS 8
#define DB_CACHE 32 /* statements kept for the next use */
#define DB_WAIT_MS 10000

struct db_statement {
	struct reg *r;
	char *sql;
	bool busy, cached;
	bool is_scan; /* of many rows: they come in parts */
	void *own;    /* the engine's */
};

/* What an engine does. make compiles, and the others are as db_prepare and so on say; reset makes
 * the statement ready for other values, and free ends it. */
struct db_engine {
	int (*begin)(struct reg *r, struct why *why);
	int (*commit)(struct reg *r, struct why *why);
	void (*rollback)(struct reg *r);
	int (*script)(struct reg *r, const char *sql, struct why *why);
	int (*make)(struct reg *r, struct db_statement *s, struct why *why);
	int (*bind)(struct db_statement *s, int i, const char *text, struct why *why);
	int (*bind_number)(struct db_statement *s, int i, int64_t n, struct why *why);
	int (*step)(struct db_statement *s, struct why *why);
	const char *(*text)(struct db_statement *s, int column, size_t *len); /* NULL for SQL's */
	int64_t (*number)(struct db_statement *s, int column);
	int (*changes)(struct reg *r);
	void (*reset)(struct db_statement *s);
	void (*free)(struct db_statement *s);
	/* Around a load of many rows, outside of its transaction; either may be NULL. */
	int (*load_begin)(struct reg *r, struct why *why);
	int (*load_end)(struct reg *r, struct why *why);
	/* Rows of columns ended by tabs and line feeds, as COPY takes them; NULL: the engine takes
	 * rows one by one as fast. */
	int (*copy)(struct reg *r, const char *sql, const char *rows, size_t len, struct why *why);
	int (*check)(struct reg *r, struct why *why);
	int (*backup)(struct reg *r, const char *path, struct why *why);
	void (*close)(struct reg *r);
};

struct reg {
	const struct db_engine *engine;
	void *own; /* the engine's: sqlite3, or struct pg */
	struct db_statement *cache[DB_CACHE];
	bool in_transaction;
	bool in_conflict; /* the last failure was another transaction's fault: the work may be
			     done again */
};

/* Opens a file, or a postgresql:// address; both set r->engine and r->own. */
int sqlite_open(struct reg *r, const char *path, struct why *why)
	__attribute__((warn_unused_result));
int pg_open(struct reg *r, const char *address, struct why *why)
	__attribute__((warn_unused_result));

void db_done(struct db_statement **s);

/* Given back at the end of its scope. */
#define STATEMENT(name) __attribute__((cleanup(db_done))) struct db_statement *name = NULL

/* Prepares a statement and binds n texts to ?1 to ?n, NULL being SQL's. They are borrowed until
 * the statement's scope ends. */
int db_prepare(struct reg *r, struct db_statement **s, const char *sql, const char *const text[],
	       int n, struct why *why) __attribute__((warn_unused_result));
int db_bind_number(struct db_statement *s, int i, int64_t n, struct why *why)
	__attribute__((warn_unused_result));
/* The same without parameters, for a whole table: rows as of one moment, in memory by parts. */
int db_scan(struct reg *r, struct db_statement **s, const char *sql, struct why *why)
	__attribute__((warn_unused_result));

/* 1: a row, 0: the end, -1: busy 5, no database 3, else 4. */
int db_step(struct db_statement *s, struct why *why) __attribute__((warn_unused_result));

/* Runs a statement that gives no row. */
int db_run(struct reg *r, const char *sql, const char *const text[], int n, struct why *why)
	__attribute__((warn_unused_result));
/* Rows that the last statement changed. */
int db_changes(struct reg *r);

/* A text column, borrowed until the next step; "" for NULL. */
const char *db_text(struct db_statement *s, int column);
const char *db_octets(struct db_statement *s, int column, size_t *len);
int64_t db_number(struct db_statement *s, int column);

/* A column that holds JSON, owned: 1, 0 where it is NULL, -1. */
int db_json(struct db_statement *s, int column, json_t **o, struct why *why)
	__attribute__((warn_unused_result));

#endif
