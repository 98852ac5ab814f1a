/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/autn.h"

#include <string.h>

static const uint8_t amf_resync[2] = {0, 0}; /* TS 33.102 6.3.3: AMF* is a dummy of all zeros */

static void xor6(uint8_t out[6], const uint8_t a[6], const uint8_t b[6])
{
	for (int i = 0; i < 6; i++)
		out[i] = a[i] ^ b[i];
}

int aka_vector_make(struct aka_vector *v, const struct aka_key *key, const uint8_t rand[static 16],
		    const uint8_t sqn[static 6], const uint8_t amf[static 2], struct why *why)
{
	SECRET(milenage_out) out;

	if (milenage_all(&out, key, rand, sqn, amf, why))
		return -1;
	memcpy(v->rand, rand, 16);
	xor6(v->autn, sqn, out.ak);
	memcpy(v->autn + 6, amf, 2);
	memcpy(v->autn + 8, out.mac_a, 8);
	memcpy(v->xres, out.res, 8);
	memcpy(v->ck, out.ck, 16);
	memcpy(v->ik, out.ik, 16);
	return 0;
}

/* SQN and MAC-A of an AUTN under a key: 1 where the MAC is right, 0 where not, -1. */
static int mac_is_right(struct aka_answer *a, const struct aka_key *key, const uint8_t rand[16],
			const uint8_t autn[16], struct why *why)
{
	static const uint8_t none[6] = {0};
	SECRET(milenage_out) out;

	memcpy(a->amf, autn + 6, 2);
	if (milenage_all(&out, key, rand, none, a->amf, why))
		return -1;
	xor6(a->sqn, autn, out.ak);
	if (milenage_all(&out, key, rand, a->sqn, a->amf, why))
		return -1;
	memcpy(a->res, out.res, 8);
	memcpy(a->ck, out.ck, 16);
	memcpy(a->ik, out.ik, 16);
	return CRYPTO_memcmp(out.mac_a, autn + 8, 8) == 0;
}

/* The commonest mistake of the field: an OP was given as OPc. */
static int would_be_right_as_op(const struct aka_key *key, const uint8_t rand[16],
				const uint8_t autn[16])
{
	SECRET(aka_key) other = *key;
	SECRET(aka_answer) a = {0};

	return milenage_opc(other.opc, key->k, key->opc, NULL) == 0 &&
	       mac_is_right(&a, &other, rand, autn, NULL) == 1;
}

static int make_auts(struct aka_answer *a, const struct sqn_window *w, const struct aka_key *key,
		     const uint8_t rand[16], struct why *why)
{
	SECRET(milenage_out) out;
	uint8_t sqn_ms[6];

	sqn_octets(sqn_ms, sqn_window_highest(w));
	if (milenage_all(&out, key, rand, sqn_ms, amf_resync, why))
		return -1;
	xor6(a->auts, sqn_ms, out.ak_star);
	memcpy(a->auts + 6, out.mac_s, 8);
	return 0;
}

int aka_answer_make(struct aka_answer *a, struct sqn_window *window, const struct aka_key *key,
		    const uint8_t rand[static 16], const uint8_t autn[static 16], struct why *why)
{
	struct why range = {0};
	const int right = mac_is_right(a, key, rand, autn, why);

	a->is_synchronisation_failure = 0;
	if (right != 1) {
		OPENSSL_cleanse(a, sizeof(*a));
		return right < 0 ? -1
				 : why_refuse(why, "mac-mismatch",
					      "the MAC in AUTN is wrong%s (TS 33.102 6.3.3)",
					      would_be_right_as_op(key, rand, autn)
						      ? "; it would be right if this OPc were an OP"
						      : "");
	}
	if (sqn_window_accept(window, sqn_number(a->sqn), &range) == 0)
		return 0;
	OPENSSL_cleanse(a, sizeof(*a));
	if (make_auts(a, window, key, rand, why))
		return -1;
	a->is_synchronisation_failure = 1;
	if (why)
		*why = range;
	return -1;
}

int aka_auts_open(uint8_t sqn_ms[static 6], const struct aka_key *key,
		  const uint8_t rand[static 16], const uint8_t auts[static 14], struct why *why)
{
	static const uint8_t none[6] = {0};
	SECRET(milenage_out) out;

	if (milenage_all(&out, key, rand, none, amf_resync, why))
		return -1;
	xor6(sqn_ms, auts, out.ak_star);
	if (milenage_all(&out, key, rand, sqn_ms, amf_resync, why))
		return -1;
	if (CRYPTO_memcmp(out.mac_s, auts + 6, 8) != 0)
		return why_refuse(why, "mac-mismatch",
				  "the MAC-S in AUTS is wrong (TS 33.102 6.3.5)");
	return 0;
}
