/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/milenage.h"

#include "base/ossl.h"

#include <string.h>

#define BLOCK 16

/* TS 35.206 4.1: the blocks of one computation, wiped together. */
struct blocks {
	uint8_t temp[BLOCK];
	uint8_t in[5][BLOCK];
	uint8_t out[5][BLOCK];
};
DEFINE_WIPE(blocks)

void milenage_constants(struct aka_key *key)
{
	static const uint8_t r[5] = {64, 0, 32, 64, 96};

	memset(key->c, 0, sizeof(key->c));
	for (int i = 1; i < 5; i++)
		key->c[i][BLOCK - 1] = (uint8_t)(1 << (i - 1));
	memcpy(key->r, r, sizeof(r));
}

static void xor_block(uint8_t out[BLOCK], const uint8_t a[BLOCK], const uint8_t b[BLOCK])
{
	for (int i = 0; i < BLOCK; i++)
		out[i] = a[i] ^ b[i];
}

/* rot(x, r): cyclically towards the most significant bit, by r bits. */
static void rotate(uint8_t out[BLOCK], const uint8_t x[BLOCK], unsigned r)
{
	const unsigned octets = r / 8 % BLOCK, bits = r % 8;

	for (unsigned i = 0; i < BLOCK; i++) {
		const unsigned high = x[(i + octets) % BLOCK], low = x[(i + octets + 1) % BLOCK];

		out[i] = (uint8_t)(high << bits | low >> (8 - bits));
	}
}

static EVP_CIPHER_CTX *keyed(const uint8_t k[BLOCK], struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();

	if (!ctx || EVP_EncryptInit_ex2(ctx, EVP_aes_128_ecb(), k, NULL, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1) {
		ossl_why(why, "AES-128");
		return NULL;
	}
	return STEAL(ctx);
}

static int encrypt(EVP_CIPHER_CTX *ctx, uint8_t *out, const uint8_t *in, int len, struct why *why)
{
	int done = 0;

	if (EVP_EncryptUpdate(ctx, out, &done, in, len) != 1 || done != len)
		return ossl_why(why, "AES-128");
	return 0;
}

int milenage_opc(uint8_t opc[static 16], const uint8_t k[static 16], const uint8_t op[static 16],
		 struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = keyed(k, why);
	uint8_t e[BLOCK];

	if (!ctx || encrypt(ctx, e, op, BLOCK, why))
		return -1;
	xor_block(opc, e, op);
	OPENSSL_cleanse(e, sizeof(e));
	return 0;
}

/* IN1 = SQN | AMF | SQN | AMF; OUT1 is of TEMP xor rot(IN1 xor OPc, r1) xor c1, OUT2 to OUT5 of
 * rot(TEMP xor OPc, r) xor c (TS 35.206 4.1). */
static void prepare(struct blocks *b, const struct aka_key *key, const uint8_t sqn[6],
		    const uint8_t amf[2])
{
	uint8_t in1[BLOCK], mixed[BLOCK];

	memcpy(in1, sqn, 6);
	memcpy(in1 + 6, amf, 2);
	memcpy(in1 + 8, in1, 8);
	xor_block(in1, in1, key->opc);
	rotate(b->in[0], in1, key->r[0]);
	xor_block(b->in[0], b->in[0], b->temp);
	xor_block(mixed, b->temp, key->opc);
	for (int i = 1; i < 5; i++)
		rotate(b->in[i], mixed, key->r[i]);
	for (int i = 0; i < 5; i++)
		xor_block(b->in[i], b->in[i], key->c[i]);
	OPENSSL_cleanse(in1, sizeof(in1));
	OPENSSL_cleanse(mixed, sizeof(mixed));
}

int milenage_all(struct milenage_out *out, const struct aka_key *key, const uint8_t rand[static 16],
		 const uint8_t sqn[static 6], const uint8_t amf[static 2], struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = keyed(key->k, why);
	SECRET(blocks) b;

	if (!ctx)
		return -1;
	xor_block(b.temp, rand, key->opc); /* TEMP = E_K(RAND xor OPc) */
	if (encrypt(ctx, b.temp, b.temp, BLOCK, why))
		return -1;
	prepare(&b, key, sqn, amf);
	if (encrypt(ctx, b.out[0], b.in[0], sizeof(b.in), why))
		return -1;
	for (int i = 0; i < 5; i++)
		xor_block(b.out[i], b.out[i], key->opc);
	memcpy(out->mac_a, b.out[0], 8);
	memcpy(out->mac_s, b.out[0] + 8, 8);
	memcpy(out->ak, b.out[1], 6);
	memcpy(out->res, b.out[1] + 8, 8);
	memcpy(out->ck, b.out[2], 16);
	memcpy(out->ik, b.out[3], 16);
	memcpy(out->ak_star, b.out[4], 6);
	return 0;
}
