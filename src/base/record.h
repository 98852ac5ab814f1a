/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of records: JSON Lines, CSV (RFC 4180) with a header line, or the same with tabs. */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include "base/json.h"

enum record_form { RECORD_JSONL, RECORD_CSV, RECORD_TSV };

#define RECORD_LINE ((size_t)64 * 1024) /* a longer line is refused, without being kept */

struct record_reader;

/* NULL or "-" is stdin. Caller frees; NULL with why set where the file cannot be opened, or the
 * header of a CSV is not one. */
struct record_reader *record_open(const char *path, enum record_form form, struct why *why);
void record_close(struct record_reader *r);
typedef struct record_reader RECORD_READER;
DEFINE_AUTO(RECORD_READER, record_close)

/* The next record, a JSON object that the caller owns; CSV cells are its strings, and an empty
 * cell is no member. 1: got one. 0: the end. -1: this line is bad (why says FILE:LINE), and the
 * next call goes on behind it, unless why's status is TOOL_SYS. Blank lines are passed over. */
int record_next(struct record_reader *r, json_t **record, struct why *why)
	__attribute__((warn_unused_result));
/* The same in two steps: the text of the next, borrowed, and its 0 octet behind it (the line
 * without its end; in CSV with quotes as they are); and the record in it (0, -1). */
int record_text(struct record_reader *r, char **text, size_t *len, struct why *why)
	__attribute__((warn_unused_result));
int record_parse(struct record_reader *r, json_t **record, struct why *why)
	__attribute__((warn_unused_result));
/* The name of a column of the header, NULL behind the last, or where there is none. */
const char *record_column(const struct record_reader *r, size_t i);
size_t record_line(const struct record_reader *r);

/* All records of a file, each lent to take; ends at the first bad line, or where take returns -1
 * (whose sentence gets FILE:LINE). */
int record_each(const char *path, enum record_form form,
		int (*take)(void *ctx, const json_t *record, struct why *why), void *ctx,
		struct why *why) __attribute__((warn_unused_result));

/* Puts "FILE:LINE: " of the record last read before why's text; returns -1. */
int record_why(const struct record_reader *r, struct why *why);

/* Appends the header line of a CSV (nothing for JSON Lines); columns ends with NULL. */
int record_header(struct buf *b, enum record_form form, const char *const columns[],
		  struct why *why) __attribute__((warn_unused_result));
/* Appends one record; in CSV the columns named, in their order, "" where a member is missing. */
int record_append(struct buf *b, enum record_form form, const char *const columns[],
		  const json_t *record, struct why *why) __attribute__((warn_unused_result));

#endif
