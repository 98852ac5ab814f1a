/* SPDX-License-Identifier: Apache-2.0 */
/* AKA on the card's side: for the PCID, and for the selected MCIM (TS 33.102 6.3.3). */
#include "tre/state.h"

#include <string.h>

/* The credential that the M2ME presents: the selected MCIM, else the PCID's. */
static json_t *current(const struct tre *t, const char **kind)
{
	json_t *m = tre_mcim_in(t, "selected");

	*kind = m ? "mcim" : "pcid";
	return m ? m : json_object_get(t->s, "access");
}

const char *tre_own_imsi(const struct tre *t)
{
	const char *kind;

	return tre_text(current(t, &kind), "imsi");
}

static json_t *wanted(const struct tre *t, const char **kind, struct why *why)
{
	json_t *c = current(t, kind);

	if (!c)
		why_refuse(why, "wrong-state",
			   "there is no credential to attach with (TR 33.812 B.2.2.2)");
	return c;
}

int tre_identity(struct tre *t, struct buf *out, struct why *why)
{
	const char *kind;
	const json_t *c = wanted(t, &kind, why);
	AUTO(json_t) *o = json_object();

	if (!c || json_put_text(o, "identity", kind, why) ||
	    json_put_text(o, "imsi", tre_text(c, "imsi"), why))
		return -1;
	return json_append_line(out, o, why);
}

static int put_answer(struct buf *out, const struct aka_answer *a, struct why *why)
{
	AUTO(json_t) *o = json_object();

	return json_put_hex(o, "res", a->res, 8, why) || json_put_hex(o, "ck", a->ck, 16, why) ||
			       json_put_hex(o, "ik", a->ik, 16, why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}

static int put_auts(struct buf *out, const struct aka_answer *a)
{
	AUTO(json_t) *o = json_object();

	return json_put_hex(o, "auts", a->auts, 14, NULL) || json_append_line(out, o, NULL) ? -1
											    : 0;
}

int tre_attach(struct tre *t, const uint8_t rand[static 16], const uint8_t autn[static 16],
	       int64_t at, struct buf *out, struct why *why)
{
	const char *kind;
	json_t *c = wanted(t, &kind, why);
	SECRET(aka_key) key = {0};
	SECRET(sqn_window) w = {0};
	SECRET(aka_answer) a = {0};
	const json_t *change = json_object_get(t->s, "change");

	if (!c || tre_credential(&key, &w, c, why) || tre_mcim_algorithm(t, c, &key, why))
		return -1;
	if (aka_answer_make(&a, &w, &key, rand, autn, why)) {
		if (a.is_synchronisation_failure && put_auts(out, &a))
			return why_sys(why, "out of memory");
		return -1;
	}
	/* the SQN is taken, durably, before RES is told */
	if (tre_window_put(t, c, &w, why) || tre_mcim_used(t, c, at, why) ||
	    tre_note(t, "aka", json_pack("{s:s}", "identity", kind), why) ||
	    (change && strcmp(tre_text(change, "new"), tre_text(c, "id")) == 0 &&
	     strcmp(kind, "mcim") == 0 && tre_complete(t, why)) ||
	    tre_save(t, why))
		return -1;
	return put_answer(out, &a, why);
}
