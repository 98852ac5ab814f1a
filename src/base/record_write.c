/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"
#include "base/record.h"

static char separator(enum record_form form)
{
	return form == RECORD_TSV ? CSV_TAB : CSV_COMMA;
}

int record_header(struct buf *b, enum record_form form, const char *const columns[],
		  struct why *why)
{
	if (form == RECORD_JSONL)
		return 0;
	for (size_t i = 0; columns[i]; i++)
		if (csv_append(b, separator(form), i, columns[i], why))
			return -1;
	return buf_add(b, "\n", 1, why);
}

static int append_value(struct buf *b, enum record_form form, size_t i, const json_t *v,
			struct why *why)
{
	BUF(text);

	if (json_is_string(v))
		return csv_append(b, separator(form), i, json_string_value(v), why);
	if (v && !json_is_null(v) && json_append(&text, v, why))
		return -1;
	return csv_append(b, separator(form), i, buf_text(&text), why);
}

int record_append(struct buf *b, enum record_form form, const char *const columns[],
		  const json_t *record, struct why *why)
{
	if (form == RECORD_JSONL)
		return json_append_line(b, record, why);
	for (size_t i = 0; columns[i]; i++)
		if (append_value(b, form, i, json_object_get(record, columns[i]), why))
			return -1;
	return buf_add(b, "\n", 1, why);
}
