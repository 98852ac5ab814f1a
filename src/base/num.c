/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <inttypes.h>

int num_parse(uint64_t *n, const char *text, uint64_t min, uint64_t max, const char *what,
	      struct why *why)
{
	uint64_t v = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		const uint64_t digit = (uint64_t)(*p - '0');

		if (v > (UINT64_MAX - digit) / 10)
			break; /* more than any max: *p is no end */
		v = v * 10 + digit;
	}
	if (p == text || *p || v < min || v > max)
		return why_input(why, "%s: want a number from %" PRIu64 " to %" PRIu64 ", got %s",
				 what, min, max, WHY_GOT(text));
	*n = v;
	return 0;
}
