/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a program with SQLite does: sqlite_loop DB insert <discovery.csv fills a table with the
 * keys and the index of a register's, in one transaction, by a prepared statement; sqlite_loop DB select
 * <pcids prints the record of each, in one transaction. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static char line[4096];

static int insert(sqlite3 *db)
{
	sqlite3_stmt *s;

	sqlite3_exec(db,
		     "PRAGMA synchronous=FULL; CREATE TABLE discovery(pcid TEXT NOT NULL, tre_id TEXT NOT NULL,"
		     " record TEXT NOT NULL, PRIMARY KEY(pcid, tre_id)) STRICT, WITHOUT ROWID;"
		     " CREATE INDEX t ON discovery(tre_id); BEGIN",
		     NULL, NULL, NULL);
	if (sqlite3_prepare_v2(db, "INSERT INTO discovery VALUES(?1, ?2, ?3)", -1, &s, NULL))
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		char *tre = strchr(line, ',') + 1, *rest = strchr(tre, ',') + 1, *end = strchr(rest, '\n');

		sqlite3_bind_text(s, 1, line, (int)(tre - 1 - line), SQLITE_STATIC);
		sqlite3_bind_text(s, 2, tre, (int)(rest - 1 - tre), SQLITE_STATIC);
		sqlite3_bind_text(s, 3, line, (int)(end - line), SQLITE_STATIC);
		if (sqlite3_step(s) != SQLITE_DONE)
			return 1;
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	return sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
}

static int look_up(sqlite3 *db)
{
	sqlite3_stmt *s;

	if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) ||
	    sqlite3_prepare_v2(db, "SELECT record FROM discovery WHERE pcid=?1 ORDER BY tre_id", -1, &s, NULL))
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		sqlite3_bind_text(s, 1, line, (int)strcspn(line, "\n"), SQLITE_STATIC);
		if (sqlite3_step(s) != SQLITE_ROW)
			return 1;
		puts((const char *)sqlite3_column_text(s, 0));
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	return sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
}

int main(int argc, char **argv)
{
	sqlite3 *db;

	if (argc != 3 || sqlite3_open(argv[1], &db))
		return 1;
	return strcmp(argv[2], "insert") == 0 ? insert(db) : look_up(db);
}
