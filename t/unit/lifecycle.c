/* SPDX-License-Identifier: Apache-2.0 */
/* tre/lifecycle: every state with every act, TR 33.812 5.1.1.1. */
#include "tre/lifecycle.h"

#include "ok.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What 5.1.1.1 knows; every other pair is refused. */
static const struct {
	const char *now, *act, *next;
} legal[] = {
	/* installed: authorised for use, or not yet */
	{"installed", "activate", "activated"},
	{"installed", "block", "blocked"},
	{"installed", "retire", "retired"},
	{"installed", "delete", "deleted"},
	/* only an activated MCIM can be selected */
	{"activated", "select", "selected"},
	{"activated", "block", "blocked"},
	{"activated", "retire", "retired"},
	{"activated", "delete", "deleted"},
	/* when the session ends, it reverts to Activated; no deletion from here */
	{"selected", "deselect", "activated"},
	/* unblocking restores it to Activated */
	{"blocked", "unblock", "activated"},
	{"blocked", "retire", "retired"},
	{"blocked", "delete", "deleted"},
	/* permanently unavailable, but instantiated */
	{"retired", "delete", "deleted"},
};

static const char *wanted(const char *now, const char *act)
{
	for (size_t i = 0; i < sizeof(legal) / sizeof(*legal); i++)
		if (strcmp(legal[i].now, now) == 0 && strcmp(legal[i].act, act) == 0)
			return legal[i].next;
	return NULL;
}

int main(void)
{
	static const char *const acts[] = {"activate", "select", "deselect", "block",
					   "unblock",  "retire", "delete"};
	size_t steps = 0;

	OK(sizeof(acts) / sizeof(*acts) == MCIM_ACTS);
	for (int s = 0; s < MCIM_STATES; s++) {
		const char *now = mcim_state_name((enum mcim_state)s);

		OK(mcim_state_parse(now) == s);
		for (size_t a = 0; a < MCIM_ACTS; a++) {
			const char *next = wanted(now, acts[a]);
			enum mcim_state got = MCIM_DELETED;
			struct why why = {0};
			int act = mcim_act_parse(acts[a]);
			int rc;

			OK(act >= 0);
			rc = mcim_next(&got, (enum mcim_state)s, (enum mcim_act)act, &why);
			if (next) {
				OK(rc == 0 && strcmp(mcim_state_name(got), next) == 0);
				steps++;
			} else {
				OK(rc == -1 && why.status == TOOL_NO);
				OK(strcmp(why.reason, "wrong-state") == 0);
				OK(strstr(why.text, "(TR 33.812 5.1.1.1)"));
			}
		}
	}
	OK(steps == sizeof(legal) / sizeof(*legal));
	OK(mcim_state_parse("") == -1 && mcim_state_parse("active") == -1);
	OK(mcim_act_parse("") == -1 && mcim_act_parse("list") == -1);
	return 0;
}
