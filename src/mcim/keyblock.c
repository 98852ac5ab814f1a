/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/keyblock.h"

#include "pki/key.h"

#include <openssl/core_names.h>
#include <openssl/modes.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <string.h>

#define POINT_MAX 97 /* 04 | x | y on P-384 */
#define KEK_LEN 32
#define WRAP_MORE 8 /* RFC 3394 */
#define RSA_MAX 512

struct kek {
	uint8_t z[66];
	uint8_t key[KEK_LEN];
	uint8_t secret[RSA_MAX];
};
DEFINE_WIPE(kek)

void keyblock_kit_end(struct keyblock_kit *kit)
{
	EVP_PKEY_CTX_free(kit->keygen);
	EVP_KDF_CTX_free(kit->kdf);
	EVP_CIPHER_free(kit->ecb);
	for (int i = 0; i < 2; i++) {
		EVP_CIPHER_free(kit->cbc[i]);
		EVP_MAC_CTX_free(kit->hmac[i]);
	}
	*kit = (struct keyblock_kit){0};
}

static EVP_KDF_CTX *kdf_of(struct keyblock_kit *kit)
{
	AUTO(EVP_KDF) *kdf = kit->kdf ? NULL : EVP_KDF_fetch(NULL, "X963KDF", NULL);

	if (kdf)
		kit->kdf = EVP_KDF_CTX_new(kdf);
	return kit->kdf;
}

/* An ephemeral key on the curve of puk. */
static EVP_PKEY *ephemeral_of(struct keyblock_kit *kit, const EVP_PKEY *puk)
{
	const char *curve = EVP_PKEY_get_bits(puk) == 256 ? "P-256" : "P-384";
	EVP_PKEY *key = NULL;

	if (kit->curve != curve) {
		EVP_PKEY_CTX_free(kit->keygen);
		kit->curve = NULL;
		kit->keygen = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
		if (!kit->keygen || EVP_PKEY_keygen_init(kit->keygen) != 1 ||
		    EVP_PKEY_CTX_set_group_name(kit->keygen, curve) != 1)
			return NULL;
		kit->curve = curve;
	}
	return EVP_PKEY_generate(kit->keygen, &key) == 1 ? key : NULL;
}

int keyblock_transport(const EVP_PKEY *puk)
{
	return EVP_PKEY_is_a(puk, "RSA") ? KEYBLOCK_OAEP : KEYBLOCK_ECDH;
}

static size_t point_len(const EVP_PKEY *key)
{
	return 1 + 2 * ((size_t)(EVP_PKEY_get_bits(key) + 7) / 8);
}

int keyblock_size(const EVP_PKEY *puk, size_t secret_len)
{
	if (!key_alg(puk))
		return -1;
	if (keyblock_transport(puk) == KEYBLOCK_OAEP)
		return EVP_PKEY_get_size(puk);
	return (int)(point_len(puk) + secret_len + WRAP_MORE);
}

/* To open: a token's key may be of OpenSSL's older kind, which knows no parameters. */
static int control_oaep(EVP_PKEY_CTX *ctx)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) > 0 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) > 0;
}

/* To seal: the same in fewer steps. */
static int set_oaep(EVP_PKEY_CTX *ctx)
{
	char oaep[] = OSSL_PKEY_RSA_PAD_MODE_OAEP, md[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_PAD_MODE, oaep, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, md, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, md, 0),
		OSSL_PARAM_construct_end()};

	return EVP_PKEY_CTX_set_params(ctx, params) == 1;
}

static int seal_oaep(struct buf *b, EVP_PKEY *puk, const uint8_t *secret, size_t len,
		     struct why *why)
{
	AUTO(EVP_PKEY_CTX) *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, puk, NULL);
	size_t n = (size_t)EVP_PKEY_get_size(puk);

	if (buf_reserve(b, n, why))
		return -1;
	if (!ctx || EVP_PKEY_encrypt_init(ctx) != 1 || !set_oaep(ctx) ||
	    EVP_PKEY_encrypt(ctx, b->bytes + b->len, &n, secret, len) != 1)
		return ossl_why(why, "RSA-OAEP");
	b->len += n;
	return 0;
}

/* Of a key that was read with a compressed point: x and y by themselves. */
static int join_point(uint8_t *point, size_t len, const EVP_PKEY *key, struct why *why)
{
	const int half = (int)(len / 2);
	AUTO(BIGNUM) *x = NULL;
	AUTO(BIGNUM) *y = NULL;

	point[0] = 4;
	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) != 1 ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) != 1 ||
	    BN_bn2binpad(x, point + 1, half) != half ||
	    BN_bn2binpad(y, point + 1 + half, half) != half)
		return ossl_why(why, "EC point");
	return 0;
}

/* The uncompressed point of a key. */
static int get_point(uint8_t *point, size_t len, const EVP_PKEY *key, struct why *why)
{
	unsigned char *encoded = NULL;
	size_t got = 0;

	if (EVP_PKEY_get0_provider(key)) {
		if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, POINT_MAX,
						    &got) != 1)
			return ossl_why(why, "EC point");
	} else { /* one in a token of PKCS #11 has no parameters to ask for */
		got = EVP_PKEY_get1_encoded_public_key((EVP_PKEY *)key, &encoded);
		if (got == len)
			memcpy(point, encoded, len);
		OPENSSL_free(encoded);
	}
	if (got == len && point[0] == 4)
		return 0;
	return join_point(point, len, key, why);
}

/* A public key on the same curve from a point: on the curve, uncompressed, not at infinity. */
static EVP_PKEY *from_point(const EVP_PKEY *curve, const uint8_t *point, size_t len)
{
	AUTO(EVP_PKEY_CTX) *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	char group[32] = "";

	if (!ctx || len != point_len(curve) || point[0] != 4 ||
	    EVP_PKEY_get_group_name(curve, group, sizeof(group), NULL) != 1 ||
	    EVP_PKEY_fromdata_init(ctx) != 1)
		return NULL;
	{
		OSSL_PARAM params[] = {
			OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
			OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point,
							  len),
			OSSL_PARAM_construct_end()};

		return EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1 ? key : NULL;
	}
}

/* Whoever made peer saw to it that it is on the curve, which is all that there is to check with a
 * cofactor of 1. */
static int agree(struct keyblock_kit *kit, struct kek *kek, EVP_PKEY *own, EVP_PKEY *peer,
		 const struct buf *shared_info)
{
	AUTO(EVP_PKEY_CTX) *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, key_properties(own));
	EVP_KDF_CTX *kdf = kdf_of(kit);
	size_t n = sizeof(kek->z);
	char sha256[] = "SHA256";
	int ok;

	if (!ctx || !kdf || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1 || EVP_PKEY_derive(ctx, kek->z, &n) != 1)
		return 0;
	{
		const OSSL_PARAM params[] = {
			OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256, 0),
			OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, kek->z, n),
			OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, shared_info->bytes,
							  shared_info->len),
			OSSL_PARAM_construct_end()};

		ok = EVP_KDF_derive(kdf, kek->key, sizeof(kek->key), params) == 1;
	}
	EVP_KDF_CTX_reset(kdf); /* it had the shared secret */
	return ok;
}

static int shared_info(struct buf *info, const uint8_t *header, const uint8_t *ephemeral,
		       const uint8_t *recipient, size_t point, const char *tre_id, struct why *why)
{
	return buf_add(info, header, KEYBLOCK_HEADER, why) ||
			       buf_add(info, ephemeral, point, why) ||
			       buf_add(info, recipient, point, why) ||
			       buf_add(info, tre_id, strlen(tre_id), why)
		       ? -1
		       : 0;
}

/* AES-256 for OpenSSL's key wrap. */
struct aes {
	EVP_CIPHER_CTX *ctx;
	bool has_failed;
};

static void encrypt_block(const unsigned char in[16], unsigned char out[16], const void *key)
{
	struct aes *aes = (struct aes *)key;
	int n = 0;

	if (EVP_EncryptUpdate(aes->ctx, out, &n, in, 16) != 1 || n != 16)
		aes->has_failed = true;
}

/* What EVP_aes_256_wrap() does, whose own AES is the slow one without the processor's instructions.
 */
static int wrap(struct keyblock_kit *kit, uint8_t *out, const struct kek *kek, const uint8_t *in,
		size_t len)
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	struct aes aes = {ctx, false};

	if (!kit->ecb)
		kit->ecb = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL);
	return ctx && kit->ecb && EVP_EncryptInit_ex2(ctx, kit->ecb, kek->key, NULL, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	       CRYPTO_128_wrap(&aes, NULL, out, in, len, encrypt_block) == len + WRAP_MORE &&
	       !aes.has_failed;
}

static int unwrap(uint8_t *out, size_t len, const struct kek *kek, const uint8_t *in)
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	if (!ctx)
		return 0;
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	return EVP_DecryptInit_ex2(ctx, EVP_aes_256_wrap(), kek->key, NULL, NULL) == 1 &&
	       EVP_DecryptUpdate(ctx, out, &n, in, (int)len + WRAP_MORE) == 1 && n == (int)len;
}

static int seal_ecdh(struct keyblock_kit *kit, struct buf *b, EVP_PKEY *puk, const uint8_t *header,
		     const char *tre_id, const uint8_t *secret, size_t len, struct why *why)
{
	AUTO(EVP_PKEY) *ephemeral = ephemeral_of(kit, puk);
	const size_t point = point_len(puk);
	uint8_t own[POINT_MAX], peer[POINT_MAX];
	SECRET(kek) kek = {0};
	BUF(info);

	if (!ephemeral)
		return ossl_why(why, "key generation");
	if (get_point(own, point, ephemeral, why) || get_point(peer, point, puk, why) ||
	    shared_info(&info, header, own, peer, point, tre_id, why) ||
	    buf_add(b, own, point, why) || buf_reserve(b, len + WRAP_MORE, why))
		return -1;
	if (!agree(kit, &kek, ephemeral, puk, &info) ||
	    !wrap(kit, b->bytes + b->len, &kek, secret, len))
		return ossl_why(why, "key agreement");
	b->len += len + WRAP_MORE;
	return 0;
}

int keyblock_seal(struct keyblock_kit *kit, struct buf *b, EVP_PKEY *puk,
		  const uint8_t header[static KEYBLOCK_HEADER], const char *tre_id,
		  const uint8_t *secret, size_t secret_len, struct why *why)
{
	if (keyblock_transport(puk) == KEYBLOCK_OAEP)
		return seal_oaep(b, puk, secret, secret_len, why);
	return seal_ecdh(kit, b, puk, header, tre_id, secret, secret_len, why);
}

/* Takes from[] where opened, and keeps to[] otherwise, in the same time. */
static void select_secret(uint8_t *to, const uint8_t *from, size_t len, int opened)
{
	const uint8_t mask = (uint8_t) - (opened != 0);

	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)((from[i] & mask) | (to[i] & (uint8_t)~mask));
}

static int open_oaep(struct kek *kek, size_t len, EVP_PKEY *prk, const uint8_t *block,
		     size_t block_len)
{
	AUTO(EVP_PKEY_CTX) *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, prk, key_properties(prk));
	size_t n = sizeof(kek->secret);
	const int opened = ctx && EVP_PKEY_decrypt_init(ctx) == 1 && control_oaep(ctx) &&
			   EVP_PKEY_decrypt(ctx, kek->secret, &n, block, block_len) == 1;

	return opened & (n == len);
}

/* A point that is not on the curve goes the same way as any other, with the own one in its place.
 */
static int open_ecdh(struct kek *kek, size_t len, EVP_PKEY *prk, const uint8_t *header,
		     const char *tre_id, const uint8_t *block, size_t block_len, struct why *why)
{
	const size_t point = point_len(prk);
	AUTO(EVP_PKEY) *ephemeral = NULL;
	uint8_t own[POINT_MAX];
	int opened;
	KEYBLOCK_KIT(kit);
	BUF(info);

	if (block_len != point + len + WRAP_MORE)
		return 0;
	ephemeral = from_point(prk, block, point);
	if (get_point(own, point, prk, why) ||
	    shared_info(&info, header, block, own, point, tre_id, why))
		return -1;
	opened = agree(&kit, kek, prk, ephemeral ? ephemeral : prk, &info) &&
		 unwrap(kek->secret, len, kek, block + point);
	return opened & (ephemeral != NULL);
}

int keyblock_open(uint8_t *secret, size_t secret_len, EVP_PKEY *prk, unsigned transport,
		  const uint8_t header[static KEYBLOCK_HEADER], const char *tre_id,
		  const uint8_t *block, size_t block_len, struct why *why)
{
	SECRET(kek) kek = {0};
	int opened = 0;

	if (transport == (unsigned)keyblock_transport(prk) && transport == KEYBLOCK_OAEP)
		opened = open_oaep(&kek, secret_len, prk, block, block_len);
	else if (transport == (unsigned)keyblock_transport(prk))
		opened = open_ecdh(&kek, secret_len, prk, header, tre_id, block, block_len, why);
	if (opened < 0)
		return -1;
	ossl_why(NULL, "key block");
	select_secret(secret, kek.secret, secret_len, opened);
	return 0;
}
