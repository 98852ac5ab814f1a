/* SPDX-License-Identifier: Apache-2.0 */
/* The appraisal of a platform: TR 33.812 5.1.3.5.8, B.2.3.4 steps 5 and 6. */
#ifndef PVA_APPRAISE_H
#define PVA_APPRAISE_H

#include "dm/m2meobj.h"
#include "pki/cert.h"
#include "pva/result.h"

/* The checks, in the order in which they are made. */
enum pva_check {
	PVA_SIGNATURE,
	PVA_CHAIN,
	PVA_KEY_USAGE,
	PVA_VALIDITY,
	PVA_TRE_ID,
	PVA_REVOCATION,
	PVA_REVOCATION_FRESHNESS,
	PVA_NONCE_A,
	PVA_CLIENT_CREDENTIALS,
	PVA_MEASUREMENTS,
	PVA_CHECKS
};
/* A list such as "chain,revocation" to a set of bits; unknown names are status 2. */
int pva_checks_parse(unsigned *set, const char *list, struct why *why)
	__attribute__((warn_unused_result));

enum pva_outcome { PVA_SKIP, PVA_PASS, PVA_FAIL };

struct appraisal {
	enum pva_outcome outcome[PVA_CHECKS];
	struct why first; /* of the first check that failed */
};

/* Records a check: rc 0 passes; a refusal fails, and the first one is kept; anything else (a
 * library, a responder out of reach, malformed input) is given back as -1 with why. */
int pva_record(struct appraisal *a, enum pva_check c, int rc, const struct why *own,
	       struct why *why) __attribute__((warn_unused_result));

/* Refuses with `check-missing`: the check is wanted, and was not made. Returns -1. */
int pva_missing(enum pva_check c, struct why *why);

/* Certificate: chain, key-usage, validity, tre-id (tre_id NULL: not asked for). */
int pva_certificate(struct appraisal *a, X509 *cert, X509_STACK *trust, const char *tre_id,
		    int64_t at, struct why *why) __attribute__((warn_unused_result));

/* The issuer among trust; NULL where the certificate has none there. Borrowed. */
X509 *pva_issuer(X509 *cert, const X509_STACK *trust);

/* Measurements of TRE_info against the reference, a JSON array of {component, sha256}: every one
 * that was measured is expected and equal, and every one that is expected was measured. */
int pva_measurements(const json_t *tre_info, const json_t *reference, struct why *why)
	__attribute__((warn_unused_result));

/* Whether all of `require` passed and nothing failed; fills verdict, reason and checks of r. */
int pva_conclude(struct result *r, const struct appraisal *a, unsigned require, struct why *why)
	__attribute__((warn_unused_result));

#endif
