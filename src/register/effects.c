/* SPDX-License-Identifier: Apache-2.0 */
#include "register/effects.h"

#include "base/hex.h"
#include "base/ossl.h"
#include "base/party.h"
#include "register/issue.h"

#include <stdlib.h>
#include <string.h>

static int collect(void *ctx, json_t *record, struct why *why)
{
	json_t *copy = json_deep_copy(record);

	return !copy || json_array_append_new(ctx, copy) ? why_sys(why, "out of memory") : 0;
}

static int set_field(json_t *o, const char *field, json_t *v, struct why *why)
{
	if (!json_is_null(v))
		return json_put(o, field, json_incref(v), why);
	json_object_del(o, field); /* which may not be there */
	return 0;
}

/* Sets the fields of change (null: removes one) in each record of a TRE_id; how many, or -1. */
static int set_all(struct reg *r, enum reg_table table, const char *tre_id, json_t *change,
		   struct why *why)
{
	AUTO(json_t) *records = json_array();
	const int n = reg_each(r, table, "tre_id", tre_id, collect, records, why);
	const char *field;
	json_t *o, *v;
	size_t i;

	if (n < 0)
		return -1;
	json_array_foreach (records, i, o) {
		json_object_foreach (change, field, v)
			if (set_field(o, field, v, why))
				return -1;
		if (reg_put(r, table, o, why))
			return -1;
	}
	return n;
}

static int set_status_of_all(struct reg *r, enum reg_table table, const char *tre_id,
			     const char *status, struct why *why)
{
	AUTO(json_t) *change = json_object();

	return json_put_text(change, "status", status, why) ||
			       set_all(r, table, tre_id, change, why) < 0
		       ? -1
		       : 0;
}

static const char *text_of(const json_t *o, const char *field)
{
	const char *text = json_string_value(json_object_get(o, field));

	return text ? text : "";
}

/* The registration that is open is replaced by the same operator's next one, and counts no more;
 * another's stands in the way until it expires. */
static int close_older(struct reg *r, const char *tre_id, const char *sho, int64_t at,
		       struct why *why)
{
	AUTO(json_t) *open = NULL;
	char *id = NULL;
	int rc = reg_find(r, "registration", tre_id, at, &id, &open, why);

	if (rc > 0 && strcmp(text_of(open, "sho"), sho) != 0)
		rc = why_refuse(why, "already-registered",
				"%s is registered for %s already (TR 33.812 B.2.3.2)", tre_id,
				text_of(open, "sho"));
	else if (rc > 0)
		rc = reg_spend(r, "registration", id, tre_id, at, NULL, why);
	free(id);
	return rc;
}

/* What the DRF tells the M2ME from now on; sho_url and napdef where the new operator gave them. */
static int learn_operator(struct reg *r, const json_t *p, const char *tre_id, const char *sho,
			  const char *url, struct why *why)
{
	AUTO(json_t) *change = json_object();
	json_t *napdef = json_object_get(p, "napdef");
	const char *sho_url;
	int n;

	if (json_text_opt(&sho_url, p, "sho_url", why) || json_put_text(change, "sho", sho, why) ||
	    json_put(change, "sho_url", sho_url ? json_string(sho_url) : json_null(), why) ||
	    json_put_text(change, "dpf_url", url, why) ||
	    (napdef && json_put(change, "napdef", json_incref(napdef), why)) ||
	    json_put_text(change, "status", "registered", why))
		return -1;
	n = set_all(r, REG_DISCOVERY, tre_id, change, why);
	if (n == 0)
		return why_refuse(why, "unknown-tre",
				  "%s maps to no subscription here (TR 33.812 B.2.2.1 NOTE 5)",
				  tre_id);
	return n < 0 ? -1 : 0;
}

static int registration(struct reg *r, const json_t *p, const char *id, int64_t at, struct why *why)
{
	AUTO(json_t) *attached = json_object();
	const char *tre_id = json_text(p, "tre_id", why), *sho = json_text(p, "iss", why);
	const char *url = json_text(p, "server_url", why);

	if (!tre_id || !sho || !url || tre_id_check(tre_id, "tre_id", why) ||
	    close_older(r, tre_id, sho, at, why) || learn_operator(r, p, tre_id, sho, url, why) ||
	    json_put_text(attached, "sho", sho, why))
		return -1;
	return reg_offer(r, "registration", id, tre_id, attached, at + REGISTRATION_LIFETIME, why);
}

static int completion(struct reg *r, const json_t *p, int64_t at, struct why *why)
{
	AUTO(json_t) *attached = NULL;
	const char *tre_id = json_text(p, "tre_id", why), *sho = json_text(p, "iss", why);
	const char *id = json_text(p, "registration_sha256", why);

	if (!tre_id || !sho || !id || reg_spend(r, "registration", id, tre_id, at, &attached, why))
		return -1;
	if (strcmp(text_of(attached, "sho"), sho) != 0)
		return why_refuse(why, "wrong-operator",
				  "%s is not the operator that had registered (TR 33.812 B.2.3.5)",
				  sho);
	return set_status_of_all(r, REG_SUBSCRIBERS, tre_id, "blocked", why) ||
			       set_status_of_all(r, REG_DISCOVERY, tre_id, "changed", why)
		       ? -1
		       : 0;
}

/* 5.1.3.7.4.2 step 17. Where a registration is open, it is over; another operator's cannot be. */
static int subscribing(struct reg *r, const json_t *p, int64_t at, struct why *why)
{
	AUTO(json_t) *change = json_object();
	const char *tre_id = json_text(p, "tre_id", why), *sho = json_text(p, "iss", why);
	int n;

	if (!tre_id || !sho || close_older(r, tre_id, sho, at, why) ||
	    json_put_text(change, "sho", sho, why) ||
	    json_put_text(change, "status", "subscribing", why))
		return -1;
	n = set_all(r, REG_DISCOVERY, tre_id, change, why);
	if (n == 0)
		return why_refuse(why, "unknown-tre",
				  "%s is not in this register (TR 33.812 5.1.3.4.2)", tre_id);
	return n < 0 ? -1 : 0;
}

/* The TRE's notice is kept under its hash, which the acknowledgement is about. */
static int discard(struct reg *r, const json_t *p, const char *id, int64_t at, struct why *why)
{
	AUTO(json_t) *attached = json_object();
	const char *tre_id = json_text(p, "iss", why), *token = json_text(p, "token_sha256", why);

	if (!tre_id || !token || json_put_text(attached, "token_sha256", token, why))
		return -1;
	return reg_offer(r, "discard", id, tre_id, attached, at + REGISTRATION_LIFETIME, why);
}

/* waiting becomes active, and nothing that was deactivated comes back; release ends it. */
static int set_status(struct reg *r, const json_t *p, bool activate, struct why *why)
{
	AUTO(json_t) *o = NULL;
	const char *imsi = json_text(p, "imsi", why);
	const int known = imsi ? reg_get(r, REG_SUBSCRIBERS, "imsi", imsi, &o, why) : -1;

	if (known == 0)
		return why_refuse(why, "unknown-imsi",
				  "%.20s has no subscription here (TS 33.102 6.3.2)", imsi);
	if (known < 0)
		return -1;
	if (activate && strcmp(text_of(o, "status"), "blocked") == 0)
		return why_refuse(why, "subscriber-blocked",
				  "the subscription is deactivated (TR 33.812 B.2.3.5)");
	return json_put_text(o, "status", activate ? "active" : "blocked", why) ||
			       reg_put(r, REG_SUBSCRIBERS, o, why)
		       ? -1
		       : 0;
}

/* 5.1.3.7.4.2: after step 17 the old operator may let an M2ME go that had said itself, in the
 * notice of step 11, that it discards: nobody else's word does it. */
static int release_tre(struct reg *r, const char *tre_id, int64_t at, struct why *why)
{
	char *id = NULL;
	int rc = reg_find(r, "discard", tre_id, at, &id, NULL, why);

	if (rc == 0)
		rc = why_refuse(why, "no-notice",
				"%s has not said that it discards its MCIM (TR 33.812 5.1.3.7.4.2 "
				"step 11)",
				tre_id);
	else if (rc > 0)
		rc = reg_spend(r, "discard", id, tre_id, at, NULL, why);
	free(id);
	return rc || set_status_of_all(r, REG_SUBSCRIBERS, tre_id, "blocked", why) ? -1 : 0;
}

/* A PCID goes back to its pool, by the rule of pcid-issue(1); a subscription is deactivated, or all
 * of a TRE. */
static int release(struct reg *r, const json_t *p, int64_t at, struct why *why)
{
	const char *pcid, *tre_id;

	if (json_text_opt(&pcid, p, "pcid", why) || json_text_opt(&tre_id, p, "tre_id", why))
		return -1;
	if (!pcid && tre_id && !json_object_get(p, "imsi"))
		return release_tre(r, tre_id, at, why);
	return pcid ? reg_release(r, pcid, why) : set_status(r, p, false, why);
}

/* In the caller's transaction; sha256 is that of the note's text. */
static int have_effect(struct reg *r, const char *type, const json_t *payload,
		       const uint8_t sha256[static 32], int64_t at, struct why *why)
{
	char id[65];

	hex_encode(id, sha256, 32);
	if (strcmp(type, "registration") == 0)
		return registration(r, payload, id, at, why);
	if (strcmp(type, "completion") == 0)
		return completion(r, payload, at, why);
	if (strcmp(type, "subscribing") == 0)
		return subscribing(r, payload, at, why);
	if (strcmp(type, "discard") == 0)
		return discard(r, payload, id, at, why);
	if (strcmp(type, "activate") == 0)
		return set_status(r, payload, true, why);
	if (strcmp(type, "release") == 0)
		return release(r, payload, at, why);
	return 0;
}

struct entry {
	const char *type, *jti;
	const json_t *claims;
	int64_t at;
	uint64_t expires;
	uint8_t sha256[32];
};

static int enter(struct reg *r, void *ctx, struct why *why)
{
	const struct entry *e = ctx;

	return reg_once(r, "note", e->jti, (int64_t)e->expires, "note-replayed", why) ||
			       have_effect(r, e->type, e->claims, e->sha256, e->at, why)
		       ? -1
		       : 0;
}

static int read_entry(struct entry *e, const struct buf *text, struct why *why)
{
	e->jti = json_text(e->claims, "jti", why);
	return !e->jti || json_number(&e->expires, e->claims, "exp", 0, INT64_MAX / 2, 0, why) ||
			       ossl_sha256(e->sha256, text->bytes, text->len, why)
		       ? -1
		       : 0;
}

int reg_note_enter(struct reg *r, const char *type, const json_t *claims, const struct buf *text,
		   int64_t at, struct publication *told, struct why *why)
{
	struct entry e = {.type = type, .claims = claims, .at = at};
	struct question q = {.about = "", .at = at};

	if (read_entry(&e, text, why))
		return -1;
	q.expires = (int64_t)e.expires;
	memcpy(q.sha256, e.sha256, sizeof(q.sha256));
	return reg_publish_again(r, &q, enter, &e, told, 1, why);
}

int reg_note_enter_inside(struct reg *r, const char *type, const json_t *claims,
			  const struct buf *text, int64_t at, struct why *why)
{
	struct entry e = {.type = type, .claims = claims, .at = at};

	return read_entry(&e, text, why) || enter(r, &e, why) ? -1 : 0;
}
