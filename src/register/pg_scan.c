/* SPDX-License-Identifier: Apache-2.0 */
/* A whole table by a cursor: memory holds a part of it. */
#include "register/pg.h"

#define FETCH "FETCH FORWARD 1000 FROM scan"

/* A cursor lives in a transaction: the caller's, or one that only reads. */
static int start(struct reg *r, struct pg_statement *s, const char *sql, struct why *why)
{
	BUF(declare);

	if (buf_print(&declare, why, "DECLARE scan NO SCROLL CURSOR FOR %s", sql))
		return -1;
	if (!r->in_transaction) {
		if (pg_exec(r, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, why))
			return -1;
		s->has_transaction = true;
	}
	if (pg_exec(r, buf_text(&declare), NULL, why))
		return -1;
	s->has_cursor = true;
	return 0;
}

int pg_scan_next(struct reg *r, struct pg_statement *s, const char *sql, struct why *why)
{
	pg_clear(r->own, s->result);
	s->result = NULL;
	if (!s->has_cursor && start(r, s, sql, why))
		return -1;
	s->row = -1;
	return pg_exec(r, FETCH, &s->result, why);
}

void pg_scan_end(struct reg *r, struct pg_statement *s)
{
	if (s->has_cursor)
		(void)pg_exec(r, "CLOSE scan", NULL, NULL);
	if (s->has_transaction)
		(void)pg_exec(r, "ROLLBACK", NULL, NULL);
	s->has_cursor = s->has_transaction = false;
}
