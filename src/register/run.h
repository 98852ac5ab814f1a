/* SPDX-License-Identifier: Apache-2.0 */
/* A run of credentials by its name: what of it is in the register, so that it can go on after
 * whatever broke it off. */
#ifndef REGISTER_RUN_H
#define REGISTER_RUN_H

#include "register/issue.h"

struct run {
	const char *name; /* NULL: none; nothing is kept then */
	char order[65];   /* SHA-256 of what was ordered, in hex */
	const struct issue *issue;
	uint64_t done, parts; /* credentials that are issued, in how many parts */
	struct buf lines;     /* of the part just issued, or read */
	uint64_t part_size;
};
void run_free(struct run *run); /* wipes */

/* Opens a run, or one that was begun (resume), whose done and parts it finds. Refused:
 * `run-exists`, `run-unknown`, `run-differs` (the order is another). */
int run_open(struct run *run, struct reg *r, bool resume, struct why *why)
	__attribute__((warn_unused_result));

/* How many credentials the next part has. */
uint64_t run_next_size(const struct run *run);
/* The next part in a transaction of its own; its credentials stand in lines. Status 5 where
 * another process works on this run. */
int run_issue(struct run *run, struct reg *r, struct why *why) __attribute__((warn_unused_result));

/* The credentials of a part (from 1) that was issued, in lines. */
int run_read(struct run *run, struct reg *r, uint64_t part, struct why *why)
	__attribute__((warn_unused_result));

#endif
