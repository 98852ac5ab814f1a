/* SPDX-License-Identifier: Apache-2.0 */
#include "pva/revocation.h"

#include "base/outfile.h"

#include <string.h>

void pva_revocation_free(struct pva_revocation *v)
{
	buf_free(&v->answer);
	crl_free(v->crl);
	buf_free(&v->asked);
	buf_free(&v->answered);
}

static int ask(struct pva_revocation *v, X509 *cert, X509 *issuer, int64_t at, struct why *why)
{
	uint8_t nonce[OCSP_NONCE];
	BUF(url);

	if (strcmp(v->ocsp, "cert") == 0 ? cert_ocsp_url(&url, cert, why)
					 : buf_add(&url, v->ocsp, strlen(v->ocsp), why))
		return -1;
	if (!url.len)
		return why_input(why, "the certificate names no OCSP responder");
	if (ocsp_request(&v->asked, cert, issuer, nonce, why) ||
	    ocsp_send(&v->answered, buf_text(&url), &v->asked, why))
		return -1;
	return ocsp_check(v->answered.bytes, v->answered.len, cert, issuer, nonce, at, why);
}

static bool is_revoked(const json_t *equipment)
{
	const char *status = json_string_value(json_object_get(equipment, "status"));

	return status && strcmp(status, "revoked") == 0;
}

int pva_check_revocation(struct appraisal *a, struct pva_revocation *v, const json_t *equipment,
			 X509 *cert, X509 *issuer, int64_t at, struct why *why)
{
	struct why own = {0};
	int rc;

	if (is_revoked(equipment)) {
		why_refuse(&own, "revoked",
			   "the register has this equipment as revoked (TR 33.812 B.2.3.4 step 6)");
		return pva_record(a, PVA_REVOCATION, -1, &own, why);
	}
	if (!v->ocsp && !v->answer.bytes && !v->crl)
		return 0;
	rc = !issuer   ? why_refuse(&own, "revocation-unknown",
				    "who issued the certificate is not among the trusted "
				      "(TR 33.812 B.2.3.4 step 6)")
	     : v->ocsp ? ask(v, cert, issuer, at, &own)
	     : v->crl  ? crl_check(v->crl, cert, issuer, at, &own)
		       : ocsp_check(v->answer.bytes, v->answer.len, cert, issuer, NULL, at, &own);
	if (rc && strcmp(own.reason, "revocation-stale") == 0)
		return pva_record(a, PVA_REVOCATION_FRESHNESS, rc, &own, why);
	if (rc == 0)
		a->outcome[PVA_REVOCATION_FRESHNESS] = PVA_PASS;
	return pva_record(a, PVA_REVOCATION, rc, &own, why);
}

int pva_revocation_keep(const struct pva_revocation *v, const char *asked, const char *answered,
			struct why *why)
{
	const struct buf *q = &v->asked, *a = &v->answered;

	return a->len && ((asked && outfile_put(asked, OUTFILE_PUBLIC, q->bytes, q->len, why)) ||
			  (answered &&
			   outfile_put(answered, OUTFILE_PUBLIC, a->bytes, a->len, why)))
		       ? -1
		       : 0;
}
