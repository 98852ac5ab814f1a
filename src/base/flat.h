/* SPDX-License-Identifier: Apache-2.0 */
/* JSON objects as most lines have them: without nesting, in printable ASCII, compact. Reading one
 * takes no memory and a fraction of the time; whatever is not so simple is for the full parser. */
#ifndef BASE_FLAT_H
#define BASE_FLAT_H

#include <stdbool.h>
#include <stddef.h>

#define FLAT_MEMBERS 24

struct flat_member {
	const char *name, *value; /* borrowed, not ended: of a string, what is between the quotes */
	size_t name_len, len;
	bool is_string;  /* else a whole number without a sign */
	bool has_breaks; /* there is an escape in the string, and none but \n */
};

/* Returns how many members there are, or 0 where the line is not such an object: anything else may
 * be right or wrong. Names are not compared with one another. */
size_t flat_read(struct flat_member member[static FLAT_MEMBERS], const char *line, size_t len);

#endif
