/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a platform's certificate is revoked, by whichever source there is: TR 33.812 B.2.3.4
 * step 6. */
#ifndef PVA_REVOCATION_H
#define PVA_REVOCATION_H

#include "base/json.h"
#include "pki/revocation.h"
#include "pva/appraise.h"

/* One source at most. */
struct pva_revocation {
	const char *ocsp;  /* ask this responder; "cert": the certificate's own */
	struct buf answer; /* what somebody got from one; owned */
	CRL *crl;          /* owned */
	struct buf asked;  /* what the responder was asked, and what it answered: to be kept */
	struct buf answered;
};
void pva_revocation_free(struct pva_revocation *v);

/* equipment: the register's record of the platform, whose word on it counts first, or NULL. Records
 * the checks revocation and revocation-freshness; a responder out of reach is status 5. */
int pva_check_revocation(struct appraisal *a, struct pva_revocation *v, const json_t *equipment,
			 X509 *cert, X509 *issuer, int64_t at, struct why *why)
	__attribute__((warn_unused_result));

/* Writes what a responder was asked and said, whatever came of it; paths NULL: not wanted. */
int pva_revocation_keep(const struct pva_revocation *v, const char *asked, const char *answered,
			struct why *why) __attribute__((warn_unused_result));

#endif
