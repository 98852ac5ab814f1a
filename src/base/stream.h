/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in, lines out, in the same order, by several threads: memory stays the same however many
 * lines there are. */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include "base/buf.h"
#include "base/outfile.h"

/* What becomes of one line (without its end; a 0 octet stands behind it; it may be written on):
 * its result is appended to out. -1: the line is bad, and why says it; what out got all the same
 * stays. A status of TOOL_SYS ends the whole. state is the thread's own. */
typedef int stream_line(void *state, char *line, size_t len, struct buf *out, struct why *why);

struct stream {
	const char *in; /* a file, or NULL: stdin */
	struct outfile *out;
	const struct buf *prefix; /* what stands before all results, where there are any; or NULL */
	unsigned jobs;            /* threads; 0: as many as there are cores */
	/* The first line, before any thread starts, where it is a header; else NULL. */
	int (*header)(void *shared, char *line, size_t len, struct why *why);
	void *(*start)(void *shared, struct why *why); /* a thread's state, NULL: why */
	void (*end)(void *state);
	stream_line *line;
	void *shared;
};

/* Bad lines are reported on stderr as FILE:LINE, in order, and the rest is done: *worst is the
 * worst of their statuses. -1 where the whole cannot go on. Blank lines are passed over, and a line
 * that is longer than BLOCKS_LINE is bad. *results says whether anything was written. */
int stream_run(const struct stream *s, int *worst, bool *results, struct why *why)
	__attribute__((warn_unused_result));

#endif
