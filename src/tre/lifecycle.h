/* SPDX-License-Identifier: Apache-2.0 */
/* The life cycle of an MCIM: TR 33.812 5.1.1.1. */
#ifndef TRE_LIFECYCLE_H
#define TRE_LIFECYCLE_H

#include "base/why.h"

enum mcim_state {
	MCIM_INSTALLED,
	MCIM_ACTIVATED,
	MCIM_SELECTED,
	MCIM_BLOCKED,
	MCIM_RETIRED,
	MCIM_DELETED
};
enum mcim_act {
	ACT_ACTIVATE,
	ACT_SELECT,
	ACT_DESELECT,
	ACT_BLOCK,
	ACT_UNBLOCK,
	ACT_RETIRE,
	ACT_DELETE
};
enum { MCIM_STATES = MCIM_DELETED + 1, MCIM_ACTS = ACT_DELETE + 1 };

const char *mcim_state_name(enum mcim_state s);
/* -1 where there is none of that name. */
int mcim_state_parse(const char *name);
int mcim_act_parse(const char *name);

/* The state after the act; refused with `wrong-state` where 5.1.1.1 knows no such step. */
int mcim_next(enum mcim_state *next, enum mcim_state now, enum mcim_act act, struct why *why)
	__attribute__((warn_unused_result));

#endif
