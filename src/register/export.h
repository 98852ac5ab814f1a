/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the forms that core networks and card tools load. */
#ifndef REGISTER_EXPORT_H
#define REGISTER_EXPORT_H

#include "pcid/plmn.h"
#include "register/register.h"

enum export_form {
	EXPORT_JSONL,
	EXPORT_CSV,
	EXPORT_OPEN5GS,  /* a document of its subscribers collection a line, for mongoimport */
	EXPORT_OSMO_HLR, /* SQL for its database */
	EXPORT_FREE5GC,  /* a subscriber a line, as its web console's interface takes it */
	EXPORT_SRSRAN,   /* srsEPC's user_db.csv */
	EXPORT_PYSIM,    /* pySim-prog's CSV */
};

int export_parse(enum export_form *form, const char *name, struct why *why)
	__attribute__((warn_unused_result));
/* Whether the form names the home PLMN apart from the IMSI. */
bool export_wants_plmn(enum export_form form);

/* What stands before the first record, and behind the last. */
int export_header(struct buf *out, enum export_form form, struct why *why)
	__attribute__((warn_unused_result));
int export_footer(struct buf *out, enum export_form form, struct why *why)
	__attribute__((warn_unused_result));

/* One credential; plmn may be NULL where the form does not want it. The peer goes on behind our
 * SQN_HE, so that no SQN comes twice. Status 3 where the form holds Milenage alone. Refused with
 * `subscriber-blocked` or `subscriber-waiting`: the form cannot say so, and the peer would let the
 * subscriber in. Nothing is appended then. */
int export_record(struct buf *out, enum export_form form, const struct plmn *plmn,
		  const json_t *record, struct why *why) __attribute__((warn_unused_result));

/* For the files of this module. */
int export_open5gs(struct buf *out, const json_t *r, struct why *why)
	__attribute__((warn_unused_result));
int export_free5gc(struct buf *out, const struct plmn *plmn, const json_t *r, struct why *why)
	__attribute__((warn_unused_result));
const char *export_text(const json_t *r, const char *field); /* "" where it is missing */
bool export_is_active(const json_t *r);
/* The SQN that the AuC would take next, for peers that keep that one; counted (C.1.1.2). */
int export_next_sqn(uint64_t *sqn, const json_t *r, struct why *why)
	__attribute__((warn_unused_result));

#endif
