/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in bulk. */
#include "register/pg.h"

#define COPY_PART ((size_t)64 * 1024)

/* The connection takes commands again when it has no more results. */
static int copy_end(struct reg *r, struct why *why)
{
	struct pg *pg = r->own;
	PGresult *result;
	int rc = 0;

	while ((result = pg->lib.getResult(pg->conn))) {
		if (!rc && !pg_is_success(pg, result)) {
			rc = pg_failed(r, result, why);
			continue;
		}
		pg_clear(pg, result);
	}
	return rc;
}

int pg_copy(struct reg *r, const char *sql, const char *rows, size_t len, struct why *why)
{
	struct pg *pg = r->own;
	PGresult *result = pg->lib.exec(pg->conn, sql);

	if (pg->lib.resultStatus(result) != PGRES_COPY_IN)
		return pg_failed(r, result, why);
	pg_clear(pg, result);
	for (size_t n; len; rows += n, len -= n) {
		n = len < COPY_PART ? len : COPY_PART;
		if (pg->lib.putCopyData(pg->conn, rows, (int)n) != 1)
			return pg_failed(r, NULL, why);
	}
	if (pg->lib.putCopyEnd(pg->conn, NULL) != 1)
		return pg_failed(r, NULL, why);
	return copy_end(r, why);
}
