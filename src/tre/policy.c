/* SPDX-License-Identifier: Apache-2.0 */
/* What the equipment's maker rules, m2m-files(5): TR 33.812 5.1.2.2, 5.1.2.3. */
#include "mcim/controls.h"
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

json_t *tre_policy_read(const char *file, struct why *why)
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
	AUTO(json_t) *policy = file ? json_load(file, why) : json_object();
	const json_t *controls = json_object_get(policy, "controls");
	const char *pusher, *maker;

	if (!policy)
		return NULL;
	if (json_only(policy, fields, why) || check_flags(policy, why) ||
	    json_text_opt(&pusher, policy, "secure_push", why) ||
	    (pusher && party_check(pusher, "secure_push", why)) || check_numbers(policy, why) ||
	    json_text_opt(&maker, policy, "firmware_cert_pem", why) ||
	    (maker && check_maker(maker, why)) ||
	    (controls && mcim_controls_check(controls, why))) {
		why_in(why, "%s", file);
		return NULL;
	}
	return STEAL(policy);
}
