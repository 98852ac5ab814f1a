/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secmem.h"

#include <jansson.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* A tool that uses nothing else of libcrypto is not linked with it, and starts in half the time. */
#pragma weak CRYPTO_set_mem_functions
#pragma weak OPENSSL_init_crypto

/* The blocks are malloc's own: a library that gives back to free() what OpenSSL gave it (the
 * provider of TPM keys does) does no harm. */
void *secmem_alloc(size_t size)
{
	return malloc(size ? size : 1);
}

void secmem_free(void *p)
{
	if (!p)
		return;
	explicit_bzero(p, malloc_usable_size(p)); /* several times as fast as OpenSSL's */
	free(p);
}

void *secmem_realloc(void *p, size_t size)
{
	void *grown = secmem_alloc(size);

	if (grown && p) {
		const size_t old = malloc_usable_size(p);

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
	return malloc_usable_size((void *)p); /* 0 for NULL */
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
