/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"
#include "dm/napdef.h"
#include "pki/key.h"
#include "sho/batch.h"

/* ---- pva-verify ---- */

struct validation {
	const struct pva_case *common;
	unsigned require;
	const char *to;
	struct result_signer signer;
};

static int show(struct pva_case *c, const json_t *request, struct why *why)
{
	static const char *const fields[] = {"tre_id", "m2meobj", "cert_pem", NULL};
	X509 *cert;
	BUF(object);

	if (json_only(request, fields, why))
		return -1;
	if (json_object_get(request, "cert_pem")) {
		cert = sho_batch_cert(request, "cert_pem", why);
		return cert ? pva_show_certificate(c, cert, why) : -1;
	}
	if (sho_batch_text(&object, request, "m2meobj", why) <= 0)
		return why->status ? -1 : why_input(why, "m2meobj: missing");
	return pva_show_m2meobj(c, &object, why);
}

static int judge(struct pva_case *c, const struct validation *v, json_t *answer, struct why *why)
{
	const unsigned usual = 1U << PVA_CHAIN | (c->is_certificate ? 0 : 1U << PVA_SIGNATURE);
	struct why verdict = {0};
	BUF(result);

	c->require = v->require ? v->require : usual;
	if (pva_examine(c, why) || pva_decide(c, &verdict, why) ||
	    result_make(&result, &c->result, v->to, c->at, v->signer.key, v->signer.cert, why))
		return -1;
	buf_trim(&result);
	return json_put_bool(answer, "verdict", c->result.verdict, why) ||
			       (!c->result.verdict && ledger_say(answer, &verdict, why)) ||
			       json_put_text(answer, "result", buf_text(&result), why)
		       ? -1
		       : 0;
}

static int validate(void *ctx, struct reg *r, const json_t *request, json_t *answer,
		    struct why *why)
{
	const struct validation *v = ctx;
	struct pva_case c = *v->common;
	int rc;

	c.reg = r;
	c.is_inside = r != NULL;
	c.tre_id = json_string_value(json_object_get(request, "tre_id"));
	rc = show(&c, request, why) || judge(&c, v, answer, why) ? -1 : 0;
	/* what is all cases' stays */
	c.reg = NULL;
	c.trust = NULL;
	c.offered = c.reference = NULL;
	c.revocation.answer = (struct buf){0};
	c.revocation.crl = NULL;
	pva_case_free(&c);
	return rc;
}

int sho_batch_validate(const struct ledger *l, const struct sho_papers *papers,
		       const struct pva_case *common, unsigned require, const char *to, int *worst,
		       struct why *why)
{
	struct validation v = {.common = common, .require = require, .to = to};
	AUTO(REG) *r = NULL;
	struct ledger own = *l;
	int rc;

	own.at = common->at;
	own.kind = "answer-validate";
	own.work = validate;
	own.ctx = &v;
	rc = result_signer_load(&v.signer, papers->key, papers->cert, common->at, why) ||
	     (papers->db && !(r = reg_open(papers->db, why)));
	own.r = r;
	rc = rc || ledger_run(&own, worst, why);
	result_signer_free(&v.signer);
	return rc ? -1 : 0;
}

/* ---- mcimobj-make ---- */

struct provider {
	EVP_PKEY *key;
	X509 *cert;
	X509_STACK *trust;
	int64_t at;
};

static int take(struct sho_provision *p, const json_t *request, const char *field,
		int (*part)(struct sho_provision *p, const struct buf *text, X509 *dpf,
			    struct why *why),
		X509 *dpf, struct why *why)
{
	BUF(text);
	const int got = sho_batch_text(&text, request, field, why);

	return got > 0 ? part(p, &text, dpf, why) : got;
}

static int take_parts(struct sho_provision *p, const struct provider *s, const json_t *request,
		      struct why *why)
{
	json_t *napdef = json_object_get(request, "napdef");
	BUF(result);

	if (sho_batch_text(&result, request, "result", why) <= 0)
		return why->status ? -1 : why_input(why, "result: missing");
	if (sho_take_result(p, &result, why) ||
	    sho_batch_tre(json_string_value(json_object_get(request, "tre_id")), p->object.tre_id,
			  why) ||
	    json_b64(&p->object.blob, request, "blob_b64", why) ||
	    take(p, request, "authorization", sho_take_authorization, s->cert, why) ||
	    take(p, request, "token", sho_take_token, s->cert, why))
		return -1;
	p->object.napdef = json_incref(napdef);
	return napdef ? napdef_check(napdef, why) : 0;
}

static int provision(void *ctx, struct reg *r, const json_t *request, json_t *answer,
		     struct why *why)
{
	static const char *const fields[] = {"tre_id", "blob_b64", "result", "authorization",
					     "token",  "napdef",   NULL};
	const struct provider *s = ctx;
	struct sho_provision p = {.trust = s->trust, .at = s->at};
	BUF(document);
	int rc;

	rc = json_only(request, fields, why) || take_parts(&p, s, request, why) ||
	     mcimobj_make(&document, &p.object, s->key, s->cert, why) ||
	     (r ? sho_spend_inside(r, &p, why) : sho_spend_nowhere(&p, why)) ||
	     json_put_text(answer, "mcimobj", buf_text(&document), why);
	p.trust = NULL;
	sho_provision_free(&p);
	return rc ? -1 : 0;
}

int sho_batch_provision(const struct ledger *l, const struct sho_papers *papers, int *worst,
			struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(papers->key, why);
	AUTO(X509) *cert = key ? cert_load(papers->cert, why) : NULL;
	AUTO(X509_STACK) *trust = cert ? cert_load_all(papers->trust, why) : NULL;
	AUTO(REG) *r = NULL;
	struct provider s = {key, cert, trust, 0};
	struct ledger own = *l;

	if (!trust || when_at(&s.at, papers->at, why) ||
	    (papers->db && !(r = reg_open(papers->db, why))))
		return -1;
	own.r = r;
	own.at = s.at;
	own.kind = "answer-provision";
	own.work = provision;
	own.ctx = &s;
	return ledger_run(&own, worst, why);
}
