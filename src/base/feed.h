/* SPDX-License-Identifier: Apache-2.0 */
/* Short lines from stdin as they come: a peer at the other end of a pipe gets its answers before it
 * ends its questions. */
#ifndef BASE_FEED_H
#define BASE_FEED_H

#include "base/why.h"

#include <stddef.h>

#define FEED_ROOM ((size_t)64 * 1024)

/* Start with {0}. */
struct feed {
	char text[FEED_ROOM];
	size_t at, len;
	size_t line; /* of the one given last */
};

/* Up to n lines that are there, without their ends, borrowed until the next call; it waits for one
 * at least. Blank lines are given too. Returns how many, 0 at the end; -1: status 3 for a line that
 * does not fit or holds a 0 octet, 4. */
int feed_lines(struct feed *f, char *lines[], size_t n, struct why *why)
	__attribute__((warn_unused_result));
/* The same, but 0 too where none is there yet. */
int feed_ready_lines(struct feed *f, char *lines[], size_t n, struct why *why)
	__attribute__((warn_unused_result));

#endif
