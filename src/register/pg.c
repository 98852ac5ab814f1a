/* SPDX-License-Identifier: Apache-2.0 */
#include "register/pg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_class(const char *state, const char *class)
{
	return strncmp(state, class, strlen(class)) == 0;
}

/* The server's own words, which end with a line feed. */
static int say(struct why *why, int (*how)(struct why *, const char *, ...), const char *text)
{
	return how(why, "the register: %.*s", (int)strcspn(text, "\n"), text);
}

/* libpq's own errors have no SQLSTATE: it lost the server, though PQstatus may not say so yet. */
int pg_failed(struct reg *r, PGresult *result, struct why *why)
{
	struct pg *pg = r->own;
	const char *field = pg->lib.resultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = pg->lib.resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *state = field ? field : "";

	/* serialization_failure, deadlock_detected, unique_violation: another was first; a
	 * statement after that fails as in_failed_sql_transaction, for the same cause */
	if (strcmp(state, "25P02") != 0)
		r->in_conflict = strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ||
				 strcmp(state, "23505") == 0;
	if (r->in_conflict)
		why_busy(why, "the register is busy");
	else if (!field || pg->lib.status(pg->conn) != CONNECTION_OK || is_class(state, "08") ||
		 is_class(state, "57P") || is_class(state, "53") || strcmp(state, "55P03") == 0)
		say(why, why_busy, message ? message : pg->lib.errorMessage(pg->conn));
	else
		say(why, why_sys, message ? message : pg->lib.errorMessage(pg->conn));
	pg_clear(pg, result);
	return -1;
}

void pg_clear(struct pg *pg, PGresult *result)
{
	const int rows = result ? pg->lib.ntuples(result) : 0;

	for (int row = 0; row < rows; row++)
		for (int c = 0; c < pg->lib.nfields(result); c++)
			explicit_bzero(pg->lib.getvalue(result, row, c),
				       (size_t)pg->lib.getlength(result, row, c));
	pg->lib.clear(result);
}

bool pg_is_success(const struct pg *pg, const PGresult *result)
{
	const ExecStatusType status = pg->lib.resultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

int pg_exec(struct reg *r, const char *sql, PGresult **result, struct why *why)
{
	struct pg *pg = r->own;
	PGresult *own = pg->lib.exec(pg->conn, sql);

	if (!pg_is_success(pg, own))
		return pg_failed(r, own, why);
	if (result)
		*result = own;
	else
		pg_clear(pg, own);
	return 0;
}

static int script(struct reg *r, const char *sql, struct why *why)
{
	return pg_exec(r, sql, NULL, why);
}

static int begin(struct reg *r, struct why *why)
{
	return script(r, "BEGIN ISOLATION LEVEL SERIALIZABLE", why);
}

/* The server answers COMMIT in an aborted transaction with ROLLBACK, and calls that a success. */
static int commit(struct reg *r, struct why *why)
{
	struct pg *pg = r->own;
	PGresult *result = pg->lib.exec(pg->conn, "COMMIT");

	if (!pg_is_success(pg, result))
		return pg_failed(r, result, why);
	if (strcmp(pg->lib.cmdStatus(result), "COMMIT") != 0) {
		pg_clear(pg, result);
		return why_sys(why, "the register: the transaction had failed");
	}
	pg_clear(pg, result);
	return 0;
}

static void rollback(struct reg *r)
{
	struct pg *pg = r->own;

	pg->lib.clear(pg->lib.exec(pg->conn, "ROLLBACK"));
}

/* ?1 to ?8 become $1 to $8. */
static char *translate(const char *sql, int *parameters)
{
	char *own = strdup(sql);

	*parameters = 0;
	for (char *p = own; p && *p; p++)
		if (*p == '?' && p[1] >= '1' && p[1] <= '0' + DB_PARAMETERS) {
			*p = '$';
			if (p[1] - '0' > *parameters)
				*parameters = p[1] - '0';
		}
	return own;
}

static int make(struct reg *r, struct db_statement *s, struct why *why)
{
	struct pg *pg = r->own;
	struct pg_statement *own = calloc(1, sizeof(*own));
	char *sql = own && !s->is_scan ? translate(s->sql, &own->parameters) : NULL;
	PGresult *result;

	s->own = own;
	if (own && s->is_scan)
		return 0;
	if (!sql)
		return why_sys(why, "out of memory");
	snprintf(own->name, sizeof(own->name), "s%u", pg->statements++);
	result = pg->lib.prepare(pg->conn, own->name, sql, 0, NULL);
	free(sql);
	if (!pg_is_success(pg, result))
		return pg_failed(r, result, why);
	pg_clear(pg, result);
	return 0;
}

static int bind(struct db_statement *s, int i, const char *text, struct why *why)
{
	(void)why;
	((struct pg_statement *)s->own)->value[i - 1] = text;
	return 0;
}

static int bind_number(struct db_statement *s, int i, int64_t n, struct why *why)
{
	struct pg_statement *own = s->own;

	(void)why;
	snprintf(own->number[i - 1], sizeof(own->number[i - 1]), "%" PRId64, n);
	own->value[i - 1] = own->number[i - 1];
	return 0;
}

static int execute(struct reg *r, struct pg_statement *own, struct why *why)
{
	struct pg *pg = r->own;
	PGresult *result = pg->lib.execPrepared(pg->conn, own->name, own->parameters, own->value,
						NULL, NULL, 0);

	if (!pg_is_success(pg, result))
		return pg_failed(r, result, why);
	own->result = result;
	own->row = -1;
	pg->changes = (int)strtol(pg->lib.cmdTuples(result), NULL, 10);
	return 0;
}

static int step(struct db_statement *s, struct why *why)
{
	struct pg_statement *own = s->own;
	struct pg *pg = s->r->own;

	if (!s->is_scan && !own->result && execute(s->r, own, why))
		return -1;
	if (s->is_scan && (!own->result || own->row + 1 == pg->lib.ntuples(own->result)) &&
	    pg_scan_next(s->r, own, s->sql, why))
		return -1;
	return ++own->row < pg->lib.ntuples(own->result);
}

static const char *text(struct db_statement *s, int column, size_t *len)
{
	const struct pg_statement *own = s->own;
	const struct pg *pg = s->r->own;

	*len = (size_t)pg->lib.getlength(own->result, own->row, column);
	return pg->lib.getisnull(own->result, own->row, column)
		       ? NULL
		       : pg->lib.getvalue(own->result, own->row, column);
}

static int64_t number(struct db_statement *s, int column)
{
	size_t len;
	const char *t = text(s, column, &len);

	return t ? strtoll(t, NULL, 10) : 0;
}

static int changes(struct reg *r)
{
	return ((struct pg *)r->own)->changes;
}

static void reset(struct db_statement *s)
{
	struct pg_statement *own = s->own;

	pg_clear(s->r->own, own->result);
	own->result = NULL;
	if (s->is_scan)
		pg_scan_end(s->r, own);
	memset(own->value, 0, sizeof(own->value));
}

static void finish(struct db_statement *s)
{
	struct pg_statement *own = s->own;

	pg_clear(s->r->own, own->result);
	free(own); /* the server forgets it with the connection */
}

static int check(struct reg *r, struct why *why)
{
	(void)r;
	(void)why;
	return 0;
}

static int backup(struct reg *r, const char *path, struct why *why)
{
	(void)r;
	(void)path;
	return why_usage(why, "a register on a server is copied with pg_dump");
}

static void close_connection(struct reg *r)
{
	struct pg *pg = r->own;

	if (pg->conn)
		pg->lib.finish(pg->conn);
	free(pg);
}

const struct db_engine pg_engine = {.begin = begin,
				    .commit = commit,
				    .rollback = rollback,
				    .script = script,
				    .make = make,
				    .bind = bind,
				    .bind_number = bind_number,
				    .step = step,
				    .text = text,
				    .number = number,
				    .changes = changes,
				    .reset = reset,
				    .free = finish,
				    .copy = pg_copy,
				    .check = check,
				    .backup = backup,
				    .close = close_connection};
