/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of records in, lines of results out: JSON Lines, CSV and TSV. Flat JSON objects of strings
 * without escapes are read by a parser of their own, all others by the full one, with the same
 * results. */
#ifndef AKA_AKA_TEXT_H
#define AKA_AKA_TEXT_H

#include "aka/aka_act.h"
#include "base/record.h"

#define AKA_COLUMNS 32

/* Which field each column is. */
struct aka_header {
	enum record_form form;
	struct aka_column {
		enum aka_field field; /* AKA_FIELDS: of no interest */
		size_t octets;        /* aka_field_octets */
	} column[AKA_COLUMNS];
	size_t columns;
};

/* Reads a CSV's or TSV's header line, and counts its columns. Status 3. */
int aka_header_read(struct aka_header *h, const struct aka_options *o, const char *line, size_t len,
		    struct why *why) __attribute__((warn_unused_result));

/* One line, which is written on. Status 3. */
int aka_line_read(struct aka_input *in, const struct aka_options *o, const struct aka_header *h,
		  char *line, size_t len, struct why *why) __attribute__((warn_unused_result));

/* The parsers for themselves. flat: 1 read, 0 not for it (in holds rubbish then). */
int aka_json_flat(struct aka_input *in, const struct aka_options *o, const char *line, size_t len);
int aka_json_full(struct aka_input *in, const struct aka_options *o, const char *line, size_t len,
		  struct why *why) __attribute__((warn_unused_result));

/* Appends a result as a line; columns (of aka_columns) are wanted for CSV and TSV. */
int aka_line_write(struct buf *out, enum record_form form, const char *const *columns,
		   const struct aka_result *r, struct why *why) __attribute__((warn_unused_result));

#endif
