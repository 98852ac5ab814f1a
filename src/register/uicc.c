/* SPDX-License-Identifier: Apache-2.0 */
#include "register/uicc.h"

#include "base/hex.h"
#include "base/party.h"
#include "pcid/plmn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CNTR_LAST UINT64_C(0xffffffffff)
#define PAIR_MAX 255
#define HANDOVER_ROOM 16
#define PAIR_ID 32 /* ICCID, slash, index */

/* ---- a subscriber's card ---- */

struct search {
	const char *iccid;
	json_t *found; /* owned */
};

static int take_card(void *ctx, json_t *record, struct why *why)
{
	struct search *s = ctx;
	const char *iccid = json_string_value(json_object_get(record, "iccid"));
	const char *status = json_string_value(json_object_get(record, "status"));
	json_t *keys = json_object_get(record, "ota_keys");

	(void)why;
	if (!s->found && keys && iccid && strcmp(iccid, s->iccid) == 0 &&
	    !(status && strcmp(status, "blocked") == 0))
		s->found = json_incref(record);
	return 0;
}

static int unknown_iccid(const char *iccid, struct why *why)
{
	return why_refuse(why, "unknown-iccid",
			  "%.20s has no OTA keys in this register (TR 33.812 5.3.2)", iccid);
}

static json_t *of_index(json_t *keys, unsigned index)
{
	const json_int_t have = json_integer_value(json_object_get(keys, "index"));

	return !have || have == (json_int_t)index ? keys : NULL;
}

int reg_card(struct reg *r, const char *iccid, json_t **record, struct why *why)
{
	struct search s = {iccid, NULL};
	const int n = reg_each(r, REG_SUBSCRIBERS, NULL, NULL, take_card, &s, why);

	if (n < 0 || !s.found) {
		json_decref(s.found);
		return n < 0 ? -1 : unknown_iccid(iccid, why);
	}
	*record = s.found;
	return 0;
}

int reg_ota_keys(struct reg *r, const char *iccid, unsigned index, json_t **keys, struct why *why)
{
	AUTO(json_t) *record = NULL;
	json_t *all, *one = NULL;

	if (reg_card(r, iccid, &record, why))
		return -1;
	all = json_object_get(record, "ota_keys");
	if (json_is_object(all))
		one = of_index(all, index);
	for (size_t i = 0; !one && i < json_array_size(all); i++)
		one = of_index(json_array_get(all, i), index);
	if (!one)
		return why_refuse(why, "wrong-key-index",
				  "%.20s has no OTA key set %u (TS 102 225 5.1.2)", iccid, index);
	*keys = json_incref(one);
	return 0;
}

int reg_ota_counter(struct reg *r, const char *iccid, unsigned index, uint64_t last, uint64_t *cntr,
		    struct why *why)
{
	char pool[PAIR_ID];
	struct why own = {0};

	snprintf(pool, sizeof(pool), "ota/%.20s/%u", iccid, index & 15);
	if (last >= CNTR_LAST - 1 || reg_pool_next(r, pool, last + 1, CNTR_LAST - 1, cntr, &own)) {
		if (!own.status || own.status == TOOL_INPUT)
			return why_refuse(why, "cntr-blocked",
					  "the counter has reached its end (TS 102 225 5.1.4)");
		*why = own;
		return -1;
	}
	return 0;
}

static uint64_t cntr_of(const json_t *keys)
{
	const char *text = json_string_value(json_object_get(keys, "cntr"));
	uint8_t octets[5] = {0};
	uint64_t cntr = 0;

	if (text && hex_decode(octets, 5, text, "cntr", NULL))
		return CNTR_LAST;
	for (int i = 0; i < 5; i++)
		cntr = cntr << 8 | octets[i];
	return cntr;
}

/* The old operator has a packet or two still to send: the REFRESH, and its repetitions. */
static int leave_room(struct reg *r, const char *iccid, json_t *keys, struct why *why)
{
	const unsigned index = (unsigned)json_integer_value(json_object_get(keys, "index"));
	uint8_t octets[5];
	uint64_t cntr;

	if (reg_ota_counter(r, iccid, index, cntr_of(keys), &cntr, why))
		return -1;
	cntr = cntr > CNTR_LAST - HANDOVER_ROOM ? CNTR_LAST : cntr + HANDOVER_ROOM;
	for (int i = 0; i < 5; i++)
		octets[i] = (uint8_t)(cntr >> (32 - 8 * i));
	return json_put_hex(keys, "cntr", octets, sizeof(octets), why);
}

int reg_card_handover(struct reg *r, const char *iccid, const char *imsi, bool with_sqn,
		      json_t **record, struct why *why)
{
	AUTO(json_t) *from = NULL;
	AUTO(json_t) *to = NULL;
	json_t *keys;

	if (reg_card(r, iccid, &from, why) || imsi_check(imsi, "imsi", why))
		return -1;
	to = json_deep_copy(from);
	keys = json_object_get(to, "ota_keys");
	if (!to || !json_is_object(keys))
		return why_input(why, "ota_keys: want one key set to hand over");
	if (!with_sqn && json_put_text(to, "sqn", "000000000000", why))
		return -1;
	if (leave_room(r, iccid, keys, why) || json_put_text(to, "imsi", imsi, why) ||
	    json_put_text(to, "status", "active", why))
		return -1;
	*record = STEAL(to);
	return 0;
}

/* ---- the list of K/OTA-key pairs ---- */

static void pair_id(char id[static PAIR_ID], const char *iccid, unsigned index)
{
	snprintf(id, PAIR_ID, "%.20s/%u", iccid, index);
}

static int check_pair(const json_t *pair, const char **iccid, uint64_t *index, struct why *why)
{
	static const char *const fields[] = {"iccid", "index",    "k",        "opc",
					     "alg",   "ota_keys", "entitled", NULL};
	const char *entitled, *alg;
	uint8_t secret[16], ef[10];
	int rc;

	if (json_only(pair, fields, why) || !(*iccid = json_text(pair, "iccid", why)) ||
	    iccid_encode(ef, *iccid, why) ||
	    json_number(index, pair, "index", 1, PAIR_MAX, 0, why) ||
	    json_text_opt(&alg, pair, "alg", why) ||
	    json_text_opt(&entitled, pair, "entitled", why) ||
	    (entitled && party_check(entitled, "entitled", why)))
		return -1;
	rc = json_hex(secret, 16, pair, "k", why) || json_hex(secret, 16, pair, "opc", why) ? -1
											    : 0;
	OPENSSL_cleanse(secret, sizeof(secret));
	if (!rc && !*index)
		return why_input(why, "index: want 1 to %d", PAIR_MAX);
	if (!rc && !json_is_object(json_object_get(pair, "ota_keys")))
		return why_input(why, "ota_keys: want an object");
	return rc;
}

int reg_pair_import(struct reg *r, const json_t *pair, struct why *why)
{
	struct why own = {0};
	const char *iccid;
	uint64_t index;
	char id[PAIR_ID];

	if (check_pair(pair, &iccid, &index, why))
		return -1;
	pair_id(id, iccid, (unsigned)index);
	if (reg_offer(r, "uicc-pair", id, id, pair, INT64_MAX, &own)) {
		if (own.status == TOOL_NO)
			return why_refuse(why, "key-exists",
					  "%.20s has a pair %u already (TR 33.812 5.3.2)", iccid,
					  (unsigned)index);
		*why = own;
		return -1;
	}
	/* that the card is known is told apart from that it has this index */
	return reg_offer(r, "uicc-card", id, iccid, NULL, INT64_MAX, why);
}

int reg_pair_holder(struct reg *r, const char *iccid, unsigned index, char **holder,
		    struct why *why)
{
	AUTO(json_t) *to = NULL;
	char id[PAIR_ID];
	int known;

	pair_id(id, iccid, index);
	known = reg_find(r, "uicc-release", id, 0, NULL, &to, why);
	if (known <= 0)
		return known;
	*holder = strdup(json_string_value(json_object_get(to, "released_to")));
	return *holder ? 1 : why_sys(why, "out of memory");
}

static int not_entitled(const char *iccid, unsigned index, const char *to, struct why *why)
{
	return why_refuse(why, "not-entitled",
			  "pair %u of %.20s is not for %.64s (TR 33.812 5.3.2.2 step 7)", index,
			  iccid, to);
}

static int find_pair(struct reg *r, const char *iccid, unsigned index, json_t **pair,
		     struct why *why)
{
	char id[PAIR_ID];
	int known;

	pair_id(id, iccid, index);
	known = reg_find(r, "uicc-pair", id, 0, NULL, pair, why);
	if (known)
		return known < 0 ? -1 : 0;
	known = reg_find(r, "uicc-card", iccid, 0, NULL, NULL, why);
	if (known < 0)
		return -1;
	return known ? why_refuse(why, "wrong-key-index",
				  "%.20s has no pair %u (TR 33.812 5.3.2.2)", iccid, index)
		     : unknown_iccid(iccid, why);
}

static int first_release(struct reg *r, const char *iccid, unsigned index, const char *to,
			 struct why *why)
{
	AUTO(json_t) *attached = json_object();
	char id[PAIR_ID];

	pair_id(id, iccid, index);
	return json_put_text(attached, "released_to", to, why) ||
			       reg_offer(r, "uicc-release", id, id, attached, INT64_MAX, why)
		       ? -1
		       : 0;
}

int reg_pair_release(struct reg *r, const char *iccid, unsigned index, const char *to,
		     bool handed_over, json_t **pair, struct why *why)
{
	AUTO(json_t) *found = NULL;
	char *holder = NULL;
	const char *entitled;
	int held, other;

	if (find_pair(r, iccid, index, &found, why))
		return -1;
	held = reg_pair_holder(r, iccid, index, &holder, why);
	other = held > 0 && strcmp(holder, to) != 0;
	free(holder);
	if (held < 0)
		return -1;
	entitled = json_string_value(json_object_get(found, "entitled"));
	if (other || (!held && !handed_over && !(entitled && strcmp(entitled, to) == 0)))
		return not_entitled(iccid, index, to, why);
	if ((!held && first_release(r, iccid, index, to, why)) ||
	    json_put_text(found, "released_to", to, why))
		return -1;
	json_object_del(found, "entitled");
	*pair = STEAL(found);
	return 0;
}
