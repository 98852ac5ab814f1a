/* SPDX-License-Identifier: Apache-2.0 */
/* CMS AuthEnvelopedData (RFC 5083): AES-256-GCM for one recipient; OAEP with SHA-256, or
 * dhSinglePass-stdDH-sha256kdf with aes256-wrap. What `openssl cms -decrypt` opens. */
#ifndef PKI_ENVELOPE_H
#define PKI_ENVELOPE_H

#include "base/buf.h"
#include "base/ossl.h"

#include <stdbool.h>

/* Appends the DER. */
int envelope_seal(struct buf *b, X509 *recipient, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Whether octets have the form that envelope_open asks for: one recipient, a tag of 16 octets, no
 * authAttrs. */
bool envelope_is(const void *bytes, size_t len);

/* Appends the plaintext, and only where the tag was right. The form is checked first. Every failure
 * is refused with `mac-mismatch`. */
int envelope_open(struct buf *b, EVP_PKEY *key, X509 *cert, const void *der, size_t len,
		  struct why *why) __attribute__((warn_unused_result));

#endif
