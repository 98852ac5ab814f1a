/* SPDX-License-Identifier: Apache-2.0 */
/* Long work: how far it is, on stderr, and a clean end at ^C. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/why.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* what is counted, in the plural */
	uint64_t done, total, at_start;
	double started, told;
	bool shows, is_terminal;
};

/* done of total are there already. wanted: --progress. Draws a bar where stderr is a terminal;
 * else it prints a line each 5 s. From now on SIGINT and SIGTERM are noted. */
void progress_start(struct progress *p, const char *what, uint64_t done, uint64_t total,
		    bool wanted);

/* n more are done. -1, status 5, where a signal came: what was done stays, and all is closed. */
int progress_add(struct progress *p, uint64_t n, struct why *why)
	__attribute__((warn_unused_result));

/* Whether a signal came, for threads. */
bool progress_is_stopped(void);

void progress_end(struct progress *p);

#endif
