/* SPDX-License-Identifier: Apache-2.0 */
#include "tre/orders.h"
#include "tre/state.h"

int tre_need(const char *value, const char *word, struct why *why)
{
	return value ? 0 : why_usage(why, "--%s is wanted", word);
}

static int keygen(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return tre_need(o->out, "csr-out", why) || tre_keygen(t, o->alg, o->force, out, why) ? -1
											     : 0;
}

static int personalize(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	if (tre_need(o->personal.cert, "cert", why) ||
	    tre_need(o->personal.credential, "credential", why) ||
	    tre_personalize(t, &o->personal, out, why))
		return -1;
	if (!o->out)
		buf_clear(out);
	return 0;
}

static int boot(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return tre_boot(t, o->components, out, why);
}

static int info(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	(void)o;
	return tre_info(t, out, why);
}

static int list(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return tre_list(t, o->as, NULL, out, why);
}

static int audit(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return tre_audit(t, o->verify, out, why);
}

const struct tre_act tre_acts[TRE_ACTS] = {
	{"init", NULL, NULL, {"tre-id", "pin", "policy"}},
	{"keygen", keygen, NULL, {"csr-out", "alg", "force"}},
	{"personalize",
	 personalize,
	 NULL,
	 {"cert", "credential", "key", "enc-key", "enc-cert", "operator-cert", "knetver",
	  "delivery-note"}},
	{"certify", order_certify, NULL, {"cert", "pin", "user", "at", "ask", "to", "output"}},
	{"firmware", order_firmware, NULL, {"image", "input", "pin", "user", "at"}},
	{"policy", order_policy, NULL, {"input", "pin", "user", "at"}},
	{"boot", boot, NULL, {"components", "output"}},
	{"info", info, NULL, {"output"}},
	{"list", list, NULL, {"as", "output"}},
	{"audit", audit, NULL, {"verify", "output"}},
	{"report", order_report, NULL, {"to", "at", "output"}},
	{"attach", order_attach, NULL, {"identity", "rand", "autn", "at", "output"}},
	{"bootstrap", order_bootstrap, NULL, {"input", "netwpin", "userpin", "output"}},
	{"token", order_token, NULL, {"to", "to-cert", "pin", "user", "at", "output"}},
	{"provision",
	 order_provision,
	 NULL,
	 {"input", "output", "stage", "beside", "commit", "ack"}},
	{"discard", order_discard, NULL, {"operator", "output"}},
	{"user", order_user, "NAME", {"new-pin", "rights", "remove", "pin", "at"}},
	{"login", order_login, NULL, {"user", "pin", "at"}},
	{"logout", order_logout, NULL, {0}},
	{"select", order_select, "MCIM", {"pin", "user", "at"}},
	{"deselect", order_deselect, "MCIM", {"pin", "user", "at"}},
	{"read", order_read, "MCIM", {"file", "pin", "user", "at", "output"}},
	{"controls", order_controls, NULL, {"pin", "user", "at", "input"}},
	{"revert", order_revert, NULL, {"at", "output"}},
	{"pristine", order_pristine, NULL, {"pin", "user", "order", "at"}},
	{"renew", order_renew, NULL, {"at", "output"}},
	{"access", order_access, NULL, {"at", "input", "output"}},
	{"consent", order_consent, "MCIM", {"ask", "at", "input", "output"}},
	{"command", order_command, NULL, {"at", "signed", "input", "output"}},
};

bool tre_act_tells_secret(const struct tre_act *act, const struct tre_order *o)
{
	return act->act == personalize || (act->act == order_attach && !o->identity);
}

/* What a TRE that has measured something else than was installed still does. */
static bool speaks_untrusted(const struct tre_act *act)
{
	return act->act == boot || act->act == info || act->act == list || act->act == audit ||
	       act->act == order_report || act->act == order_firmware;
}

int tre_act(const struct tre_act *act, const char *state, const char *device, struct tre_order *o,
	    struct buf *out, struct why *why)
{
	AUTO(TRE) *t = NULL;

	if (tre_need(state, "state", why))
		return -1;
	if (act->operand && !o->operand)
		return why_usage(why, "one %s is wanted", act->operand);
	if (!act->act)
		return tre_need(o->tre_id, "tre-id", why) ||
				       tre_init(state, device, o->tre_id, o->pin, o->policy, why)
			       ? -1
			       : 0;
	t = tre_open(state, device, why);
	/* the last word of a TRE that is, or has just been, locked down */
	if (!t && act->act == order_report && why->status == TOOL_NO) {
		*why = (struct why){0};
		t = tre_open_despite(state, device, why);
	}
	if (!t || (!speaks_untrusted(act) && tre_trusted(t, why)))
		return -1;
	return act->act(t, o, out, why);
}
