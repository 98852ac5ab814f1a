/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of JSON in, results out, in groups: what a group did is durable before its results are
 * told, and a group is the most that a run which is broken off does without telling. */
#ifndef BASE_GROUPS_H
#define BASE_GROUPS_H

#include "base/json.h"
#include "base/outfile.h"

struct groups {
	const char *in, *out; /* files, or NULL: stdin, stdout */
	enum outfile_mode mode;
	size_t size; /* lines of a group; 0: all are one */
	/* Each may be NULL but take, which gets one line, and appends its result. seal makes what
	 * is told of a group's results. */
	int (*begin)(void *ctx, struct why *why);
	int (*take)(void *ctx, const json_t *line, struct buf *out, struct why *why);
	int (*seal)(void *ctx, struct buf *out, struct why *why);
	int (*commit)(void *ctx, struct why *why);
	void *ctx;
};

/* A bad line is named on stderr as FILE:LINE, and the rest is done; a status of 4 or 5 ends the
 * whole. Returns the worst exit status; where no line was good, nothing is written. */
int groups_run(const struct groups *g);

#endif
