/* SPDX-License-Identifier: Apache-2.0 */
/* The values that files are made of: for the ef_ files alone. */
#ifndef MCIM_EF_VALUE_H
#define MCIM_EF_VALUE_H

#include "base/json.h"

#include <stdbool.h>

/* The string, borrowed, or the number, of a value; status 3 where it is none. */
const char *ef_text(const json_t *v, const char *what, struct why *why);
int ef_number(uint64_t *n, const json_t *v, uint64_t max, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* Whether all octets are F's, as unused ones are. */
bool ef_is_filled(const uint8_t *bytes, size_t len);

/* Digits, nibbles swapped, F behind (text NULL: F's alone); at most 8 octets. */
int ef_put_digits(struct buf *out, const char *text, size_t octets, const char *what,
		  struct why *why) __attribute__((warn_unused_result));
bool ef_get_digits(char *text, const uint8_t *bytes, size_t octets);

#endif
