/* SPDX-License-Identifier: Apache-2.0 */
#include "register/fields.h"

#include "aka/sqn_scheme.h"
#include "base/hex.h"
#include "base/party.h"
#include "base/when.h"
#include "pcid/plmn.h"
#include "register/permit.h"

#include <string.h>

static const char *const subscriber_fields[] = {
	"imsi",   "alg",       "k",          "opc",          "topc",   "amf",
	"sqn",    "ind_bits",  "sqn_scheme", "sqn_dif",      "status", "iccid",
	"tre_id", "not_after", "ota_keys",   "restrictions", NULL};
static const char *const discovery_fields[] = {"pcid",    "tre_id", "sho",    "sho_url",
					       "dpf_url", "napdef", "status", NULL};
static const char *const equipment_fields[] = {"tre_id", "cert_pem",  "enc_cert_pem",
					       "status", "reference", NULL};

const char *const *reg_columns(enum reg_table table)
{
	static const char *const *const all[] = {subscriber_fields, discovery_fields,
						 equipment_fields};

	return all[table];
}

int reg_table_parse(const char *name, struct why *why)
{
	static const char *const names[] = {"subscribers", "discovery", "equipment"};

	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return why_usage(why, "want subscribers, discovery or equipment, got '%.20s'", name);
}

const char *reg_table_key(enum reg_table table)
{
	static const char *const keys[] = {"imsi", "pcid", "tre_id"};

	return keys[table];
}

/* A hex field of one of two lengths (octets); missing is right. */
static int check_hex(const json_t *o, const char *field, size_t len, size_t other, struct why *why)
{
	uint8_t bytes[32];
	const char *text;
	int rc;

	if (json_text_opt(&text, o, field, why))
		return -1;
	if (!text)
		return 0;
	rc = hex_decode(bytes, strlen(text) == 2 * other ? other : len, text, field, why);
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

static int check_word(const json_t *o, const char *field, const char *const words[],
		      struct why *why)
{
	const char *const *w = words;
	const char *text;

	if (json_text_opt(&text, o, field, why))
		return -1;
	for (; text && *w; w++)
		if (strcmp(*w, text) == 0)
			return 0;
	return text ? why_input(why, "%s: want %s%s%s%s%s", field, words[0],
				words[2] ? ", " : " or ", words[1], words[2] ? " or " : "",
				words[2] ? words[2] : "")
		    : 0;
}

static int check_tre_id(const json_t *o, struct why *why)
{
	const char *text;

	return json_text_opt(&text, o, "tre_id", why) || (text && tre_id_check(text, "tre_id", why))
		       ? -1
		       : 0;
}

/* What stands in a subscriber's field may be its K, where the columns of a table have slipped: no
 * message quotes it. */
static int want(bool is_right, const char *field, const char *what, struct why *why)
{
	return is_right ? 0 : why_input(why, "%s: want %s", field, what);
}

static int check_subscriber(const json_t *o, struct why *why)
{
	static const char *const algs[] = {"milenage", "tuak", NULL};
	static const char *const states[] = {"active", "blocked", "waiting", NULL};
	const char *imsi = json_text(o, "imsi", why), *iccid, *not_after, *scheme, *tre_id;
	uint8_t ef[10];
	const json_t *limits = json_object_get(o, "restrictions");
	struct sqn_scheme parsed;
	uint64_t bits, dif;
	int64_t t;

	if (!imsi || want(imsi_check(imsi, "imsi", NULL) == 0, "imsi", "6 to 15 digits", why) ||
	    check_hex(o, "k", 16, 32, why) || check_hex(o, "opc", 16, 16, why) ||
	    check_hex(o, "topc", 32, 32, why) || check_hex(o, "amf", 2, 2, why) ||
	    check_hex(o, "sqn", 6, 6, why) || json_number(&bits, o, "ind_bits", 0, 5, 5, why) ||
	    check_word(o, "alg", algs, why) || check_word(o, "status", states, why) ||
	    json_text_opt(&tre_id, o, "tre_id", why) ||
	    want(!tre_id || tre_id_check(tre_id, "tre_id", NULL) == 0, "tre_id", "VENDOR;NUMBER",
		 why) ||
	    json_text_opt(&scheme, o, "sqn_scheme", why) ||
	    want(!scheme || sqn_scheme_parse(&parsed, scheme, NULL) == 0, "sqn_scheme",
		 "profile-1 to profile-3, or c.1.1.1 to c.1.1.3 with parameters (TS 33.102 C.1.1, "
		 "C.3)",
		 why) ||
	    json_number(&dif, o, "sqn_dif", 0, SQN_MAX, 0, why) ||
	    json_text_opt(&iccid, o, "iccid", why) ||
	    want(!iccid || iccid_encode(ef, iccid, NULL) == 0, "iccid", "18 to 20 digits", why) ||
	    json_text_opt(&not_after, o, "not_after", why) ||
	    want(!not_after || when_parse(&t, not_after, "not_after", NULL) == 0, "not_after",
		 "a time such as 2026-11-21T01:02:03Z", why) ||
	    (limits && permit_check(limits, why)))
		return -1;
	return 0;
}

static int check_discovery(const json_t *o, struct why *why)
{
	const char *pcid = json_text(o, "pcid", why), *text;
	const json_t *napdef = json_object_get(o, "napdef");

	if (!pcid || imsi_check(pcid, "pcid", why) || !json_text(o, "tre_id", why) ||
	    check_tre_id(o, why))
		return -1;
	for (size_t i = 2; discovery_fields[i]; i++)
		if (strcmp(discovery_fields[i], "napdef") != 0 &&
		    json_text_opt(&text, o, discovery_fields[i], why))
			return -1;
	return napdef && !json_is_object(napdef) ? why_input(why, "napdef: want an object") : 0;
}

static int check_equipment(const json_t *o, struct why *why)
{
	static const char *const states[] = {"active", "revoked", NULL};

	if (!json_text(o, "tre_id", why) || check_tre_id(o, why) ||
	    check_word(o, "status", states, why))
		return -1;
	return json_text(o, "cert_pem", why) ? 0 : -1;
}

int reg_fields_check(enum reg_table table, const json_t *record, struct why *why)
{
	static int (*const checks[])(const json_t *, struct why *) = {
		check_subscriber, check_discovery, check_equipment};

	if (json_object_get(record, "batch"))
		return why_input(why, "a line of a sealed batch: --key opens it");
	if (json_only(record, reg_columns(table), why))
		return -1;
	return checks[table](record, why);
}
