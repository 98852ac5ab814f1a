/* SPDX-License-Identifier: Apache-2.0 */
#include "register/subscriber.h"

#include "base/hex.h"
#include "base/rng.h"
#include "base/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct new_key {
	uint8_t k[32];
	uint8_t opc[32];
};
DEFINE_WIPE(new_key)

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
	int known;

	plmn_format(plmn, s->plmn);
	known = s->with_key ? reg_pool_reuse(r, plmn, imsi, why) : 0;
	if (known)
		return known < 0 ? -1 : 0;
	do {
		AUTO(json_t) *old = NULL;
		uint64_t msin;

		if (reg_pool_next(r, plmn, s->first, power10(digits) - 1, &msin, why))
			return -1;
		snprintf(imsi, IMSI_TEXT, "%.3s%.3s%0*" PRIu64, s->plmn->mcc, s->plmn->mnc,
			 (int)digits, msin);
		known = reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, &old, why);
	} while (known > 0);
	return known;
}

static int put_key(json_t *o, const struct subscription *s, struct why *why)
{
	const bool tuak = strcmp(s->alg, "tuak") == 0;
	SECRET(new_key) key;

	if (rng_key(&key, sizeof(key), why) || (s->op && milenage_opc(key.opc, key.k, s->op, why)))
		return -1;
	return json_put_hex(o, "k", key.k, 16, why) ||
			       json_put_hex(o, tuak ? "topc" : "opc", key.opc, tuak ? 32 : 16,
					    why) ||
			       json_put_text(o, "amf", "8000", why) ||
			       json_put_text(o, "sqn", "000000000000", why) ||
			       json_put_number(o, "ind_bits", SQN_IND_BITS, why)
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
	    reg_put(r, REG_SUBSCRIBERS, o, why))
		return -1;
	*record = STEAL(o);
	return 0;
}

static int check_status(const json_t *o, int64_t at, struct why *why)
{
	const char *status, *not_after, *alg;
	int64_t end;

	if (json_text_opt(&status, o, "status", why) ||
	    json_text_opt(&not_after, o, "not_after", why) || json_text_opt(&alg, o, "alg", why))
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
	if (alg && strcmp(alg, "milenage") != 0)
		return why_input(why, "alg: vectors are made with milenage alone, got '%.20s'",
				 alg);
	return 0;
}

/* TS 33.102 6.3.5: RAND must be open for this IMSI, then MAC-S, and only then is anything spent. */
static int resynchronise(struct reg *r, const char *imsi, const char *resync, int64_t at,
			 const struct aka_key *key, unsigned ind_bits, uint64_t *sqn,
			 struct why *why)
{
	uint8_t rand[16], auts[14], sqn_ms[6];
	char text[33];

	if (strlen(resync) != 32 + 1 + 28 || resync[32] != ':')
		return why_input(why, "--resync: want RAND:AUTS in hex");
	snprintf(text, sizeof(text), "%.32s", resync);
	if (hex_decode(rand, 16, text, "rand", why) ||
	    hex_decode(auts, 14, resync + 33, "auts", why))
		return -1;
	hex_encode(text, rand, 16);
	if (reg_spend(r, "challenge", text, imsi, at, NULL, why) ||
	    aka_auts_open(sqn_ms, key, rand, auts, why))
		return -1; /* the transaction is rolled back: the challenge stays open */
	*sqn = sqn_resynchronise(*sqn, sqn_number(sqn_ms), ind_bits);
	return 0;
}

static int make_one(struct reg *r, const char *imsi, int64_t at, const struct aka_key *key,
		    const uint8_t amf[2], uint64_t sqn, struct aka_vector *v, struct why *why)
{
	uint8_t rand[16], octets[6];
	char text[33];

	sqn_octets(octets, sqn);
	if (rng_bytes(rand, sizeof(rand), why) || aka_vector_make(v, key, rand, octets, amf, why))
		return -1;
	hex_encode(text, rand, sizeof(rand));
	return reg_offer(r, "challenge", text, imsi, NULL, at + CHALLENGE_LIFETIME, why);
}

int reg_vectors(struct reg *r, const char *imsi, unsigned count, const char *resync, int64_t at,
		struct aka_vector *v, struct why *why)
{
	AUTO(json_t) *o = NULL;
	SECRET(aka_key) key = {0};
	uint8_t amf[2] = {0x80, 0}, octets[6] = {0};
	uint64_t ind_bits, sqn;
	const int known = reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, &o, why);

	if (known < 0)
		return -1;
	if (!known)
		return why_refuse(why, "unknown-imsi",
				  "%.20s has no subscription here (TS 33.102 6.3.2)", imsi);
	milenage_constants(&key);
	if (check_status(o, at, why) || json_hex(key.k, 16, o, "k", why) ||
	    json_hex(key.opc, 16, o, "opc", why) ||
	    json_number(&ind_bits, o, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    (json_object_get(o, "amf") && json_hex(amf, 2, o, "amf", why)) ||
	    (json_object_get(o, "sqn") && json_hex(octets, 6, o, "sqn", why)))
		return -1;
	sqn = sqn_number(octets);
	if (resync && resynchronise(r, imsi, resync, at, &key, (unsigned)ind_bits, &sqn, why))
		return -1;
	for (unsigned i = 0; i < count; i++)
		if (sqn_next(&sqn, sqn, (unsigned)ind_bits, why) ||
		    make_one(r, imsi, at, &key, amf, sqn, &v[i], why))
			return -1;
	sqn_octets(octets, sqn);
	return json_put_hex(o, "sqn", octets, 6, why) || reg_put(r, REG_SUBSCRIBERS, o, why) ? -1
											     : 0;
}
