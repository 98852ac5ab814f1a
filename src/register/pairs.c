/* SPDX-License-Identifier: Apache-2.0 */
#include "register/pairs.h"

#include "base/rng.h"
#include "register/uicc.h"

#include <stdlib.h>
#include <string.h>

struct secrets {
	uint8_t k[16], opc[16], kic[16], kid[16];
};
DEFINE_WIPE(secrets)

static int make_one(json_t *pair, const char *iccid, unsigned index, struct why *why)
{
	json_t *keys = json_object();
	SECRET(secrets) s = {.k = {0}};

	return json_put_text(pair, "iccid", iccid, why) ||
			       json_put_number(pair, "index", index, why) ||
			       json_put_text(pair, "alg", "milenage", why) ||
			       json_put(pair, "ota_keys", keys, why) ||
			       rng_key(&s, sizeof(s), why) ||
			       json_put_hex(pair, "k", s.k, 16, why) ||
			       json_put_hex(pair, "opc", s.opc, 16, why) ||
			       json_put_number(keys, "index", index, why) ||
			       json_put_hex(keys, "kic", s.kic, 16, why) ||
			       json_put_hex(keys, "kid", s.kid, 16, why)
		       ? -1
		       : 0;
}

int reg_pairs_make(struct reg *r, const char *iccid, unsigned count, const char *entitled,
		   int (*take)(void *ctx, const json_t *pair, struct why *why), void *ctx,
		   struct why *why)
{
	for (unsigned i = 1; i <= count; i++) {
		AUTO(json_t) *pair = json_object();

		if (make_one(pair, iccid, i, why) ||
		    (i == 1 && json_put_text(pair, "entitled", entitled, why)) ||
		    reg_pair_import(r, pair, why) || take(ctx, pair, why))
			return -1;
	}
	return 0;
}

int reg_pair_handed_over(struct reg *r, const json_t *note, const char *iccid, unsigned index,
			 const char *to, struct why *why)
{
	const char *jti = json_text(note, "jti", why), *card, *new;
	struct why own = {0};
	char *holder = NULL;
	uint64_t n;
	int held;

	if (!jti || !(card = json_text(note, "iccid", why)) ||
	    !(new = json_text(note, "new", why)) || json_number(&n, note, "index", 1, 255, 0, why))
		return -1;
	if (strcmp(card, iccid) != 0 || n != index || strcmp(new, to) != 0)
		return why_refuse(why, "not-entitled",
				  "the note hands pair %u of %.20s over to %.64s (TR 33.812 "
				  "5.3.2.2 step 7)",
				  (unsigned)n, card, new);
	if (reg_once(r, "handover", jti, INT64_MAX, "note-replayed", &own) == 0)
		return 0;
	/* the same release again, after a crash, is the same */
	held = own.status == TOOL_NO ? reg_pair_holder(r, iccid, index, &holder, why) : 0;
	if (held > 0 && strcmp(holder, to) == 0)
		held = 2;
	free(holder);
	if (held == 2)
		return 0;
	*why = own;
	return -1;
}
