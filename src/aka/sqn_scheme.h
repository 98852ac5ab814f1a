/* SPDX-License-Identifier: Apache-2.0 */
/* How the AuC makes sequence numbers: TS 33.102 (V9.x) C.1.1, and the profiles of C.3. */
#ifndef AKA_SQN_SCHEME_H
#define AKA_SQN_SCHEME_H

#include "aka/sqn.h"

#include <stdbool.h>

enum sqn_kind {
	SQN_PARTLY_TIMED, /* C.1.1.1: SEQ = SEQ1 | SEQ2, and SEQ2 follows a clock */
	SQN_COUNTED,      /* C.1.1.2: SEQ goes up by one */
	SQN_TIMED,        /* C.1.1.3: SEQ = GLC + DIF */
};

struct sqn_scheme {
	enum sqn_kind kind;
	unsigned clock_bits; /* n: the length of GLC, and of SEQ2 in C.1.1.1 */
	uint64_t ahead;      /* D, C.1.1.1: so far may SEQ2 be before the clock */
	uint64_t unit_ms;    /* of the clock */
};

/* What the AuC keeps of a subscriber. dif is of C.1.1.3, modulo 2^n. */
struct sqn_counter {
	uint64_t he; /* SQN_HE: the last that was given out */
	unsigned ind_bits;
	bool has_dif;
	uint64_t dif;
};

/* `profile-1`, `profile-2` or `profile-3` of C.3; or `c.1.1.1`, `c.1.1.2`, `c.1.1.3`, with
 * `:n=BITS,d=D,unit=MS` behind where the scheme has them. NULL is profile-2. Status 3. */
int sqn_scheme_parse(struct sqn_scheme *s, const char *text, struct why *why)
	__attribute__((warn_unused_result));

/* The next SQN, with this IND (below 2^ind_bits), or the next slot where ind is -1; c is brought up
 * to date. at is the clock in seconds since 1970. No SQN comes twice, whatever the clock does: SEQ
 * goes up by one at least, and a timed one by no more than half of delta, which a card always takes
 * (C.2.1). -1 and status 4 at the end of the range, status 2 for such an IND. */
int sqn_generate(uint64_t *sqn, const struct sqn_scheme *s, struct sqn_counter *c, int64_t at,
		 int ind, struct why *why) __attribute__((warn_unused_result));

/* 6.3.5 with the SQN_MS of a right AUTS: SQN_HE goes up to it where it is below, never down, and
 * then DIF = SEQ_MS - GLC (C.1.1.3). */
void sqn_follow(const struct sqn_scheme *s, struct sqn_counter *c, uint64_t sqn_ms, int64_t at);

#endif
