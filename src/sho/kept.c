/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/kept.h"

#include <string.h>

static int check_status(const json_t *record, struct why *why)
{
	const char *status = json_string_value(json_object_get(record, "status"));

	if (status && strcmp(status, "active") == 0)
		return 0;
	return status && strcmp(status, "waiting") == 0
		       ? why_refuse(why, "subscriber-waiting",
				    "the PCID is not activated yet (TR 33.812 B.1)")
		       : why_refuse(why, "subscriber-blocked",
				    "the PCID is deactivated (TR 33.812 B.2.3.5)");
}

static int check_home(const char *imsi, const struct plmn *plmn, struct why *why)
{
	const size_t mcc = strlen(plmn->mcc), mnc = strlen(plmn->mnc);

	return strncmp(imsi, plmn->mcc, mcc) == 0 && strncmp(imsi + mcc, plmn->mnc, mnc) == 0
		       ? 0
		       : why_refuse(why, "wrong-operator",
				    "the PCID points to another network than %s-%s (TR 33.812 "
				    "5.1.3.6.3 step 8)",
				    plmn->mcc, plmn->mnc);
}

json_t *sho_kept(struct reg *r, const char *imsi, const struct plmn *plmn, const char *tre_id,
		 struct why *why)
{
	AUTO(json_t) *record = NULL;
	const char *whose;
	int known;

	if (imsi_check(imsi, "--keep-imsi", why) || check_home(imsi, plmn, why))
		return NULL;
	known = reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, &record, why);
	if (known == 0)
		why_refuse(why, "unknown-imsi",
			   "%.15s is no PCID of this register (TR 33.812 5.1.3.6.3 step 8)", imsi);
	if (known <= 0 || check_status(record, why))
		return NULL;
	whose = json_string_value(json_object_get(record, "tre_id"));
	if (!whose || strcmp(whose, tre_id) != 0) {
		why_refuse(why, "wrong-tre",
			   "the PCID is not this TRE's (TR 33.812 5.1.3.6.3 step 8)");
		return NULL;
	}
	return STEAL(record);
}
