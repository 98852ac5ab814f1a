/* SPDX-License-Identifier: Apache-2.0 */
/* Short lists: identities, keys, one a line. */
#ifndef BASE_LINES_H
#define BASE_LINES_H

#include "base/buf.h"

struct lines {
	struct buf text;
	char *at;
	size_t line; /* of the one given last */
};
void lines_free(struct lines *l);
#define LINES(name) __attribute__((cleanup(lines_free))) struct lines name = {0}

/* Reads a file (NULL: stdin). Status 3 where it is no text. */
int lines_load(struct lines *l, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* Back to the first line; what was borrowed stays. */
void lines_rewind(struct lines *l);

/* The next line that is not empty, borrowed; NULL at the end. */
const char *lines_next(struct lines *l);

#endif
