/* SPDX-License-Identifier: Apache-2.0 */
/* What was given out and may be used once. */
#include "register/db.h"

#include <string.h>

int reg_offer(struct reg *r, const char *kind, const char *id, const char *subject,
	      const json_t *attached, int64_t expires, struct why *why)
{
	const char *text[] = {kind, id, subject, NULL};
	STATEMENT(s);
	BUF(json);
	int rc;

	if (attached && json_append(&json, attached, why))
		return -1;
	text[3] = attached ? buf_text(&json) : NULL;
	if (db_prepare(r, &s,
		       "INSERT INTO offers(kind, id, subject, attached, expires, number)"
		       " VALUES(?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(number), 0) + 1"
		       " FROM offers WHERE kind=?1 AND subject=?3))",
		       text, 4, why))
		return -1;
	sqlite3_bind_int64(s, 5, expires);
	rc = sqlite3_step(s);
	if (rc == SQLITE_CONSTRAINT)
		return why_refuse(why, "nonce-replayed",
				  "this %s was given out before (TR 33.812 B.2.3.2)", kind);
	return rc == SQLITE_DONE ? 0 : db_failed(r, why);
}

static int may_spend(sqlite3_stmt *s, bool known, const char *kind, const char *subject, int64_t at,
		     struct why *why)
{
	if (!known || (subject && strcmp(subject, db_text(s, 0)) != 0))
		return why_refuse(why, "nonce-unknown",
				  "this %s was not given out%s%s (TR 33.812 B.2.3.2)", kind,
				  subject ? " to " : "", subject ? subject : "");
	if (sqlite3_column_int(s, 1))
		return why_refuse(why, "nonce-replayed",
				  "this %s was used before (TR 33.812 B.2.3.2)", kind);
	if (sqlite3_column_int64(s, 2) <= at)
		return why_refuse(why, "nonce-expired", "this %s has expired (TR 33.812 B.2.3.2)",
				  kind);
	return 0;
}

int reg_spend(struct reg *r, const char *kind, const char *id, const char *subject, int64_t at,
	      json_t **attached, struct why *why)
{
	const char *text[] = {kind, id};
	STATEMENT(s);
	int known;

	if (db_prepare(
		    r, &s,
		    "SELECT subject, spent, expires, attached FROM offers WHERE kind=?1 AND id=?2",
		    text, 2, why))
		return -1;
	known = db_step(r, s, why);
	if (known < 0 || may_spend(s, known, kind, subject, at, why))
		return -1;
	if (attached && sqlite3_column_type(s, 3) != SQLITE_NULL &&
	    !(*attached = db_json(s, 3, why)))
		return -1;
	return db_run(r, "UPDATE offers SET spent=1, attached=NULL WHERE kind=?1 AND id=?2", text,
		      2, why);
}

int reg_find(struct reg *r, const char *kind, const char *subject, int64_t at, char **id,
	     json_t **attached, struct why *why)
{
	const char *text[] = {kind, subject};
	STATEMENT(s);
	int got;

	if (db_prepare(r, &s,
		       "SELECT id, attached FROM offers WHERE kind=?1 AND subject=?2 AND spent=0"
		       " AND expires>?3 ORDER BY number DESC LIMIT 1",
		       text, 2, why))
		return -1;
	sqlite3_bind_int64(s, 3, at);
	got = db_step(r, s, why);
	if (got <= 0)
		return got;
	if (attached && sqlite3_column_type(s, 1) != SQLITE_NULL &&
	    !(*attached = db_json(s, 1, why)))
		return -1;
	if (id && !(*id = strdup(db_text(s, 0))))
		return why_sys(why, "out of memory");
	return 1;
}

int reg_once(struct reg *r, const char *kind, const char *id, int64_t expires, const char *reason,
	     struct why *why)
{
	struct why own = {0};

	if (reg_offer(r, kind, id, "", NULL, expires, &own) == 0)
		return 0;
	if (own.status == TOOL_NO)
		return why_refuse(why, reason, "this %s was seen before (TR 33.812 B.2.3.2)", kind);
	if (why)
		*why = own;
	return -1;
}
