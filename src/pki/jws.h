/* SPDX-License-Identifier: Apache-2.0 */
/* Signed words: JWS compact serialisation (RFC 7515) with a JSON object as payload, by RFC 8725.
 * Header: alg (ES256, ES384 or RS256: the key decides), typ, x5c (the signer's certificate). */
#ifndef PKI_JWS_H
#define PKI_JWS_H

#include "base/json.h"
#include "base/ossl.h"

#define JWS_MAX ((size_t)64 * 1024)

/* Appends the JWS, without a newline. typ such as `m2m-token`. */
int jws_make(struct buf *b, const char *typ, const json_t *payload, EVP_PKEY *key, X509 *cert,
	     struct why *why) __attribute__((warn_unused_result));

/* A JWS whose signature is right under the certificate that it carries; nothing says yet that the
 * certificate is to be trusted: cert_check does. */
struct jws {
	json_t *payload;
	X509 *cert;
};
void jws_free(struct jws *j);
#define JWS(name) __attribute__((cleanup(jws_free))) struct jws name = {0}

/* White space round the text is passed over. Status 3 where it is no JWS of ours: unknown header
 * members, jwk, jku, x5u, crit, another alg than the key's, another typ (`wrong-type`, status 1).
 * A wrong signature is refused with `bad-signature`. */
int jws_open(struct jws *j, const char *typ, const char *text, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* A claim that has to be there, a whole JSON number: a NumericDate (RFC 7519 2), or a count.
 * Status 3. */
int jws_number(uint64_t *n, const json_t *payload, const char *claim, struct why *why)
	__attribute__((warn_unused_result));

#endif
