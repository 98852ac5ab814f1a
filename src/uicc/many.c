/* SPDX-License-Identifier: Apache-2.0 */
/* A stack's cards, as a delivery agent sees them. */
#include "base/groups.h"
#include "base/hex.h"
#include "base/ossl.h"
#include "base/tool.h"
#include "uicc/order.h"

#include <string.h>

#define GROUP 512

struct many {
	struct stack stack;
	enum sms_form form;
};

static void many_free(struct many *m)
{
	stack_close(&m->stack);
}

static int transact(void *ctx, groups_work *work, void *group, struct why *why)
{
	struct many *m = ctx;

	return shelf_transact(&m->stack.shelf, work, group, why);
}

static int run(const struct card_order *o, struct many *m, bool is_new, struct groups *g)
{
	struct why why = {0};

	if ((o->form && sms_form_parse(&m->form, o->form, &why)) ||
	    stack_open(&m->stack, o->state, o->device, is_new, &why))
		return tool_fail(&why);
	g->in = o->in;
	g->out = o->out;
	g->size = GROUP;
	g->transact = transact;
	g->ctx = m;
	return groups_run(g);
}

/* ---- new cards ---- */

static int stock(void *ctx, const json_t *line, struct buf *out, struct why *why)
{
	struct many *m = ctx;
	const char *iccid = json_text(line, "iccid", why);
	CARD(c);

	(void)out;
	return !iccid || stack_add(&m->stack, &c, iccid, why) ||
			       card_personalize_record(&c, line, why) || card_save(&c, why)
		       ? -1
		       : 0;
}

int card_order_stock(const struct card_order *o)
{
	__attribute__((cleanup(many_free))) struct many m = {
		.stack = {.shelf = {.sealed = {.lock = -1}}}};
	struct groups g = {.take = stock};

	return run(o, &m, true, &g);
}

/* ---- packets ---- */

static int receive_one(struct card *c, enum sms_form form, const json_t *text, struct buf *lines,
		       struct why *why)
{
	BUF(bytes);

	if (!json_is_string(text))
		return why_input(why, "packet: want short messages in hex");
	return hex_decode_buf(&bytes, json_string_value(text), "packet", why)
		       ? -1
		       : card_receive(c, form, bytes.bytes, bytes.len, lines, why);
}

static int put_answer(json_t *told, const char *iccid, struct buf *lines, struct why *why)
{
	json_t *packet = json_array();
	char *rest = NULL, *text = lines->len ? (char *)lines->bytes : NULL;

	if (json_put_text(told, "iccid", iccid, why) || json_put(told, "packet", packet, why))
		return -1;
	for (char *p = text ? strtok_r(text, "\n", &rest) : NULL; p;
	     p = strtok_r(NULL, "\n", &rest))
		if (json_array_append_new(packet, json_string(p)))
			return why_sys(why, "out of memory");
	return 0;
}

/* A refusal, or without a reason what was malformed, goes with the answer, so that both are the
 * same when they are told again. */
static int put_refusal(json_t *told, const struct why *refusal, struct why *why)
{
	return json_put_text(told, "reason", refusal->reason, why) ||
			       json_put_text(told, "text", refusal->text, why)
		       ? -1
		       : 0;
}

/* The card is taken, and kept as it is then; what it says is written down in the same group. */
static int reach(struct many *m, const char *iccid, const json_t *packet, json_t *told,
		 struct why *why)
{
	struct why refusal = {0};
	int rc = 0;
	CARD(c);
	BUF(lines);

	if (stack_card(&m->stack, &c, iccid, why))
		return -1;
	for (size_t i = 0; i < json_array_size(packet) && rc >= 0; i++)
		rc = receive_one(&c, m->form, json_array_get(packet, i), &lines, &refusal);
	/* what the card has answered before a bad short message is told */
	if (rc < 0 && refusal.status != TOOL_NO && !(refusal.status == TOOL_INPUT && lines.len)) {
		*why = refusal;
		return -1;
	}
	return (c.is_changed && card_save(&c, why)) || put_answer(told, iccid, &lines, why) ||
			       (rc < 0 && put_refusal(told, &refusal, why))
		       ? -1
		       : 0;
}

/* What was told, as a result, and as a refusal. */
static int tell(json_t *told, struct buf *out, struct why *why)
{
	AUTO(json_t) *reason = json_incref(json_object_get(told, "reason"));
	AUTO(json_t) *text = json_incref(json_object_get(told, "text"));

	json_object_del(told, "reason");
	json_object_del(told, "text");
	if (json_array_size(json_object_get(told, "packet")) && json_append_line(out, told, why))
		return -1;
	if (!reason)
		return 0;
	return *json_string_value(reason)
		       ? why_refuse(why, json_string_value(reason), "%s", json_string_value(text))
		       : why_input(why, "%s", json_string_value(text));
}

/* A packet that is a card's last one again is answered as it was, for a run that was broken off
 * begins anew. */
static int deliver(void *ctx, const json_t *line, struct buf *out, struct why *why)
{
	struct many *m = ctx;
	const char *iccid = json_text(line, "iccid", why);
	const json_t *packet = json_object_get(line, "packet");
	AUTO(json_t) *told = NULL;
	uint8_t asked[32];
	int known;
	BUF(text);

	if (!iccid)
		return -1;
	if (!json_array_size(packet))
		return why_input(why, "packet: want short messages in hex");
	if (json_append(&text, packet, why) || ossl_sha256(asked, text.bytes, text.len, why))
		return -1;
	known = shelf_last(&m->stack.shelf, iccid, asked, &told, why);
	if (known < 0)
		return -1;
	if (!known && (!(told = json_object()) || reach(m, iccid, packet, told, why) ||
		       shelf_told(&m->stack.shelf, iccid, asked, told, why)))
		return -1;
	return tell(told, out, why);
}

int card_order_deliver(const struct card_order *o)
{
	__attribute__((cleanup(many_free))) struct many m = {
		.stack = {.shelf = {.sealed = {.lock = -1}}}};
	struct groups g = {.take = deliver};

	return run(o, &m, false, &g);
}

/* ---- what there is ---- */

static int take_info(void *ctx, struct card *c, struct why *why)
{
	return card_info(c, ctx, why);
}

int card_order_list(const struct card_order *o)
{
	struct why why = {0};
	int rc;
	STACK(s);
	BUF(out);

	rc = stack_open(&s, o->state, o->device, false, &why) ||
			     stack_each(&s, take_info, &out, &why)
		     ? -1
		     : 0;
	return card_order_tell(o, rc, &out, OUTFILE_PUBLIC, &why);
}
