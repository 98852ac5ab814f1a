/* SPDX-License-Identifier: Apache-2.0 */
/* Which operator, or which of its HSSs, an IMSI or PCID belongs to: TR 33.812 B.2.2.2. */
#ifndef PCID_ROUTES_H
#define PCID_ROUTES_H

#include "base/record.h"

struct routes;
void routes_free(struct routes *r);
typedef struct routes ROUTES;
DEFINE_AUTO(ROUTES, routes_free)

/* A table with the columns plmn, operator and, where one has several registers, msin (the MSIN's
 * first digits), by tabs or (where the name ends in .csv) commas; other columns are for the reader.
 * form is that of the answers. NULL: status 3. */
struct routes *routes_load(const char *path, enum record_form form, struct why *why);

/* The columns of an answer. */
extern const char *const routes_columns[];

/* Appends {imsi, plmn, operator, msin} of the longest match: an MNC of three digits before one of
 * two, and one with first digits of the MSIN before one without. Refused with `no-route`. */
int routes_find(struct buf *out, const struct routes *routes, const char *imsi, struct why *why)
	__attribute__((warn_unused_result));

#endif
