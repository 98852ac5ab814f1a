/* SPDX-License-Identifier: Apache-2.0 */
/* The named results of a record, and how they are written: as a JSON object or as cells. */
#ifndef AKA_AKA_RESULT_H
#define AKA_AKA_RESULT_H

#include "aka/aka_options.h"
#include "base/record.h"

#define AKA_ITEMS 14
#define AKA_RESULT_MAX 512 /* octets of all items together */

struct aka_result {
	struct aka_item {
		const char *name;
		const uint8_t *octets; /* borrowed, of the session or the input */
		size_t len;
		bool is_text;
	} item[AKA_ITEMS];
	size_t items;
};
DEFINE_WIPE(aka_result)

static inline void aka_result_add(struct aka_result *r, const char *name, const void *octets,
				  size_t len)
{
	r->item[r->items++] = (struct aka_item){name, octets, len, false};
}

/* A text, as it is. */
void aka_result_add_text(struct aka_result *r, const char *name, const char *text);

/* The names that an act's results may have, in order. */
struct aka_columns {
	const char *name[AKA_ITEMS + 1]; /* ends with NULL */
	size_t columns;
	char json[AKA_ITEMS][16]; /* ,"name":" */
	size_t json_len[AKA_ITEMS];
};

/* has_sqn: whether records bring an SQN, of which resync says what becomes. */
void aka_columns_init(struct aka_columns *c, const struct aka_options *o, enum aka_act act,
		      bool has_sqn);

/* Appends a result as a line; its items stand in the order of the columns, and some may be missing.
 */
int aka_result_write(struct buf *out, enum record_form form, const struct aka_columns *c,
		     const struct aka_result *r, struct why *why)
	__attribute__((warn_unused_result));

#endif
