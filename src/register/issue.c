/* SPDX-License-Identifier: Apache-2.0 */
#include "register/issue.h"

#include "base/party.h"

#include <string.h>

/* The next TRE_id of the list; NULL where there is no list. */
static int next_tre_id(const struct issue *i, const char **tre_id, struct why *why)
{
	*tre_id = NULL;
	if (!i->tre_ids)
		return 0;
	*tre_id = lines_next(i->tre_ids);
	if (!*tre_id)
		return why_input(why, "%s: fewer TRE_ids than are wanted", i->tre_ids_name);
	if (tre_id_check(*tre_id, "TRE_id", why))
		return why_in(why, "%s:%zu", i->tre_ids_name, i->tre_ids->line);
	return 0;
}

static int put_discovery(struct reg *r, const json_t *record, const char *tre_id, struct why *why)
{
	AUTO(json_t) *d = json_object();

	return json_put(d, "pcid", json_incref(json_object_get(record, "imsi")), why) ||
			       json_put_text(d, "tre_id", tre_id, why) ||
			       json_put_text(d, "status", "issued", why) ||
			       reg_put(r, REG_DISCOVERY, d, why)
		       ? -1
		       : 0;
}

static int issue_one(struct reg *r, const struct issue *i, json_t **record, struct why *why)
{
	struct subscription s = i->subscription;
	const char *tre_id;

	if (next_tre_id(i, &tre_id, why))
		return -1;
	s.tre_id = i->share == 1 ? tre_id : NULL;
	if (reg_subscribe(r, &s, record, why))
		return -1;
	for (uint64_t n = 0; tre_id && n < i->share; n++)
		if ((n && next_tre_id(i, &tre_id, why)) || put_discovery(r, *record, tre_id, why))
			return -1;
	return 0;
}

int reg_issue(struct reg *r, const struct issue *i,
	      int (*take)(void *ctx, const json_t *record, struct why *why), void *ctx,
	      struct why *why)
{
	for (uint64_t n = 0; n < i->count; n++) {
		AUTO(json_t) *record = NULL;

		if (issue_one(r, i, &record, why) || take(ctx, record, why))
			return -1;
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
