/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of identities (TRE_id, IMSI, PCID), one a line. */
#ifndef REGISTER_IDENTITIES_H
#define REGISTER_IDENTITIES_H

#include "base/buf.h"

struct identities {
	struct buf text;
	char *at;
	size_t line; /* of the one given last */
};
void identities_free(struct identities *ids);
#define IDENTITIES(name) __attribute__((cleanup(identities_free))) struct identities name = {0}

/* Reads a file (NULL: stdin). Status 3 where it is no text. */
int identities_load(struct identities *ids, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* The next line that is not empty, borrowed; NULL at the end. */
const char *identities_next(struct identities *ids);

#endif
