/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys by file or store URI. */
#include "base/slurp.h"
#include "pki/key.h"
#include "pki/key_pkcs11.h"

#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/ui.h>
#include <string.h>

static EVP_PKEY *known(EVP_PKEY *key, const char *what, struct why *why)
{
	if (!key_alg(key)) {
		why_input(why,
			  "%s: want a key on P-256 or P-384, or RSA of 2048, 3072 or 4096 bits",
			  what);
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

/* A passphrase is never asked for: a tool in a pipe has no terminal. */
/* NOLINTNEXTLINE(readability-non-const-parameter): it is OpenSSL's type */
static int no_passphrase(char *buf, int size, int rwflag, void *u)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)u;
	return -1;
}

static EVP_PKEY *parse(const void *bytes, size_t len, const char *what, struct why *why)
{
	EVP_PKEY *key = NULL;
	AUTO(BIO) *in = BIO_new_mem_buf(bytes, (int)len);
	const unsigned char *p = bytes;

	if (!in)
		ossl_why(why, what);
	else if (len > 0 && *p == 0x30)
		key = d2i_AutoPrivateKey(NULL, &p, (long)len);
	else
		key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL);
	if (!key) {
		ossl_why(NULL, what);
		why_input(why, "%s: want a private key in PEM without a passphrase", what);
		return NULL;
	}
	return known(key, what, why);
}

EVP_PKEY *key_parse(const void *bytes, size_t len, struct why *why)
{
	return parse(bytes, len, "key", why);
}

static int is_uri(const char *uri)
{
	const char *colon = strchr(uri, ':');

	return colon && colon > uri + 1 && !memchr(uri, '/', (size_t)(colon - uri));
}

/* The store of a TPM's keys is its provider's, which is loaded where such a key is named. */
static int load_tpm(const char *uri, struct why *why)
{
	static bool is_loaded;

	if (is_loaded || (strncmp(uri, "handle:", 7) != 0 && strncmp(uri, "object:", 7) != 0))
		return 0;
	is_loaded = OSSL_PROVIDER_load(NULL, "default") && OSSL_PROVIDER_load(NULL, "tpm2");
	return is_loaded ? 0 : ossl_why(why, "a key in a TPM wants OpenSSL's provider tpm2");
}

static EVP_PKEY *load_by_provider(const char *uri, struct why *why)
{
	UI_METHOD *ui;
	AUTO(OSSL_STORE_CTX) *store = NULL;
	EVP_PKEY *key = NULL;

	if (load_tpm(uri, why))
		return NULL;
	ui = UI_UTIL_wrap_read_pem_callback(no_passphrase, 0);
	store = ui ? OSSL_STORE_open(uri, ui, NULL, NULL, NULL) : NULL;
	while (store && !key && !OSSL_STORE_eof(store)) {
		AUTO(OSSL_STORE_INFO) *info = OSSL_STORE_load(store);

		if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			key = OSSL_STORE_INFO_get1_PKEY(info);
		if (!info && OSSL_STORE_error(store))
			break;
	}
	UI_destroy_method(ui);
	if (!key) {
		ossl_why(why, uri);
		return NULL;
	}
	return known(key, uri, why);
}

static EVP_PKEY *load_store(const char *uri, struct why *why)
{
	EVP_PKEY *key;

	if (strncmp(uri, "pkcs11:", 7) != 0)
		return load_by_provider(uri, why);
	key = key_pkcs11(uri, why);
	return key ? known(key, "pkcs11", why) : NULL;
}

EVP_PKEY *key_load(const char *uri, struct why *why)
{
	BUF(text);

	if (is_uri(uri) && strncmp(uri, "file:", 5) != 0)
		return load_store(uri, why);
	if (strncmp(uri, "file:", 5) == 0)
		uri += strncmp(uri, "file://", 7) == 0 ? 7 : 5;
	if (slurp(&text, uri, SLURP_DOCUMENT, why))
		return NULL;
	return parse(buf_text(&text), text.len, slurp_name(uri), why);
}

bool key_is_token(const char *uri)
{
	return is_uri(uri) && strncmp(uri, "file:", 5) != 0;
}

EVP_PKEY *key_stored(const char *text, struct why *why)
{
	return strncmp(text, "-----", 5) == 0 ? key_parse(text, strlen(text), why)
					      : key_load(text, why);
}
