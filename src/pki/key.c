/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <string.h>

static const struct {
	const char *name, *type;
	int bits;
	size_t half; /* octets of r, and of s */
} algs[] = {
	{"ec-p256", "EC", 256, 32},   {"ec-p384", "EC", 384, 48},   {"rsa-2048", "RSA", 2048, 0},
	{"rsa-3072", "RSA", 3072, 0}, {"rsa-4096", "RSA", 4096, 0},
};
#define ALGS (sizeof(algs) / sizeof(*algs))

/* RFC 5480 2.1.1: a curve has its name, whatever its parameters are. */
static bool is_explicit(const EVP_PKEY *key)
{
	int yes = 0;

	return EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &yes) ==
		       1 &&
	       yes;
}

static int find(const EVP_PKEY *key)
{
	char group[32] = "";

	for (size_t i = 0; i < ALGS; i++) {
		if (EVP_PKEY_get_bits(key) != algs[i].bits || !EVP_PKEY_is_a(key, algs[i].type))
			continue;
		if (algs[i].half && EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
			continue;
		if (algs[i].half && strcmp(group, i == 0 ? "prime256v1" : "secp384r1") != 0 &&
		    strcmp(group, i == 0 ? "P-256" : "P-384") != 0)
			continue;
		if (algs[i].half && is_explicit(key))
			continue;
		return (int)i;
	}
	return -1;
}

const char *key_alg(const EVP_PKEY *key)
{
	const int i = find(key);

	return i < 0 ? NULL : algs[i].name;
}

const char *key_properties(const EVP_PKEY *key)
{
	const OSSL_PROVIDER *p = EVP_PKEY_get0_provider(key);

	return p && strcmp(OSSL_PROVIDER_get0_name(p), "tpm2") == 0 ? "?provider=tpm2" : NULL;
}

int key_exponent_check(const EVP_PKEY *key, struct why *why)
{
	AUTO(BIGNUM) *e = NULL;

	if (!EVP_PKEY_is_a(key, "RSA"))
		return 0;
	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
		return ossl_why(why, "RSA exponent");
	return BN_is_odd(e) && BN_num_bits(e) > 16 && BN_num_bits(e) <= 256
		       ? 0
		       : why_input(why, "want an RSA key whose public exponent is odd, above 2^16 "
					"and below 2^256 (FIPS 186-5 A.1.1)");
}

static int find_name(size_t *i, const char *alg, struct why *why)
{
	*i = 0;
	while (alg && *i < ALGS && strcmp(algs[*i].name, alg) != 0)
		++*i;
	return *i < ALGS ? 0
			 : why_usage(why,
				     "--alg: want ec-p256, ec-p384, rsa-2048, rsa-3072 or "
				     "rsa-4096, got '%.20s'",
				     alg);
}

int key_alg_check(const char *alg, struct why *why)
{
	size_t i;

	return find_name(&i, alg, why);
}

EVP_PKEY *key_generate(const char *alg, struct why *why)
{
	EVP_PKEY *key = NULL;
	size_t i;

	if (find_name(&i, alg, why))
		return NULL;
	key = algs[i].half ? EVP_EC_gen(i == 0 ? "P-256" : "P-384")
			   : EVP_RSA_gen((unsigned)algs[i].bits);
	if (!key)
		ossl_why(why, "key generation");
	return key;
}

/* An EC key that is there takes another point of its curve: to make a curve costs more. */
static int set_point(EVP_PKEY **key, const char *group, int bits, const void *bytes, size_t len)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0),
		OSSL_PARAM_construct_end()};
	AUTO(EVP_PKEY_CTX) *ctx = NULL;

	if (*key && !(EVP_PKEY_is_a(*key, "EC") && EVP_PKEY_get_bits(*key) == bits)) {
		EVP_PKEY_free(*key);
		*key = NULL;
	}
	if (!*key) {
		ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
		if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
		    EVP_PKEY_fromdata(ctx, key, EVP_PKEY_KEY_PARAMETERS, params) != 1)
			return 0;
	}
	/* one octet would be the point at infinity, which OpenSSL takes */
	return *(const uint8_t *)bytes == 4 &&
	       EVP_PKEY_set1_encoded_public_key(*key, bytes, len) == 1;
}

static EVP_PKEY_CTX *rsa_maker(struct key_raw *raw)
{
	if (!raw->rsa) {
		raw->rsa = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
		if (raw->rsa && EVP_PKEY_fromdata_init(raw->rsa) != 1) {
			EVP_PKEY_CTX_free(raw->rsa);
			raw->rsa = NULL;
		}
	}
	return raw->rsa;
}

static int set_modulus(struct key_raw *raw, const void *bytes, size_t len)
{
	uint8_t n[512], e[] = {1, 0, 1}; /* in the machine's order: 65537 is the same in both */
	EVP_PKEY_CTX *ctx = rsa_maker(raw);
	AUTO(BIGNUM) *modulus = BN_bin2bn(bytes, (int)len, NULL);
	OSSL_PARAM params[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n, len),
			       OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e, sizeof(e)),
			       OSSL_PARAM_construct_end()};

	EVP_PKEY_free(raw->key);
	raw->key = NULL;
	return ctx && modulus && BN_num_bits(modulus) == (int)len * 8 && BN_is_odd(modulus) &&
	       BN_bn2nativepad(modulus, n, (int)len) > 0 &&
	       EVP_PKEY_fromdata(ctx, &raw->key, EVP_PKEY_PUBLIC_KEY, params) == 1;
}

void key_raw_end(struct key_raw *raw)
{
	EVP_PKEY_free(raw->key);
	EVP_PKEY_CTX_free(raw->rsa);
	*raw = (struct key_raw){0};
}

int key_from_raw(struct key_raw *raw, const void *bytes, size_t len, struct why *why)
{
	if (len == 65   ? set_point(&raw->key, "P-256", 256, bytes, len)
	    : len == 97 ? set_point(&raw->key, "P-384", 384, bytes, len)
	    : len == 256 || len == 384 || len == 512 ? set_modulus(raw, bytes, len)
						     : 0)
		return 0;
	ERR_clear_error();
	return why_input(why, "want an uncompressed point on P-256 or P-384, or an RSA modulus of "
			      "2048, 3072 or 4096 bits");
}

int key_pem(struct buf *b, const EVP_PKEY *key, struct why *why)
{
	AUTO(BIO) *out = BIO_new(BIO_s_secmem());
	char *text;
	long len;

	if (!out || PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) != 1)
		return ossl_why(why, "private key");
	len = BIO_get_mem_data(out, &text);
	return buf_add(b, text, (size_t)len, why);
}

/* A key in a token cannot be compared with one that is none: their public halves can. */
static bool same_public(const EVP_PKEY *a, const EVP_PKEY *b)
{
	unsigned char *x = NULL, *y = NULL;
	const int n = i2d_PUBKEY(a, &x), m = i2d_PUBKEY(b, &y);
	const bool same = n > 0 && n == m && memcmp(x, y, (size_t)n) == 0;

	OPENSSL_free(x);
	OPENSSL_free(y);
	return same;
}

int key_matches(EVP_PKEY *key, X509 *cert, struct why *why)
{
	const EVP_PKEY *public = X509_get0_pubkey(cert);

	if (EVP_PKEY_eq(key, public) == 1 || (public && same_public(key, public)))
		return 0;
	ossl_why(NULL, "key");
	return why_input(why, "the private key is not that of the certificate");
}

static const EVP_MD *digest(int alg)
{
	return algs[alg].half == 48 ? EVP_sha384() : EVP_sha256();
}

/* ECDSA-Sig-Value to r | s, in place. */
static int to_fixed(uint8_t *sig, size_t *len, size_t half, struct why *why)
{
	const unsigned char *p = sig;
	AUTO(ECDSA_SIG) *s = d2i_ECDSA_SIG(NULL, &p, (long)*len);

	if (!s || BN_bn2binpad(ECDSA_SIG_get0_r(s), sig, (int)half) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(s), sig + half, (int)half) < 0)
		return ossl_why(why, "signature");
	*len = 2 * half;
	return 0;
}

EVP_MD_CTX *key_signer(EVP_PKEY *key, struct why *why)
{
	AUTO(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
	const int alg = find(key);

	if (alg < 0) {
		why_input(why, "this kind of key signs nothing here");
		return NULL;
	}
	if (!ctx || EVP_DigestSignInit_ex(ctx, NULL, EVP_MD_get0_name(digest(alg)), NULL,
					  key_properties(key), key, NULL) != 1) {
		ossl_why(why, "signature");
		return NULL;
	}
	return STEAL(ctx);
}

int key_sign(struct buf *b, EVP_PKEY *key, const void *bytes, size_t len, struct why *why)
{
	AUTO(EVP_MD_CTX) *ctx = key_signer(key, why);
	const int alg = find(key);
	uint8_t sig[512];
	size_t sig_len = sizeof(sig);

	if (!ctx)
		return -1;
	if (EVP_DigestSign(ctx, sig, &sig_len, bytes, len) != 1)
		return ossl_why(why, "signature");
	if (algs[alg].half && to_fixed(sig, &sig_len, algs[alg].half, why))
		return -1;
	return buf_add(b, sig, sig_len, why);
}

/* r | s to DER; NULL where the length is wrong. */
static unsigned char *to_der(const uint8_t *sig, size_t len, size_t half, int *der_len)
{
	AUTO(ECDSA_SIG) *s = ECDSA_SIG_new();
	BIGNUM *r, *v;
	unsigned char *der = NULL;

	if (len != 2 * half || !s)
		return NULL;
	r = BN_bin2bn(sig, (int)half, NULL);
	v = BN_bin2bn(sig + half, (int)half, NULL);
	if (!r || !v || ECDSA_SIG_set0(s, r, v) != 1) {
		BN_free(r);
		BN_free(v);
		return NULL;
	}
	*der_len = i2d_ECDSA_SIG(s, &der);
	return *der_len > 0 ? der : NULL;
}

int key_verify(EVP_PKEY *key, const void *sig, size_t sig_len, const void *bytes, size_t len,
	       struct why *why)
{
	AUTO(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
	const int alg = find(key);
	unsigned char *der = NULL;
	int der_len = 0, right = 0;

	if (!ctx)
		return ossl_why(why, "signature");
	if (alg >= 0 && algs[alg].half)
		der = to_der(sig, sig_len, algs[alg].half, &der_len);
	if (alg >= 0 && (der || !algs[alg].half))
		right = EVP_DigestVerifyInit(ctx, NULL, digest(alg), NULL, key) == 1 &&
			EVP_DigestVerify(ctx, der ? der : sig, der ? (size_t)der_len : sig_len,
					 bytes, len) == 1;
	OPENSSL_free(der);
	ossl_why(NULL, "signature");
	if (right)
		return 0;
	return why_refuse(why, "bad-signature", "the signature is wrong (%s)",
			  alg >= 0 && algs[alg].half ? "FIPS 186-4 6.4" : "RFC 8017 8.2.2");
}
