/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka.h"

#include "aka/milenage.h"
#include "aka/tuak.h"

#include <string.h>

void aka_key_init(struct aka_key *key, enum aka_alg alg)
{
	if (alg == AKA_TUAK)
		tuak_defaults(key);
	else
		milenage_constants(key);
}

size_t aka_opc_len(const struct aka_key *key)
{
	return key->alg == AKA_TUAK ? 32 : 16;
}

void aka_engine_free(struct aka_engine *e)
{
	aes_free(&e->aes);
	EVP_MD_CTX_free(e->shake);
	EVP_MD_free(e->shake256);
	OPENSSL_cleanse(e, sizeof(*e));
}

int aka_derive_opc(struct aka_engine *e, struct aka_key *key, const uint8_t *op, struct why *why)
{
	return key->alg == AKA_TUAK ? tuak_derive_topc(e, key, op, why)
				    : milenage_derive_opc(e, key->opc, key->k, op, why);
}

int aka_begin(struct aka_engine *e, const struct aka_key *key, const uint8_t rand[static 16],
	      struct why *why)
{
	e->key = key;
	memcpy(e->rand, rand, 16);
	return key->alg == AKA_TUAK ? 0 : milenage_begin(e, why);
}

int aka_f1(struct aka_engine *e, uint8_t *mac_a, uint8_t *mac_s, const uint8_t sqn[static 6],
	   const uint8_t amf[static 2], struct why *why)
{
	return e->key->alg == AKA_TUAK ? tuak_f1(e, mac_a, mac_s, sqn, amf, why)
				       : milenage_f1(e, mac_a, mac_s, sqn, amf, why);
}

int aka_f2345(struct aka_engine *e, struct aka_out *out, struct why *why)
{
	return e->key->alg == AKA_TUAK ? tuak_f2345(e, out, why) : milenage_f2345(e, out, why);
}

int aka_f12345(struct aka_engine *e, struct aka_out *out, const uint8_t sqn[static 6],
	       const uint8_t amf[static 2], struct why *why)
{
	if (e->key->alg != AKA_TUAK)
		return milenage_f12345(e, out, sqn, amf, why);
	return tuak_f1(e, out->mac_a, NULL, sqn, amf, why) || tuak_f2345(e, out, why) ? -1 : 0;
}

int aka_f5_star(struct aka_engine *e, uint8_t ak[static 6], struct why *why)
{
	return e->key->alg == AKA_TUAK ? tuak_f5_star(e, ak, why) : milenage_f5_star(e, ak, why);
}
