/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/tuak.h"

#include "aka/keccak.h"

#define RATE 136   /* of SHAKE256, whose padding TUAK's is (TS 35.231 7.2) */
#define INPUT 96   /* TOPc 32, INSTANCE 1, ALGONAME 7, RAND 16, AMF 2, SQN 6, KEY 32 */
#define OUTPUT 102 /* up to the end of AK */
#define LANE_CK 32 /* where the outputs stand, TS 35.231 7.3 to 7.7 */
#define LANE_IK 64
#define LANE_AK 96

/* INSTANCE, bit 0 first (TS 35.231 7.1 to 7.7). */
#define INSTANCE_F1 0x00
#define INSTANCE_F1_STAR 0x80
#define INSTANCE_F2345 0x40
#define INSTANCE_F5_STAR 0xc0
#define INSTANCE_CK_256 0x04
#define INSTANCE_IK_256 0x02
#define INSTANCE_K_256 0x01

struct sponge {
	uint8_t octets[KECCAK_STATE];
	size_t at;
};
DEFINE_WIPE(sponge)

void tuak_defaults(struct aka_key *key)
{
	key->alg = AKA_TUAK;
	key->k_len = key->ck_len = key->ik_len = 16;
	key->mac_len = key->res_len = 8;
	key->iterations = 1;
}

/* TUAK numbers the bits of its strings from the other end: octets go in and out reversed. */
static void push(struct sponge *s, const void *octets, size_t len)
{
	const uint8_t *p = octets;

	for (size_t i = len; i-- > 0;)
		s->octets[s->at++] = p[i];
}

static void pull(uint8_t *out, const struct sponge *s, size_t at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = s->octets[at + len - 1 - i];
}

/* One iteration is SHAKE256 over the input; more are the bare permutation, again. */
static int shake(struct aka_engine *e, struct sponge *s, struct why *why)
{
	if (!e->shake) {
		e->shake256 = EVP_MD_fetch(NULL, "SHAKE256", NULL);
		e->shake = EVP_MD_CTX_new();
	}
	if (!e->shake || !e->shake256 || EVP_DigestInit_ex2(e->shake, e->shake256, NULL) != 1 ||
	    EVP_DigestUpdate(e->shake, s->octets, INPUT) != 1 ||
	    EVP_DigestFinalXOF(e->shake, s->octets, OUTPUT) != 1)
		return ossl_why(why, "SHAKE256");
	return 0;
}

static int permute(struct aka_engine *e, struct sponge *s, unsigned iterations, struct why *why)
{
	if (iterations == 1)
		return shake(e, s, why);
	s->octets[INPUT] = 0x1f;
	s->octets[RATE - 1] = 0x80;
	keccak_f1600(s->octets, iterations);
	return 0;
}

/* TS 35.231 7.2: the input of every function; top is TOP or TOPc, the rest may be NULL for zeros.
 */
static int compute(struct aka_engine *e, struct sponge *s, const struct aka_key *key,
		   const uint8_t *top, unsigned instance, const uint8_t *rand, const uint8_t *amf,
		   const uint8_t *sqn, struct why *why)
{
	static const uint8_t zero[16] = {0};
	const uint8_t octet = (uint8_t)(instance | (key->k_len == 32 ? INSTANCE_K_256 : 0));

	push(s, top, 32);
	push(s, &octet, 1);
	push(s, "TUAK1.0", 7);
	push(s, rand ? rand : zero, 16);
	push(s, amf ? amf : zero, 2);
	push(s, sqn ? sqn : zero, 6);
	push(s, key->k, key->k_len);
	return permute(e, s, key->iterations, why);
}

/* The bits of a length in INSTANCE: 001 for 64 bits, 010 for 128, 100 for 256, 000 for 32. */
static unsigned length_bits(size_t octets)
{
	return octets == 8 ? 0x08 : octets == 16 ? 0x10 : octets == 32 ? 0x20 : 0;
}

int tuak_derive_topc(struct aka_engine *e, struct aka_key *key, const uint8_t top[static 32],
		     struct why *why)
{
	SECRET(sponge) s = {0};

	if (compute(e, &s, key, top, 0, NULL, NULL, NULL, why))
		return -1;
	pull(key->opc, &s, 0, 32);
	return 0;
}

static int make_mac(struct aka_engine *e, uint8_t *mac, unsigned instance, const uint8_t sqn[6],
		    const uint8_t amf[2], struct why *why)
{
	const struct aka_key *key = e->key;
	SECRET(sponge) s = {0};

	if (compute(e, &s, key, key->opc, instance | length_bits(key->mac_len), e->rand, amf, sqn,
		    why))
		return -1;
	pull(mac, &s, 0, key->mac_len);
	return 0;
}

int tuak_f1(struct aka_engine *e, uint8_t *mac_a, uint8_t *mac_s, const uint8_t sqn[static 6],
	    const uint8_t amf[static 2], struct why *why)
{
	if (mac_a && make_mac(e, mac_a, INSTANCE_F1, sqn, amf, why))
		return -1;
	return mac_s ? make_mac(e, mac_s, INSTANCE_F1_STAR, sqn, amf, why) : 0;
}

int tuak_f2345(struct aka_engine *e, struct aka_out *out, struct why *why)
{
	const struct aka_key *key = e->key;
	const unsigned instance = INSTANCE_F2345 | length_bits(key->res_len) |
				  (key->ck_len == 32 ? INSTANCE_CK_256 : 0) |
				  (key->ik_len == 32 ? INSTANCE_IK_256 : 0);
	SECRET(sponge) s = {0};

	if (compute(e, &s, key, key->opc, instance, e->rand, NULL, NULL, why))
		return -1;
	pull(out->res, &s, 0, key->res_len);
	pull(out->ck, &s, LANE_CK, key->ck_len);
	pull(out->ik, &s, LANE_IK, key->ik_len);
	pull(out->ak, &s, LANE_AK, 6);
	return 0;
}

int tuak_f5_star(struct aka_engine *e, uint8_t ak[static 6], struct why *why)
{
	SECRET(sponge) s = {0};

	if (compute(e, &s, e->key, e->key->opc, INSTANCE_F5_STAR, e->rand, NULL, NULL, why))
		return -1;
	pull(ak, &s, LANE_AK, 6);
	return 0;
}
