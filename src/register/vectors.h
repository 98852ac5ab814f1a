/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication vectors of subscribers: the AuC (TS 33.102 6.3.2, 6.3.5). */
#ifndef REGISTER_VECTORS_H
#define REGISTER_VECTORS_H

#include "aka/autn.h"
#include "register/register.h"

#define VECTORS_MAX 64          /* of one IMSI at a time */
#define CHALLENGE_LIFETIME 3600 /* seconds that a RAND stays open for a resynchronisation */

/* What is asked for: resync is "RAND:AUTS" in hex, or NULL; ind is -1 for the next slot. */
struct vectors_asked {
	const char *imsi;
	const char *resync;
	const char *apn; /* what the vectors are for, or NULL */
	unsigned count;  /* 1 to VECTORS_MAX */
	int ind;
	int64_t at;
};

/* A vector, the lengths of its parts in octets, and its SQN, for the record alone. */
struct auc_vector {
	struct aka_vector av;
	size_t autn_len, xres_len, ck_len, ik_len;
	uint8_t sqn[6];
};
DEFINE_WIPE(auc_vector)

/* Vectors of one subscriber, by the scheme that its record names: SQN and the open RANDs are
 * written in the caller's transaction, which is committed before a vector is used; where it is
 * refused, the caller rolls back. Refused: `unknown-imsi`, `subscriber-blocked`,
 * `subscriber-waiting`, `expired`, `apn-restricted`, `mac-mismatch`, `nonce-unknown`,
 * `nonce-replayed`, `nonce-expired`. */
int reg_vectors(struct reg *r, const struct vectors_asked *asked, struct auc_vector *v,
		struct why *why) __attribute__((warn_unused_result));

#endif
