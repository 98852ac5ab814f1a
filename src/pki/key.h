/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by file or store URI, and what is done with them. One layer for PEM, PKCS #11 and TPM. */
#ifndef PKI_KEY_H
#define PKI_KEY_H

#include "base/buf.h"
#include "base/ossl.h"

#include <stdbool.h>

/* A private key from a PEM file or an OpenSSL store URI; pki/key_pkcs11.h has those of pkcs11:, and
 * handle: and object: are the TPM's, whose provider tpm2 is loaded. Caller owns; NULL: why is set
 * (3 for a file that holds no key, 4 for a store that fails). An encrypted PEM is refused. */
EVP_PKEY *key_load(const char *uri, struct why *why);

/* ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096; alg NULL: ec-p256. Unknown: status 2. */
EVP_PKEY *key_generate(const char *alg, struct why *why);
int key_alg_check(const char *alg, struct why *why) __attribute__((warn_unused_result));
/* The name of a key's algorithm, or NULL where it is none of ours (that is refused everywhere). */
const char *key_alg(const EVP_PKEY *key);

/* Status 3 for an RSA key whose exponent no certificate of ours is to vouch for: even, or small. */
int key_exponent_check(const EVP_PKEY *key, struct why *why) __attribute__((warn_unused_result));

/* A public key from its raw octets: the uncompressed point of an EC key (65 or 97 octets), which is
 * checked to be on the curve, or the modulus of an RSA key whose exponent is 65537 (256, 384 or
 * 512). Nothing is decoded: some 100 times as fast as out of a certificate. raw->key is made anew
 * or used again. Status 3. */
struct key_raw {
	EVP_PKEY *key;
	EVP_PKEY_CTX *rsa; /* makes the next */
};
int key_from_raw(struct key_raw *raw, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
void key_raw_end(struct key_raw *raw);

/* The property query with which OpenSSL finds what works with the key where it stands: NULL for
 * most, that of its provider for one in a TPM. */
const char *key_properties(const EVP_PKEY *key);

/* PKCS #8 PEM, unencrypted, appended to b. */
int key_pem(struct buf *b, const EVP_PKEY *key, struct why *why)
	__attribute__((warn_unused_result));
/* Parses PKCS #8 DER or PEM octets, for a TRE's sealed state. */
EVP_PKEY *key_parse(const void *bytes, size_t len, struct why *why);

/* Whether it is the URI of a token: such a key is kept by its URI, and any other by its PEM. */
bool key_is_token(const char *uri);
EVP_PKEY *key_stored(const char *text, struct why *why);

/* Whether the private key is that of the certificate (status 3 where not). */
int key_matches(EVP_PKEY *key, X509 *cert, struct why *why) __attribute__((warn_unused_result));

/* What X509_sign_ctx and its like sign with, wherever the key is: SHA-256, but SHA-384 for ec-p384.
 * Owned; NULL: why. */
EVP_MD_CTX *key_signer(EVP_PKEY *key, struct why *why);

/* A signature over bytes: RSASSA-PKCS1-v1_5, or ECDSA as r|s of fixed length; SHA-256, but
 * SHA-384 for ec-p384. Appended to b. */
int key_sign(struct buf *b, EVP_PKEY *key, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
/* Refused with `bad-signature`. */
int key_verify(EVP_PKEY *key, const void *sig, size_t sig_len, const void *bytes, size_t len,
	       struct why *why) __attribute__((warn_unused_result));

#endif
