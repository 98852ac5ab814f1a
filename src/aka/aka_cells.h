/* SPDX-License-Identifier: Apache-2.0 */
/* Records as the cells of a CSV (RFC 4180) or TSV with a header line. */
#ifndef AKA_AKA_CELLS_H
#define AKA_AKA_CELLS_H

#include "aka/aka_input.h"
#include "base/record.h"

#define AKA_COLUMNS 32

/* Which field each column is, and how a line looks where every cell has its usual length. */
struct aka_header {
	enum record_form form;
	struct aka_column {
		enum aka_field field; /* AKA_FIELDS: of no interest */
		size_t octets;        /* aka_field_octets */
		size_t offset;        /* aka_field_offset */
		char end;             /* what stands behind the cell */
	} column[AKA_COLUMNS];
	size_t columns;
	unsigned has; /* the fields of all columns */
	size_t len;   /* of a plain line without its IMSI; 0: there is none */
	bool has_imsi;
};

/* Reads the header line, and counts its columns; form is set. Status 3. */
int aka_header_read(struct aka_header *h, const struct aka_options *o, const char *line, size_t len,
		    struct why *why) __attribute__((warn_unused_result));

/* One line, with a 0 octet behind it; it is written on. Status 3. */
int aka_cells_read(struct aka_input *in, const struct aka_options *o, const struct aka_header *h,
		   char *line, size_t len, struct why *why) __attribute__((warn_unused_result));

#endif
