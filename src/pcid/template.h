/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers by template: digits that stay, a `#` for each digit that counts, and a Luhn digit. */
#ifndef PCID_TEMPLATE_H
#define PCID_TEMPLATE_H

#include "pcid/plmn.h"

#define TEMPLATE_COUNTING 18 /* the most digits that count: 64 bits hold them */

struct template
{
	char text[ICCID_TEXT]; /* as it was given; L at the end is the Luhn digit */
	size_t len;
	uint64_t size; /* numbers that it has: 10 to the power of its `#` */
};

/* Of least to most characters, all digits, `#`, or, where luhn, L at the end (ISO/IEC 7812-1,
 * ITU-T E.118). Status 3; no `#` at all is status 3 too. */
int template_parse(struct template *t, const char *text, size_t least, size_t most, bool luhn,
		   const char *what, struct why *why) __attribute__((warn_unused_result));

/* The n-th number, from 0; n is less than size. */
void template_fill(char out[static ICCID_TEXT], const struct template *t, uint64_t n);

#endif
