/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/batch.h"

#include "dm/account.h"
#include "mcim/wrap.h"
#include "pki/key.h"

#include <string.h>

X509 *sho_batch_cert(const json_t *o, const char *field, struct why *why)
{
	const char *pem = json_text(o, field, why);

	return pem ? cert_parse(pem, strlen(pem), field, why) : NULL;
}

int sho_batch_text(struct buf *b, const json_t *o, const char *field, struct why *why)
{
	const char *text;

	if (json_text_opt(&text, o, field, why))
		return -1;
	return text ? buf_add(b, text, strlen(text), why) ? -1 : 1 : 0;
}

int sho_batch_tre(const char *said, const char *is, struct why *why)
{
	return strcmp(said, is) == 0
		       ? 0
		       : why_refuse(why, "wrong-tre",
				    "the request is for %.64s, and its papers are %.64s's "
				    "(TR 33.812 B.2.3.2)",
				    said, is);
}

/* ---- sho-subscribe ---- */

static int knetver_of(struct lines *keys, const json_t *o, struct why *why)
{
	const json_t *list = json_object_get(o, "knetver"), *key;
	size_t i;

	if (list && !json_is_array(list))
		return why_input(why, "knetver: want an array");
	json_array_foreach (list, i, key)
		if ((!json_is_string(key) && why_input(why, "knetver: want K_NetVer in hex")) ||
		    buf_print(&keys->text, why, "%s\n", json_string_value(key)))
			return -1;
	keys->at = (char *)keys->text.bytes;
	return 0;
}

static int subscribe_one(struct sho_order *o, struct reg *r, const json_t *request, json_t *answer,
			 struct why *why)
{
	const char *current, *tre_id = json_text(request, "tre_id", why);
	BUF(mcim);
	BUF(registration);
	BUF(pem);

	if (!tre_id || json_text_opt(&current, request, "current_sho", why) ||
	    sho_batch_text(&o->token, request, "token", why) < 0 ||
	    knetver_of(&o->knetver, request, why))
		return -1;
	if (o->token.len == 0)
		return why_input(why, "token: missing");
	o->current = current ? current : o->current;
	o->has_knetver = o->knetver.text.len > 0;
	if (!o->current)
		return why_input(why, "current_sho: missing");
	if (sho_order_check(o, why) || sho_batch_tre(tre_id, o->permit.tre_id, why) ||
	    sho_subscribe(o, r, &mcim, &registration, why))
		return -1;
	buf_trim(&registration);
	return cert_pem(&pem, o->enc_cert, why) ||
			       json_put_text(answer, "tre_cert_pem", buf_text(&pem), why) ||
			       json_put_text(answer, "registration", buf_text(&registration),
					     why) ||
			       json_put(answer, "mcim",
					json_parse(mcim.bytes, mcim.len, "mcim", why), why)
		       ? -1
		       : 0;
}

static int subscribe(void *ctx, struct reg *r, const json_t *request, json_t *answer,
		     struct why *why)
{
	static const char *const fields[] = {
		"tre_id", "tre_cert_pem", "enc_cert_pem", "token", "current_sho", "knetver", NULL};
	AUTO(X509) *tre = sho_batch_cert(request, "tre_cert_pem", why);
	AUTO(X509) *enc = NULL;
	struct sho_order o = *(const struct sho_order *)ctx;
	int rc;

	o.token = (struct buf){0};
	o.knetver = (struct lines){0};
	if (!tre || json_only(request, fields, why) ||
	    (json_object_get(request, "enc_cert_pem") &&
	     !(enc = sho_batch_cert(request, "enc_cert_pem", why))))
		return -1;
	o.tre_cert = tre;
	o.enc_cert = enc ? enc : tre;
	rc = subscribe_one(&o, r, request, answer, why);
	buf_free(&o.token);
	lines_free(&o.knetver);
	return rc;
}

int sho_batch_subscribe(const struct ledger *l, const struct sho_order *order, int *worst,
			struct why *why)
{
	struct sho_order o = *order;
	struct ledger own = *l;

	own.mode = OUTFILE_SECRET;
	own.kind = "answer-subscribe";
	own.work = subscribe;
	own.ctx = &o;
	return ledger_run(&own, worst, why);
}

/* ---- bootstrap-sign ---- */

struct signer {
	EVP_PKEY *key;
	X509 *cert;
	const struct carry *carry;
};

static int bootstrap(void *ctx, struct reg *r, const json_t *request, json_t *answer,
		     struct why *why)
{
	const struct signer *s = ctx;
	BOOTSTRAP(b);
	BUF(document);
	BUF(out);

	(void)r;
	if (account_read(&b, request, why) || bootstrap_make(&document, &b, s->key, s->cert, why) ||
	    carry_pack(&out, s->carry, &b, &document, why))
		return -1;
	return s->carry->is_wbxml || s->carry->is_push
		       ? json_put_b64(answer, "bootstrap_b64", out.bytes, out.len, why)
		       : json_put_text(answer, "bootstrap", buf_text(&out), why);
}

int sho_batch_bootstrap(const struct ledger *l, const struct sho_papers *papers,
			const struct carry *carry, int *worst, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(papers->key, why);
	AUTO(X509) *cert = key ? cert_load(papers->cert, why) : NULL;
	struct signer s = {.key = key, .cert = cert, .carry = carry};
	struct ledger own = *l;

	own.work = bootstrap;
	own.ctx = &s;
	return cert ? ledger_run(&own, worst, why) : -1;
}

/* ---- bootstrap-sign --verify ---- */

struct reader {
	const struct carry *carry;
	struct cert_policy policy;
};

/* One of bootstrap and bootstrap_b64. */
static int read_carried(struct buf *b, const json_t *request, struct why *why)
{
	const int got = sho_batch_text(b, request, "bootstrap", why);

	if (got < 0 || (!got && !json_object_get(request, "bootstrap_b64")))
		return got < 0 ? -1 : why_input(why, "bootstrap: missing");
	if (got && json_object_get(request, "bootstrap_b64"))
		return why_input(why, "bootstrap or bootstrap_b64, not both");
	return got ? 0 : json_b64(b, request, "bootstrap_b64", why);
}

static int tell(void *ctx, struct reg *r, const json_t *request, json_t *answer, struct why *why)
{
	static const char *const fields[] = {"tre_id", "bootstrap", "bootstrap_b64", NULL};
	const struct reader *by = ctx;
	AUTO(json_t) *words = NULL;
	BUF(carried);

	(void)r;
	if (json_only(request, fields, why) || read_carried(&carried, request, why) ||
	    !(words = carry_words(by->carry, &carried, &by->policy, why)) ||
	    sho_batch_tre(json_string_value(json_object_get(request, "tre_id")),
			  json_string_value(json_object_get(words, "tre_id")), why))
		return -1;
	return json_object_update(answer, words) ? why_sys(why, "out of memory") : 0;
}

int sho_batch_tell(const struct ledger *l, const struct sho_papers *papers, const char *signer,
		   const struct carry *carry, int *worst, struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	struct reader by = {.carry = carry};
	struct ledger own = *l;

	if (carry_policy(&by.policy, &trust, papers->trust, signer, papers->at, why))
		return -1;
	own.work = tell;
	own.ctx = &by;
	return ledger_run(&own, worst, why);
}

/* ---- mcim-wrap ---- */

static int wrap(void *ctx, struct reg *r, const json_t *request, json_t *answer, struct why *why)
{
	AUTO(json_t) *o = NULL;
	BUF(line);

	(void)r;
	if (mcim_wrap_record(ctx, &line, request, why) ||
	    !(o = json_parse(line.bytes, line.len, "answer", why)))
		return -1;
	return json_object_update(answer, o) ? why_sys(why, "out of memory") : 0;
}

int sho_batch_wrap(const struct ledger *l, int *worst, struct why *why)
{
	AUTO(MCIM_WRAPPER) *wrapper = mcim_wrapper_new(why);
	struct ledger own = *l;

	own.work = wrap;
	own.ctx = wrapper;
	return wrapper ? ledger_run(&own, worst, why) : -1;
}
