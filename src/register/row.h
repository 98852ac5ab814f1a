/* SPDX-License-Identifier: Apache-2.0 */
/* A record on its way from a file into a table: its keys, and its text as the table holds it. */
#ifndef REGISTER_ROW_H
#define REGISTER_ROW_H

#include "base/party.h"
#include "base/record.h"
#include "register/register.h"

/* Start with {0}; used for one record after another. */
struct reg_row {
	char key[TRE_ID_TEXT];    /* IMSI, PCID or TRE_id */
	char tre_id[TRE_ID_TEXT]; /* "": none, which subscribers may have */
	struct buf record;        /* a JSON object, as json_append writes it */
};
void reg_row_free(struct reg_row *row); /* wipes */
#define REG_ROW(name) __attribute__((cleanup(reg_row_free))) struct reg_row name = {0}

/* JSON Lines, or a CSV and what its columns are. */
struct reg_row_header {
	bool is_csv;
	size_t columns;
	const struct reg_row_field *column[64];
};
void reg_row_header(struct reg_row_header *h, enum reg_table table, enum record_form form,
		    const struct record_reader *in);

/* A line that is flat and right becomes a row without an object being made of it. false: it may be
 * right or wrong, and reg_row_of_record says which. Both make the same row of the same line. */
bool reg_row_of_line(struct reg_row *row, enum reg_table table, const struct reg_row_header *h,
		     const char *line, size_t len);

/* Status 3 where a field is not what it must be. A cell of CSV that holds a JSON object or array
 * becomes one. */
int reg_row_of_record(struct reg_row *row, enum reg_table table, json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* The next record of a file into the row: 1, 0 at the end, -1 as record_next and the above. */
int reg_row_next(struct reg_row *row, enum reg_table table, const struct reg_row_header *h,
		 struct record_reader *in, struct why *why) __attribute__((warn_unused_result));

#endif
