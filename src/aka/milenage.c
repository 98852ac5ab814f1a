/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/milenage.h"

#include "aka/sqn.h"

#include <endian.h>
#include <string.h>

/* A block as TS 35.206 numbers its bits: bit 0 is the highest of high. */
struct block {
	uint64_t high, low;
};

void milenage_constants(struct aka_key *key)
{
	static const uint8_t r[5] = {64, 0, 32, 64, 96};

	key->alg = AKA_MILENAGE;
	key->k_len = key->ck_len = key->ik_len = 16;
	key->mac_len = key->res_len = 8;
	memset(key->c, 0, sizeof(key->c));
	for (int i = 1; i < 5; i++)
		key->c[i][15] = (uint8_t)(1 << (i - 1));
	memcpy(key->r, r, sizeof(r));
}

static struct block load(const uint8_t octets[16])
{
	struct block b;

	memcpy(&b, octets, sizeof(b));
	return (struct block){be64toh(b.high), be64toh(b.low)};
}

static void store(uint8_t octets[16], struct block b)
{
	const struct block big = {htobe64(b.high), htobe64(b.low)};

	memcpy(octets, &big, sizeof(big));
}

static struct block mix(struct block a, struct block b)
{
	return (struct block){a.high ^ b.high, a.low ^ b.low};
}

/* rot(x, r): cyclically towards the most significant bit, by r bits. */
static struct block rotate(struct block x, unsigned r)
{
	const struct block y = r & 64 ? (struct block){x.low, x.high} : x;
	const unsigned n = r & 63;

	if (n == 0)
		return y;
	return (struct block){y.high << n | y.low >> (64 - n), y.low << n | y.high >> (64 - n)};
}

int milenage_derive_opc(struct aka_engine *e, uint8_t opc[static 16], const uint8_t k[static 16],
			const uint8_t op[static 16], struct why *why)
{
	uint8_t out[16];

	if (aes_key(&e->aes, k, why) || aes_encrypt(&e->aes, out, op, 16, why))
		return -1;
	store(opc, mix(load(out), load(op)));
	OPENSSL_cleanse(out, sizeof(out));
	return 0;
}

int milenage_opc(uint8_t opc[static 16], const uint8_t k[static 16], const uint8_t op[static 16],
		 struct why *why)
{
	AKA_ENGINE(e);

	return milenage_derive_opc(&e, opc, k, op, why);
}

int milenage_begin(struct aka_engine *e, struct why *why)
{
	store(e->temp, mix(load(e->rand), load(e->key->opc))); /* TEMP = E_K(RAND xor OPc) */
	return aes_key(&e->aes, e->key->k, why) || aes_encrypt(&e->aes, e->temp, e->temp, 16, why)
		       ? -1
		       : 0;
}

/* SQN | AMF | SQN | AMF. */
static struct block in1_of(const uint8_t sqn[6], const uint8_t amf[2])
{
	const uint64_t word = sqn_number(sqn) << 16 | (unsigned)amf[0] << 8 | amf[1];

	return (struct block){word, word};
}

/* E_K's argument for OUT1: TEMP xor rot(IN1 xor OPc, r1) xor c1. */
static inline void prepare_1(uint8_t in[16], const struct aka_engine *e, const uint8_t sqn[6],
			     const uint8_t amf[2])
{
	const struct aka_key *key = e->key;
	const struct block in1 = rotate(mix(in1_of(sqn, amf), load(key->opc)), key->r[0]);

	store(in, mix(mix(load(e->temp), in1), load(key->c[0])));
}

/* For OUT2 to OUT5, i = first to last of 1 to 4: rot(TEMP xor OPc, r) xor c. */
static inline void prepare(uint8_t in[][16], const struct aka_engine *e, int first, int last)
{
	const struct aka_key *key = e->key;
	const struct block mixed = mix(load(e->temp), load(key->opc));

	for (int i = first; i <= last; i++)
		store(in[i - first], mix(rotate(mixed, key->r[i]), load(key->c[i])));
}

/* OUT = E_K(in) xor OPc, n blocks. */
static inline int finish(struct aka_engine *e, size_t n, struct why *why)
{
	struct block opc, out;

	if (aes_encrypt(&e->aes, e->blocks, e->blocks, 16 * n, why))
		return -1;
	memcpy(&opc, e->key->opc, 16);
	for (size_t i = 0; i < n; i++) {
		memcpy(&out, e->blocks[i], 16);
		out = mix(out, opc);
		memcpy(e->blocks[i], &out, 16);
	}
	return 0;
}

int milenage_f1(struct aka_engine *e, uint8_t *mac_a, uint8_t *mac_s, const uint8_t sqn[static 6],
		const uint8_t amf[static 2], struct why *why)
{
	prepare_1(e->blocks[0], e, sqn, amf);
	if (finish(e, 1, why))
		return -1;
	if (mac_a)
		memcpy(mac_a, e->blocks[0], 8);
	if (mac_s)
		memcpy(mac_s, e->blocks[0] + 8, 8);
	return 0;
}

/* OUT2 to OUT4, which stand at out. */
static inline void take_2345(struct aka_out *o, uint8_t out[3][16])
{
	memcpy(o->ak, out[0], 6);
	memcpy(o->res, out[0] + 8, 8);
	memcpy(o->ck, out[1], 16);
	memcpy(o->ik, out[2], 16);
}

int milenage_f2345(struct aka_engine *e, struct aka_out *out, struct why *why)
{
	prepare(e->blocks, e, 1, 3);
	if (finish(e, 3, why))
		return -1;
	take_2345(out, e->blocks);
	return 0;
}

int milenage_f12345(struct aka_engine *e, struct aka_out *out, const uint8_t sqn[static 6],
		    const uint8_t amf[static 2], struct why *why)
{
	prepare_1(e->blocks[0], e, sqn, amf);
	prepare(e->blocks + 1, e, 1, 3);
	if (finish(e, 4, why))
		return -1;
	memcpy(out->mac_a, e->blocks[0], 8);
	take_2345(out, e->blocks + 1);
	return 0;
}

int milenage_f5_star(struct aka_engine *e, uint8_t ak[static 6], struct why *why)
{
	prepare(e->blocks, e, 4, 4);
	if (finish(e, 1, why))
		return -1;
	memcpy(ak, e->blocks[0], 6);
	return 0;
}
