/* SPDX-License-Identifier: Apache-2.0 */
#include "base/record.h"

#include "base/csv.h"
#include "base/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK ((size_t)64 * 1024)
#define STEP 256
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"
#define NAME_MAX_LEN 31 /* less than a key in hex, which a file without a header has there */

struct record_reader {
	char *path;
	int fd;
	enum record_form form;
	uint8_t *block; /* wiped when the reader goes */
	size_t at, have;
	struct buf line;
	struct csv_row row;
	struct csv_row header; /* the column names */
	size_t number, next;   /* lines: where the record last read starts, and the one to come */
};

size_t record_line(const struct record_reader *r)
{
	return r->number;
}

int record_why(const struct record_reader *r, struct why *why)
{
	return why_in(why, "%s:%zu", slurp_name(r->path), r->number);
}

void record_close(struct record_reader *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	if (r->block)
		explicit_bzero(r->block, BLOCK);
	free(r->block);
	buf_free(&r->line);
	csv_row_free(&r->row);
	csv_row_free(&r->header);
	free(r->path);
	free(r);
}

/* Whether the block has octets: 1, 0 at the end, -1 where reading failed. */
static int fill(struct record_reader *r)
{
	while (r->at == r->have) {
		const ssize_t n = read(r->fd, r->block, BLOCK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		r->at = 0;
		r->have = (size_t)n;
	}
	return 1;
}

/* Octets of the block before the next line end or, in CSV, quote. A line of a gibibyte costs little
 * more than its reading, and so does one of quotes: neither is looked for far behind the other. */
static size_t plain(const struct record_reader *r)
{
	const uint8_t *p = r->block + r->at;
	const uint8_t *const end = r->block + r->have;

	while (p < end) {
		const size_t n = end - p < STEP ? (size_t)(end - p) : STEP;
		const uint8_t *line_end = memchr(p, '\n', n), *quote = NULL;

		if (r->form == RECORD_CSV)
			quote = memchr(p, '"', line_end ? (size_t)(line_end - p) : n);
		if (quote || line_end)
			return (size_t)((quote ? quote : line_end) - r->block) - r->at;
		p += n;
	}
	return r->have - r->at;
}

/* Moves n octets from the block to the line, which keeps no more than RECORD_LINE of them. */
static int keep(struct record_reader *r, size_t n, bool *too_long, struct why *why)
{
	const size_t room = RECORD_LINE - r->line.len;

	r->at += n;
	*too_long = *too_long || n > room;
	return buf_add(&r->line, r->block + r->at - n, n < room ? n : room, why);
}

/* Reads one record's text, which in CSV may hold line breaks inside quotes. 1, 0 at the end, -1. */
static int read_line(struct record_reader *r, struct why *why)
{
	bool quoted = false, too_long = false;
	int got;

	buf_clear(&r->line);
	r->number = r->next;
	while ((got = fill(r)) > 0) {
		if (keep(r, plain(r), &too_long, why))
			return -1;
		if (r->at == r->have)
			continue;
		if (r->block[r->at] == '"')
			quoted = !quoted;
		else
			r->next++;
		if (!quoted && r->block[r->at] == '\n') {
			r->at++;
			break;
		}
		if (keep(r, 1, &too_long, why))
			return -1;
	}
	if (got < 0 && why_sys(why, "%s", strerror(errno)))
		return record_why(r, why);
	if (got == 0 && r->line.len == 0)
		return 0;
	if (too_long || (quoted && got == 0)) {
		why_input(why,
			  too_long ? "line longer than %zu octets"
				   : "a quoted cell does not end (%zu octets)",
			  too_long ? RECORD_LINE : r->line.len);
		return record_why(r, why);
	}
	if (r->number == 1)
		buf_drop_mark(&r->line);
	return 1;
}

static void drop_cr(struct buf *line)
{
	if (line->len && line->bytes[line->len - 1] == '\r')
		line->bytes[--line->len] = '\0';
}

static char separator(enum record_form form)
{
	return form == RECORD_TSV ? CSV_TAB : CSV_COMMA;
}

static const char *column_name(const struct record_reader *r, size_t i)
{
	size_t len;

	return csv_cell(&r->header, i, &len);
}

static bool is_column(const char *name)
{
	return *name >= 'a' && *name <= 'z' && strlen(name) <= NAME_MAX_LEN &&
	       !name[strspn(name, NAME_CHARS)];
}

/* Names in snake case, each once. */
static int check_header(const struct record_reader *r, struct why *why)
{
	for (size_t i = 0; i < r->header.cells; i++) {
		const char *a = column_name(r, i);

		if (!is_column(a))
			return why_input(why,
					 "header: column %zu: want a name in snake case, got %s",
					 i + 1, WHY_GOT(a));
		for (size_t j = 0; j < i; j++)
			if (strcmp(a, column_name(r, j)) == 0)
				return why_input(why, "header: column %zu has another's name",
						 i + 1);
	}
	return 0;
}

static int read_header(struct record_reader *r, struct why *why)
{
	const int got = read_line(r, why);

	if (got < 0)
		return -1;
	if (got == 0 && why_input(why, "no header line"))
		return record_why(r, why);
	drop_cr(&r->line);
	if (csv_split(&r->header, separator(r->form), &r->line, why))
		return record_why(r, why);
	return check_header(r, why) ? record_why(r, why) : 0;
}

struct record_reader *record_open(const char *path, enum record_form form, struct why *why)
{
	AUTO(RECORD_READER) *r = calloc(1, sizeof(*r));

	if (!r) {
		why_sys(why, "out of memory");
		return NULL;
	}
	r->form = form;
	r->next = 1;
	r->path = path ? strdup(path) : NULL;
	r->block = malloc(BLOCK);
	r->fd = path && strcmp(path, "-") != 0 ? open(path, O_RDONLY | O_CLOEXEC)
					       : dup(STDIN_FILENO);
	if (r->fd < 0) {
		if (errno == ENOENT)
			why_input(why, "%s: %s", slurp_name(path), strerror(errno));
		else
			why_sys(why, "%s: %s", slurp_name(path), strerror(errno));
		return NULL;
	}
	if (!r->block || (path && !r->path)) {
		why_sys(why, "out of memory");
		return NULL;
	}
	if (form != RECORD_JSONL && read_header(r, why))
		return NULL;
	return STEAL(r);
}

static int csv_record(struct record_reader *r, json_t **record, struct why *why)
{
	AUTO(json_t) *o = json_object();

	if (csv_split(&r->row, separator(r->form), &r->line, why))
		return -1;
	if (r->row.cells != r->header.cells)
		return why_input(why, "want %zu cells, as the header has, got %zu", r->header.cells,
				 r->row.cells);
	for (size_t i = 0; i < r->row.cells; i++) {
		size_t len;
		const char *cell = csv_cell(&r->row, i, &len);

		if (memchr(cell, 0, len))
			return why_input(why, "a 0 octet in a cell");
		if (*cell && json_put(o, column_name(r, i), json_string(cell), NULL))
			return why_input(why, "column %zu: not UTF-8", i + 1);
	}
	*record = STEAL(o);
	return 0;
}

int record_text(struct record_reader *r, char **text, size_t *len, struct why *why)
{
	int got;

	do {
		got = read_line(r, why);
		if (got == 1)
			drop_cr(&r->line);
	} while (got == 1 && r->line.len == 0);
	*text = (char *)r->line.bytes;
	*len = r->line.len;
	return got;
}

int record_parse(struct record_reader *r, json_t **record, struct why *why)
{
	if (r->form != RECORD_JSONL)
		return csv_record(r, record, why) ? record_why(r, why) : 0;
	*record = json_parse(r->line.bytes, r->line.len, JSON_RECORD, why);
	return *record ? 0 : record_why(r, why);
}

int record_next(struct record_reader *r, json_t **record, struct why *why)
{
	char *text;
	size_t len;
	const int got = record_text(r, &text, &len, why);

	return got == 1 && record_parse(r, record, why) ? -1 : got;
}

const char *record_column(const struct record_reader *r, size_t i)
{
	return r->form != RECORD_JSONL && i < r->header.cells ? column_name(r, i) : NULL;
}

int record_each(const char *path, enum record_form form,
		int (*take)(void *ctx, const json_t *record, struct why *why), void *ctx,
		struct why *why)
{
	AUTO(RECORD_READER) *r = record_open(path, form, why);
	int got = r ? 1 : -1;

	while (got == 1) {
		AUTO(json_t) *record = NULL;

		got = record_next(r, &record, why);
		if (got == 1 && take(ctx, record, why))
			return record_why(r, why);
	}
	return got;
}
