/* SPDX-License-Identifier: Apache-2.0 */
/* How a state is sealed for its device (m2m-files(5)): nonce, random | AES-256-GCM ciphertext |
 * tag. */
#ifndef BASE_SEALED_GCM_H
#define BASE_SEALED_GCM_H

#include "base/buf.h"

#define NONCE 12
#define TAG 16

/* The associated data: header | the first device octets of the SHA-256 of the key, so that the
 * state of one device is none in another. All is borrowed. */
struct sealing {
	const uint8_t *key; /* 32 octets */
	const uint8_t *header;
	size_t header_len;
	size_t device; /* up to 32 */
};

/* Appends the octets, sealed. */
int sealed_gcm_add(struct buf *out, const struct sealing *as, const void *bytes, size_t len,
		   struct why *why) __attribute__((warn_unused_result));

/* Appends the octets that were sealed. 1; 0: they are not, or not as this says; -1: status 4. */
int sealed_gcm_open(struct buf *out, const struct sealing *as, const void *sealed, size_t len,
		    struct why *why) __attribute__((warn_unused_result));

#endif
