/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aes.h"

#include "base/ossl.h"
#include "base/secmem.h"

#include <openssl/provider.h>
#include <pthread.h>
#include <string.h>

#define NAME "AES-128-ECB"

/* What the provider gives, found once in a process. */
static struct {
	struct aes ops; /* its ctx stays NULL */
	OSSL_FUNC_cipher_newctx_fn *newctx;
	void *provctx;
	EVP_CIPHER *cipher; /* holds the provider */
} found;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A process without a configuration has the default provider and no other; else it is the one that
 * the configured properties choose. */
static const OSSL_PROVIDER *choose_provider(void)
{
	if (secmem_is_bare())
		return OSSL_PROVIDER_try_load(NULL, "default", 1); /* for good */
	found.cipher = EVP_CIPHER_fetch(NULL, NAME, NULL);
	return found.cipher ? EVP_CIPHER_get0_provider(found.cipher) : NULL;
}

static void take_functions(const OSSL_DISPATCH *d)
{
	for (; d->function_id; d++)
		switch (d->function_id) {
		case OSSL_FUNC_CIPHER_NEWCTX: found.newctx = OSSL_FUNC_cipher_newctx(d); break;
		case OSSL_FUNC_CIPHER_ENCRYPT_INIT:
			found.ops.init = OSSL_FUNC_cipher_encrypt_init(d);
			break;
		case OSSL_FUNC_CIPHER_CIPHER: found.ops.cipher = OSSL_FUNC_cipher_cipher(d); break;
		case OSSL_FUNC_CIPHER_FREECTX:
			found.ops.freectx = OSSL_FUNC_cipher_freectx(d);
			break;
		default: break;
		}
}

/* Names of an algorithm stand in a list with colons. */
static bool has_name(const char *names, const char *name)
{
	const size_t len = strlen(name);

	for (;; names++) {
		const size_t n = strcspn(names, ":");

		if (n == len && OPENSSL_strncasecmp(names, name, len) == 0)
			return true;
		names += n;
		if (!*names)
			return false;
	}
}

static void find(void)
{
	const OSSL_PROVIDER *p = choose_provider();
	const OSSL_ALGORITHM *a;
	int no_cache;

	a = p ? OSSL_PROVIDER_query_operation(p, OSSL_OP_CIPHER, &no_cache) : NULL;
	while (a && a->algorithm_names && !has_name(a->algorithm_names, NAME))
		a++;
	if (!a || !a->algorithm_names)
		return;
	take_functions(a->implementation);
	found.provctx = OSSL_PROVIDER_get0_provider_ctx(p);
}

int aes_why(struct why *why)
{
	return ossl_why(why, "AES-128");
}

static int open_ctx(struct aes *a, struct why *why)
{
	pthread_once(&once, find);
	if (!found.newctx || !found.ops.init || !found.ops.cipher || !found.ops.freectx)
		return aes_why(why);
	*a = found.ops;
	a->ctx = found.newctx(found.provctx);
	return a->ctx ? 0 : aes_why(why);
}

void aes_free(struct aes *a)
{
	if (a->ctx)
		a->freectx(a->ctx);
	a->ctx = NULL;
}

int aes_key(struct aes *a, const uint8_t k[static 16], struct why *why)
{
	if (!a->ctx && open_ctx(a, why))
		return -1;
	return a->init(a->ctx, k, 16, NULL, 0, NULL) == 1 ? 0 : aes_why(why);
}
