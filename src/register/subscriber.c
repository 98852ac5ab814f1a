/* SPDX-License-Identifier: Apache-2.0 */
#include "register/subscriber.h"

#include "aka/aka.h"
#include "aka/sqn.h"
#include "base/rng.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t power10(size_t digits)
{
	uint64_t n = 1;

	while (digits--)
		n *= 10;
	return n;
}

/* An IMSI that no record has: a PCID that was given back, or the next of the pool. */
static int take_imsi(struct reg *r, const struct subscription *s, char imsi[static IMSI_TEXT],
		     struct why *why)
{
	char plmn[PLMN_TEXT];
	const size_t digits = 15 - 3 - strlen(s->plmn->mnc);
	const uint64_t last = s->last ? s->last : power10(digits) - 1;
	int known;

	plmn_format(plmn, s->plmn);
	known = s->with_key && !s->last ? reg_pool_reuse(r, plmn, imsi, why) : 0;
	if (known)
		return known < 0 ? -1 : 0;
	do {
		AUTO(json_t) *old = NULL;
		uint64_t msin;

		if (reg_pool_next(r, s->pool ? s->pool : plmn, s->first, last, &msin, why))
			return -1;
		snprintf(imsi, IMSI_TEXT, "%.3s%.3s%0*" PRIu64, s->plmn->mcc, s->plmn->mnc,
			 (int)digits, msin);
		known = reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, &old, why);
	} while (known > 0);
	return known;
}

/* K of 16 octets; OPc or TOPc of the operator's OP or TOP, or random. */
static int make_key(struct aka_key *key, const struct subscription *s, struct why *why)
{
	AKA_ENGINE(e);

	aka_key_init(key, strcmp(s->alg, "tuak") == 0 ? AKA_TUAK : AKA_MILENAGE);
	if (rng_key(key->k, key->k_len, why))
		return -1;
	return s->op ? aka_derive_opc(&e, key, s->op, why)
		     : rng_key(key->opc, aka_opc_len(key), why);
}

static int put_key(json_t *o, const struct subscription *s, struct why *why)
{
	SECRET(aka_key) key = {0};

	if (make_key(&key, s, why))
		return -1;
	return json_put_hex(o, "k", key.k, key.k_len, why) ||
			       json_put_hex(o, key.alg == AKA_TUAK ? "topc" : "opc", key.opc,
					    aka_opc_len(&key), why) ||
			       json_put_text(o, "amf", "8000", why) ||
			       json_put_text(o, "sqn", "000000000000", why) ||
			       json_put_number(o, "ind_bits", SQN_IND_BITS, why)
		       ? -1
		       : 0;
}

/* The number is taken, and K is not kept. */
static int reserve(struct reg *r, const json_t *record, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const char *tre_id = json_string_value(json_object_get(record, "tre_id"));

	return json_put_text(o, "imsi", json_string_value(json_object_get(record, "imsi")), why) ||
			       (tre_id && json_put_text(o, "tre_id", tre_id, why)) ||
			       json_put_text(o, "status", "waiting", why) ||
			       reg_put(r, REG_SUBSCRIBERS, o, why)
		       ? -1
		       : 0;
}

int reg_subscribe(struct reg *r, const struct subscription *s, json_t **record, struct why *why)
{
	AUTO(json_t) *o = json_object();
	char imsi[IMSI_TEXT];

	if (take_imsi(r, s, imsi, why) || json_put_text(o, "imsi", imsi, why) ||
	    (s->with_key && (json_put_text(o, "alg", s->alg, why) || put_key(o, s, why))) ||
	    json_put_text(o, "status", s->with_key ? "active" : "waiting", why) ||
	    (s->tre_id && json_put_text(o, "tre_id", s->tre_id, why)) ||
	    (s->is_told ? reserve(r, o, why) : reg_put(r, REG_SUBSCRIBERS, o, why)))
		return -1;
	*record = STEAL(o);
	return 0;
}
