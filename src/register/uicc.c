/* SPDX-License-Identifier: Apache-2.0 */
#include "register/uicc.h"

#include "base/hex.h"
#include "base/party.h"
#include "pcid/plmn.h"
#include "register/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIR_MAX 255
#define PAIR_ID 32 /* ICCID, slash, index */

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
	return rc || reg_ota_keys_check(json_object_get(pair, "ota_keys"), why) ? -1 : 0;
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
		     : why_refuse(why, "unknown-iccid",
				  "%.20s is on no list of pairs (TR 33.812 5.3.2)", iccid);
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
