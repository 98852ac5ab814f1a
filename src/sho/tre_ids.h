/* SPDX-License-Identifier: Apache-2.0 */
/* The equipment that a run is for. */
#ifndef SHO_TRE_IDS_H
#define SHO_TRE_IDS_H

#include "base/roll.h"

struct tre_ids {
	struct roll roll;
	uint64_t at; /* of those already taken */
	struct buf text;
	const char **id; /* those taken last, in text */
	size_t room;
};
void tre_ids_free(struct tre_ids *t);

/* Looks through TRE_ids, one a line, or CSV whose header line has the one column tre_id: another
 * column is refused by its name. Status 3 for what is none, for one that comes twice, and where
 * there are fewer than want; what follows those is not looked at. */
int tre_ids_open(struct tre_ids *t, const char *path, uint64_t want, struct why *why)
	__attribute__((warn_unused_result));

/* The n TRE_ids from the from-th on (from 0), in t->id until the next call. */
int tre_ids_take(struct tre_ids *t, uint64_t from, size_t n, struct why *why)
	__attribute__((warn_unused_result));

#endif
