/* SPDX-License-Identifier: Apache-2.0 */
/* One MCIM's algorithm used by another of the same operator: TR 33.812 5.1.2.3, threat 8 cm2. What
 * is shared is the algorithm with its constants; K, OPc and SQN stay each MCIM's own. */
#include "tre/state.h"

#include <string.h>

static bool is_in_use(const json_t *m)
{
	const char *state = tre_text(m, "state");

	return strcmp(state, "activated") == 0 || strcmp(state, "selected") == 0;
}

/* Looked at when it is commanded, and again each time that it is used. */
static int check(const struct tre *t, const json_t *to, const json_t *from, struct why *why)
{
	const char *whose = tre_text(to, "operator_cert_sha256");

	if (!from || !*whose || strcmp(whose, tre_text(from, "operator_cert_sha256")) != 0)
		return why_refuse(why, "wrong-operator",
				  "no MCIM of the same operator has that name (TR 33.812 6.1.2.3 "
				  "threat 8)");
	if (!is_in_use(to) || !is_in_use(from))
		return why_refuse(why, "wrong-state",
				  "an algorithm is shared by activated MCIMs alone (TR 33.812 "
				  "5.1.2.3)");
	if (from == to || *tre_text(from, "algorithm_of"))
		return why_refuse(why, "wrong-state",
				  "%s has no algorithm of its own to share (TR 33.812 5.1.2.3)",
				  tre_text(from, "id"));
	return tre_mcim_allow(t, to, "share", "operator", why) ||
			       tre_mcim_allow(t, from, "share", "operator", why)
		       ? -1
		       : 0;
}

int tre_mcim_share(struct tre *t, json_t *m, const char *from, struct why *why)
{
	if (from &&
	    (check(t, m, tre_mcim(t, from), why) || json_put_text(m, "algorithm_of", from, why)))
		return -1;
	if (!from)
		json_object_del(m, "algorithm_of");
	return tre_note(
		t, "mcim-shared",
		json_pack("{s:s, s:s}", "mcim", tre_text(m, "id"), "from", from ? from : ""), why);
}

int tre_mcim_algorithm(const struct tre *t, const json_t *m, struct aka_key *key, struct why *why)
{
	const char *id = tre_text(m, "algorithm_of");
	const json_t *from = *id ? tre_mcim(t, id) : NULL;
	SECRET(aka_key) theirs = {0};
	SECRET(sqn_window) w = {0};

	if (!*id)
		return 0;
	if (check(t, m, from, why) || tre_credential(&theirs, &w, from, why))
		return -1;
	memcpy(key->r, theirs.r, sizeof(key->r));
	memcpy(key->c, theirs.c, sizeof(key->c));
	return 0;
}
