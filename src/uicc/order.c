/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/order.h"

#include "base/hex.h"
#include "base/outfile.h"
#include "base/slurp.h"
#include "base/tool.h"

#include <string.h>

int card_order_open(const struct card_order *o, struct stack *s, struct card *c, struct why *why)
{
	if (!o->card)
		return card_open(c, o->state, o->device, why);
	return stack_open(s, o->state, o->device, false, why) || stack_card(s, c, o->card, why) ? -1
												: 0;
}

int card_order_tell(const struct card_order *o, int rc, const struct buf *out,
		    enum outfile_mode mode, struct why *why)
{
	struct why late = {0};

	if (out->len && (!rc || why->status == TOOL_NO) &&
	    outfile_put(o->out, mode, out->bytes, out->len, &late))
		return tool_fail(&late);
	return rc ? tool_fail(why) : TOOL_OK;
}

static int do_init(const struct card_order *o)
{
	struct why why = {0};
	CARD(c);

	return card_init(&c, o->state, o->device, o->iccid, &why) ? tool_fail(&why) : TOOL_OK;
}

static int do_personalize(const struct card_order *o)
{
	struct why why = {0};
	CARD(c);

	return card_open(&c, o->state, o->device, &why) || card_personalize(&c, &o->personal, &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}

static int attach(const struct card_order *o, struct card *c, struct buf *out, struct why *why)
{
	uint8_t rand[16], autn[16];

	if (card_pair(c, o->pairing, why))
		return -1;
	if (o->identity)
		return card_identity(c, out, why);
	return hex_decode(rand, 16, o->rand, "rand", why) ||
			       hex_decode(autn, 16, o->autn, "autn", why) ||
			       card_attach(c, rand, autn, out, why)
		       ? -1
		       : 0;
}

static int do_attach(const struct card_order *o)
{
	struct why why = {0};
	int rc;
	STACK(s);
	CARD(c);
	BUF(out);

	if (o->identity ? o->rand || o->autn : !o->rand || !o->autn)
		tool_usage("either --identity, or --rand and --autn are wanted");
	rc = card_order_open(o, &s, &c, &why) || attach(o, &c, &out, &why) ? -1 : 0;
	return card_order_tell(o, rc, &out, o->identity ? OUTFILE_PUBLIC : OUTFILE_SECRET, &why);
}

/* Short messages, a line each; the first that is refused ends it. */
static int take_lines(const struct card_order *o, struct card *c, const char *lines,
		      struct buf *out, struct why *why)
{
	enum sms_form form = SMS_PACKET;
	unsigned number = 1, messages = 0;
	int rc = 0;

	if (o->form && sms_form_parse(&form, o->form, why))
		return -1;
	for (const char *p = lines; *p && rc >= 0; number++) {
		const size_t len = strcspn(p, "\r\n");
		BUF(bytes);
		BUF(text);

		if (len) {
			messages++;
			rc = buf_add(&text, p, len, why) ||
					     hex_decode_buf(&bytes, buf_text(&text), "packet", why)
				     ? -1
				     : card_receive(c, form, bytes.bytes, bytes.len, out, why);
			if (rc < 0 && why->status == TOOL_INPUT)
				why_in(why, "%s:%u", slurp_name(o->in), number);
		}
		p += len;
		p += *p == '\r';
		p += *p == '\n';
	}
	if (!messages)
		return why_input(why, "%s: no packet is there", slurp_name(o->in));
	return rc < 0 ? -1 : 0;
}

static int do_ota(const struct card_order *o)
{
	struct why why = {0}, late = {0};
	int rc;
	STACK(s);
	CARD(c);
	BUF(lines);
	BUF(out);

	if (slurp(&lines, o->in, SLURP_DOCUMENT, &why) || card_order_open(o, &s, &c, &why) ||
	    card_pair(&c, o->pairing, &why))
		return tool_fail(&why);
	rc = take_lines(o, &c, buf_text(&lines), &out, &why);
	/* parts that wait, or that were used up by what was refused */
	if (c.is_changed && card_save(&c, &late))
		return tool_fail(&late);
	/* what the card has answered is told, whatever came behind */
	if (rc && why.status == TOOL_INPUT && out.len &&
	    outfile_put(o->out, OUTFILE_PUBLIC, out.bytes, out.len, &late))
		return tool_fail(&late);
	return card_order_tell(o, rc, &out, OUTFILE_PUBLIC, &why);
}

static int do_info(const struct card_order *o)
{
	struct why why = {0};
	int rc;
	STACK(s);
	CARD(c);
	BUF(out);

	rc = card_order_open(o, &s, &c, &why) || card_info(&c, &out, &why) ? -1 : 0;
	return card_order_tell(o, rc, &out, OUTFILE_PUBLIC, &why);
}

const struct card_act card_acts[CARD_ACTS] = {
	{"init", do_init, "iccid", {"iccid"}},
	{"personalize",
	 do_personalize,
	 "credential",
	 {"credential", "pairs", "common-keys", "pairing", "pin"}},
	{"attach", do_attach, NULL, {"identity", "rand", "autn", "pairing", "card"}},
	{"ota", do_ota, NULL, {"form", "pairing", "card", "input", "output"}},
	{"info", do_info, NULL, {"card"}},
	{"apdu", card_order_apdu, NULL, {"card"}},
	{"serve", card_order_serve, NULL, {"vpcd", "card"}},
	{"stock", card_order_stock, NULL, {"input"}},
	{"deliver", card_order_deliver, NULL, {"form", "input", "output"}},
	{"list", card_order_list, NULL, {"output"}}};
