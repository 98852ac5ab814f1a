/* SPDX-License-Identifier: Apache-2.0 */
/* The limit of a pair and its certificate: N times a P-256 key and a signature over 400 octets by
 * contexts that are kept; or, for -N, that many RSA-2048 keys. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
	const int rsa = n < 0;
	EVP_PKEY *ca = EVP_EC_gen("P-256"), *key;
	EVP_PKEY_CTX *gen = EVP_PKEY_CTX_new_from_name(NULL, rsa ? "RSA" : "EC", NULL);
	EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new_from_pkey(NULL, ca, NULL);
	unsigned char text[400] = {1}, md[32], sig[128], sum = 0;
	unsigned md_len;

	if (rsa)
		n = -n;
	if (!gen || !sign || EVP_PKEY_keygen_init(gen) != 1 || EVP_PKEY_sign_init(sign) != 1 ||
	    (rsa ? EVP_PKEY_CTX_set_rsa_keygen_bits(gen, 2048)
		 : EVP_PKEY_CTX_set_group_name(gen, "P-256")) != 1)
		return 1;
	for (long i = 0; i < n; i++) {
		size_t len = sizeof(sig);

		key = NULL;
		if (EVP_PKEY_generate(gen, &key) != 1 ||
		    EVP_Digest(text, sizeof(text), md, &md_len, EVP_sha256(), NULL) != 1 ||
		    EVP_PKEY_sign(sign, sig, &len, md, md_len) != 1)
			return 1;
		sum ^= sig[len - 1];
		text[0] = sum;
		EVP_PKEY_free(key);
	}
	printf("%d\n", sum);
	return 0;
}
