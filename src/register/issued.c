/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials that were issued: read again, given back. */
#include "register/db.h"
#include "register/issue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_record(struct reg *r, const char *imsi, struct buf *lines, struct why *why)
{
	STATEMENT(s);
	const char *json;
	int got;

	if (db_prepare(r, &s, "SELECT record FROM subscribers WHERE imsi=?1", &imsi, 1, why))
		return -1;
	got = db_step(s, why);
	if (got < 0)
		return -1;
	if (!got)
		return why_refuse(why, "run-changed",
				  "%.15s is no longer in the register (TR 33.812 5.1.3.4.1)", imsi);
	json = db_text(s, 0);
	return buf_add(lines, json, strlen(json), why) || buf_add(lines, "\n", 1, why) ? -1 : 0;
}

int reg_issued(struct reg *r, const json_t *pcids, struct buf *lines, struct why *why)
{
	const json_t *run;
	size_t i;

	json_array_foreach (pcids, i, run) {
		const char *first = json_string_value(json_array_get(run, 0));
		const json_int_t n = json_integer_value(json_array_get(run, 1));
		const uint64_t from = first ? strtoull(first, NULL, 10) : 0;

		for (json_int_t k = 0; k < n; k++) {
			char imsi[24];

			snprintf(imsi, sizeof(imsi), "%0*" PRIu64, first ? (int)strlen(first) : 0,
				 from + (uint64_t)k);
			if (add_record(r, imsi, lines, why))
				return -1;
		}
	}
	return 0;
}

static int in_use(const char *pcid, struct why *why)
{
	return why_refuse(why, "pcid-in-use",
			  "%.20s may still be used by its M2ME (TR 33.812 B.2.2.2 NOTE 1)", pcid);
}

static int is_given_up(void *ctx, json_t *d, struct why *why)
{
	const char *status = json_string_value(json_object_get(d, "status"));

	(void)ctx;
	if (status && (strcmp(status, "changed") == 0 || strcmp(status, "retired") == 0))
		return 0;
	return in_use(json_string_value(json_object_get(d, "pcid")), why);
}

int reg_release(struct reg *r, const char *pcid, struct why *why)
{
	AUTO(json_t) *record = NULL;
	char plmn[PLMN_TEXT];
	const int known = reg_get(r, REG_SUBSCRIBERS, "imsi", pcid, &record, why);
	const char *status = json_string_value(json_object_get(record, "status"));
	int n;

	if (known == 0)
		return why_refuse(why, "unknown-pcid",
				  "%.20s was not issued here (TR 33.812 5.1.3.4.1)", pcid);
	if (known < 0)
		return -1;
	n = reg_each(r, REG_DISCOVERY, "pcid", pcid, is_given_up, NULL, why);
	if (n < 0)
		return -1;
	if (n == 0 && (!status || strcmp(status, "active") == 0))
		return in_use(pcid, why);
	return reg_pool_of(r, pcid, plmn, why) ||
			       reg_delete(r, REG_SUBSCRIBERS, "imsi", pcid, why) < 0 ||
			       reg_delete(r, REG_DISCOVERY, "pcid", pcid, why) < 0 ||
			       reg_pool_release(r, plmn, pcid, why)
		       ? -1
		       : 0;
}
