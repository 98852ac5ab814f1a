/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sealed_gcm.h"

#include "base/ossl.h"
#include "base/rng.h"

int sealed_gcm(int encrypt, const uint8_t key[static 32], const uint8_t nonce[static NONCE],
	       const uint8_t *header, size_t header_len, uint8_t *out, const uint8_t *in,
	       size_t len, uint8_t tag[static TAG])
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	uint8_t device[32];
	int n = 0, last = 0;

	if (ossl_sha256(device, key, 32, NULL))
		return 0;
	return ctx && EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), key, nonce, encrypt, NULL) == 1 &&
	       (encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1) &&
	       EVP_CipherUpdate(ctx, NULL, &n, header, (int)header_len) == 1 &&
	       EVP_CipherUpdate(ctx, NULL, &n, device, sizeof(device)) == 1 &&
	       EVP_CipherUpdate(ctx, out, &n, in, (int)len) == 1 && n == (int)len &&
	       EVP_CipherFinal_ex(ctx, out + n, &last) == 1 &&
	       (!encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);
}

int sealed_gcm_add(struct buf *out, const uint8_t key[static 32], const uint8_t *header,
		   size_t header_len, const void *bytes, size_t len, struct why *why)
{
	uint8_t nonce[NONCE], tag[TAG];

	if (rng_bytes(nonce, NONCE, why) || buf_add(out, nonce, NONCE, why) ||
	    buf_reserve(out, len + TAG, why))
		return -1;
	if (!sealed_gcm(1, key, nonce, header, header_len, out->bytes + out->len, bytes, len, tag))
		return ossl_why(why, "AES-256-GCM");
	out->len += len;
	return buf_add(out, tag, TAG, why);
}
