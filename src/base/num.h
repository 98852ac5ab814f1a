/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in text: decimal digits and nothing else. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/why.h"

#include <stdint.h>

/* what names the field; out of [min, max] or no number is status 3. */
int num_parse(uint64_t *n, const char *text, uint64_t min, uint64_t max, const char *what,
	      struct why *why) __attribute__((warn_unused_result));

#endif
