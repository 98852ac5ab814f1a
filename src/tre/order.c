/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "base/slurp.h"
#include "base/when.h"
#include "pki/cert.h"
#include "tre/acts.h"

static int need(const char *value, const char *word, struct why *why)
{
	return value ? 0 : why_usage(why, "--%s is wanted", word);
}

static int keygen(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return need(o->out, "csr-out", why) || tre_keygen(t, o->alg, out, why) ? -1 : 0;
}

static int personalize(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	if (need(o->personal.cert, "cert", why) ||
	    need(o->personal.credential, "credential", why) ||
	    tre_personalize(t, &o->personal, out, why))
		return -1;
	if (!o->out)
		buf_clear(out);
	o->tells_secret = true;
	return 0;
}

static int certify(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	(void)out;
	return need(o->personal.cert, "cert", why) || tre_certify(t, o->personal.cert, o->pin, why)
		       ? -1
		       : 0;
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

static int attach(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	uint8_t rand[16], autn[16];

	if (o->identity ? o->rand || o->autn : !o->rand || !o->autn)
		return why_usage(why, "either --identity, or --rand and --autn are wanted");
	if (o->identity)
		return tre_identity(t, out, why);
	o->tells_secret = true;
	return hex_decode(rand, 16, o->rand, "rand", why) ||
			       hex_decode(autn, 16, o->autn, "autn", why) ||
			       tre_attach(t, rand, autn, out, why)
		       ? -1
		       : 0;
}

static int bootstrap(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	BUF(in);

	if (o->push.netwpin && o->push.userpin)
		return why_usage(why, "--netwpin or --userpin, not both");
	return slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_bootstrap(t, buf_text(&in), in.len, &o->push, out, why)
		       ? -1
		       : 0;
}

static int token(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	AUTO(X509) *cert = NULL;

	return need(o->to, "to", why) || need(o->to_cert, "to-cert", why) ||
			       !(cert = cert_load(o->to_cert, why)) ||
			       tre_token(t, o->to, cert, o->pin, out, why)
		       ? -1
		       : 0;
}

static int provision(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	const enum tre_how how = o->stage ? TRE_STAGE : o->beside ? TRE_BESIDE : TRE_INSTALL;
	BUF(in);

	if (o->commit && (o->stage || o->in || o->beside))
		return why_usage(why, "--commit takes neither --stage nor --beside nor -i");
	if (o->stage && o->beside)
		return why_usage(why, "--stage or --beside, not both");
	if (o->ack && !o->commit)
		return why_usage(why, "--ack goes with --commit");
	if ((!o->commit || o->ack) && slurp(&in, o->commit ? o->ack : o->in, SLURP_DOCUMENT, why))
		return -1;
	return o->commit ? tre_commit(t, o->ack ? buf_text(&in) : NULL, in.len, out, why)
			 : tre_stage(t, buf_text(&in), in.len, how, out, why);
}

static int discard(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return need(o->sho, "operator", why) || tre_discard(t, o->sho, out, why) ? -1 : 0;
}

static int choose(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	(void)out;
	return tre_select(t, o->mcim, true, o->pin, why);
}

static int deselect(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	(void)out;
	return tre_select(t, o->mcim, false, o->pin, why);
}

static int read_file(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return need(o->file, "file", why) || tre_read(t, o->mcim, o->file, o->pin, out, why) ? -1
											     : 0;
}

static int revert(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;

	return when_at(&at, o->at, why) || tre_revert(t, at, out, why) ? -1 : 0;
}

static int pristine(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	(void)out;
	if (o->pin && o->order)
		return why_usage(why, "--pin or --order, not both");
	if (when_at(&at, o->at, why))
		return -1;
	if (!o->order)
		return tre_pristine(t, o->pin, at, why);
	return slurp(&in, o->order, SLURP_DOCUMENT, why) ||
			       tre_reprovision(t, buf_text(&in), in.len, at, why)
		       ? -1
		       : 0;
}

static int renew(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;

	return when_at(&at, o->at, why) || tre_renew(t, at, out, why) ? -1 : 0;
}

static int consent(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	if (o->ask && o->in)
		return why_usage(why, "--ask or -i, not both");
	if (when_at(&at, o->at, why))
		return -1;
	if (o->ask)
		return tre_consent_ask(t, o->mcim, at, out, why);
	return slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_consent(t, o->mcim, buf_text(&in), in.len, at, why)
		       ? -1
		       : 0;
}

static int take_access(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	return when_at(&at, o->at, why) || slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_access(t, buf_text(&in), in.len, at, out, why)
		       ? -1
		       : 0;
}

static int command(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	return when_at(&at, o->at, why) || slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_command(t, buf_text(&in), in.len, at, out, why)
		       ? -1
		       : 0;
}

const struct tre_act tre_acts[TRE_ACTS] = {
	{"init", NULL, false, {"tre-id", "pin", "policy"}},
	{"keygen", keygen, false, {"csr-out", "alg"}},
	{"personalize",
	 personalize,
	 false,
	 {"cert", "credential", "key", "enc-key", "enc-cert", "operator-cert", "knetver",
	  "delivery-note"}},
	{"certify", certify, false, {"cert", "pin"}},
	{"boot", boot, false, {"components"}},
	{"info", info, false, {0}},
	{"list", list, false, {"as"}},
	{"audit", audit, false, {"verify"}},
	{"attach", attach, false, {"identity", "rand", "autn"}},
	{"bootstrap", bootstrap, false, {"input", "netwpin", "userpin"}},
	{"token", token, false, {"to", "to-cert", "pin"}},
	{"provision", provision, false, {"input", "output", "stage", "beside", "commit", "ack"}},
	{"discard", discard, false, {"operator", "output"}},
	{"select", choose, true, {"pin"}},
	{"deselect", deselect, true, {"pin"}},
	{"read", read_file, true, {"file", "pin"}},
	{"revert", revert, false, {"at"}},
	{"pristine", pristine, false, {"pin", "order", "at"}},
	{"renew", renew, false, {"at", "output"}},
	{"access", take_access, false, {"at", "input", "output"}},
	{"consent", consent, true, {"ask", "at", "input", "output"}},
	{"command", command, false, {"at", "input"}},
};

int tre_act(const struct tre_act *act, const char *state, const char *device, struct tre_order *o,
	    struct buf *out, struct why *why)
{
	AUTO(TRE) *t = NULL;

	if (need(state, "state", why))
		return -1;
	if (!act->act)
		return need(o->tre_id, "tre-id", why) ||
				       tre_init(state, device, o->tre_id, o->pin, o->policy, why)
			       ? -1
			       : 0;
	t = tre_open(state, device, why);
	return t ? act->act(t, o, out, why) : -1;
}
