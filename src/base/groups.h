/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of JSON in, results out, in groups: what a group did is durable before its results are
 * told, and a group is the most that a run which is broken off does without telling. */
#ifndef BASE_GROUPS_H
#define BASE_GROUPS_H

#include "base/json.h"
#include "base/outfile.h"

/* Does the lines of a group; from their start, however often it is called. */
typedef int groups_work(void *group, struct why *why);

struct groups {
	const char *in, *out; /* files, or NULL: stdin, stdout */
	enum outfile_mode mode;
	size_t size; /* lines of a group; 0: all are one */
	/* Gets one line, and appends its result. */
	int (*take)(void *ctx, const json_t *line, struct buf *out, struct why *why);
	/* NULL, or makes what is told of a group's results. */
	int (*seal)(void *ctx, struct buf *out, struct why *why);
	/* NULL, or calls work in a transaction, which is kept where it returns 0; and again where
	 * another's was in the way. */
	int (*transact)(void *ctx, groups_work *work, void *group, struct why *why);
	void *ctx;
};

/* A bad line is named on stderr as FILE:LINE, and the rest is done; a status of 4 or 5 ends the
 * whole. Returns the worst exit status; where no line was good, nothing is written. */
int groups_run(const struct groups *g);

#endif
