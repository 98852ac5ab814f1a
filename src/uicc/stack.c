/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/stack.h"

void stack_close(struct stack *s)
{
	shelf_close(&s->shelf);
}

int stack_open(struct stack *s, const char *state, const char *device, bool is_new, struct why *why)
{
	static const struct shelf_kind cards = {"cards.db", "UICS"};

	return shelf_open(&s->shelf, &cards, state, device, is_new, why);
}

static int keep(void *keeper, struct card *c, const struct buf *state, struct why *why)
{
	struct stack *s = keeper;

	return shelf_put(&s->shelf, json_string_value(json_object_get(c->s, "iccid")), state->bytes,
			 state->len, why);
}

static int take_row(struct stack *s, const struct buf *text, struct card *c, struct why *why)
{
	c->s = json_parse(text->bytes, text->len, "card", why);
	if (!c->s)
		return -1;
	c->keep = keep;
	c->keeper = s;
	card_reset(c);
	return 0;
}

int stack_card(struct stack *s, struct card *c, const char *iccid, struct why *why)
{
	BUF(text);
	const int known = shelf_get(&s->shelf, iccid, &text, why);

	if (known <= 0)
		return known ? -1
			     : why_input(why, "%.20s is no card of %s", iccid,
					 s->shelf.sealed.state);
	return take_row(s, &text, c, why);
}

int stack_add(struct stack *s, struct card *c, const char *iccid, struct why *why)
{
	BUF(text);
	const int known = shelf_get(&s->shelf, iccid, &text, why);

	if (known)
		return known < 0 ? -1
				 : why_refuse(why, "already-initialised", "%.20s is there already",
					      iccid);
	c->keep = keep;
	c->keeper = s;
	return card_make(c, iccid, why);
}

struct each {
	struct stack *s;
	int (*take)(void *ctx, struct card *c, struct why *why);
	void *ctx;
};

static int take_each(void *ctx, const char *iccid, const struct buf *text, struct why *why)
{
	const struct each *e = ctx;
	CARD(c);

	(void)iccid;
	return take_row(e->s, text, &c, why) || e->take(e->ctx, &c, why) ? -1 : 0;
}

int stack_each(struct stack *s, int (*take)(void *ctx, struct card *c, struct why *why), void *ctx,
	       struct why *why)
{
	struct each e = {s, take, ctx};

	return shelf_each(&s->shelf, take_each, &e, why);
}
