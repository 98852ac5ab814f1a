/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the credentials that were issued: counts, first and last, doubles, and whether the
 * keys look as random ones do. */
#ifndef REGISTER_AUDIT_H
#define REGISTER_AUDIT_H

#include "register/register.h"

struct audit {
	uint64_t count, with_key, with_tre_id, with_iccid;
	uint64_t waiting, blocked;
	char first[16], last[16];
	uint64_t octets[256]; /* of all K, how often each value */
	uint64_t octets_total;
	struct buf keys;   /* 8 octets of each K */
	struct buf iccids; /* a number each */
};
void audit_free(struct audit *a); /* wipes */
#define AUDIT(name) __attribute__((cleanup(audit_free))) struct audit name = {0}

/* Takes a credential in. */
int audit_add(struct audit *a, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* All subscribers of the register whose IMSI starts with prefix. */
int audit_register(struct audit *a, struct reg *r, const char *prefix, struct why *why)
	__attribute__((warn_unused_result));

/* The findings as a JSON object, owned, which says whether all is well; NULL: why. k_chi2 is the
 * chi-squared of the octets of all K against even ones, 255 +- 23 for random keys; it counts from
 * 1000 octets on. */
json_t *audit_report(struct audit *a, struct why *why);

/* Refused with `audit-failed`: a K or an ICCID twice, or keys that are not random. */
int audit_verdict(const json_t *report, struct why *why) __attribute__((warn_unused_result));

#endif
