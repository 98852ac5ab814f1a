/* SPDX-License-Identifier: Apache-2.0 */
/* The Connectivity Credential Issuing Function: TR 33.812 5.1.3.4.1. */
#ifndef REGISTER_ISSUE_H
#define REGISTER_ISSUE_H

#include "base/lines.h"
#include "register/subscriber.h"

/* count credentials, each for share equipments; tre_ids NULL: for nobody yet. */
struct issue {
	struct subscription subscription; /* its tre_id is set here */
	uint64_t count, share;
	struct lines *tre_ids;
	const char *tre_ids_name; /* for messages */
};

/* In the caller's transaction; take borrows each new record. A TRE_id gets a discovery record. */
int reg_issue(struct reg *r, const struct issue *i,
	      int (*take)(void *ctx, const json_t *record, struct why *why), void *ctx,
	      struct why *why) __attribute__((warn_unused_result));

/* Gives a PCID back to its pool, TR 33.812 B.2.2.2 NOTE 1. Refused: `unknown-pcid`; `pcid-in-use`
 * while a discovery record of it is neither changed nor retired, or there is none and its
 * subscription is active: its TRE may still attach with it. */
int reg_release(struct reg *r, const char *pcid, struct why *why)
	__attribute__((warn_unused_result));

#endif
