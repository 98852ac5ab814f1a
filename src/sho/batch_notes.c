/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of many equipments, checked and done. */
#include "register/effects.h"
#include "sho/batch.h"

struct reader {
	const struct note_order *order;
	struct cert_policy policy;
};

/* The note's claims, owned. */
static json_t *check_one(const struct reader *r, const json_t *request, struct buf *text,
			 struct why *why)
{
	struct note_check want = {.type = r->order->type, .to = r->order->to, .policy = &r->policy};
	BUF(about);

	if (sho_batch_text(text, request, "note", why) < 0 ||
	    sho_batch_text(&about, request, "about", why) < 0 ||
	    (about.len && r->order->inside && r->order->inside(&about, why)))
		return NULL;
	if (!text->len) {
		why_input(why, "note: missing");
		return NULL;
	}
	want.about = about.len ? about.bytes : NULL;
	want.about_len = about.len;
	return note_open(buf_text(text), text->len, &want, NULL, why);
}

static int check(void *ctx, struct reg *reg, const json_t *request, json_t *answer, struct why *why)
{
	static const char *const fields[] = {"tre_id", "note", "about", NULL};
	const struct reader *r = ctx;
	AUTO(json_t) *claims = NULL;
	const char *tre_id;
	BUF(text);

	if (json_only(request, fields, why) || !(claims = check_one(r, request, &text, why)) ||
	    json_text_opt(&tre_id, claims, "tre_id", why) ||
	    (tre_id && sho_batch_tre(json_text(request, "tre_id", NULL), tre_id, why)) ||
	    (reg && reg_note_enter_inside(reg, r->order->type, claims, &text, r->policy.at, why)))
		return -1;
	return json_put(answer, "claims", STEAL(claims), why);
}

int sho_batch_notes(const struct ledger *l, const struct note_order *order, const char *db,
		    int *worst, struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	AUTO(REG) *reg = NULL;
	struct reader r = {.order = order};
	struct ledger own = *l;

	if (note_order_policy(&r.policy, &trust, order, why) || (db && !(reg = reg_open(db, why))))
		return -1;
	own.r = reg;
	own.at = r.policy.at;
	own.kind = "answer-note";
	own.work = check;
	own.ctx = &r;
	return ledger_run(&own, worst, why);
}
