/* SPDX-License-Identifier: Apache-2.0 */
#include "pva/verify.h"

#include "base/hex.h"
#include "base/record.h"
#include "base/slurp.h"
#include "pki/jws.h"
#include "register/publish.h"

#include <string.h>

void pva_case_free(struct pva_case *c)
{
	x509_stack_free(c->trust);
	json_decref(c->offered);
	json_decref(c->reference);
	pva_revocation_free(&c->revocation);
	X509_free(c->cert);
	m2meobj_free(&c->object);
	reg_close(c->reg);
	json_decref(c->equipment);
	result_free(&c->result);
}

static int add(void *list, const json_t *record, struct why *why)
{
	if (!json_text(record, "component", why) || !json_text(record, "sha256", why))
		return -1;
	return json_array_append(list, (json_t *)record) ? why_sys(why, "out of memory") : 0;
}

static CRL *load_crl(const char *path, struct why *why)
{
	CRL *crl = NULL;
	BUF(text);

	if (slurp(&text, path, CRL_MAX, why) == 0 && !(crl = crl_read(text.bytes, text.len, why)))
		why_in(why, "%s", slurp_name(path));
	return crl;
}

int pva_case_load(struct pva_case *c, const struct pva_papers *papers, struct why *why)
{
	struct pva_revocation *v = &c->revocation;

	c->db = papers->db;
	v->ocsp = papers->ocsp;
	c->trust = cert_load_all(papers->trust, why);
	c->reference = papers->reference ? json_array() : NULL;
	return !c->trust ||
			       (papers->answer &&
				slurp(&v->answer, papers->answer, SLURP_DOCUMENT, why)) ||
			       (papers->crl && !(v->crl = load_crl(papers->crl, why))) ||
			       (papers->offered &&
				!(c->offered = json_load(papers->offered, why))) ||
			       (papers->reference && record_each(papers->reference, RECORD_JSONL,
								 add, c->reference, why))
		       ? -1
		       : 0;
}

int pva_show_certificate(struct pva_case *c, X509 *cert, struct why *why)
{
	BUF(der);

	c->cert = cert;
	c->is_certificate = true;
	return cert_der(&der, cert, why) ||
			       ossl_sha256(c->result.evidence_sha256, der.bytes, der.len, why)
		       ? -1
		       : 0;
}

int pva_show_m2meobj(struct pva_case *c, const struct buf *m2meobj, struct why *why)
{
	struct why own = {0};

	if (m2meobj_open(&c->object, &c->cert, c->result.evidence_sha256, buf_text(m2meobj),
			 m2meobj->len, &own))
		return pva_record(&c->appraisal, PVA_SIGNATURE, -1, &own, why);
	c->appraisal.outcome[PVA_SIGNATURE] = PVA_PASS;
	c->result.has_nonce_b = true;
	memcpy(c->result.nonce_b, c->object.nonce_b, NONCE_LEN);
	return 0;
}

/* TRE_info's TRE_id is the certificate's: who signed is whom it is about. */
static int check_tre_id(struct pva_case *c, struct why *why)
{
	const char *said = c->is_certificate ? NULL : json_text(c->object.tre_info, "tre_id", why);
	struct why own = {0};

	if (cert_name(c->result.tre_id, c->cert, &own))
		return pva_record(&c->appraisal, PVA_TRE_ID, -1, &own, why);
	if (c->is_certificate)
		return 0;
	if (!said)
		return -1;
	if (strcmp(said, c->result.tre_id) == 0)
		return 0;
	why_refuse(&own, "wrong-tre",
		   "TREinfo is of another TRE than the certificate (TR 33.812 B.2.3.4 step 5)");
	return pva_record(&c->appraisal, PVA_TRE_ID, -1, &own, why);
}

/* Who was given this nonce_A: from the register, where it is spent now. A refusal is own's;
 * anything else is -1 with why. */
static int spend_nonce(struct pva_case *c, json_t **offered, struct why *own, struct why *why)
{
	char hex[2 * NONCE_LEN + 1];

	hex_encode(hex, c->object.nonce_a, NONCE_LEN);
	if (reg_spend(c->reg, "nonce_a", hex, c->result.tre_id, c->at, offered, own) == 0 ||
	    own->status == TOOL_NO)
		return 0;
	*why = *own;
	return -1;
}

/* The same from what the caller knows. */
static int compare_nonce(struct pva_case *c, json_t **offered, struct why *own, struct why *why)
{
	uint8_t nonce[NONCE_LEN];

	*offered = json_incref(c->offered);
	if (json_hex(nonce, NONCE_LEN, c->offered, "nonce_a", why))
		return -1;
	if (CRYPTO_memcmp(nonce, c->object.nonce_a, NONCE_LEN) != 0)
		why_refuse(own, "nonce-unknown",
			   "nonce_A is not the one that was given out (TR 33.812 B.2.3.4 step 5)");
	return 0;
}

/* The client's proof, by the password that went with nonce_A. */
static int check_credentials(struct pva_case *c, const json_t *offered, struct why *why)
{
	const char *username = offered ? json_text(offered, "username", why) : NULL;
	const char *password = username ? json_text(offered, "password", why) : NULL;
	struct m2meobj want = c->object;
	struct why own = {0};
	int rc = 0;

	if (!password || m2meobj_prove(&want, password, c->result.tre_id, why))
		return -1;
	if (strcmp(username, c->object.username) != 0 ||
	    CRYPTO_memcmp(want.proof, c->object.proof, sizeof(want.proof)) != 0)
		rc = why_refuse(&own, "bad-credentials",
				"the client's credentials are wrong (TR 33.812 B.2.3.3)");
	return pva_record(&c->appraisal, PVA_CLIENT_CREDENTIALS, rc, &own, why);
}

static int check_nonce(struct pva_case *c, struct why *why)
{
	AUTO(json_t) *offered = NULL;
	struct why own = {0};

	if (c->reg ? spend_nonce(c, &offered, &own, why) : compare_nonce(c, &offered, &own, why))
		return -1;
	if (pva_record(&c->appraisal, PVA_NONCE_A, own.status ? -1 : 0, &own, why))
		return -1;
	return own.status ? 0 : check_credentials(c, offered, why);
}

static const json_t *reference_of(const struct pva_case *c)
{
	return c->reference ? c->reference : json_object_get(c->equipment, "reference");
}

static int check_measurements(struct pva_case *c, struct why *why)
{
	const json_t *reference = reference_of(c);
	struct why own = {0};

	if (!reference)
		return 0;
	return pva_record(&c->appraisal, PVA_MEASUREMENTS,
			  pva_measurements(c->object.tre_info, reference, &own), &own, why);
}

static int look_up(struct pva_case *c, struct why *why)
{
	if (!c->db && !c->is_inside)
		return 0;
	if (!c->is_inside)
		c->reg = reg_open(c->db, why);
	return !c->reg || reg_get(c->reg, REG_EQUIPMENT, "tre_id", c->result.tre_id, &c->equipment,
				  why) < 0
		       ? -1
		       : 0;
}

int pva_examine(struct pva_case *c, struct why *why)
{
	const struct why *failed = &c->appraisal.first;

	if (failed->status)
		return 0;
	if (pva_certificate(&c->appraisal, c->cert, c->trust, c->tre_id, c->at, why) ||
	    check_tre_id(c, why))
		return -1;
	if (failed->status)
		return 0;
	return look_up(c, why) || pva_check_revocation(&c->appraisal, &c->revocation, c->equipment,
						       c->cert, pva_issuer(c->cert, c->trust),
						       c->at, why)
		       ? -1
		       : 0;
}

/* A check that is required, and that nothing which follows can make any more. */
static void look_for_missing(struct pva_case *c)
{
	struct appraisal *a = &c->appraisal;

	for (enum pva_check i = 0; i < PVA_NONCE_A && !a->first.status; i++)
		if (c->require >> i & 1 && a->outcome[i] == PVA_SKIP)
			pva_missing(i, &a->first);
	if (!a->first.status && c->require >> PVA_MEASUREMENTS & 1 && !reference_of(c))
		pva_missing(PVA_MEASUREMENTS, &a->first);
}

static int check_rest(struct pva_case *c, struct why *why)
{
	const struct why *failed = &c->appraisal.first;

	if (c->is_certificate || failed->status)
		return 0;
	look_for_missing(c);
	if (!failed->status && (c->reg || c->offered) && check_nonce(c, why))
		return -1;
	return failed->status ? 0 : check_measurements(c, why);
}

int pva_decide(struct pva_case *c, struct why *verdict, struct why *why)
{
	const struct appraisal before = c->appraisal;
	int rc;

	json_decref(c->result.checks);
	c->result.checks = NULL;
	rc = check_rest(c, why) || pva_conclude(&c->result, &c->appraisal, c->require, verdict);
	c->appraisal = before;
	return rc ? -1 : 0;
}

struct telling {
	struct pva_case *c;
	const struct result_signer *signer;
	const char *to;
	struct buf text;
	struct why *verdict;
	bool is_decided; /* by this call, and not by one that a crash cut off */
};

static int decide_and_sign(struct reg *r, void *ctx, struct why *why)
{
	struct telling *t = ctx;
	struct pva_case *c = t->c;

	(void)r; /* it is c's */
	t->is_decided = true;
	buf_clear(&t->text);
	return pva_decide(c, t->verdict, why) || result_make(&t->text, &c->result, t->to, c->at,
							     t->signer->key, t->signer->cert, why)
		       ? -1
		       : 0;
}

/* For the same evidence, and by and for the same, the result is the same. */
static int question(struct question *q, const struct telling *t, struct why *why)
{
	const struct pva_case *c = t->c;
	uint8_t signer[32] = {0};
	BUF(text);

	*q = (struct question){
		.about = c->result.tre_id, .at = c->at, .expires = c->at + RESULT_LIFETIME};
	return (t->signer->cert && cert_sha256(signer, t->signer->cert, why)) ||
			       buf_print(&text, why, "result %s %x ", t->to ? t->to : "",
					 c->require) ||
			       buf_add(&text, signer, sizeof(signer), why) ||
			       buf_add(&text, c->result.evidence_sha256, 32, why) ||
			       ossl_sha256(q->sha256, text.bytes, text.len, why)
		       ? -1
		       : 0;
}

/* The verdict of a result that was kept. */
static int take_verdict(struct telling *t, struct why *why)
{
	AUTO(json_t) *fields = NULL;
	const char *reason;
	JWS(j);

	if (t->signer->key ? jws_open(&j, "m2m-result", buf_text(&t->text), t->text.len, why)
			   : !(fields = json_parse(t->text.bytes, t->text.len, "result", why)))
		return -1;
	if (json_text_opt(&reason, fields ? fields : j.payload, "reason", why))
		return -1;
	t->c->result.verdict = !reason;
	if (reason)
		why_refuse(t->verdict, reason,
			   "so said the result of a call that was cut off (TR 33.812 B.2.3.4)");
	return 0;
}

int pva_tell(struct pva_case *c, const struct result_signer *signer, const char *to,
	     const char *path, struct why *verdict, struct why *why)
{
	struct telling t = {.c = c, .signer = signer, .to = to, .verdict = verdict};
	struct publication result = {.path = path, .mode = OUTFILE_PUBLIC, .bytes = &t.text};
	struct question q;
	int rc;

	if (c->reg && !c->is_certificate) /* a nonce_A may be spent */
		rc = question(&q, &t, why) ||
		     reg_publish_again(c->reg, &q, decide_and_sign, &t, &result, 1, why) ||
		     (!t.is_decided && take_verdict(&t, why));
	else
		rc = reg_publish(c->reg, decide_and_sign, &t, &result, 1, why);
	buf_free(&t.text);
	return rc ? -1 : 0;
}
