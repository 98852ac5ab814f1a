/* SPDX-License-Identifier: Apache-2.0 */
#include "base/groups.h"
#include "base/ossl.h"
#include "base/tool.h"
#include "tre/fleet.h"
#include "tre/many_order.h"

#include <string.h>

#define GROUP 512

struct many {
	const struct tre_many *m;
	struct fleet fleet;
	struct many_order held; /* the command line's files */
	struct buf common;      /* what it says for each line */
};

static void many_free(struct many *m)
{
	fleet_close(&m->fleet);
	many_order_end(&m->held);
	buf_free(&m->common);
}

/* The same line by another PIN, or to another operator, is another question. */
static int hold(struct many *m, struct why *why)
{
	struct tre_order *o = m->m->order;

	return buf_print(&m->common, why, "%s/", o->to ? o->to : "") ||
			       many_order_hold(&m->held, &o->pin, &m->common, why) ||
			       many_order_hold(&m->held, &o->to_cert, &m->common, why) ||
			       many_order_hold(&m->held, &o->personal.operator_cert, &m->common,
					       why)
		       ? -1
		       : 0;
}

static int transact(void *ctx, groups_work *work, void *group, struct why *why)
{
	struct many *m = ctx;

	return shelf_transact(&m->fleet.shelf, work, group, why);
}

/* An answer is kept where doing it again would not give it. */
static bool is_kept(const char *act)
{
	static const char *const fresh[] = {"attach", "audit", "boot", "info", "list"};

	for (size_t i = 0; i < sizeof(fresh) / sizeof(*fresh); i++)
		if (strcmp(act, fresh[i]) == 0)
			return false;
	return true;
}

static int do_m2meobj(const char *tre_id, struct buf *out, struct why *why)
{
	AUTO(TRE) *t = tre_open(tre_id, NULL, why);

	return t ? tre_m2meobj(t, out, NULL, NULL, why) : -1;
}

static int do_act(struct many *m, const char *tre_id, const char *name, const json_t *line,
		  struct buf *out, struct why *why)
{
	MANY_ORDER(o);
	const struct tre_act *act = tre_acts, *const end = tre_acts + TRE_ACTS;

	if (strcmp(name, "m2meobj") == 0)
		return many_order_none(line, why) || do_m2meobj(tre_id, out, why) ? -1 : 0;
	while (act < end && strcmp(act->name, name) != 0)
		act++;
	if (act == end)
		return why_input(why, "act: want a verb of tre-sim(1), or m2meobj, got %s",
				 WHY_GOT(name));
	if (many_order(&o, m->m, act, tre_id, line, why) == 0 &&
	    tre_act(act, tre_id, NULL, m->m->order, out, why) == 0)
		return 0;
	many_order_name(&o, why);
	return -1;
}

/* JSON as it is, and text as one. */
static int put_output(json_t *told, const struct buf *out, struct why *why)
{
	AUTO(json_t) *o = out->len ? json_loadb((const char *)out->bytes, out->len, 0, NULL) : NULL;

	if (!out->len)
		return 0;
	if (json_is_object(o))
		return json_put(told, "output", STEAL(o), why);
	return json_put_text(told, "output", buf_text(out), why);
}

static int put_refusal(json_t *told, const struct why *refusal, struct why *why)
{
	return (*refusal->reason && json_put_text(told, "reason", refusal->reason, why)) ||
			       json_put_text(told, "text", refusal->text, why)
		       ? -1
		       : 0;
}

/* Its outcome into told; -1 where the whole cannot go on. */
static int reach(struct many *m, const char *tre_id, const char *name, const json_t *line,
		 json_t *told, struct why *why)
{
	struct why refusal = {0};
	BUF(out);
	const int rc = do_act(m, tre_id, name, line, &out, &refusal);

	if (rc && refusal.status >= TOOL_SYS) {
		*why = refusal;
		return -1;
	}
	if (json_put_text(told, "tre_id", tre_id, why) || json_put_text(told, "act", name, why) ||
	    json_put_number(told, "status", rc ? (uint64_t)refusal.status : 0, why))
		return -1;
	/* a refusal may have an answer too, for a peer to hear */
	return ((rc == 0 || refusal.status == TOOL_NO) && put_output(told, &out, why)) ||
			       (rc && put_refusal(told, &refusal, why))
		       ? -1
		       : 0;
}

/* The line again that was the last, asked in the same way, is answered as it was, for a run that
 * was broken off begins anew. */
static int reach_once(struct many *m, const char *tre_id, const char *name, const json_t *line,
		      json_t **told, struct why *why)
{
	const bool kept = is_kept(name);
	bool done;
	uint8_t asked[32];
	int known = 0;
	BUF(text);

	if (buf_add(&text, m->common.bytes, m->common.len, why) || json_append(&text, line, why) ||
	    ossl_sha256(asked, text.bytes, text.len, why))
		return -1;
	if (kept)
		known = shelf_last(&m->fleet.shelf, tre_id, asked, told, why);
	if (known)
		return known < 0 ? -1 : 0;
	*told = json_object();
	if (reach(m, tre_id, name, line, *told, why))
		return -1;
	done = json_integer_value(json_object_get(*told, "status")) == 0;
	return kept && (done || json_object_get(*told, "output")) &&
			       shelf_told(&m->fleet.shelf, tre_id, asked, *told, why)
		       ? -1
		       : 0;
}

static int take(void *ctx, const json_t *line, struct buf *out, struct why *why)
{
	struct many *m = ctx;
	const char *tre_id = json_text(line, "tre_id", why);
	const char *name = tre_id ? json_text(line, "act", why) : NULL;
	AUTO(json_t) *told = NULL;
	const char *reason;
	int status;

	if (!name || reach_once(m, tre_id, name, line, &told, why) ||
	    json_append_line(out, told, why))
		return -1;
	status = (int)json_integer_value(json_object_get(told, "status"));
	reason = tre_text(told, "reason");
	if (status == TOOL_NO)
		return why_refuse(why, reason, "%s", tre_text(told, "text"));
	return status == TOOL_USAGE ? why_usage(why, "%s", tre_text(told, "text"))
	       : status             ? why_input(why, "%s", tre_text(told, "text"))
				    : 0;
}

int tre_many(const struct tre_many *order)
{
	__attribute__((cleanup(many_free))) struct many m = {
		.m = order, .fleet = {.shelf = {.sealed = {.lock = -1}}}};
	struct groups g = {.in = order->in,
			   .out = order->out,
			   .mode = OUTFILE_SECRET,
			   .size = GROUP,
			   .take = take,
			   .transact = transact,
			   .ctx = &m};
	struct why why = {0};

	return hold(&m, &why) || fleet_open(&m.fleet, order->fleet, order->device, true, &why)
		       ? tool_fail(&why)
		       : groups_run(&g);
}
