/* SPDX-License-Identifier: Apache-2.0 */
#include "pva/verify.h"

#include "base/hex.h"
#include "base/record.h"
#include "base/slurp.h"

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
	return json_array_append(list, (json_t *)record) ? why_sys(why, "out of memory") : 0;
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
			       (papers->crl && slurp(&v->crl, papers->crl, SLURP_DOCUMENT, why)) ||
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
	if (m2meobj_open(&c->object, &c->cert, c->result.evidence_sha256, buf_text(m2meobj),
			 m2meobj->len, why))
		return -1;
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

/* May be done again from the start. */
struct spending {
	const struct pva_case *c;
	json_t **offered;
};

static int spend(struct reg *r, void *ctx, struct why *why)
{
	const struct spending *s = ctx;
	char hex[2 * NONCE_LEN + 1];

	json_decref(*s->offered);
	*s->offered = NULL;
	hex_encode(hex, s->c->object.nonce_a, NONCE_LEN);
	return reg_spend(r, "nonce_a", hex, s->c->result.tre_id, s->c->at, s->offered, why);
}

/* Who was given this nonce_A: from the register, where it is spent now. A refusal is own's;
 * anything else is -1 with why. */
static int spend_nonce(struct pva_case *c, json_t **offered, struct why *own, struct why *why)
{
	struct spending s = {c, offered};

	if ((c->is_inside ? spend(c->reg, &s, own) : reg_transact(c->reg, spend, &s, own)) == 0 ||
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

static int check_measurements(struct pva_case *c, struct why *why)
{
	const json_t *reference =
		c->reference ? c->reference : json_object_get(c->equipment, "reference");
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

int pva_verify(struct pva_case *c, struct why *why)
{
	const struct why *failed = &c->appraisal.first;

	if (pva_certificate(&c->appraisal, c->cert, c->trust, c->tre_id, c->at, why) ||
	    check_tre_id(c, why))
		return -1;
	if (failed->status)
		return 0;
	if (look_up(c, why) ||
	    pva_check_revocation(&c->appraisal, &c->revocation, c->equipment, c->cert,
				 pva_issuer(c->cert, c->trust), c->at, why))
		return -1;
	if (failed->status || c->is_certificate)
		return 0;
	if ((c->reg || c->offered) && check_nonce(c, why))
		return -1;
	return failed->status ? 0 : check_measurements(c, why);
}
