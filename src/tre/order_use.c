/* SPDX-License-Identifier: Apache-2.0 */
/* The orders of a TRE in use: what is missing or does not fit together is status 2. */
#include "base/hex.h"
#include "base/slurp.h"
#include "base/when.h"
#include "pki/cert.h"
#include "tre/orders.h"

static int who_asks(struct tre_who *who, const struct tre_order *o, struct why *why)
{
	who->user = o->user;
	who->pin = o->pin;
	return when_at(&who->at, o->at, why);
}

int order_certify(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;

	if (o->ask && o->personal.cert)
		return why_usage(why, "--ask or --cert, not both");
	if (o->ask)
		return tre_need(o->to, "to", why) || party_check(o->to, "--to", why) ||
				       who_asks(&who, o, why) ||
				       tre_certify_ask(t, o->to, who.at, out, why)
			       ? -1
			       : 0;
	return tre_need(o->personal.cert, "cert", why) || who_asks(&who, o, why) ||
			       tre_certify(t, o->personal.cert, &who, why)
		       ? -1
		       : 0;
}

int order_firmware(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;
	BUF(in);

	(void)out;
	return tre_need(o->image, "image", why) || who_asks(&who, o, why) ||
			       slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_firmware(t, o->image, &in, &who, why)
		       ? why_in_file(why, slurp_name(o->in))
		       : 0;
}

int order_policy(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;
	BUF(in);

	(void)out;
	return who_asks(&who, o, why) || slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_policy_take(t, &in, &who, why)
		       ? why_in_file(why, slurp_name(o->in))
		       : 0;
}

int order_user(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;

	(void)out;
	if (o->remove == (o->new_pin || o->rights))
		return why_usage(why, "either --remove, or --new-pin or --rights is wanted");
	return who_asks(&who, o, why) || tre_user(t, o->operand, &who, o->new_pin, o->rights, why)
		       ? -1
		       : 0;
}

int order_login(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;

	(void)out;
	return tre_need(o->pin, "pin", why) || who_asks(&who, o, why) || tre_login(t, &who, why)
		       ? -1
		       : 0;
}

int order_logout(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	(void)o;
	(void)out;
	return tre_logout(t, why);
}

int order_report(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;

	return tre_need(o->to, "to", why) || party_check(o->to, "--to", why) ||
			       when_at(&at, o->at, why) || tre_report(t, o->to, at, out, why)
		       ? -1
		       : 0;
}

int order_attach(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	uint8_t rand[16], autn[16];
	bool lapsed;
	int64_t at;

	if (o->identity ? o->rand || o->autn : !o->rand || !o->autn)
		return why_usage(why, "either --identity, or --rand and --autn are wanted");
	if (when_at(&at, o->at, why) || tre_lapse(t, at, &lapsed, why))
		return -1;
	if (o->identity)
		return tre_identity(t, out, why);
	if (lapsed)
		return why_refuse(why, "session-lapsed",
				  "the MCIM was not used for too long, and is deselected (TR "
				  "33.812 6.1.2.3 threat 10)");
	return hex_decode(rand, 16, o->rand, "rand", why) ||
			       hex_decode(autn, 16, o->autn, "autn", why) ||
			       tre_attach(t, rand, autn, at, out, why)
		       ? -1
		       : 0;
}

int order_bootstrap(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	BUF(in);

	if (o->push.netwpin && o->push.userpin)
		return why_usage(why, "--netwpin or --userpin, not both");
	return slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_bootstrap(t, buf_text(&in), in.len, &o->push, out, why)
		       ? why_in_file(why, slurp_name(o->in))
		       : 0;
}

int order_token(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	AUTO(X509) *cert = NULL;
	struct tre_who who;

	return who_asks(&who, o, why) || tre_need(o->to, "to", why) ||
			       tre_need(o->to_cert, "to-cert", why) ||
			       !(cert = cert_load(o->to_cert, why)) ||
			       tre_token(t, o->to, cert, &who, out, why)
		       ? -1
		       : 0;
}

int order_provision(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	const enum tre_how how = o->stage ? TRE_STAGE : o->beside ? TRE_BESIDE : TRE_INSTALL;
	const char *file = o->commit ? o->ack : o->in;
	BUF(in);

	if (o->commit && (o->stage || o->in || o->beside))
		return why_usage(why, "--commit takes neither --stage nor --beside nor -i");
	if (o->stage && o->beside)
		return why_usage(why, "--stage or --beside, not both");
	if (o->ack && !o->commit)
		return why_usage(why, "--ack goes with --commit");
	if ((!o->commit || o->ack) && slurp(&in, file, SLURP_DOCUMENT, why))
		return -1;
	if (o->commit ? tre_commit(t, o->ack ? buf_text(&in) : NULL, in.len, out, why)
		      : tre_stage(t, buf_text(&in), in.len, how, out, why))
		return o->commit && !o->ack ? -1 : why_in_file(why, slurp_name(file));
	return 0;
}

int order_discard(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	return tre_need(o->sho, "operator", why) || tre_discard(t, o->sho, out, why) ? -1 : 0;
}

int order_select(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;

	(void)out;
	return who_asks(&who, o, why) || tre_select(t, o->operand, true, &who, why) ? -1 : 0;
}

int order_deselect(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;

	(void)out;
	return who_asks(&who, o, why) || tre_select(t, o->operand, false, &who, why) ? -1 : 0;
}

int order_read(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;

	return who_asks(&who, o, why) || tre_need(o->file, "file", why) ||
			       tre_read(t, o->operand, o->file, &who, out, why)
		       ? -1
		       : 0;
}

int order_controls(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	AUTO(json_t) *controls = NULL;
	struct tre_who who;
	BUF(in);

	(void)out;
	if (who_asks(&who, o, why) || slurp(&in, o->in, SLURP_DOCUMENT, why))
		return -1;
	controls = json_parse(buf_text(&in), in.len, slurp_name(o->in), why);
	return controls ? tre_controls(t, controls, &who, why) : -1;
}

int order_revert(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;

	return when_at(&at, o->at, why) || tre_revert(t, at, out, why) ? -1 : 0;
}

int order_pristine(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	struct tre_who who;
	BUF(in);

	(void)out;
	if (o->pin && o->order)
		return why_usage(why, "--pin or --order, not both");
	if (who_asks(&who, o, why))
		return -1;
	if (!o->order)
		return tre_pristine(t, &who, why);
	return slurp(&in, o->order, SLURP_DOCUMENT, why) ||
			       tre_reprovision(t, buf_text(&in), in.len, who.at, why)
		       ? why_in_file(why, slurp_name(o->order))
		       : 0;
}

int order_renew(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;

	return when_at(&at, o->at, why) || tre_renew(t, at, out, why) ? -1 : 0;
}

int order_consent(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	if (o->ask && o->in)
		return why_usage(why, "--ask or -i, not both");
	if (when_at(&at, o->at, why))
		return -1;
	if (o->ask)
		return tre_consent_ask(t, o->operand, at, out, why);
	return slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_consent(t, o->operand, buf_text(&in), in.len, at, why)
		       ? why_in_file(why, slurp_name(o->in))
		       : 0;
}

int order_access(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	return when_at(&at, o->at, why) || slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_access(t, buf_text(&in), in.len, at, out, why)
		       ? why_in_file(why, slurp_name(o->in))
		       : 0;
}

int order_command(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	return when_at(&at, o->at, why) || slurp(&in, o->in, SLURP_DOCUMENT, why) ||
			       tre_command(t, buf_text(&in), in.len, at, o->is_signed, out, why)
		       ? why_in_file(why, slurp_name(o->in))
		       : 0;
}
