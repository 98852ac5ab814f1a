/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on the TREs of a fleet, a JSON line each, in groups that are durable before they are told.
 */
#ifndef TRE_MANY_H
#define TRE_MANY_H

#include "base/tool.h"
#include "tre/tre.h"

struct tre_many {
	const char *fleet, *device;  /* folders; device NULL: fleet with ".device" behind it */
	const char *in, *out;        /* files, or NULL: stdin, stdout */
	const struct tool_opt *opts; /* the words of orders, whose places are in order */
	struct tre_order *order;     /* what holds for each line that does not say otherwise */
};

/* A line: tre_id, act (tre_acts, or m2meobj) and the words of the act, `_` for `-`; what is a file
 * elsewhere is its content, text or an object, or NAME_b64. An outcome: tre_id, act, status and
 * output, or reason and text. A line that is the last one again of its TRE, and changed it, is
 * answered as it was. Returns the worst exit status. */
int tre_many(const struct tre_many *m);

#endif
