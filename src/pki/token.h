/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization token of TR 33.812 B.2.3.2: signed with PrK_TRE, for one change to one
 * certificate. */
#ifndef PKI_TOKEN_H
#define PKI_TOKEN_H

#include "pki/cert.h"

#define TOKEN_LIFETIME ((int64_t)30 * 24 * 3600)

struct token {
	char tre_id[TRE_ID_TEXT];
	char new_sho[TRE_ID_TEXT];
	char cur_sho[TRE_ID_TEXT];
	uint8_t x5t_sha256[32]; /* of the new operator's certificate */
	uint64_t seq;           /* the TRE's own count: one token is outstanding */
	char jti[33];
	int64_t iat, exp;
};

int token_make(struct buf *b, const struct token *t, EVP_PKEY *key, X509 *cert, struct why *why)
	__attribute__((warn_unused_result));

/* Signature, signer by policy (role CERT_TRE is added), issuer = the certificate's name, times
 * (`token-expired`). */
int token_open(struct token *t, const char *text, size_t len, const struct cert_policy *policy,
	       struct why *why) __attribute__((warn_unused_result));

#endif
