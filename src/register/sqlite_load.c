/* SPDX-License-Identifier: Apache-2.0 */
/* The first load of a register: a rollback journal keeps old pages, of which there are none, where
 * a write-ahead log would write every new page twice. */
#include "register/sqlite.h"

static bool is_empty(struct reg *r)
{
	STATEMENT(s);

	return db_prepare(r, &s,
			  "SELECT 1 FROM subscribers UNION ALL SELECT 1 FROM discovery"
			  " UNION ALL SELECT 1 FROM equipment LIMIT 1",
			  NULL, 0, NULL) == 0 &&
	       db_step(s, NULL) == 0;
}

/* Where others use it too it stays as it is. */
int sqlite_load_begin(struct reg *r, struct why *why)
{
	(void)why;
	if (is_empty(r)) {
		sqlite3_busy_timeout(r->own, 0);
		sqlite3_exec(r->own, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
		sqlite3_busy_timeout(r->own, DB_WAIT_MS);
	}
	return 0;
}

/* Whoever opens it next tries too. */
int sqlite_load_end(struct reg *r, struct why *why)
{
	(void)why;
	(void)sqlite_use_wal(r, NULL);
	return 0;
}
