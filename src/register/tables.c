/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables are called, apart from the checks of their fields, which want OpenSSL. */
#include "register/fields.h"

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
