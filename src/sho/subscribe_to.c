/* SPDX-License-Identifier: Apache-2.0 */
/* One subscription and its files: the register keeps the answer until they are on disk, so that a
 * run that was cut off between is made whole by the same run again. */
#include "base/hex.h"
#include "register/publish.h"
#include "sho/subscribe.h"

#include <string.h>

#define ANSWER "answer-subscription"

struct visit {
	struct sho_order *o;
	char id[65]; /* of what was asked */
	struct buf mcim, registration;
};

static void visit_free(struct visit *v)
{
	buf_free(&v->mcim);
	buf_free(&v->registration);
}

/* The same question again: of the token, and of all that the registration says. */
static int name_question(struct visit *v, struct why *why)
{
	const struct sho_order *o = v->o;
	const X509 *const certs[] = {o->cert, o->tre_cert, o->enc_cert, NULL};
	const char *const texts[] = {o->name,    o->current,  o->drf ? o->drf : "",
				     o->dpf_url, o->plmn.mcc, o->plmn.mnc,
				     NULL};
	uint8_t md[32];
	BUF(all);

	if (buf_add(&all, o->token.bytes, o->token.len, why))
		return -1;
	for (size_t i = 0; certs[i]; i++)
		if (cert_sha256(md, certs[i], why) || buf_add(&all, md, sizeof(md), why))
			return -1;
	for (size_t i = 0; texts[i]; i++)
		if (buf_add(&all, texts[i], strlen(texts[i]) + 1, why))
			return -1;
	if (ossl_sha256(md, all.bytes, all.len, why))
		return -1;
	hex_encode(v->id, md, sizeof(md));
	return 0;
}

static int take_answer(struct visit *v, const json_t *answer, struct why *why)
{
	const char *mcim = json_text(answer, "mcim", why);
	const char *registration = mcim ? json_text(answer, "registration", why) : NULL;

	return !registration || buf_add(&v->mcim, mcim, strlen(mcim), why) ||
			       buf_add(&v->registration, registration, strlen(registration), why)
		       ? -1
		       : 0;
}

static int keep_answer(const struct visit *v, struct reg *r, struct why *why)
{
	const struct token *permit = &v->o->permit;
	AUTO(json_t) *answer = json_object();

	return json_put_text(answer, "mcim", buf_text(&v->mcim), why) ||
			       json_put_text(answer, "registration", buf_text(&v->registration),
					     why) ||
			       reg_forget(r, ANSWER, permit->tre_id, v->o->at, why) ||
			       reg_offer(r, ANSWER, v->id, permit->tre_id, answer, permit->exp, why)
		       ? -1
		       : 0;
}

/* It may be done again: what the try before made is dropped. */
static int visit(struct reg *r, void *ctx, struct why *why)
{
	struct visit *v = ctx;
	AUTO(json_t) *answer = NULL;
	int known;

	buf_clear(&v->mcim);
	buf_clear(&v->registration);
	lines_rewind(&v->o->knetver);
	known = reg_recall(r, ANSWER, v->id, &answer, why);
	if (known)
		return known < 0 ? -1 : take_answer(v, answer, why);
	return sho_subscribe(v->o, r, &v->mcim, &v->registration, why) || keep_answer(v, r, why)
		       ? -1
		       : 0;
}

static int forget_answer(struct reg *r, void *ctx, struct why *why)
{
	const struct visit *v = ctx;

	return reg_drop(r, ANSWER, v->id, why);
}

int sho_subscribe_to(struct sho_order *o, struct reg *r, const char *mcim, const char *registration,
		     struct why *why)
{
	__attribute__((cleanup(visit_free))) struct visit v = {.o = o};
	struct publication results[] = {
		{.path = mcim, .mode = OUTFILE_SECRET, .bytes = &v.mcim},
		{.path = registration, .mode = OUTFILE_PUBLIC, .bytes = &v.registration}};

	return name_question(&v, why) ||
			       reg_publish(r, visit, &v, mcim ? results : results + 1, mcim ? 2 : 1,
					   why) ||
			       reg_transact(r, forget_answer, &v, why)
		       ? -1
		       : 0;
}
