/* SPDX-License-Identifier: Apache-2.0 */
/* The only way in OpenSSL 3 to take the place of all randomness, RSA's and EC's keys included, is
 * the old method table. */
#undef OPENSSL_NO_DEPRECATED
#undef OPENSSL_API_COMPAT
#define OPENSSL_SUPPRESS_DEPRECATED
#include "golden/golden.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STILL INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

static EVP_CIPHER_CTX *stream;

/* The next octets of the key stream. */
static int next(unsigned char *bytes, int len)
{
	static const unsigned char zero[4096];

	while (len > 0) {
		const int part = len < (int)sizeof(zero) ? len : (int)sizeof(zero);
		int done = 0;

		if (EVP_EncryptUpdate(stream, bytes, &done, zero, part) != 1 || done != part)
			return 0;
		bytes += part;
		len -= part;
	}
	return 1;
}

static int status(void)
{
	return 1;
}

static int seed(const void *bytes, int len)
{
	(void)bytes;
	(void)len;
	return 1;
}

static int add(const void *bytes, int len, double entropy)
{
	(void)bytes;
	(void)len;
	(void)entropy;
	return 1;
}

void golden_start(const char *tool)
{
	static const RAND_METHOD method = {seed, next, NULL, add, next, status};
	static const unsigned char iv[16];
	const char *given = getenv("M2M_SEED");
	char text[512];
	unsigned char key[32];

	fprintf(stderr, "%s: %s\n", tool, GOLDEN_NOTE);
	snprintf(text, sizeof(text), "%s/%s", tool, given ? given : "");
	stream = EVP_CIPHER_CTX_new();
	if (!stream || !EVP_Q_digest(NULL, "SHA256", NULL, text, strlen(text), key, NULL) ||
	    EVP_EncryptInit_ex2(stream, EVP_aes_256_ctr(), key, iv, NULL) != 1 ||
	    RAND_set_rand_method(&method) != 1)
		abort();
}

int64_t golden_now(void)
{
	return STILL;
}
