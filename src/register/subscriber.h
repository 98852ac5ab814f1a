/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions: new ones, and their vectors. */
#ifndef REGISTER_SUBSCRIBER_H
#define REGISTER_SUBSCRIBER_H

#include "aka/autn.h"
#include "pcid/plmn.h"
#include "register/register.h"

#define CHALLENGE_LIFETIME 3600 /* seconds that a RAND stays open for a resynchronisation */

/* A new subscription in the caller's transaction: the next IMSI of the PLMN (from MSIN first on;
 * one that was given back comes first), K random, OPc of op or random (op NULL). tre_id may be
 * NULL. with_key false reserves the IMSI alone. The record, owned, holds K. */
struct subscription {
	const struct plmn *plmn;
	uint64_t first;
	const char *alg; /* milenage or tuak */
	const uint8_t *op;
	const char *tre_id;
	bool with_key;
};
int reg_subscribe(struct reg *r, const struct subscription *s, json_t **record, struct why *why)
	__attribute__((warn_unused_result));

/* Vectors of one subscriber: SQN and open RAND are written in the caller's transaction, which is
 * committed before a vector is used. resync: "RAND:AUTS" in hex, or NULL (TS 33.102 6.3.5).
 * Refused: `unknown-imsi`, `subscriber-blocked`, `subscriber-waiting`, `expired`, `mac-mismatch`,
 * `nonce-unknown`, `nonce-replayed`, `nonce-expired`. */
int reg_vectors(struct reg *r, const char *imsi, unsigned count, const char *resync, int64_t at,
		struct aka_vector *v, struct why *why) __attribute__((warn_unused_result));

#endif
