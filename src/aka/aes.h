/* SPDX-License-Identifier: Apache-2.0 */
/* AES-128 on single blocks, a new key for every few of them: the AES of OpenSSL's provider, called
 * as provider-cipher(7) says. EVP would do the same by the same code; but EVP_EncryptInit_ex2 and
 * EVP_EncryptUpdate keep house for a message of any length and mode, which costs more than twice
 * the key schedule and the five blocks of a vector, and fetching one cipher by name builds the
 * objects of all of them, which costs a process more than everything else that it does. */
#ifndef AKA_AES_H
#define AKA_AES_H

#include "base/why.h"

#include <openssl/core_dispatch.h>
#include <stdint.h>

/* One thread's; start with {0}. */
struct aes {
	void *ctx; /* the provider's, wiped when it goes */
	OSSL_FUNC_cipher_encrypt_init_fn *init;
	OSSL_FUNC_cipher_cipher_fn *cipher;
	OSSL_FUNC_cipher_freectx_fn *freectx;
	size_t done; /* of the last call */
};
void aes_free(struct aes *a);
int aes_why(struct why *why); /* what failed; -1 */

/* The key for what follows. Status 4. */
int aes_key(struct aes *a, const uint8_t k[static 16], struct why *why)
	__attribute__((warn_unused_result));

/* len octets, whole blocks, each for itself, under the key that was set; in may be out. Status 4.
 */
static inline __attribute__((warn_unused_result)) int
aes_encrypt(struct aes *a, void *out, const void *in, size_t len, struct why *why)
{
	return a->cipher(a->ctx, out, &a->done, len, in, len) == 1 ? 0 : aes_why(why);
}

#endif
