/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/autn.h"

#include <endian.h>
#include <string.h>

static const uint8_t amf_resync[2] = {0, 0}; /* TS 33.102 6.3.3: AMF* is a dummy of all zeros */

static void xor6(uint8_t out[6], const uint8_t a[6], const uint8_t b[6])
{
	uint32_t four[2];
	uint16_t two[2];

	memcpy(&four[0], a, 4);
	memcpy(&four[1], b, 4);
	memcpy(&two[0], a + 4, 2);
	memcpy(&two[1], b + 4, 2);
	four[0] ^= four[1];
	two[0] ^= two[1];
	memcpy(out, &four[0], 4);
	memcpy(out + 4, &two[0], 2);
}

/* What is mostly 8 or 16 octets, by one move, as wide as the one that wrote it: a wider one would
 * have to wait for that. */
static inline void take(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len == 16)
		memcpy(to, from, 16);
	else if (len == 8)
		memcpy(to, from, 8);
	else
		memcpy(to, from, len);
}

/* SQN xor AK | AMF | MAC-A; the first 16 octets at once. */
static void put_autn(uint8_t *autn, const struct aka_out *out, size_t mac_len, const uint8_t sqn[6],
		     const uint8_t amf[2])
{
	uint64_t first[2];

	first[0] = htobe64((sqn_number(sqn) ^ sqn_number(out->ak)) << 16 | (unsigned)amf[0] << 8 |
			   amf[1]);
	memcpy(&first[1], out->mac_a, 8);
	memcpy(autn, first, 16);
	if (mac_len > 8)
		memcpy(autn + 16, out->mac_a + 8, mac_len - 8);
}

int aka_vector_compute(struct aka_engine *e, struct aka_vector *v, const struct aka_key *key,
		       const uint8_t rand[static 16], const uint8_t sqn[static 6],
		       const uint8_t amf[static 2], struct why *why)
{
	const struct aka_out *out = &e->out;

	if (aka_begin(e, key, rand, why) || aka_f12345(e, &e->out, sqn, amf, why))
		return -1;
	memcpy(v->rand, rand, 16);
	put_autn(v->autn, out, key->mac_len, sqn, amf);
	take(v->xres, out->res, key->res_len);
	take(v->ck, out->ck, key->ck_len);
	take(v->ik, out->ik, key->ik_len);
	return 0;
}

int aka_vector_make(struct aka_vector *v, const struct aka_key *key, const uint8_t rand[static 16],
		    const uint8_t sqn[static 6], const uint8_t amf[static 2], struct why *why)
{
	AKA_ENGINE(e);

	return aka_vector_compute(&e, v, key, rand, sqn, amf, why);
}

/* RES, CK, IK and the SQN of an AUTN: 1 where its MAC is right under this key, 0 where not, -1. */
static int mac_is_right(struct aka_engine *e, struct aka_answer *a, const struct aka_key *key,
			const uint8_t rand[16], const uint8_t *autn, struct why *why)
{
	SECRET(aka_out) out;

	memcpy(a->amf, autn + 6, 2);
	if (aka_begin(e, key, rand, why) || aka_f2345(e, &out, why))
		return -1;
	xor6(a->sqn, autn, out.ak);
	if (aka_f1(e, out.mac_a, NULL, a->sqn, a->amf, why))
		return -1;
	memcpy(a->res, out.res, key->res_len);
	memcpy(a->ck, out.ck, key->ck_len);
	memcpy(a->ik, out.ik, key->ik_len);
	return CRYPTO_memcmp(out.mac_a, autn + 8, key->mac_len) == 0;
}

/* The commonest mistake of the field: an OP was given as OPc. */
static int would_be_right_as_op(struct aka_engine *e, const struct aka_key *key,
				const uint8_t rand[16], const uint8_t *autn)
{
	SECRET(aka_key) other = *key;
	SECRET(aka_answer) a = {0};

	return aka_derive_opc(e, &other, key->opc, NULL) == 0 &&
	       mac_is_right(e, &a, &other, rand, autn, NULL) == 1;
}

static int refuse_mac(struct aka_engine *e, const struct aka_key *key, const uint8_t rand[16],
		      const uint8_t *autn, struct why *why)
{
	const char *hint = !would_be_right_as_op(e, key, rand, autn) ? ""
			   : key->alg == AKA_TUAK ? "; it would be right if this TOPc were a TOP"
						  : "; it would be right if this OPc were an OP";

	return why_refuse(why, "mac-mismatch", "the MAC in AUTN is wrong%s (TS 33.102 6.3.3)",
			  hint);
}

/* AUTS = (SQN_MS xor AK*) | MAC-S, for the RAND of the engine. */
static int make_auts(struct aka_engine *e, struct aka_answer *a, const struct sqn_window *w,
		     struct why *why)
{
	uint8_t sqn_ms[6], ak[6];

	sqn_octets(sqn_ms, sqn_window_highest(w));
	if (aka_f5_star(e, ak, why) || aka_f1(e, NULL, a->auts + 6, sqn_ms, amf_resync, why))
		return -1;
	xor6(a->auts, sqn_ms, ak);
	OPENSSL_cleanse(ak, sizeof(ak));
	return 0;
}

int aka_answer_compute(struct aka_engine *e, struct aka_answer *a, struct sqn_window *window,
		       const struct aka_key *key, const uint8_t rand[static 16],
		       const uint8_t *autn, struct why *why)
{
	struct why range = {0};
	const int right = mac_is_right(e, a, key, rand, autn, why);

	a->is_synchronisation_failure = 0;
	if (right != 1) {
		OPENSSL_cleanse(a, sizeof(*a));
		return right < 0 ? -1 : refuse_mac(e, key, rand, autn, why);
	}
	if (sqn_window_accept(window, sqn_number(a->sqn), &range) == 0)
		return 0;
	OPENSSL_cleanse(a, sizeof(*a));
	if (make_auts(e, a, window, why))
		return -1;
	a->is_synchronisation_failure = 1;
	if (why)
		*why = range;
	return -1;
}

int aka_answer_make(struct aka_answer *a, struct sqn_window *window, const struct aka_key *key,
		    const uint8_t rand[static 16], const uint8_t *autn, struct why *why)
{
	AKA_ENGINE(e);

	return aka_answer_compute(&e, a, window, key, rand, autn, why);
}

int aka_auts_compute(struct aka_engine *e, uint8_t sqn_ms[static 6], const struct aka_key *key,
		     const uint8_t rand[static 16], const uint8_t *auts, struct why *why)
{
	uint8_t ak[6], mac_s[AKA_MAX];

	if (aka_begin(e, key, rand, why) || aka_f5_star(e, ak, why))
		return -1;
	xor6(sqn_ms, auts, ak);
	OPENSSL_cleanse(ak, sizeof(ak));
	if (aka_f1(e, NULL, mac_s, sqn_ms, amf_resync, why))
		return -1;
	if (CRYPTO_memcmp(mac_s, auts + 6, key->mac_len) != 0)
		return why_refuse(why, "mac-mismatch",
				  "the MAC-S in AUTS is wrong (TS 33.102 6.3.5)");
	return 0;
}

int aka_auts_open(uint8_t sqn_ms[static 6], const struct aka_key *key,
		  const uint8_t rand[static 16], const uint8_t *auts, struct why *why)
{
	AKA_ENGINE(e);

	return aka_auts_compute(&e, sqn_ms, key, rand, auts, why);
}
