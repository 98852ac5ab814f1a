/* SPDX-License-Identifier: Apache-2.0 */
/* MCIMobj: {{PuK_TRE(MCIM), nonce_B, authorization token}, signature_SHO[i+1]} and NAPDEF: TR
 * 33.812 B.2.3.4 step 7 and B.2.5. */
#ifndef DM_MCIMOBJ_H
#define DM_MCIMOBJ_H

#include "dm/bootstrap.h"

struct mcimobj {
	char tre_id[TRE_ID_TEXT];
	struct buf blob; /* PuK_TRE(MCIM); the leaves of B.2.5 about it are made and checked here */
	uint8_t nonce_b[NONCE_LEN];
	struct buf token; /* JWS text; empty: none */
	json_t *napdef;   /* owned, or NULL */
};
void mcimobj_free(struct mcimobj *o);
#define MCIMOBJ(name) __attribute__((cleanup(mcimobj_free))) struct mcimobj name = {0}

int mcimobj_make(struct buf *out, const struct mcimobj *o, EVP_PKEY *key, X509 *cert,
		 struct why *why) __attribute__((warn_unused_result));

/* Opens a document or the SyncML package that carries it: signature, signer by policy, leaves of
 * B.2.5 that agree with the blob (status 3 where not). signer (owned) may be NULL. */
int mcimobj_open(struct mcimobj *o, const void *bytes, size_t len, const struct cert_policy *policy,
		 X509 **signer, struct why *why) __attribute__((warn_unused_result));

#endif
