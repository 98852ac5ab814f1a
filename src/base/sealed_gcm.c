/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sealed_gcm.h"

#include "base/ossl.h"
#include "base/rng.h"

#include <string.h>

/* Up to the data. */
static EVP_CIPHER_CTX *begin(int encrypt, const struct sealing *as, const uint8_t nonce[NONCE],
			     struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	uint8_t device[32];
	int n = 0;

	if (ossl_sha256(device, as->key, 32, why))
		return NULL;
	if (!ctx ||
	    EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), as->key, nonce, encrypt, NULL) != 1 ||
	    EVP_CipherUpdate(ctx, NULL, &n, as->header, (int)as->header_len) != 1 ||
	    EVP_CipherUpdate(ctx, NULL, &n, device, (int)as->device) != 1) {
		ossl_why(why, "AES-256-GCM");
		return NULL;
	}
	return STEAL(ctx);
}

int sealed_gcm_add(struct buf *out, const struct sealing *as, const void *bytes, size_t len,
		   struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = NULL;
	uint8_t nonce[NONCE], tag[TAG], *to;
	int n = 0, last = 0;

	if (rng_bytes(nonce, NONCE, why) || buf_add(out, nonce, NONCE, why) ||
	    buf_reserve(out, len + TAG, why) || !(ctx = begin(1, as, nonce, why)))
		return -1;
	to = out->bytes + out->len;
	if (EVP_CipherUpdate(ctx, to, &n, bytes, (int)len) != 1 || n != (int)len ||
	    EVP_CipherFinal_ex(ctx, to + n, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, tag) != 1)
		return ossl_why(why, "AES-256-GCM");
	out->len += len;
	return buf_add(out, tag, TAG, why);
}

int sealed_gcm_open(struct buf *out, const struct sealing *as, const void *sealed, size_t len,
		    struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = NULL;
	const uint8_t *nonce = sealed, *in;
	uint8_t tag[TAG], *to;
	int n = 0, last = 0;

	if (len < NONCE + TAG)
		return 0;
	in = nonce + NONCE;
	len -= NONCE + TAG;
	memcpy(tag, in + len, TAG);
	if (buf_reserve(out, len, why) || !(ctx = begin(0, as, nonce, why)))
		return -1;
	to = out->bytes + out->len;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) != 1 ||
	    EVP_CipherUpdate(ctx, to, &n, in, (int)len) != 1 || n != (int)len ||
	    EVP_CipherFinal_ex(ctx, to + n, &last) != 1)
		return 0;
	out->len += len;
	out->bytes[out->len] = '\0';
	return 1;
}
