/* SPDX-License-Identifier: Apache-2.0 */
/* What is spent once, and the results that come of it: where a result cannot be written, nothing is
 * spent, and the same call again gets through. */
#ifndef REGISTER_PUBLISH_H
#define REGISTER_PUBLISH_H

#include "base/buf.h"
#include "base/outfile.h"
#include "register/register.h"

/* One result; the first three are the caller's. */
struct publication {
	const char *path; /* NULL or "-": stdout */
	enum outfile_mode mode;
	struct buf *bytes; /* borrowed: work fills it */
	struct outfile file;
	bool is_special;
	int fd; /* of what is special */
};

/* reg_transact of work, which makes the results (it may be called again from the start, and then
 * clears what it made). They are on disk beside their targets, and synced, before the transaction
 * commits, and take their names after it. What cannot be renamed over (stdout, a device, a pipe) is
 * opened and tried before the commit, and written after it: nothing is told that is not durable.
 * NULL: no register, and work is called with none. */
int reg_publish(struct reg *r, int (*work)(struct reg *r, void *ctx, struct why *why), void *ctx,
		struct publication *results, size_t n, struct why *why)
	__attribute__((warn_unused_result));

/* A question that is asked again because a crash came between its commit and the last result's name
 * gets the same results: the register keeps them up to then. One that is asked at the same moment
 * is told from that by a short wait, after which who lives has taken his results. */
struct question {
	uint8_t sha256[32]; /* of all that the question says */
	const char *about;  /* a TRE_id, or "" */
	int64_t at, expires;
};
int reg_publish_again(struct reg *r, const struct question *q,
		      int (*work)(struct reg *r, void *ctx, struct why *why), void *ctx,
		      struct publication *results, size_t n, struct why *why)
	__attribute__((warn_unused_result));

#endif
