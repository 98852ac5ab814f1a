/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/line_key.h"

#include "base/ossl.h"
#include "base/rng.h"

#include <openssl/core_names.h>
#include <openssl/pkcs12.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SALT 16
#define IV 16
#define SAMPLE 10000 /* one of so many, and the first, is opened again */

/* What keys of one length look like encrypted, but for salt, IV and the octets themselves. */
struct line_key {
	const struct buf *secret;
	struct buf form;
	size_t plain_len, salt, iv, sealed;
	EVP_MAC_CTX *mac;
	EVP_CIPHER_CTX *cipher;
	struct rng_pool pool;
	uint64_t made;
};

void line_key_free(struct line_key *l)
{
	if (!l)
		return;
	buf_free(&l->form);
	EVP_MAC_CTX_free(l->mac);
	EVP_CIPHER_CTX_free(l->cipher);
	free(l);
}

struct line_key *line_key_new(const struct buf *secret, struct why *why)
{
	AUTO(EVP_MAC) *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	AUTO(LINE_KEY) *l = calloc(1, sizeof(*l));
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end()};

	if (!l) {
		why_sys(why, "out of memory");
		return NULL;
	}
	l->secret = secret;
	l->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	l->cipher = EVP_CIPHER_CTX_new();
	if (!l->mac || !l->cipher ||
	    EVP_MAC_init(l->mac, secret->bytes, secret->len, params) != 1) {
		ossl_why(why, "private key");
		return NULL;
	}
	return STEAL(l);
}

/* ---- the form, and whatever has another ---- */

/* One iteration is enough, nobody guesses the secret (RFC 8018 4.2 wants many for what people
 * think of). */
static int encrypt(struct line_key *l, struct buf *out, const struct buf *pkcs8,
		   const uint8_t salt[static SALT], struct why *why)
{
	const unsigned char *p = pkcs8->bytes;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)pkcs8->len);
	X509_SIG *sealed = NULL;
	unsigned char *der = NULL, copy[SALT];
	int len, rc;

	memcpy(copy, salt, SALT);
	if (info)
		sealed = PKCS8_encrypt(NID_hmacWithSHA256, EVP_aes_256_cbc(), buf_text(l->secret),
				       (int)l->secret->len, copy, SALT, 1, info);
	len = sealed ? i2d_X509_SIG(sealed, &der) : -1;
	rc = len > 0 ? buf_add(out, der, (size_t)len, why) : ossl_why(why, "private key");
	OPENSSL_free(der);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(info);
	return rc;
}

static size_t sealed_len(size_t plain)
{
	return plain / IV * IV + IV; /* padded (RFC 8018 6.1.1) */
}

/* Where the parts stand in a sample. */
static int learn(struct line_key *l, const struct buf *pkcs8, struct why *why)
{
	/* aes256-CBC, and the OCTET STRING of its IV */
	static const uint8_t aes[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
				      0x04, 0x01, 0x2a, 0x04, IV};
	const uint8_t *salt_at, *iv_at;
	uint8_t salt[SALT];

	buf_clear(&l->form);
	l->plain_len = 0;
	if (rng_bytes(salt, SALT, why) || encrypt(l, &l->form, pkcs8, salt, why))
		return -1;
	salt_at = memmem(l->form.bytes, l->form.len, salt, SALT);
	iv_at = memmem(l->form.bytes, l->form.len, aes, sizeof(aes));
	if (!salt_at || !iv_at || l->form.len <= sealed_len(pkcs8->len))
		return why_sys(why, "private key: its form is not as expected");
	l->salt = (size_t)(salt_at - l->form.bytes);
	l->iv = (size_t)(iv_at - l->form.bytes) + sizeof(aes);
	l->sealed = l->form.len - sealed_len(pkcs8->len);
	l->plain_len = pkcs8->len;
	return 0;
}

/* ---- one of the form ---- */

/* PBKDF2 of one iteration and one block: the PRF of salt | 1 (RFC 8018 5.2). */
static int derive(struct line_key *l, uint8_t key[static 32], const uint8_t *salt, struct why *why)
{
	static const uint8_t block[] = {0, 0, 0, 1};
	size_t len = 0;

	return EVP_MAC_init(l->mac, NULL, 0, NULL) == 1 &&
			       EVP_MAC_update(l->mac, salt, SALT) == 1 &&
			       EVP_MAC_update(l->mac, block, sizeof(block)) == 1 &&
			       EVP_MAC_final(l->mac, key, &len, 32) == 1 && len == 32
		       ? 0
		       : ossl_why(why, "private key");
}

static int fill(struct line_key *l, uint8_t *der, const struct buf *pkcs8, struct why *why)
{
	uint8_t key[32];
	int n = 0, last = 0, rc;

	if (rng_pool_take(&l->pool, der + l->salt, SALT, why) ||
	    rng_pool_take(&l->pool, der + l->iv, IV, why) || derive(l, key, der + l->salt, why))
		return -1;
	rc = EVP_EncryptInit_ex2(l->cipher, l->made ? NULL : EVP_aes_256_cbc(), key, der + l->iv,
				 NULL) == 1 &&
			     EVP_EncryptUpdate(l->cipher, der + l->sealed, &n, pkcs8->bytes,
					       (int)pkcs8->len) == 1 &&
			     EVP_EncryptFinal_ex(l->cipher, der + l->sealed + n, &last) == 1
		     ? 0
		     : ossl_why(why, "private key");
	OPENSSL_cleanse(key, sizeof(key));
	return rc;
}

/* Opened by OpenSSL's own reader. */
static int check(const struct line_key *l, const uint8_t *der, size_t len, const struct buf *pkcs8,
		 struct why *why)
{
	X509_SIG *sealed = d2i_X509_SIG(NULL, &der, (long)len);
	PKCS8_PRIV_KEY_INFO *info =
		sealed ? PKCS8_decrypt(sealed, buf_text(l->secret), (int)l->secret->len) : NULL;
	unsigned char *plain = NULL;
	const int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &plain) : -1;
	const bool is_same = n > 0 && (size_t)n == pkcs8->len &&
			     CRYPTO_memcmp(plain, pkcs8->bytes, pkcs8->len) == 0;

	OPENSSL_clear_free(plain, n > 0 ? (size_t)n : 0);
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_SIG_free(sealed);
	if (is_same)
		return 0;
	ossl_why(NULL, "private key");
	return why_sys(why, "a private key that was encrypted does not open");
}

int line_key_seal(struct line_key *l, struct buf *out, const struct buf *pkcs8, struct why *why)
{
	uint8_t *der;

	if ((l->plain_len != pkcs8->len && learn(l, pkcs8, why)) ||
	    buf_reserve(out, l->form.len, why))
		return -1;
	der = out->bytes + out->len;
	memcpy(der, l->form.bytes, l->form.len);
	if (fill(l, der, pkcs8, why) ||
	    (l->made++ % SAMPLE == 0 && check(l, der, l->form.len, pkcs8, why)))
		return -1;
	out->len += l->form.len;
	return 0;
}
