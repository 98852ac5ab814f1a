/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation: OCSP (RFC 6960) by URL or from a file, and CRLs (RFC 5280). */
#ifndef PKI_REVOCATION_H
#define PKI_REVOCATION_H

#include "base/buf.h"
#include "base/ossl.h"

#define OCSP_MAX_AGE 3600 /* seconds that an answer without nextUpdate counts as fresh */
#define OCSP_SKEW 300     /* thisUpdate and lastUpdate may lie that much ahead */
#define OCSP_NONCE 32

/* A request in DER, with a new nonce, about cert, issued by issuer; and its way to the responder at
 * url (http alone, 10 s, 64 KiB). The answer, DER, is appended unchecked. Unreachable: status 5. */
int ocsp_request(struct buf *der, X509 *cert, X509 *issuer, uint8_t nonce[static 32],
		 struct why *why) __attribute__((warn_unused_result));
int ocsp_send(struct buf *answer, const char *url, const struct buf *request, struct why *why)
	__attribute__((warn_unused_result));

/* Checks an answer: signature by issuer or a responder with OCSPSigning that issuer certified,
 * about this certificate, fresh at that time, the nonce (NULL: none was sent). Refused with
 * `revoked`, `revocation-unknown` (status unknown, or about another), `revocation-stale`,
 * `bad-signature`, `nonce-unknown`; an answer that is none is status 3, tryLater status 5. */
int ocsp_check(const void *der, size_t len, X509 *cert, X509 *issuer, const uint8_t *nonce,
	       int64_t at, struct why *why) __attribute__((warn_unused_result));

#define CRL_MAX ((size_t)4 * 1024 * 1024) /* octets: about a hundred thousand revoked */

/* A CRL, out of PEM or DER; owned. Status 3 where it is none, or more than one. */
struct crl;
typedef struct crl CRL;
CRL *crl_read(const void *bytes, size_t len, struct why *why);
void crl_free(CRL *crl);
DEFINE_AUTO(CRL, crl_free)

/* The same as ocsp_check by a CRL: signed by issuer, in its time (a nextUpdate is asked for). A
 * partial one (delta, or with a distribution point of its own) is `revocation-unknown`. For many
 * certificates of one issuer its signature is verified once. */
int crl_check(CRL *crl, X509 *cert, X509 *issuer, int64_t at, struct why *why)
	__attribute__((warn_unused_result));

#endif
