/* SPDX-License-Identifier: Apache-2.0 */
/* The files of TS 31.102 and TS 31.103 (V9.0.0) clause 4.2 that TR 33.812 B.2.4 names, in words
 * and in octets. */
#ifndef MCIM_EF_H
#define MCIM_EF_H

#include "base/buf.h"
#include "base/json.h"

#include <stdbool.h>

enum { EF_USIM = 1, EF_ISIM = 2 };

struct ef_kind {
	unsigned efid;
	unsigned applications; /* EF_USIM, EF_ISIM or both */
	const char *word;      /* the member of MCIM.json */
	/* Octets from the word's value, and back: NULL where the octets have no words. NULL, NULL:
	 * no words at all, hex under `ef` alone. */
	int (*encode)(struct buf *out, const json_t *value, struct why *why);
	json_t *(*decode)(const uint8_t *bytes, size_t len);
};

/* Ends with efid 0. */
extern const struct ef_kind ef_kinds[];

const struct ef_kind *ef_kind_find(unsigned efid, bool is_isim);

/* Whether an efid may stand in a blob: 1 to 9, or a file of the table. */
bool mcim_ef_is_known(unsigned efid);

#endif
