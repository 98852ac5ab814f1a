/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include <string.h>

void csv_row_free(struct csv_row *row)
{
	buf_free(&row->text);
	row->cells = 0;
}

/* The cell that started at *from ends. */
static int end_cell(struct csv_row *row, size_t *from, struct why *why)
{
	if (row->cells == CSV_CELLS)
		return why_input(why, "more than %d columns", CSV_CELLS);
	row->start[row->cells++] = *from;
	if (buf_add(&row->text, "", 1, why))
		return -1;
	*from = row->text.len;
	return 0;
}

/* From behind the opening quote to behind the closing one. */
static int quoted(struct csv_row *row, const char **at, const char *end, char separator,
		  struct why *why)
{
	const char *p = *at;

	for (; p < end && (*p != '"' || (p + 1 < end && p[1] == '"')); p++) {
		p += *p == '"';
		if (buf_add(&row->text, p, 1, why))
			return -1;
	}
	if (p == end)
		return why_input(why, "a quoted cell does not end");
	*at = ++p;
	return p < end && *p != separator ? why_input(why, "text behind a quoted cell") : 0;
}

static int bare(struct csv_row *row, const char **at, const char *end, char separator,
		struct why *why)
{
	const char *p = *at;

	for (; p < end && *p != separator; p++) {
		if (*p == '"' && separator == CSV_COMMA)
			return why_input(why, "a quote inside a bare cell");
		if (*p == '\r') /* before the line's end it would be a part of that */
			return why_input(why, "a carriage return inside a bare cell");
		if (buf_add(&row->text, p, 1, why))
			return -1;
	}
	*at = p;
	return 0;
}

int csv_split(struct csv_row *row, char separator, const struct buf *line, struct why *why)
{
	const char *p = buf_text(line), *end = p + line->len;
	size_t from = 0;

	buf_clear(&row->text);
	row->cells = 0;
	for (;; p++) {
		if (p < end && *p == '"' && separator == CSV_COMMA) {
			p++;
			if (quoted(row, &p, end, separator, why))
				return -1;
		} else if (bare(row, &p, end, separator, why)) {
			return -1;
		}
		if (end_cell(row, &from, why))
			return -1;
		if (p >= end)
			return 0;
	}
}

const char *csv_cell(const struct csv_row *row, size_t i, size_t *len)
{
	const size_t end = i + 1 < row->cells ? row->start[i + 1] : row->text.len;

	*len = end - row->start[i] - 1;
	return buf_text(&row->text) + row->start[i];
}

int csv_append(struct buf *b, char separator, size_t i, const char *text, struct why *why)
{
	if (buf_add(b, &separator, i > 0, why))
		return -1;
	if (separator == CSV_TAB && text[strcspn(text, "\t\r\n")])
		return why_input(why, "TSV has no form for a tab or a line end in a cell");
	if (separator == CSV_TAB || !text[strcspn(text, ",\"\r\n")])
		return buf_add(b, text, strlen(text), why);
	if (buf_add(b, "\"", 1, why))
		return -1;
	for (; *text; text++)
		if (buf_add(b, "\"\"", *text == '"' ? 2 : 0, why) ||
		    buf_add(b, text, *text != '"', why))
			return -1;
	return buf_add(b, "\"", 1, why);
}
