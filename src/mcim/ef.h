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

/* Whether it names an EF under the MF or an ADF (TS 102 221 13, TS 31.102 4.2): B.2.4 leaves it
 * open which others than those of the table stand in a blob, as octets. */
bool ef_is_file(unsigned efid);

/* The words of a file's octets, where they say these octets and no others; else NULL. Owned. */
json_t *ef_words(const struct ef_kind *k, const uint8_t *bytes, size_t len);

#endif
