/* SPDX-License-Identifier: Apache-2.0 */
#include "register/card.h"

#include "base/hex.h"

#include <stdio.h>
#include <string.h>

#define CNTR_LAST UINT64_C(0xffffffffff)
#define HANDOVER_ROOM 16
#define POOL_ID 40 /* ota, ICCID, index */
#define FOREVER INT64_MAX

static int take_card(void *ctx, json_t *record, struct why *why)
{
	const char *iccid = json_string_value(json_object_get(record, "iccid"));
	const char *status = json_string_value(json_object_get(record, "status"));

	if (!iccid || !json_object_get(record, "ota_keys") ||
	    (status && strcmp(status, "blocked") == 0))
		return 0;
	return json_put(ctx, iccid, json_incref(json_object_get(record, "imsi")), why);
}

json_t *reg_cards(struct reg *r, struct why *why)
{
	AUTO(json_t) *cards = json_object();

	return reg_each(r, REG_SUBSCRIBERS, NULL, NULL, take_card, cards, why) < 0 ? NULL
										   : STEAL(cards);
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

/* The record of such a subscriber, owned. Refused: `unknown-iccid`. */
static int find_record(struct reg *r, const json_t *cards, const char *iccid, json_t **record,
		       struct why *why)
{
	const char *imsi = json_string_value(json_object_get(cards, iccid));
	const int known = imsi ? reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, record, why) : 0;

	if (known > 0)
		return 0;
	return known ? -1 : unknown_iccid(iccid, why);
}

static int keys_of(const json_t *record, const char *iccid, unsigned index, json_t **keys,
		   struct why *why)
{
	json_t *all = json_object_get(record, "ota_keys"), *one = NULL;

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

int reg_ota_keys(struct reg *r, const json_t *cards, const char *iccid, unsigned index,
		 json_t **keys, struct why *why)
{
	AUTO(json_t) *record = NULL;

	return find_record(r, cards, iccid, &record, why) ||
			       keys_of(record, iccid, index, keys, why)
		       ? -1
		       : 0;
}

int reg_ota_counter(struct reg *r, const char *iccid, unsigned index, uint64_t last, uint64_t *cntr,
		    struct why *why)
{
	char pool[POOL_ID];
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

int reg_card_handover(struct reg *r, const json_t *cards, const char *iccid, const char *imsi,
		      bool with_sqn, json_t **record, struct why *why)
{
	AUTO(json_t) *from = NULL;
	AUTO(json_t) *to = NULL;
	json_t *keys;

	if (find_record(r, cards, iccid, &from, why) || imsi_check(imsi, "imsi", why))
		return -1;
	to = json_deep_copy(from);
	keys = json_object_get(to, "ota_keys");
	if (!to || !json_is_object(keys))
		return why_input(why, "ota_keys: want one key set to hand over");
	if (!with_sqn && json_put_text(to, "sqn", "000000000000", why))
		return -1;
	json_object_del(to, "restrictions"); /* the new network has its own */
	if (leave_room(r, iccid, keys, why) || json_put_text(to, "imsi", imsi, why) ||
	    json_put_text(to, "status", "active", why))
		return -1;
	*record = STEAL(to);
	return 0;
}

/* ---- what the old operator deletes ---- */

static int note_deletion(struct reg *r, const char *iccid, const char *imsi, struct why *why)
{
	struct why own = {0};
	char id[POOL_ID];

	snprintf(id, sizeof(id), "%.20s/%.15s", iccid, imsi);
	if (reg_offer(r, "card-deleted", id, iccid, NULL, FOREVER, &own) == 0 ||
	    own.status == TOOL_NO) /* the card was here before, under the same IMSI */
		return 0;
	*why = own;
	return -1;
}

static int delete_record(struct reg *r, const char *iccid, const char *imsi, struct why *why)
{
	AUTO(json_t) *left = NULL;
	int found;

	if (reg_delete(r, REG_SUBSCRIBERS, "imsi", imsi, why) < 0 ||
	    reg_forget(r, "challenge", imsi, FOREVER, why))
		return -1;
	found = reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, &left, why);
	if (found)
		return found < 0 ? -1 : why_sys(why, "%.20s is still there", iccid);
	return note_deletion(r, iccid, imsi, why);
}

int reg_card_delete(struct reg *r, const json_t *cards, const char *iccid, struct why *why)
{
	AUTO(json_t) *record = NULL;
	struct why own = {0};
	int known;

	if (find_record(r, cards, iccid, &record, &own) == 0) {
		const char *imsi = json_text(record, "imsi", why);

		return imsi ? delete_record(r, iccid, imsi, why) : -1;
	}
	/* done before: it is so still, and is attested again */
	known = own.status == TOOL_NO ? reg_find(r, "card-deleted", iccid, 0, NULL, NULL, why) : 0;
	if (known > 0)
		return 0;
	if (!known)
		*why = own;
	return -1;
}
