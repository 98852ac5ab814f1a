/* SPDX-License-Identifier: Apache-2.0 */
#include "register/entry.h"

#include "pki/cert.h"
#include "register/fields.h"
#include "uicc/keyset.h"

#include <string.h>

static const char *text_of(const json_t *o, const char *field)
{
	return json_string_value(json_object_get(o, field)); /* the form was checked */
}

static int check_key(const json_t *o, struct why *why)
{
	const char *alg = text_of(o, "alg"), *k = text_of(o, "k");
	const bool is_tuak = alg && strcmp(alg, "tuak") == 0;
	const char *with = is_tuak ? "topc" : "opc";

	if (!k)
		return 0; /* a number, or somebody else's subscriber */
	if (!is_tuak && strlen(k) != 32)
		return why_input(why, "k: want 32 hex digits for milenage (TS 35.206), got %zu",
				 strlen(k));
	return text_of(o, with) ? 0
				: why_input(why, "%s: missing, and %s wants it", with,
					    is_tuak ? "tuak (TS 35.231)" : "milenage (TS 35.206)");
}

bool reg_is_url(const char *url, size_t len)
{
	const size_t scheme = len > 7 && memcmp(url, "http://", 7) == 0    ? 7
			      : len > 8 && memcmp(url, "https://", 8) == 0 ? 8
									   : 0;

	if (!scheme || url[scheme] == '/' || url[scheme] == ':')
		return false;
	for (size_t i = scheme; i < len; i++)
		if (url[i] <= ' ' || url[i] >= 0x7f)
			return false;
	return true;
}

static int check_operator(const json_t *o, struct why *why)
{
	static const char *const urls[] = {"sho_url", "dpf_url"};
	const char *sho = text_of(o, "sho");

	if (sho && party_check(sho, "sho", why))
		return -1;
	for (int i = 0; i < 2; i++) {
		const char *url = text_of(o, urls[i]);

		if (url && !reg_is_url(url, strlen(url)))
			return why_input(why, "%s: want an http or https URL, got %s", urls[i],
					 WHY_GOT(url));
	}
	return 0;
}

static int check_certificate(const json_t *o, const char *field, struct why *why)
{
	const char *pem = text_of(o, field), *tre_id = text_of(o, "tre_id");
	char name[TRE_ID_TEXT];
	struct why own = {0};

	if (!pem)
		return 0;
	if (cert_name_in(name, pem, strlen(pem), field, &own)) {
		if (own.status == TOOL_NO)
			return why_input(why, "%s: %.200s", field, own.text);
		*why = own;
		return -1;
	}
	return strcmp(name, tre_id) == 0
		       ? 0
		       : why_input(why, "%s: the certificate is %.64s's", field, name);
}

static int check_keyset(const json_t *o, unsigned *index, struct why *why)
{
	SECRET(ota_keyset) k = {0};

	if (!json_is_object(o))
		return why_input(why, "ota_keys: want an object, or an array of objects");
	if (ota_keyset_parse(&k, o, why))
		return why_in(why, "ota_keys");
	*index = k.index;
	return 0;
}

int reg_ota_keys_check(const json_t *keys, struct why *why)
{
	unsigned index = 0, came = 0;
	const json_t *o;
	size_t i;

	if (!json_is_array(keys))
		return check_keyset(keys, &index, why);
	json_array_foreach (keys, i, o) {
		if (check_keyset(o, &index, why))
			return -1;
		if (!index || came & 1U << index)
			return why_input(why, "ota_keys: want an index in each of an array, and "
					      "none twice");
		came |= 1U << index;
	}
	return 0;
}

static int check_subscriber(const json_t *o, struct why *why)
{
	const json_t *keys = json_object_get(o, "ota_keys");

	return check_key(o, why) || (keys && reg_ota_keys_check(keys, why)) ? -1 : 0;
}

int reg_entry_check(enum reg_table table, const json_t *record, struct why *why)
{
	if (reg_fields_check(table, record, why))
		return -1;
	switch (table) {
	case REG_SUBSCRIBERS: return check_subscriber(record, why);
	case REG_DISCOVERY: return check_operator(record, why);
	default:
		return check_certificate(record, "cert_pem", why) ||
				       check_certificate(record, "enc_cert_pem", why)
			       ? -1
			       : 0;
	}
}
