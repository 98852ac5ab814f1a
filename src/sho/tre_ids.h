/* SPDX-License-Identifier: Apache-2.0 */
/* The equipment that a run is for. */
#ifndef SHO_TRE_IDS_H
#define SHO_TRE_IDS_H

#include "base/lines.h"

struct tre_ids {
	struct lines text;
	const char **id; /* borrowed from text */
	size_t n;
};
void tre_ids_free(struct tre_ids *t);

/* TRE_ids, one a line, or CSV whose header line has the one column tre_id: another column is
 * refused by its name. Status 3 for what is none, and for one that comes twice. At most most are
 * read. */
int tre_ids_load(struct tre_ids *t, const char *path, size_t most, struct why *why)
	__attribute__((warn_unused_result));

#endif
