/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a file, read by the block: memory stays the same however long it is, or a line. */
#ifndef BASE_BLOCKS_H
#define BASE_BLOCKS_H

#include "base/buf.h"

#include <stdbool.h>

#define BLOCKS_LINE ((size_t)64 * 1024) /* a longer line is of no use, and is not kept whole */

struct blocks {
	const char *path; /* borrowed; NULL or "-": stdin */
	int fd;
	struct buf carry; /* the start of a line whose rest is not read yet */
	bool has_begun, at_end;
	bool skips; /* up to the end of a line that is too long */
};

/* Status 3 where there is no such file, 4. */
int blocks_open(struct blocks *b, const char *path, struct why *why)
	__attribute__((warn_unused_result));
void blocks_close(struct blocks *b); /* wipes */
#define BLOCKS(name) __attribute__((cleanup(blocks_close))) struct blocks name = {.fd = -1}

/* Whole lines with their ends into text, whose old octets are overwritten; the last line of the
 * file may have no end, and of a line that is longer than a block the first block stands for all.
 * 1; 0 at the end; -1 and status 4. */
int blocks_next(struct blocks *b, struct buf *text, struct why *why)
	__attribute__((warn_unused_result));

/* The first line, without its end, into text. Status 3 where there is none, where it is longer than
 * BLOCKS_LINE, or where it holds a 0 octet. */
int blocks_header(struct blocks *b, struct buf *text, struct why *why)
	__attribute__((warn_unused_result));

#endif
