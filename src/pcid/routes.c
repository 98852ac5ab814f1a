/* SPDX-License-Identifier: Apache-2.0 */
#include "pcid/routes.h"

#include "base/record.h"
#include "pcid/plmn.h"

#include <stdio.h>
#include <string.h>

static int add(void *routes, const json_t *record, struct why *why)
{
	static const char *const fields[] = {"plmn", "operator", NULL};
	const char *text = json_text(record, "plmn", why),
		   *name = text ? json_text(record, "operator", why) : NULL;
	struct plmn p;
	char digits[8];

	if (!name || json_only(record, fields, why) || plmn_parse(&p, text, "plmn", why))
		return -1;
	snprintf(digits, sizeof(digits), "%s%s", p.mcc, p.mnc);
	if (json_object_get(routes, digits))
		return why_input(why, "plmn: %s stands twice", text);
	return json_put_text(routes, digits, name, why);
}

json_t *routes_load(const char *path, struct why *why)
{
	const size_t len = strlen(path);
	const bool is_csv = len > 4 && strcmp(path + len - 4, ".csv") == 0;
	AUTO(json_t) *routes = json_object();

	return record_each(path, is_csv ? RECORD_CSV : RECORD_TSV, add, routes, why) == 0
		       ? STEAL(routes)
		       : NULL;
}

int routes_find(struct buf *out, const json_t *routes, const char *imsi, struct why *why)
{
	if (imsi_check(imsi, "imsi", why))
		return -1;
	for (int mnc = 3; mnc >= 2; mnc--) {
		char digits[8], plmn[9];
		AUTO(json_t) *o = NULL;
		const char *name;

		snprintf(digits, sizeof(digits), "%.*s", 3 + mnc, imsi);
		name = json_string_value(json_object_get(routes, digits));
		if (!name)
			continue;
		snprintf(plmn, sizeof(plmn), "%.3s-%s", digits, digits + 3);
		o = json_pack("{s:s, s:s, s:s}", "imsi", imsi, "plmn", plmn, "operator", name);
		return o ? json_append_line(out, o, why) : why_sys(why, "out of memory");
	}
	return why_refuse(why, "no-route",
			  "no operator has the MCC and MNC of %s (TR 33.812 B.2.2.2)", imsi);
}
