/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON objects, one a line. Flat objects of strings without escapes are read by a parser
 * of their own, all others by the full one, with the same results. */
#ifndef AKA_AKA_JSON_H
#define AKA_AKA_JSON_H

#include "aka/aka_shape.h"

/* One line, with a 0 octet behind it; shape is the thread's, and starts with {0}. Status 3. */
int aka_json_read(struct aka_input *in, struct aka_shape *shape, const struct aka_options *o,
		  const char *line, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* The parsers for themselves; in->has starts as 0. flat: 1 read, and remembered; 0 not for it (in
 * holds rubbish then). */
int aka_json_flat(struct aka_input *in, struct aka_shape *shape, const struct aka_options *o,
		  const char *line, size_t len);
int aka_json_full(struct aka_input *in, const struct aka_options *o, const char *line, size_t len,
		  struct why *why) __attribute__((warn_unused_result));

#endif
