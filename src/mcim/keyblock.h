/* SPDX-License-Identifier: Apache-2.0 */
/* The key block of a blob: PuK_TRE(PIK|PCK), TR 33.812 B.2.3.6. Transport 1: RSAES-OAEP with
 * SHA-256. Transport 2: ephemeral ECDH on the key's curve, X9.63 KDF with SHA-256 over header |
 * ephemeral point | recipient's point | TRE_id, AES-256 key wrap (RFC 3394). */
#ifndef MCIM_KEYBLOCK_H
#define MCIM_KEYBLOCK_H

#include "base/buf.h"
#include "base/ossl.h"

#define KEYBLOCK_HEADER 10
#define KEYBLOCK_PIK 32
#define KEYBLOCK_SECRET_MAX 64

enum { KEYBLOCK_OAEP = 1, KEYBLOCK_ECDH = 2 };

int keyblock_transport(const EVP_PKEY *puk);
/* Octets of the block for a secret of that length; -1 where the key is none of ours. */
int keyblock_size(const EVP_PKEY *puk, size_t secret_len);

/* What a thread keeps from blob to blob: what costs more to make than to use, and no secret. Starts
 * empty. */
struct keyblock_kit {
	EVP_PKEY_CTX *keygen; /* of keys on curve */
	const char *curve;
	EVP_KDF_CTX *kdf;
	EVP_CIPHER *ecb;
	EVP_CIPHER *cbc[2]; /* of the suites, as is hmac */
	EVP_MAC_CTX *hmac[2];
};
#define KEYBLOCK_KIT(name) __attribute__((cleanup(keyblock_kit_end))) struct keyblock_kit name = {0}
void keyblock_kit_end(struct keyblock_kit *kit);

/* Appends the block. */
int keyblock_seal(struct keyblock_kit *kit, struct buf *b, EVP_PKEY *puk,
		  const uint8_t header[static KEYBLOCK_HEADER], const char *tre_id,
		  const uint8_t *secret, size_t secret_len, struct why *why)
	__attribute__((warn_unused_result));

/* Writes the secret over what is in `secret` (random octets, say), and leaves that where the block
 * does not open, which is no failure: -1 is for the system's alone. */
int keyblock_open(uint8_t *secret, size_t secret_len, EVP_PKEY *prk, unsigned transport,
		  const uint8_t header[static KEYBLOCK_HEADER], const char *tre_id,
		  const uint8_t *block, size_t block_len, struct why *why)
	__attribute__((warn_unused_result));

#endif
