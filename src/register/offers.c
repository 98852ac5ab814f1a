/* SPDX-License-Identifier: Apache-2.0 */
/* What was given out and may be used once. */
#include "register/db.h"

#include <string.h>

#define OFFER_KEPT (24 * 3600) /* seconds that an expired one still says why it is refused */

int reg_offer(struct reg *r, const char *kind, const char *id, const char *subject,
	      const json_t *attached, int64_t expires, struct why *why)
{
	const char *text[] = {kind, id, subject, NULL};
	STATEMENT(s);
	BUF(json);

	if (attached && json_append(&json, attached, why))
		return -1;
	text[3] = attached ? buf_text(&json) : NULL;
	if (db_prepare(r, &s,
		       "INSERT INTO offers(kind, id, subject, attached, expires, number)"
		       " VALUES(?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(number), 0) + 1"
		       " FROM offers WHERE kind=?1 AND subject=?3)) ON CONFLICT DO NOTHING",
		       text, 4, why) ||
	    db_bind_number(s, 5, expires, why) || db_step(s, why) < 0)
		return -1;
	return db_changes(r) ? 0
			     : why_refuse(why, "nonce-replayed",
					  "this %s was given out before (TR 33.812 B.2.3.2)", kind);
}

static int may_spend(struct db_statement *s, bool known, const char *kind, const char *subject,
		     int64_t at, struct why *why)
{
	if (!known || (subject && strcmp(subject, db_text(s, 0)) != 0))
		return why_refuse(why, "nonce-unknown",
				  "this %s was not given out%s%s (TR 33.812 B.2.3.2)", kind,
				  subject ? " to " : "", subject ? subject : "");
	if (db_number(s, 1))
		return why_refuse(why, "nonce-replayed",
				  "this %s was used before (TR 33.812 B.2.3.2)", kind);
	if (db_number(s, 2) <= at)
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
	known = db_step(s, why);
	if (known < 0 || may_spend(s, known, kind, subject, at, why))
		return -1;
	if (attached && db_json(s, 3, attached, why) < 0)
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
	if (db_bind_number(s, 3, at, why))
		return -1;
	got = db_step(s, why);
	if (got <= 0)
		return got;
	if (attached && db_json(s, 1, attached, why) < 0)
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

/* number is in the WHERE for the planner: it takes the index of subjects then. */
int reg_forget(struct reg *r, const char *kind, const char *subject, int64_t at, struct why *why)
{
	const char *text[] = {kind, subject};
	STATEMENT(s);

	return db_prepare(r, &s,
			  "DELETE FROM offers WHERE kind=?1 AND subject=?2 AND number>=0 AND "
			  "expires<=?3",
			  text, 2, why) ||
			       db_bind_number(s, 3, at - OFFER_KEPT, why) || db_step(s, why) < 0
		       ? -1
		       : 0;
}

int reg_recall(struct reg *r, const char *kind, const char *id, json_t **attached, struct why *why)
{
	const char *text[] = {kind, id};
	STATEMENT(s);
	int got;

	if (db_prepare(r, &s, "SELECT attached FROM offers WHERE kind=?1 AND id=?2", text, 2, why))
		return -1;
	got = db_step(s, why);
	return got > 0 ? db_json(s, 0, attached, why) : got;
}

int reg_drop(struct reg *r, const char *kind, const char *id, struct why *why)
{
	const char *text[] = {kind, id};

	return db_run(r, "DELETE FROM offers WHERE kind=?1 AND id=?2", text, 2, why);
}
