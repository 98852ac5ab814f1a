/* SPDX-License-Identifier: Apache-2.0 */
#include "pcid/imsi_list.h"

#include <stdio.h>
#include <string.h>

void imsi_list_free(struct imsi_list *l)
{
	json_decref(l->seen);
	json_decref(l->fresh);
	l->seen = l->fresh = NULL;
}

int imsi_list_start(struct imsi_list *l, const char *plmn, struct why *why)
{
	struct plmn p;

	if (plmn_parse(&p, plmn, "--plmn", why))
		return -1;
	snprintf(l->plmn, sizeof(l->plmn), "%.3s%.3s", p.mcc, p.mnc);
	l->seen = json_object();
	l->fresh = json_object();
	return l->seen && l->fresh ? 0 : why_sys(why, "out of memory");
}

int imsi_list_keep(struct imsi_list *l, struct why *why)
{
	if (json_object_update(l->seen, l->fresh))
		return why_sys(why, "out of memory");
	json_object_clear(l->fresh);
	return 0;
}

void imsi_list_undo(struct imsi_list *l)
{
	json_object_clear(l->fresh);
}

static bool has(const struct imsi_list *l, const char *name)
{
	return json_object_get(l->seen, name) || json_object_get(l->fresh, name);
}

static int twice(const char *reason, const char *what, struct why *why)
{
	return why_refuse(why, reason, "%.20s stands in the list before (TR 33.812 5.3.1.2 step 3)",
			  what);
}

int imsi_list_check(struct imsi_list *l, const char *iccid, const char *imsi, struct why *why)
{
	char card[ICCID_TEXT + 1];
	uint8_t ef[10];

	if (iccid_encode(ef, iccid, why) || imsi_check(imsi, "imsi", why))
		return -1;
	if (strncmp(imsi, l->plmn, strlen(l->plmn)) != 0)
		return why_refuse(why, "foreign-imsi",
				  "%.20s is none of the new operator's (TR 33.812 5.3.1.2 step 3)",
				  imsi);
	snprintf(card, sizeof(card), "c%.20s", iccid); /* IMSIs are digits alone */
	if (has(l, imsi))
		return twice("double-imsi", imsi, why);
	if (has(l, card))
		return twice("double-iccid", iccid, why);
	return json_put_bool(l->fresh, imsi, true, why) || json_put_bool(l->fresh, card, true, why)
		       ? -1
		       : 0;
}
