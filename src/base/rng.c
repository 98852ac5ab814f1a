/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

#include "base/ossl.h"

#include <openssl/rand.h>
#include <string.h>

int rng_bytes(void *bytes, size_t len, struct why *why)
{
	if (len > INT32_MAX || RAND_bytes(bytes, (int)len) != 1)
		return ossl_why(why, "random bytes");
	return 0;
}

int rng_key(void *bytes, size_t len, struct why *why)
{
	if (len > INT32_MAX || RAND_priv_bytes(bytes, (int)len) != 1)
		return ossl_why(why, "random bytes");
	return 0;
}

int rng_pool_take(struct rng_pool *pool, void *bytes, size_t len, struct why *why)
{
	if (len > sizeof(pool->octets))
		return rng_bytes(bytes, len, why);
	if (len > pool->left) {
		if (rng_bytes(pool->octets, sizeof(pool->octets), why))
			return -1;
		pool->left = sizeof(pool->octets);
	}
	pool->left -= len;
	memcpy(bytes, pool->octets + pool->left, len);
	OPENSSL_cleanse(pool->octets + pool->left, len);
	return 0;
}
