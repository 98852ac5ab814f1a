/* SPDX-License-Identifier: Apache-2.0 */
#include "register/vectors.h"

#include "aka/sqn_scheme.h"
#include "base/hex.h"
#include "base/rng.h"
#include "base/when.h"
#include "pcid/plmn.h"
#include "register/permit.h"

#include <string.h>

/* A subscriber as the AuC sees it. */
struct auc {
	struct aka_key key;
	struct sqn_scheme scheme;
	struct sqn_counter counter;
	uint8_t amf[2];
};
DEFINE_WIPE(auc)

static int check_status(const json_t *o, int64_t at, struct why *why)
{
	const char *status, *not_after;
	int64_t end;

	if (json_text_opt(&status, o, "status", why) ||
	    json_text_opt(&not_after, o, "not_after", why))
		return -1;
	if (status && strcmp(status, "blocked") == 0)
		return why_refuse(why, "subscriber-blocked",
				  "the subscription is deactivated (TR 33.812 B.2.3.5)");
	if (status && strcmp(status, "waiting") == 0)
		return why_refuse(why, "subscriber-waiting",
				  "the subscription is not activated yet (TR 33.812 B.1)");
	if (not_after && (when_parse(&end, not_after, "not_after", why) || end < at))
		return why_refuse(why, "expired",
				  "the credential's lifetime is over (TR 33.812 5.1.3.7.4.3)");
	return 0;
}

/* K of 16 octets, or 32 with TUAK; OPc or TOPc. */
static int read_key(struct aka_key *key, const json_t *o, struct why *why)
{
	const char *alg, *k;
	bool tuak;

	if (json_text_opt(&alg, o, "alg", why) || json_text_opt(&k, o, "k", why))
		return -1;
	tuak = alg && strcmp(alg, "tuak") == 0;
	aka_key_init(key, tuak ? AKA_TUAK : AKA_MILENAGE);
	if (tuak && k && strlen(k) == 64)
		key->k_len = 32;
	return json_hex(key->k, key->k_len, o, "k", why) ||
			       json_hex(key->opc, aka_opc_len(key), o, tuak ? "topc" : "opc", why)
		       ? -1
		       : 0;
}

static int read_counter(struct sqn_counter *c, const json_t *o, struct why *why)
{
	uint8_t octets[6] = {0};
	uint64_t ind_bits;

	if (json_number(&ind_bits, o, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    (json_object_get(o, "sqn") && json_hex(octets, 6, o, "sqn", why)) ||
	    json_number(&c->dif, o, "sqn_dif", 0, SQN_MAX, 0, why))
		return -1;
	c->ind_bits = (unsigned)ind_bits;
	c->has_dif = json_object_get(o, "sqn_dif") != NULL;
	c->he = sqn_number(octets);
	return 0;
}

static int read_auc(struct auc *a, const json_t *o, int64_t at, struct why *why)
{
	const char *scheme;

	a->amf[0] = 0x80; /* the separation bit: good for EPS and 5GS too (TS 33.102 Annex H) */
	if (check_status(o, at, why) || read_key(&a->key, o, why) ||
	    json_text_opt(&scheme, o, "sqn_scheme", why) ||
	    sqn_scheme_parse(&a->scheme, scheme, why) || read_counter(&a->counter, o, why))
		return -1;
	return json_object_get(o, "amf") ? json_hex(a->amf, 2, o, "amf", why) : 0;
}

static int write_counter(json_t *o, const struct sqn_counter *c, struct why *why)
{
	uint8_t octets[6];

	sqn_octets(octets, c->he);
	return json_put_hex(o, "sqn", octets, 6, why) ||
			       (c->has_dif && json_put_number(o, "sqn_dif", c->dif, why))
		       ? -1
		       : 0;
}

/* TS 33.102 6.3.5: RAND must be open for this IMSI, then MAC-S, and only then is anything kept. */
static int resynchronise(struct reg *r, const struct vectors_asked *asked, struct auc *a,
			 struct why *why)
{
	const size_t auts_len = 6 + a->key.mac_len;
	uint8_t rand[16], auts[AKA_AUTS_MAX], sqn_ms[6];
	char text[33];

	if (strlen(asked->resync) != 32 + 1 + 2 * auts_len || asked->resync[32] != ':')
		return why_input(why, "resync: want RAND:AUTS in hex, of 16 and %zu octets",
				 auts_len);
	memcpy(text, asked->resync, 32);
	text[32] = '\0';
	if (hex_decode(rand, 16, text, "rand", why) ||
	    hex_decode(auts, auts_len, asked->resync + 33, "auts", why))
		return -1;
	hex_encode(text, rand, 16);
	if (reg_spend(r, "challenge", text, asked->imsi, asked->at, NULL, why) ||
	    aka_auts_open(sqn_ms, &a->key, rand, auts, why))
		return -1; /* the caller rolls back: the challenge stays open */
	sqn_follow(&a->scheme, &a->counter, sqn_number(sqn_ms), asked->at);
	return 0;
}

static int make_one(struct reg *r, const struct vectors_asked *asked, struct auc *a,
		    struct auc_vector *v, struct why *why)
{
	uint8_t rand[16];
	uint64_t sqn;
	char text[33];

	if (sqn_generate(&sqn, &a->scheme, &a->counter, asked->at, asked->ind, why))
		return -1;
	sqn_octets(v->sqn, sqn);
	if (rng_bytes(rand, sizeof(rand), why) ||
	    aka_vector_make(&v->av, &a->key, rand, v->sqn, a->amf, why))
		return -1;
	v->autn_len = 8 + a->key.mac_len;
	v->xres_len = a->key.res_len;
	v->ck_len = a->key.ck_len;
	v->ik_len = a->key.ik_len;
	hex_encode(text, rand, sizeof(rand));
	return reg_offer(r, "challenge", text, asked->imsi, NULL, asked->at + CHALLENGE_LIFETIME,
			 why);
}

int reg_vectors(struct reg *r, const struct vectors_asked *asked, struct auc_vector *v,
		struct why *why)
{
	AUTO(json_t) *o = NULL;
	SECRET(auc) a = {0};
	const int known = imsi_check(asked->imsi, "imsi", why)
				  ? -1
				  : reg_get(r, REG_SUBSCRIBERS, "imsi", asked->imsi, &o, why);

	if (known < 0)
		return -1;
	if (!known)
		return why_refuse(why, "unknown-imsi",
				  "%.20s has no subscription here (TS 33.102 6.3.2)", asked->imsi);
	if (read_auc(&a, o, asked->at, why))
		return why->status == TOOL_INPUT ? why_in(why, "%.20s", asked->imsi) : -1;
	if (permit_apn(o, asked->apn, why) ||
	    reg_forget(r, "challenge", asked->imsi, asked->at, why) ||
	    (asked->resync && resynchronise(r, asked, &a, why)))
		return -1;
	for (unsigned i = 0; i < asked->count; i++)
		if (make_one(r, asked, &a, &v[i], why))
			return -1;
	return write_counter(o, &a.counter, why) || reg_put(r, REG_SUBSCRIBERS, o, why) ? -1 : 0;
}
