/* SPDX-License-Identifier: Apache-2.0 */
#include "register/effects.h"

#include "base/hex.h"
#include "base/party.h"

#include <string.h>

static int collect(void *ctx, json_t *record, struct why *why)
{
	json_t *copy = json_deep_copy(record);

	return !copy || json_array_append_new(ctx, copy) ? why_sys(why, "out of memory") : 0;
}

/* Sets one field (NULL value: removes it) in each record of a TRE_id; how many, or -1. */
static int set_all(struct reg *r, enum reg_table table, const char *tre_id,
		   const char *const set[][2], struct why *why)
{
	AUTO(json_t) *records = json_array();
	json_t *o;
	size_t i;
	const int n = reg_each(r, table, "tre_id", tre_id, collect, records, why);

	if (n < 0)
		return -1;
	json_array_foreach (records, i, o) {
		for (size_t j = 0; set[j][0]; j++)
			if (set[j][1] && json_put_text(o, set[j][0], set[j][1], why))
				return -1;
		if (reg_put(r, table, o, why))
			return -1;
	}
	return n;
}

static int registration(struct reg *r, const json_t *p, const char *id, int64_t at, struct why *why)
{
	AUTO(json_t) *attached = NULL;
	AUTO(json_t) *open = NULL;
	const char *tre_id = json_text(p, "tre_id", why), *sho = json_text(p, "iss", why);
	const char *url = json_text(p, "server_url", why);
	int n;

	if (!tre_id || !sho || !url || tre_id_check(tre_id, "tre_id", why))
		return -1;
	n = reg_find(r, "registration", tre_id, NULL, &open, why);
	if (n < 0)
		return -1;
	if (n && open) {
		const char *other = json_string_value(json_object_get(open, "sho"));

		if (other && strcmp(other, sho) != 0)
			return why_refuse(why, "already-registered",
					  "%s is registered for %s already (TR 33.812 B.2.3.2)",
					  tre_id, other);
	}
	{
		const char *const set[][2] = {
			{"sho", sho}, {"dpf_url", url}, {"status", "registered"}, {0}};

		n = set_all(r, REG_DISCOVERY, tre_id, set, why);
	}
	if (n < 0)
		return -1;
	if (n == 0)
		return why_refuse(why, "unknown-tre",
				  "%s maps to no subscription here (TR 33.812 B.2.2.1 NOTE 5)",
				  tre_id);
	attached = json_pack("{s:s}", "sho", sho);
	return reg_offer(r, "registration", id, tre_id, attached, at + REGISTRATION_LIFETIME, why);
}

static int completion(struct reg *r, const json_t *p, int64_t at, struct why *why)
{
	AUTO(json_t) *attached = NULL;
	const char *tre_id = json_text(p, "tre_id", why), *sho = json_text(p, "iss", why);
	const char *id = json_text(p, "registration_sha256", why);
	static const char *const blocked[][2] = {{"status", "blocked"}, {0}};
	static const char *const changed[][2] = {{"status", "changed"}, {0}};

	if (!tre_id || !sho || !id || reg_spend(r, "registration", id, tre_id, at, &attached, why))
		return -1;
	if (!attached || strcmp(json_string_value(json_object_get(attached, "sho")), sho) != 0)
		return why_refuse(why, "wrong-operator",
				  "%s is not the operator that had registered (TR 33.812 B.2.3.5)",
				  sho);
	return set_all(r, REG_SUBSCRIBERS, tre_id, blocked, why) < 0 ||
			       set_all(r, REG_DISCOVERY, tre_id, changed, why) < 0
		       ? -1
		       : 0;
}

static int subscribing(struct reg *r, const json_t *p, struct why *why)
{
	const char *tre_id = json_text(p, "tre_id", why), *sho = json_text(p, "iss", why);
	const char *const set[][2] = {{"sho", sho}, {"status", "subscribing"}, {0}};
	int n;

	if (!tre_id || !sho)
		return -1;
	n = set_all(r, REG_DISCOVERY, tre_id, set, why);
	if (n == 0)
		return why_refuse(why, "unknown-tre", "%s is not in this register", tre_id);
	return n < 0 ? -1 : 0;
}

static int set_status(struct reg *r, const json_t *p, const char *status, struct why *why)
{
	AUTO(json_t) *o = NULL;
	const char *imsi = json_text(p, "imsi", why);
	const int known = imsi ? reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, &o, why) : -1;

	if (known == 0)
		return why_refuse(why, "unknown-imsi", "%s has no subscription here", imsi);
	if (known < 0 || json_put_text(o, "status", status, why))
		return -1;
	return reg_put(r, REG_SUBSCRIBERS, o, why);
}

int reg_note_effect(struct reg *r, const char *type, const json_t *payload,
		    const uint8_t sha256[static 32], int64_t at, struct why *why)
{
	char id[65];

	hex_encode(id, sha256, 32);
	if (strcmp(type, "registration") == 0)
		return registration(r, payload, id, at, why);
	if (strcmp(type, "completion") == 0)
		return completion(r, payload, at, why);
	if (strcmp(type, "subscribing") == 0)
		return subscribing(r, payload, why);
	if (strcmp(type, "activate") == 0)
		return set_status(r, payload, "active", why);
	if (strcmp(type, "release") == 0)
		return set_status(r, payload, "blocked", why);
	return 0;
}
