/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of CSV (RFC 4180), or of cells between tabs, where no quote counts. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"

#define CSV_COMMA ','
#define CSV_TAB '\t'
#define CSV_CELLS 64 /* the most that a row has */

struct csv_row {
	struct buf text; /* the cells, each ended by a 0 octet */
	size_t start[CSV_CELLS];
	size_t cells;
};
void csv_row_free(struct csv_row *row);

/* Splits a line, without its end. Status 3 where a quote stands elsewhere than at a cell's start
 * and end, or doubled inside; where text stands behind a quoted cell; or where one does not end. */
int csv_split(struct csv_row *row, char separator, const struct buf *line, struct why *why)
	__attribute__((warn_unused_result));

/* A cell's text, borrowed; len counts all its octets, 0 octets inside it too. */
const char *csv_cell(const struct csv_row *row, size_t i, size_t *len);

/* Appends a cell: with its separator before it where it is not the first of the row. */
int csv_append(struct buf *b, char separator, size_t i, const char *text, struct why *why)
	__attribute__((warn_unused_result));

#endif
