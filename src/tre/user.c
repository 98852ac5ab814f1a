/* SPDX-License-Identifier: Apache-2.0 */
/* Who uses the TRE, and what each may do: the owner all, a user what the owner leaves to it; and
 * sessions, which end by themselves: TR 33.812 6.1.2.3 threat 10, cm1, cm9, cm10. */
#include "base/party.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <string.h>

#define USERS_MAX 16
#define OWNER "owner"

static const char *const rights[] = {"select",  "token",    "read",   "pristine",
				     "certify", "firmware", "policy", NULL};

static bool is_owner(const char *user)
{
	return !user || strcmp(user, OWNER) == 0;
}

/* The PIN's entry; NULL with `unknown-user`, or without a refusal where the owner has no PIN. */
static json_t *holder(struct tre *t, const char *user, struct why *why)
{
	json_t *o = json_object_get(t->s, "pin");

	if (is_owner(user))
		return o;
	o = json_object_get(json_object_get(t->s, "users"), user);
	if (!o)
		why_refuse(why, "unknown-user",
			   "the TRE has no user of that name (TR 33.812 "
			   "6.1.2.3 threat 10)");
	return o;
}

static int check_right(const json_t *user, const char *right, struct why *why)
{
	const json_t *r;
	size_t i;

	json_array_foreach (json_object_get(user, "rights"), i, r) {
		if (strcmp(json_string_value(r), right) == 0)
			return 0;
	}
	return why_refuse(why, "not-allowed",
			  "the owner has not left %s to this user (TR 33.812 6.1.2.3 threat 10)",
			  right);
}

/* ---- sessions ---- */

/* A clock that went back ends it too. */
static bool is_over(int64_t last, int64_t limit, int64_t at)
{
	return limit && (at < last || at - last >= limit);
}

static int end_session(struct tre *t, const char *how, struct why *why)
{
	json_object_del(t->s, "session");
	return tre_note(t, how, NULL, why) || tre_save(t, why) ? -1 : 0;
}

/* Without a PIN it is the session's user who asks. */
static int continue_session(struct tre *t, const struct tre_who *w, const char **user,
			    struct why *why)
{
	json_t *s = json_object_get(t->s, "session");
	const int64_t last = json_integer_value(json_object_get(s, "last"));

	*user = tre_text(s, "user");
	if (!s || (w->user && strcmp(w->user, *user) != 0))
		return why_refuse(why, "pin-required",
				  "the PIN of the owner, or of a user, is wanted (TR 33.812 "
				  "5.1.2.2)");
	if (is_over(last, tre_policy_number(t, "inactivity"), w->at))
		return end_session(t, "session-lapsed", why)
			       ? -1
			       : why_refuse(why, "session-lapsed",
					    "nothing was done for too long: the PIN is wanted "
					    "again (TR 33.812 6.1.2.3 threat 10)");
	return json_put(s, "last", json_integer(w->at), why);
}

int tre_user_check(struct tre *t, const struct tre_who *w, const char *right, struct why *why)
{
	const char *user = w->user;
	json_t *o;

	if (!json_object_get(t->s, "pin") && is_owner(user))
		return 0;
	if (!w->pin && continue_session(t, w, &user, why))
		return -1;
	o = holder(t, user, why);
	if (!o || (w->pin && tre_pin_check(t, o, w->pin, why)) ||
	    (!w->pin && tre_pin_blocked(o, why)))
		return -1;
	return is_owner(user) ? 0 : check_right(o, right, why);
}

int tre_login(struct tre *t, const struct tre_who *w, struct why *why)
{
	const char *user = w->user ? w->user : OWNER;
	json_t *o = holder(t, user, why);

	if (!o)
		return is_owner(user)
			       ? why_refuse(why, "wrong-state",
					    "the TRE has no PIN (TR 33.812 6.1.2.3 threat 10)")
			       : -1;
	if (tre_pin_check(t, o, w->pin, why) ||
	    json_put(t->s, "session",
		     json_pack("{s:s, s:I}", "user", user, "last", (json_int_t)w->at), why) ||
	    tre_note(t, "login", json_pack("{s:s}", "user", user), why))
		return -1;
	return tre_save(t, why);
}

int tre_logout(struct tre *t, struct why *why)
{
	return end_session(t, "logout", why);
}

/* ---- users, whom the owner makes ---- */

static int put_rights(json_t *user, const char *list, struct why *why)
{
	json_t *all = json_array();

	if (json_put(user, "rights", all, why))
		return -1;
	for (const char *p = list; *p;) {
		const size_t n = strcspn(p, ",");
		size_t i = 0;

		while (rights[i] && (strlen(rights[i]) != n || strncmp(rights[i], p, n) != 0))
			i++;
		if (!rights[i])
			return why_usage(why,
					 "--rights: want select, token, read, policy, pristine, "
					 "certify or firmware, with commas between");
		json_array_append_new(all, json_string(rights[i]));
		p += n + (p[n] == ',');
	}
	return 0;
}

/* The entry of a user that is there, or a new one. */
static json_t *make_user(struct tre *t, const char *name, const char *new_pin, struct why *why)
{
	json_t *users = json_object_get(t->s, "users"), *o;

	if (!users && json_put(t->s, "users", users = json_object(), why))
		return NULL;
	o = json_object_get(users, name);
	if (o)
		return o;
	if (!new_pin) {
		why_usage(why, "--new-pin is wanted for a new user");
		return NULL;
	}
	if (json_object_size(users) >= USERS_MAX) {
		why_refuse(why, "tre-full", "the TRE has room for %d users (m2m-files(5))",
			   USERS_MAX);
		return NULL;
	}
	o = json_object();
	return json_put(users, name, o, why) || put_rights(o, "", why) ? NULL : o;
}

static int set_user(struct tre *t, const char *name, const char *new_pin, const char *list,
		    struct why *why)
{
	json_t *o =
		is_owner(name) ? json_object_get(t->s, "pin") : make_user(t, name, new_pin, why);
	BUF(pin);

	if (!o || (list && put_rights(o, list, why)))
		return -1;
	return new_pin && (tre_pin_read(&pin, new_pin, why) || tre_pin_set(o, buf_text(&pin), why))
		       ? -1
		       : 0;
}

int tre_user(struct tre *t, const char *name, const struct tre_who *owner, const char *new_pin,
	     const char *list, struct why *why)
{
	const bool goes = !new_pin && !list;

	if (party_check(name, "NAME", why))
		return -1;
	if (is_owner(name) && (list || goes))
		return why_usage(why, "the owner has all rights, and stays");
	if (!json_object_get(t->s, "pin"))
		return why_refuse(why, "wrong-state",
				  "users are for a TRE whose owner has a PIN (TR 33.812 6.1.2.3 "
				  "threat 10)");
	/* who finds a session open does not make it his own for good */
	if (!owner->pin)
		return why_refuse(why, "pin-required",
				  "the owner's PIN is wanted, in a session too (TR 33.812 6.1.2.3 "
				  "threat 10)");
	if (tre_user_check(t, owner, "user", why))
		return -1;
	if (goes && !holder(t, name, why))
		return -1;
	if (goes)
		json_object_del(json_object_get(t->s, "users"), name);
	else if (set_user(t, name, new_pin, list, why))
		return -1;
	if (strcmp(tre_text(json_object_get(t->s, "session"), "user"), name) == 0)
		json_object_del(t->s, "session"); /* what it began with is not any more */
	return tre_note(t, goes ? "user-removed" : "user-set", json_pack("{s:s}", "user", name),
			why) || tre_save(t, why)
		       ? -1
		       : 0;
}

int tre_users_show(const struct tre *t, json_t *info, struct why *why)
{
	json_t *users = json_object_get(t->s, "users"), *user, *list = json_array();
	const char *name;

	if (json_put(info, "users", list, why))
		return -1;
	json_object_foreach (users, name, user) {
		json_t *seen = json_pack("{s:s, s:O, s:O}", "name", name, "rights",
					 json_object_get(user, "rights"), "left",
					 json_object_get(user, "left"));

		if (!seen || json_array_append_new(list, seen))
			return why_sys(why, "out of memory");
	}
	return json_array_size(list) ? 0 : json_object_del(info, "users");
}

/* ---- the selected MCIM ---- */

static int64_t idle_limit(const struct tre *t, const json_t *m)
{
	const json_t *policy = json_object_get(t->s, "policy");
	const int64_t own =
		json_integer_value(json_object_get(json_object_get(m, "controls"), "inactivity"));
	const int64_t all = json_integer_value(
		json_object_get(json_object_get(policy, "controls"), "inactivity"));

	return own && all ? (own < all ? own : all) : own + all;
}

int tre_mcim_used(const struct tre *t, json_t *m, int64_t at, struct why *why)
{
	return idle_limit(t, m) ? json_put(m, "used", json_integer(at), why) : 0;
}

int tre_lapse(struct tre *t, int64_t at, bool *lapsed, struct why *why)
{
	json_t *m = tre_mcim_in(t, "selected"), *used = json_object_get(m, "used");

	*lapsed = m && used && is_over(json_integer_value(used), idle_limit(t, m), at);
	return *lapsed && (tre_mcim_act(t, m, ACT_DESELECT, "inactivity", why) || tre_save(t, why))
		       ? -1
		       : 0;
}
