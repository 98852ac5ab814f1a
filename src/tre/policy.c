/* SPDX-License-Identifier: Apache-2.0 */
/* What the equipment's maker rules, m2m-files(5), and its word to a TRE in the field: TR 33.812
 * 5.1.2.2 [t6 cm3 - 4], 5.1.2.3. */
#include "mcim/controls.h"
#include "pki/note.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <string.h>

static int check_flags(const json_t *policy, struct why *why)
{
	static const char *const flags[] = {"pristine_without_token", "ro_bootstraps", NULL};

	for (size_t i = 0; flags[i]; i++) {
		const json_t *yes = json_object_get(policy, flags[i]);

		if (yes && !json_is_boolean(yes))
			return why_input(why, "%s: want true or false", flags[i]);
	}
	return 0;
}

/* revert_after and inactivity in seconds, room in MCIMs (0: no limit). */
static int check_numbers(json_t *policy, struct why *why)
{
	uint64_t seconds, idle, room;

	return json_number(&seconds, policy, "revert_after", 0, INT32_MAX, 0, why) ||
			       json_number(&idle, policy, "inactivity", 0, INT32_MAX, 0, why) ||
			       json_number(&room, policy, "room", 0, INT32_MAX, 0, why) ||
			       json_put_number(policy, "revert_after", seconds, why) ||
			       (idle && json_put_number(policy, "inactivity", idle, why))
		       ? -1
		       : 0;
}

/* Who may update the TRE: one certificate, whose role says so. */
static int check_maker(const char *pem, struct why *why)
{
	AUTO(X509) *cert = cert_parse(pem, strlen(pem), "firmware_cert_pem", why);

	if (!cert)
		return -1;
	return cert_roles(cert) & CERT_MAKER
		       ? 0
		       : why_input(why, "firmware_cert_pem: want a certificate of the role maker");
}

static int check(json_t *policy, const char *what, struct why *why)
{
	static const char *const fields[] = {"pristine_without_token",
					     "ro_bootstraps",
					     "revert_after",
					     "secure_push",
					     "room",
					     "controls",
					     "inactivity",
					     "firmware_cert_pem",
					     NULL};
	const json_t *controls = json_object_get(policy, "controls");
	const char *pusher, *maker;

	if (json_only(policy, fields, why) || check_flags(policy, why) ||
	    json_text_opt(&pusher, policy, "secure_push", why) ||
	    (pusher && party_check(pusher, "secure_push", why)) || check_numbers(policy, why) ||
	    json_text_opt(&maker, policy, "firmware_cert_pem", why) ||
	    (maker && check_maker(maker, why)) || (controls && mcim_controls_check(controls, why)))
		return why_in(why, "%s", what);
	return 0;
}

json_t *tre_policy_read(const char *file, struct why *why)
{
	AUTO(json_t) *policy = file ? json_load(file, why) : json_object();

	return !policy || check(policy, file, why) ? NULL : STEAL(policy);
}

/* ---- the maker's word ---- */

/* Whom the TRE's maker has let update it. */
static X509_STACK *maker(const struct tre *t, struct why *why)
{
	const char *pem = tre_text(json_object_get(t->s, "policy"), "firmware_cert_pem");
	AUTO(X509) *cert = NULL;

	if (!*pem) {
		why_refuse(why, "not-allowed",
			   "the policy names nobody who may update the TRE (TR 33.812 5.1.2.2)");
		return NULL;
	}
	cert = cert_parse(pem, strlen(pem), "firmware_cert_pem", why);
	return cert ? cert_alone(cert, why) : NULL;
}

/* For this TRE, or for all of its vendor. */
static int check_recipient(const struct tre *t, const json_t *note, struct why *why)
{
	const char *own = tre_own_id(t), *to = tre_text(note, "aud");
	const size_t n = strlen(to);

	if (strcmp(to, own) == 0 || (n && strncmp(to, own, n) == 0 && own[n] == ';'))
		return 0;
	return why_refuse(why, "wrong-recipient", "the update is for %.64s (TR 33.812 5.1.2.2)",
			  to);
}

json_t *tre_maker_note(const struct tre *t, const char *type, const struct buf *about,
		       const struct buf *text, int64_t at, uint64_t *version, struct why *why)
{
	AUTO(X509_STACK) *trust = maker(t, why);
	const struct cert_policy policy = {.trust = trust, .at = at};
	const struct note_check want = {type, NULL, &policy, about ? about->bytes : NULL,
					about ? about->len : 0};
	AUTO(json_t) *note = trust ? note_open(buf_text(text), text->len, &want, NULL, why) : NULL;

	return !note || check_recipient(t, note, why) ||
			       json_number(version, note, "version", 1, INT32_MAX, 0, why)
		       ? NULL
		       : STEAL(note);
}

int tre_newer(uint64_t version, int64_t there, struct why *why)
{
	return (int64_t)version > there
		       ? 0
		       : why_refuse(why, "old-version",
				    "version %lld of it is there (TR 33.812 5.1.2.2)",
				    (long long)there);
}

int tre_policy_take(struct tre *t, const struct buf *text, const struct tre_who *who,
		    struct why *why)
{
	AUTO(json_t) *note = NULL;
	AUTO(json_t) *policy = NULL;
	uint64_t version;
	BUF(octets);

	if (tre_user_check(t, who, "policy", why) ||
	    !(note = tre_maker_note(t, "policy", NULL, text, who->at, &version, why)) ||
	    tre_newer(version, json_integer_value(json_object_get(t->s, "policy_version")), why) ||
	    json_b64(&octets, note, "policy_b64", why) ||
	    !(policy = json_parse(octets.bytes, octets.len, "policy_b64", why)) ||
	    check(policy, "policy_b64", why) || json_put(t->s, "policy", STEAL(policy), why) ||
	    json_put_number(t->s, "policy_version", version, why) ||
	    tre_note(t, "policy", json_pack("{s:I}", "version", (json_int_t)version), why))
		return -1;
	return tre_save(t, why);
}

int tre_policy_show(const struct tre *t, json_t *versions, struct why *why)
{
	const json_int_t version = json_integer_value(json_object_get(t->s, "policy_version"));

	return version ? json_put(versions, "policy",
				  json_sprintf("%" JSON_INTEGER_FORMAT, version), why)
		       : 0;
}
