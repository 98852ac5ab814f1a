/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secmem.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* A tool that uses nothing else of libcrypto is not linked with it, and starts in half the time. */
#pragma weak CRYPTO_set_mem_functions
#pragma weak OPENSSL_init_crypto

/* Keeps the size before the block; a whole max_align_t, or the block itself would lose malloc's
 * alignment. */
union head {
	size_t size;
	max_align_t align;
};

void *secmem_alloc(size_t size)
{
	union head *h = size <= SIZE_MAX - sizeof(*h) ? malloc(sizeof(*h) + size) : NULL;

	if (!h)
		return NULL;
	h->size = size;
	return h + 1;
}

void secmem_free(void *p)
{
	union head *h = p;

	if (!h)
		return;
	h--;
	explicit_bzero(h, sizeof(*h) + h->size); /* several times as fast as OpenSSL's */
	free(h);
}

void *secmem_realloc(void *p, size_t size)
{
	void *grown = secmem_alloc(size);

	if (grown && p) {
		const size_t old = ((union head *)p - 1)->size;

		memcpy(grown, p, old < size ? old : size);
		secmem_free(p);
	}
	return grown;
}

/* OpenSSL frees some of what it decodes (a PKCS #8 blob, a BIGNUM's text) without wiping. */
static void *ossl_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size ? secmem_alloc(size) : NULL;
}

static void ossl_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	secmem_free(p);
}

static void *ossl_realloc(void *p, size_t size, const char *file, int line)
{
	if (size == 0) {
		ossl_free(p, file, line);
		return NULL;
	}
	return secmem_realloc(p, size);
}

size_t secmem_size(const void *p)
{
	return p ? ((const union head *)p - 1)->size : 0;
}

void secmem_json_str_free(char *s)
{
	secmem_free(s);
}

void secmem_init(void)
{
	const struct rlimit none = {0, 0};

	if (CRYPTO_set_mem_functions)
		CRYPTO_set_mem_functions(ossl_malloc, ossl_realloc, ossl_free);
	json_set_alloc_funcs(secmem_alloc, secmem_free);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

static bool is_bare;

void secmem_init_bare(void)
{
	secmem_init();
	is_bare = true;
	if (OPENSSL_init_crypto)
		OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
}

bool secmem_is_bare(void)
{
	return is_bare;
}
