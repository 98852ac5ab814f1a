/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a stack, and its groups. */
#include "uicc/stack_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAGIC "UICS"
#define WAIT_MS 10000

void stack_close(struct stack *s)
{
	sqlite3_finalize(s->get);
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->last);
	sqlite3_finalize(s->told);
	sqlite3_close(s->db);
	sealed_close(&s->sealed);
	*s = (struct stack){.sealed = {.lock = -1}};
}

int stack_failed(const struct stack *s, struct why *why)
{
	return why_sys(why, "%s/cards.db: %s", s->sealed.state, sqlite3_errmsg(s->db));
}

static int script(struct stack *s, const char *sql, struct why *why)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : stack_failed(s, why);
}

/* ---- groups: the database's number is the sealed one's, or one ahead after a crash ---- */

int stack_begin(struct stack *s, struct why *why)
{
	if (script(s, "BEGIN IMMEDIATE", why))
		return -1;
	s->in_group = true;
	return 0;
}

static int save_group(struct stack *s, struct why *why)
{
	char text[48];

	snprintf(text, sizeof(text), "{\"group\":%" PRIu64 "}", s->group);
	return sealed_save(&s->sealed, text, strlen(text), why);
}

int stack_commit(struct stack *s, struct why *why)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "UPDATE groups SET number=%" PRIu64, s->group + 1);
	if (script(s, sql, why) || script(s, "COMMIT", why))
		return -1;
	s->in_group = false;
	s->group++;
	return save_group(s, why);
}

/* ---- opening ---- */

static int open_file(struct stack *s, struct why *why)
{
	BUF(path);
	const mode_t old = umask(0077);
	int rc;

	rc = buf_print(&path, why, "%s/cards.db", s->sealed.state) ? -1
	     : sqlite3_open(buf_text(&path), &s->db) != SQLITE_OK  ? stack_failed(s, why)
								   : 0;
	umask(old);
	if (rc)
		return -1;
	sqlite3_busy_timeout(s->db, WAIT_MS);
	return script(s,
		      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
		      "CREATE TABLE IF NOT EXISTS groups(number INTEGER NOT NULL);"
		      "INSERT INTO groups SELECT 0 WHERE NOT EXISTS(SELECT 1 FROM groups);"
		      "CREATE TABLE IF NOT EXISTS cards(iccid TEXT PRIMARY KEY, state BLOB NOT "
		      "NULL, asked BLOB, told BLOB);",
		      why);
}

int stack_prepare(struct stack *s, sqlite3_stmt **statement, const char *sql, struct why *why)
{
	return sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) ==
			       SQLITE_OK
		       ? 0
		       : stack_failed(s, why);
}

static int prepare_all(struct stack *s, struct why *why)
{
	return stack_prepare(s, &s->get, "SELECT state FROM cards WHERE iccid=?1", why) ||
			       stack_prepare(
				       s, &s->put,
				       "INSERT INTO cards(iccid, state) VALUES(?1, ?2) "
				       "ON CONFLICT(iccid) DO UPDATE SET state=excluded.state",
				       why) ||
			       stack_prepare(s, &s->last,
					     "SELECT told FROM cards WHERE iccid=?1 AND asked=?2",
					     why) ||
			       stack_prepare(s, &s->told,
					     "UPDATE cards SET asked=?2, told=?3 WHERE iccid=?1",
					     why)
		       ? -1
		       : 0;
}

static int check_group(struct stack *s, const struct buf *state, struct why *why)
{
	AUTO(json_t) *o = json_parse(state->bytes, state->len, "stack", why);
	sqlite3_stmt *number = NULL;
	uint64_t there = 0;

	if (!o || json_number(&s->group, o, "group", 0, INT64_MAX, 0, why) ||
	    stack_prepare(s, &number, "SELECT number FROM groups", why))
		return -1;
	if (sqlite3_step(number) == SQLITE_ROW)
		there = (uint64_t)sqlite3_column_int64(number, 0);
	sqlite3_finalize(number);
	if (there == s->group)
		return 0;
	if (there != s->group + 1)
		return why_refuse(why, "locked-down",
				  "%s: the cards were rolled back (TR 33.812 5.1.2.2)",
				  s->sealed.state);
	s->group = there;
	return save_group(s, why);
}

static bool is_there(const char *state)
{
	BUF(path);
	struct stat st;

	return buf_print(&path, NULL, "%s/state.sealed", state) == 0 &&
	       stat(buf_text(&path), &st) == 0;
}

int stack_open(struct stack *s, const char *state, const char *device, bool is_new, struct why *why)
{
	BUF(text);

	if (is_new && !is_there(state) &&
	    (sealed_create(&s->sealed, state, device, MAGIC, why) || save_group(s, why) ||
	     buf_print(&text, why, "{\"group\":0}")))
		return -1;
	if (!text.len && sealed_open(&s->sealed, state, device, MAGIC, &text, why))
		return -1;
	return open_file(s, why) || check_group(s, &text, why) || prepare_all(s, why) ? -1 : 0;
}
