/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

#include "base/ossl.h"

#include <openssl/rand.h>

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
