/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL, and what speaks its protocol, as a register's engine: for the files of this module
 * alone. libpq is loaded where an address asks for it: a tool that uses a file starts without it.
 */
#ifndef REGISTER_PG_H
#define REGISTER_PG_H

#include "register/db.h"

#include <libpq-fe.h>

/* The functions of libpq that are used. */
struct pg_library {
	__typeof__(&PQconnectdb) connectdb;
	__typeof__(&PQconninfoParse) conninfoParse;
	__typeof__(&PQconninfoFree) conninfoFree;
	__typeof__(&PQfreemem) freemem;
	__typeof__(&PQfinish) finish;
	__typeof__(&PQstatus) status;
	__typeof__(&PQerrorMessage) errorMessage;
	__typeof__(&PQsetNoticeProcessor) setNoticeProcessor;
	__typeof__(&PQexec) exec;
	__typeof__(&PQprepare) prepare;
	__typeof__(&PQexecPrepared) execPrepared;
	__typeof__(&PQresultStatus) resultStatus;
	__typeof__(&PQresultErrorField) resultErrorField;
	__typeof__(&PQcmdStatus) cmdStatus;
	__typeof__(&PQcmdTuples) cmdTuples;
	__typeof__(&PQntuples) ntuples;
	__typeof__(&PQnfields) nfields;
	__typeof__(&PQgetisnull) getisnull;
	__typeof__(&PQgetvalue) getvalue;
	__typeof__(&PQgetlength) getlength;
	__typeof__(&PQclear) clear;
	__typeof__(&PQputCopyData) putCopyData;
	__typeof__(&PQputCopyEnd) putCopyEnd;
	__typeof__(&PQgetResult) getResult;
};

struct pg {
	struct pg_library lib;
	PGconn *conn;
	unsigned statements; /* prepared so far: their names */
	int changes;
};

/* A statement: its name at the server, its values, and its result so far. */
struct pg_statement {
	char name[16];
	const char *value[DB_PARAMETERS];
	char number[DB_PARAMETERS][24];
	int parameters;
	PGresult *result;
	int row;
	bool has_cursor, has_transaction; /* of a scan */
};

extern const struct db_engine pg_engine;

/* As db_engine's copy. */
int pg_copy(struct reg *r, const char *sql, const char *rows, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* The next part of a scan into s->result; an empty one at the end. And its end. */
int pg_scan_next(struct reg *r, struct pg_statement *s, const char *sql, struct why *why)
	__attribute__((warn_unused_result));
void pg_scan_end(struct reg *r, struct pg_statement *s);

int pg_load(struct pg_library *lib, struct why *why) __attribute__((warn_unused_result));

/* Runs SQL; *result (owned, may be NULL: not wanted) is of a success. -1: by SQLSTATE, 5 where
 * trying again may help, else 4. */
int pg_exec(struct reg *r, const char *sql, PGresult **result, struct why *why);

bool pg_is_success(const struct pg *pg, const PGresult *result);

/* A result that failed, as a sentence; clears it. Returns -1. */
int pg_failed(struct reg *r, PGresult *result, struct why *why);

/* Clears a result, and wipes the values first: records hold K. */
void pg_clear(struct pg *pg, PGresult *result);

#endif
