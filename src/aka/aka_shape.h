/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that look like the one before but for the digits of their fields, as the lines of one
 * program do: where the digits stand is known then, and the rest is compared. */
#ifndef AKA_AKA_SHAPE_H
#define AKA_AKA_SHAPE_H

#include "aka/aka_input.h"

#define AKA_SHAPE_MAX 1024 /* a longer line is not remembered */

struct aka_shape {
	size_t len; /* of the line; 0: none is remembered */
	char text[AKA_SHAPE_MAX];
	unsigned has;
	size_t k_len;
	size_t values;
	struct aka_shape_value {
		size_t at, digits;
		size_t octets, offset; /* octets 0: an IMSI */
	} value[AKA_FIELDS];
};

/* Forgets what was remembered; then each value as it is met, in the order of the line; then the
 * line that they were found in, without their digits, which may be a K's. */
void aka_shape_start(struct aka_shape *s);
void aka_shape_add(struct aka_shape *s, enum aka_field f, size_t at, size_t digits);
void aka_shape_keep(struct aka_shape *s, const struct aka_input *in, const char *line, size_t len);

/* 1: read; 0: it looks otherwise, and `in` may hold rubbish. */
int aka_shape_read(const struct aka_shape *s, struct aka_input *in, const char *line, size_t len);

#endif
