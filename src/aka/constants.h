/* SPDX-License-Identifier: Apache-2.0 */
/* An operator's choices from the command line: constants and lengths. */
#ifndef AKA_CONSTANTS_H
#define AKA_CONSTANTS_H

#include "aka/aka.h"

/* "64,0,32,64,96": r1 to r5 in bits, 0 to 127. Status 2. */
int aka_parse_r(struct aka_key *key, const char *text, struct why *why)
	__attribute__((warn_unused_result));
/* c1 to c5, each of 32 hex digits, with commas between. Status 2. */
int aka_parse_c(struct aka_key *key, const char *text, struct why *why)
	__attribute__((warn_unused_result));
/* A length in bits that is one of allowed (ends with 0), into octets; text NULL: nothing. Status 2.
 */
int aka_parse_bits(size_t *octets, const char *text, const unsigned *allowed, const char *option,
		   struct why *why) __attribute__((warn_unused_result));

#endif
