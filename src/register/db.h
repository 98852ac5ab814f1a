/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite file under a register: for the files of this module alone. */
#ifndef REGISTER_DB_H
#define REGISTER_DB_H

#include "register/register.h"

#include <sqlite3.h>

struct reg {
	sqlite3 *db;
	bool in_transaction;
};

static inline void statement_free(sqlite3_stmt **s)
{
	sqlite3_finalize(*s);
}

/* Finalized at the end of its scope. */
#define STATEMENT(name) __attribute__((cleanup(statement_free))) sqlite3_stmt *name = NULL

/* What SQLite said last, as a sentence with its status (busy 5, no database 3, else 4). Returns
 * -1. */
int db_failed(struct reg *r, struct why *why);

/* Prepares a statement and binds n texts to ?1 to ?n, NULL being SQL's. */
int db_prepare(struct reg *r, sqlite3_stmt **s, const char *sql, const char *const text[], int n,
	       struct why *why) __attribute__((warn_unused_result));

/* 1: a row, 0: the end, -1. */
int db_step(struct reg *r, sqlite3_stmt *s, struct why *why) __attribute__((warn_unused_result));

/* Runs a statement that gives no row. */
int db_run(struct reg *r, const char *sql, const char *const text[], int n, struct why *why)
	__attribute__((warn_unused_result));

/* A text column, borrowed until the next step; "" for NULL. */
const char *db_text(sqlite3_stmt *s, int column);

/* A column that holds JSON; owned. */
json_t *db_json(sqlite3_stmt *s, int column, struct why *why);

#endif
