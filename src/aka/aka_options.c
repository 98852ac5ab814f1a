/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_options.h"

#include <string.h>

static const char *const act_names[] = {"all", "av", "usim", "resync", "opc"};

int aka_act_parse(enum aka_act *act, const char *name, struct why *why)
{
	for (unsigned i = 0; i < sizeof(act_names) / sizeof(*act_names); i++)
		if (strcmp(act_names[i], name) == 0) {
			*act = (enum aka_act)i;
			return 0;
		}
	return why_usage(why, "want all, av, usim, resync or opc, got '%.20s'", name);
}

void aka_options_init(struct aka_options *o, enum aka_alg alg)
{
	*o = (struct aka_options){0};
	aka_key_init(&o->key, alg);
	sqn_window_init(&o->window);
}
