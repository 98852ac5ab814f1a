/* SPDX-License-Identifier: Apache-2.0 */
/* Pools of numbers, a PLMN each: none is given out twice. */
#include "register/db.h"

#include <stdio.h>

int reg_pool_next(struct reg *r, const char *plmn, uint64_t first, uint64_t last, uint64_t *msin,
		  struct why *why)
{
	STATEMENT(s);
	STATEMENT(put);
	int got;

	*msin = first;
	if (db_prepare(r, &s, "SELECT next FROM pools WHERE plmn=?1", &plmn, 1, why))
		return -1;
	got = db_step(s, why);
	if (got < 0)
		return -1;
	if (got && (uint64_t)db_number(s, 0) > first)
		*msin = (uint64_t)db_number(s, 0);
	if (*msin > last)
		return why_input(why, "the numbers of %s are used up", plmn);
	return db_prepare(r, &put,
			  "INSERT INTO pools(plmn, next) VALUES(?1, ?2)"
			  " ON CONFLICT(plmn) DO UPDATE SET next=excluded.next",
			  &plmn, 1, why) ||
			       db_bind_number(put, 2, (int64_t)(*msin + 1), why) ||
			       db_step(put, why) < 0
		       ? -1
		       : 0;
}

int reg_pool_of(struct reg *r, const char *pcid, char plmn[static 8], struct why *why)
{
	STATEMENT(s);
	int got;

	if (db_prepare(r, &s,
		       "SELECT plmn FROM pools WHERE ?1 LIKE replace(plmn, '-', '') || '%'"
		       " ORDER BY length(plmn) DESC LIMIT 1",
		       &pcid, 1, why))
		return -1;
	got = db_step(s, why);
	if (got < 0)
		return -1;
	if (!got)
		return why_input(why, "%.20s is of no pool of this register", pcid);
	snprintf(plmn, 8, "%s", db_text(s, 0));
	return 0;
}

int reg_pool_release(struct reg *r, const char *plmn, const char *pcid, struct why *why)
{
	const char *text[] = {pcid, plmn};

	return db_run(r,
		      "INSERT INTO released(pcid, plmn) VALUES(?1, ?2)"
		      " ON CONFLICT(pcid) DO UPDATE SET plmn=excluded.plmn",
		      text, 2, why);
}

/* One that came back into the register by another way (an import, a pool whose MNC is longer) is
 * in use, and no second life of it is given out. */
int reg_pool_reuse(struct reg *r, const char *plmn, char pcid[static 16], struct why *why)
{
	STATEMENT(s);
	const char *text = pcid;
	int got;

	if (db_prepare(r, &s,
		       "SELECT pcid FROM released WHERE plmn=?1"
		       " AND NOT EXISTS (SELECT 1 FROM subscribers WHERE imsi=pcid)"
		       " ORDER BY pcid LIMIT 1",
		       &plmn, 1, why))
		return -1;
	got = db_step(s, why);
	if (got <= 0)
		return got;
	snprintf(pcid, 16, "%s", db_text(s, 0));
	return db_run(r, "DELETE FROM released WHERE pcid=?1", &text, 1, why) ? -1 : 1;
}
