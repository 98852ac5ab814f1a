/* SPDX-License-Identifier: Apache-2.0 */
/* New subscriptions. */
#ifndef REGISTER_SUBSCRIBER_H
#define REGISTER_SUBSCRIBER_H

#include "pcid/plmn.h"
#include "register/register.h"

/* A new subscription in the caller's transaction: the next IMSI of the PLMN (from MSIN first on;
 * one that was given back comes first), K random, OPc of op or random (op NULL). tre_id may be
 * NULL. with_key false reserves the IMSI alone. The record, owned, holds K. */
struct subscription {
	const struct plmn *plmn;
	uint64_t first;
	const char *alg;   /* milenage or tuak */
	const uint8_t *op; /* 16 octets; TOP, with tuak, 32 */
	const char *tre_id;
	bool with_key;
	uint64_t last;    /* 0: to the end of the PLMN's numbers, and those that were given back */
	const char *pool; /* what numbers of a part are counted as; NULL: the PLMN's */
	bool is_told;     /* whom the record is told keeps K: here stands the number alone */
};
int reg_subscribe(struct reg *r, const struct subscription *s, json_t **record, struct why *why)
	__attribute__((warn_unused_result));

#endif
