/* SPDX-License-Identifier: Apache-2.0 */
/* Which operator an IMSI or PCID belongs to, by MCC and MNC: TR 33.812 B.2.2.2. */
#ifndef PCID_ROUTES_H
#define PCID_ROUTES_H

#include "base/json.h"

/* A table with the columns plmn and operator, by tabs or (where the name ends in .csv) commas.
 * Owned: an object from PLMN digits to operator. NULL: status 3. */
json_t *routes_load(const char *path, struct why *why);

/* Appends {imsi, plmn, operator} of the longest match: an MNC of three digits before one of two.
 * Refused with `no-route`. */
int routes_find(struct buf *out, const json_t *routes, const char *imsi, struct why *why)
	__attribute__((warn_unused_result));

#endif
