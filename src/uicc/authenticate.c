/* SPDX-License-Identifier: Apache-2.0 */
/* AUTHENTICATE: TS 31.102 7.1.2, TS 33.102 6.3.3. TUAK has its own lengths by default (TS 35.231).
 */
#include "aka/sqn_file.h"
#include "base/hex.h"
#include "uicc/inside.h"

#include <string.h>

static int parse_key(struct aka_key *key, const json_t *pair, struct why *why)
{
	const char *alg, *k = json_text(pair, "k", why);
	bool tuak;

	if (!k || json_text_opt(&alg, pair, "alg", why))
		return -1;
	tuak = alg && strcmp(alg, "tuak") == 0;
	if (alg && !tuak && strcmp(alg, "milenage") != 0)
		return why_input(why, "alg: want milenage or tuak, got %s", WHY_GOT(alg));
	aka_key_init(key, tuak ? AKA_TUAK : AKA_MILENAGE);
	key->k_len = tuak && strlen(k) == 64 ? 32 : 16;
	return hex_decode(key->k, key->k_len, k, "k", why) ||
			       json_hex(key->opc, aka_opc_len(key), pair, tuak ? "topc" : "opc",
					why)
		       ? -1
		       : 0;
}

int card_pair_parse(struct aka_key *key, struct sqn_window *w, const json_t *pair, struct why *why)
{
	uint64_t ind_bits;

	sqn_window_init(w);
	if (parse_key(key, pair, why) ||
	    json_number(&ind_bits, pair, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why))
		return -1;
	w->ind_bits = (unsigned)ind_bits;
	return sqn_slots_take(w, json_object_get(pair, "seq"), why);
}

/* The SQN is taken, durably, before RES is told. */
int card_authenticate(struct card *c, const uint8_t rand[static 16], const uint8_t autn[static 16],
		      struct aka_key *key, struct aka_answer *a, struct why *why)
{
	json_t *pair = card_pair_of(c, card_key_index(c));
	SECRET(sqn_window) w = {0};

	if (!pair)
		return why_refuse(why, "wrong-state", "the card has no K (TR 33.812 5.2.2)");
	return card_pair_parse(key, &w, pair, why) ||
			       aka_answer_make(a, &w, key, rand, autn, why) ||
			       json_put(pair, "seq", sqn_slots_json(&w, why), why) ||
			       card_save(c, why)
		       ? -1
		       : 0;
}

int card_attach(struct card *c, const uint8_t rand[static 16], const uint8_t autn[static 16],
		struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	SECRET(aka_key) key = {0};
	SECRET(aka_answer) a = {0};

	if (card_authenticate(c, rand, autn, &key, &a, why)) {
		if (a.is_synchronisation_failure &&
		    (json_put_hex(o, "auts", a.auts, 6 + key.mac_len, NULL) ||
		     json_append_line(out, o, NULL)))
			return why_sys(why, "out of memory");
		return -1;
	}
	return json_put_hex(o, "res", a.res, key.res_len, why) ||
			       json_put_hex(o, "ck", a.ck, key.ck_len, why) ||
			       json_put_hex(o, "ik", a.ik, key.ik_len, why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}
