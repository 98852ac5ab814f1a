/* SPDX-License-Identifier: Apache-2.0 */
/* Records out: the half of base/record.h that writes. */
#include "base/record.h"

#include <string.h>

static int append_cell(struct buf *b, enum record_form form, const char *text, struct why *why)
{
	if (form == RECORD_TSV || !text[strcspn(text, ",\"\r\n")])
		return buf_add(b, text, strlen(text), why);
	if (buf_add(b, "\"", 1, why))
		return -1;
	for (; *text; text++)
		if (buf_add(b, "\"\"", *text == '"' ? 2 : 0, why) ||
		    buf_add(b, text, *text != '"', why))
			return -1;
	return buf_add(b, "\"", 1, why);
}

int record_header(struct buf *b, enum record_form form, const char *const columns[],
		  struct why *why)
{
	if (form == RECORD_JSONL)
		return 0;
	for (size_t i = 0; columns[i]; i++)
		if (buf_add(b, form == RECORD_TSV ? "\t" : ",", i > 0, why) ||
		    append_cell(b, form, columns[i], why))
			return -1;
	return buf_add(b, "\n", 1, why);
}

static int append_value(struct buf *b, enum record_form form, const json_t *v, struct why *why)
{
	BUF(text);

	if (!v || json_is_null(v))
		return 0;
	if (json_is_string(v))
		return append_cell(b, form, json_string_value(v), why);
	if (json_append(&text, v, why))
		return -1;
	return append_cell(b, form, buf_text(&text), why);
}

int record_append(struct buf *b, enum record_form form, const char *const columns[],
		  const json_t *record, struct why *why)
{
	if (form == RECORD_JSONL)
		return json_append_line(b, record, why);
	for (size_t i = 0; columns[i]; i++)
		if (buf_add(b, form == RECORD_TSV ? "\t" : ",", i > 0, why) ||
		    append_value(b, form, json_object_get(record, columns[i]), why))
			return -1;
	return buf_add(b, "\n", 1, why);
}
