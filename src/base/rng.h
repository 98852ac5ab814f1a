/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness: OpenSSL's, and nothing else. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base/why.h"

#include <stddef.h>

/* For nonces and identities that will be seen, and for keys, which come from the private DRBG. */
int rng_bytes(void *bytes, size_t len, struct why *why) __attribute__((warn_unused_result));
int rng_key(void *bytes, size_t len, struct why *why) __attribute__((warn_unused_result));

/* Octets of rng_bytes, drawn by the block: a few are as fast as many. A pool for each thread, {0}
 * at first; no process may fork with it. */
struct rng_pool {
	unsigned char octets[1024];
	size_t left;
};
int rng_pool_take(struct rng_pool *pool, void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
