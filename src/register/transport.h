/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of credentials under a transport key that two parties share (m2m-files(5) is the form):
 * the secret fields of each record sealed, the whole closed by a trailer. */
#ifndef REGISTER_TRANSPORT_H
#define REGISTER_TRANSPORT_H

#include "base/auto.h"
#include "base/buf.h"

struct transport_key {
	uint8_t octets[32];
};
DEFINE_WIPE(transport_key)

/* A file of 64 hex digits, as `m2m-keygen secret --bits 256` makes. */
int transport_key_load(struct transport_key *key, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* Seals credentials, JSON Lines, and appends the batch. Under AES-256-GCM with a key of HKDF over
 * a random batch number, each row's nonce is its number, and its associated data are batch, row
 * (4 octets) and IMSI. The trailer's MAC is over all lines before it. */
int transport_seal(struct buf *out, const struct transport_key *key, const char *lines, size_t len,
		   struct why *why) __attribute__((warn_unused_result));

/* Appends the credentials, JSON Lines, only where all of the batch is right: trailer, then rows,
 * then key check values. Refused with `mac-mismatch`. */
int transport_open(struct buf *out, const struct transport_key *key, const char *lines, size_t len,
		   struct why *why) __attribute__((warn_unused_result));

#endif
