/* SPDX-License-Identifier: Apache-2.0 */
#include "tre/lifecycle.h"

#include <string.h>

static const char *const states[MCIM_STATES] = {"installed", "activated", "selected",
						"blocked",   "retired",   "deleted"};
static const char *const acts[MCIM_ACTS] = {"activate", "select", "deselect", "block",
					    "unblock",  "retire", "delete"};

#define NO (-1)

/* Rows: the state now; columns: the act. Selected is left by deselect alone: the session ends, and
 * the MCIM is Activated again. Blocked is for a time, Retired for good; Deleted from any state but
 * Selected. */
static const int table[MCIM_STATES][MCIM_ACTS] = {
	/* activate, select, deselect, block, unblock, retire, delete */
	[MCIM_INSTALLED] = {MCIM_ACTIVATED, NO, NO, MCIM_BLOCKED, NO, MCIM_RETIRED, MCIM_DELETED},
	[MCIM_ACTIVATED] = {NO, MCIM_SELECTED, NO, MCIM_BLOCKED, NO, MCIM_RETIRED, MCIM_DELETED},
	[MCIM_SELECTED] = {NO, NO, MCIM_ACTIVATED, NO, NO, NO, NO},
	[MCIM_BLOCKED] = {NO, NO, NO, NO, MCIM_ACTIVATED, MCIM_RETIRED, MCIM_DELETED},
	[MCIM_RETIRED] = {NO, NO, NO, NO, NO, NO, MCIM_DELETED},
	[MCIM_DELETED] = {NO, NO, NO, NO, NO, NO, NO},
};

const char *mcim_state_name(enum mcim_state s)
{
	return states[s];
}

static int find(const char *const names[], int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

int mcim_state_parse(const char *name)
{
	return find(states, MCIM_STATES, name);
}

int mcim_act_parse(const char *name)
{
	return find(acts, MCIM_ACTS, name);
}

int mcim_next(enum mcim_state *next, enum mcim_state now, enum mcim_act act, struct why *why)
{
	if (table[now][act] == NO)
		return why_refuse(why, "wrong-state",
				  "%s: not from the state %s (TR 33.812 5.1.1.1)", acts[act],
				  states[now]);
	*next = (enum mcim_state)table[now][act];
	return 0;
}
