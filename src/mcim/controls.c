/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/controls.h"

#include <string.h>

static bool is_one_of(const char *const words[], const char *word)
{
	for (size_t i = 0; word && words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static int check_control(const char *key, const json_t *value, struct why *why)
{
	static const char *const acts[] = {"list",   "read",  "block",   "delete",  "update",
					   "select", "share", "discard", "command", NULL};
	static const char *const who[] = {"operator", "owner", "both", "nobody", NULL};
	static const char *const flags[] = {"countersignature", "pin", NULL};

	if (is_one_of(flags, key))
		return json_is_boolean(value)
			       ? 0
			       : why_input(why, "controls: %s: want true or false", key);
	if (strcmp(key, "inactivity") == 0)
		return json_is_integer(value) && json_integer_value(value) > 0 &&
				       json_integer_value(value) <= INT32_MAX
			       ? 0
			       : why_input(why, "controls: inactivity: want seconds, from 1");
	return is_one_of(acts, key) && is_one_of(who, json_string_value(value))
		       ? 0
		       : why_input(why,
				   "controls: %.20s: want operator, owner, both or nobody for "
				   "list, read, block, delete, update, select, share, discard or "
				   "command",
				   key);
}

int mcim_controls_check(const json_t *o, struct why *why)
{
	const char *key;
	json_t *value;

	if (!json_is_object(o))
		return why_input(why, "controls: want an object");
	json_object_foreach ((json_t *)o, key, value) {
		if (check_control(key, value, why))
			return -1;
	}
	return 0;
}
