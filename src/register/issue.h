/* SPDX-License-Identifier: Apache-2.0 */
/* The Connectivity Credential Issuing Function: TR 33.812 5.1.3.4.1. */
#ifndef REGISTER_ISSUE_H
#define REGISTER_ISSUE_H

#include "aka/aka.h"
#include "pcid/template.h"
#include "register/register.h"

#define ISSUE_POOL 64

/* count credentials, each for share equipments. Texts are borrowed. */
struct issue {
	struct plmn plmn;
	char pool[ISSUE_POOL]; /* whose numbers are counted: the PLMN's, or a template's */
	struct template imsi;  /* of 15 digits */
	uint64_t first, last;  /* of the template's numbers */
	bool whole;            /* all of the PLMN: what was given back comes first */
	bool from_first;       /* refused where the pool's count is past first */
	struct template iccid; /* size 0: none */
	char iccid_pool[ISSUE_POOL];
	enum aka_alg alg;
	const uint8_t *op; /* 16 octets; TOP, of TUAK, 32; NULL: OPc is random */
	bool with_key;     /* else the number alone is reserved */
	uint64_t count, share;
	const char *const *tre_ids; /* n * share of them for each call, or NULL: for nobody yet */
};

/* From the from-th of the count on n credentials, in the caller's transaction: appends them to
 * lines, JSON Lines, and the PCIDs to pcids as [first, how many in a row]. A TRE_id gets a
 * discovery record. Status 3 where the numbers are used up. */
int reg_issue(struct reg *r, const struct issue *i, uint64_t from, uint64_t n, struct buf *lines,
	      json_t *pcids, struct why *why) __attribute__((warn_unused_result));

/* Status 3 where fewer numbers than wanted are left, or the first is behind the pool's count. */
int reg_issue_room(struct reg *r, const struct issue *i, uint64_t wanted, struct why *why)
	__attribute__((warn_unused_result));

/* The credentials of pcids, as reg_issue noted them, as they stand now. Refused with `run-changed`
 * where one is gone. */
int reg_issued(struct reg *r, const json_t *pcids, struct buf *lines, struct why *why)
	__attribute__((warn_unused_result));

/* Gives a PCID back to its pool, TR 33.812 B.2.2.2 NOTE 1. Refused: `unknown-pcid`; `pcid-in-use`
 * while a discovery record of it is neither changed nor retired, or there is none and its
 * subscription is active: its TRE may still attach with it. */
int reg_release(struct reg *r, const char *pcid, struct why *why)
	__attribute__((warn_unused_result));

#endif
