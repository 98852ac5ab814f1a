/* SPDX-License-Identifier: Apache-2.0 */
/* The cipher of sealed.h: for its files alone. */
#ifndef BASE_SEALED_GCM_H
#define BASE_SEALED_GCM_H

#include "base/buf.h"

#define NONCE 12
#define TAG 16

/* AES-256-GCM; the associated data are header | SHA-256 of the key. tag is written, or compared.
 * Returns 1, or 0. */
int sealed_gcm(int encrypt, const uint8_t key[static 32], const uint8_t nonce[static NONCE],
	       const uint8_t *header, size_t header_len, uint8_t *out, const uint8_t *in,
	       size_t len, uint8_t tag[static TAG]) __attribute__((warn_unused_result));

/* Appends nonce, random | ciphertext | tag. */
int sealed_gcm_add(struct buf *out, const uint8_t key[static 32], const uint8_t *header,
		   size_t header_len, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
