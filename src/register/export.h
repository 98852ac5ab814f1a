/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the forms that core networks and card tools load. */
#ifndef REGISTER_EXPORT_H
#define REGISTER_EXPORT_H

#include "pcid/plmn.h"
#include "register/register.h"

enum export_form { EXPORT_JSONL, EXPORT_CSV, EXPORT_OPEN5GS, EXPORT_OSMO_HLR, EXPORT_PYSIM };

int export_parse(enum export_form *form, const char *name, struct why *why)
	__attribute__((warn_unused_result));
/* What stands before the first record (a CSV's header). */
int export_header(struct buf *out, enum export_form form, struct why *why)
	__attribute__((warn_unused_result));
/* One credential of that PLMN: a line; open5gs: a document of its subscribers collection, a line
 * each, for mongoimport; osmo-hlr: SQL for its database; pysim: pySim-prog's CSV. */
int export_record(struct buf *out, enum export_form form, const struct plmn *plmn,
		  const json_t *record, struct why *why) __attribute__((warn_unused_result));

#endif
