/* SPDX-License-Identifier: Apache-2.0 */
/* The limit of `milenage av` over EVP: for each of N records one key, one block, four blocks, and
 * nothing else. Prints a checksum, so that no compiler drops the work. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	const long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	unsigned char key[16] = {1}, blocks[64] = {2}, sum = 0;
	int len;

	if (!ctx || EVP_EncryptInit_ex2(ctx, EVP_aes_128_ecb(), key, NULL, NULL) != 1)
		return 1;
	for (long i = 0; i < n; i++) {
		memcpy(key, &i, sizeof(i));
		if (EVP_EncryptInit_ex2(ctx, NULL, key, NULL, NULL) != 1 ||
		    EVP_EncryptUpdate(ctx, blocks, &len, blocks, 16) != 1 ||
		    EVP_EncryptUpdate(ctx, blocks, &len, blocks, 64) != 1)
			return 1;
		sum ^= blocks[63];
	}
	EVP_CIPHER_CTX_free(ctx);
	printf("%d\n", sum);
	return 0;
}
