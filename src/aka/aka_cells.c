/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_cells.h"

#include "base/hex_vector.h"

#include <string.h>

static char separator(enum record_form form)
{
	return form == RECORD_TSV ? '\t' : ',';
}

/* A quoted cell of RFC 4180, unquoted where it stands: its end, or NULL. No field of ours holds a
 * line end, and so a row is a line. */
static char *unquote(char *cell, size_t *len, char sep, struct why *why)
{
	char *to = cell, *from = cell + 1;

	for (;; from++) {
		if (!*from) {
			why_input(why, "a quoted cell does not end on its line: a row is one line "
				       "here, and what follows is the next");
			return NULL;
		}
		if (*from == '"' && *++from != '"')
			break;
		*to++ = *from;
	}
	*len = (size_t)(to - cell);
	if (*from == sep || !*from)
		return from;
	why_input(why, "text behind a quoted cell");
	return NULL;
}

/* The cell at `cell`, and the separator or end behind it. */
static char *next_cell(char *cell, size_t *len, const struct aka_header *h, struct why *why)
{
	const char sep = separator(h->form);
	char *end;

	if (h->form == RECORD_CSV && *cell == '"')
		return unquote(cell, len, sep, why);
	end = strchrnul(cell, sep);
	*len = (size_t)(end - cell);
	return end;
}

static bool is_name(const char *cell, size_t len)
{
	return len && strspn(cell, "abcdefghijklmnopqrstuvwxyz0123456789_") >= len;
}

static void add_column(struct aka_header *h, const struct aka_options *o, enum aka_field f)
{
	struct aka_column *c = &h->column[h->columns++];

	*c = (struct aka_column){.field = f, .end = separator(h->form)};
	if (f == AKA_FIELDS)
		return;
	h->has |= 1U << f;
	c->octets = aka_field_octets(o, f);
	c->offset = aka_field_offset(f);
}

/* Every column is wanted, and of one length, or an IMSI. */
static void settle_plain(struct aka_header *h)
{
	h->has_imsi = h->has >> AKA_IMSI & 1;
	h->len = h->columns - 1;
	h->column[h->columns - 1].end = '\0';
	for (size_t i = 0; i < h->columns; i++) {
		const struct aka_column *c = &h->column[i];

		if (!c->octets && c->field != AKA_IMSI) {
			h->len = 0;
			return;
		}
		h->len += 2 * c->octets;
	}
}

int aka_header_read(struct aka_header *h, const struct aka_options *o, const char *line, size_t len,
		    struct why *why)
{
	BUF(copy);
	char *at;

	if (buf_add(&copy, line, len, why))
		return -1;
	at = (char *)copy.bytes;
	for (h->columns = h->has = 0;; at++) {
		char *cell = at;
		size_t n;
		enum aka_field f;

		if (h->columns == AKA_COLUMNS)
			return why_input(why, "header: more than %d columns", AKA_COLUMNS);
		at = next_cell(cell, &n, h, why);
		if (!at)
			return -1;
		if (!is_name(cell, n))
			return why_input(why, "header: column %zu: want a name in snake case",
					 h->columns + 1);
		f = aka_field_find(o, cell, n, AKA_K);
		if (f != AKA_FIELDS && h->has >> f & 1)
			return why_input(why, "header: column %zu has another's name",
					 h->columns + 1);
		add_column(h, o, f);
		if (!*at)
			break;
	}
	/* of a table without a header the first row would be taken for one, and vanish */
	if (!(h->has >> AKA_K & 1))
		return why_input(why, "header: want a column k");
	settle_plain(h);
	return 0;
}

/* A line whose cells all have the lengths that are expected of them, as they mostly do: nothing
 * needs to be searched for. false: read_cells says what it is. */
static bool read_plain(struct aka_input *in, const struct aka_header *h, const char *line,
		       size_t len)
{
	const struct aka_column *c = h->column, *const last = c + h->columns;
	const size_t imsi = len - h->len; /* its digits: what the others leave */
	hex_octets good = ~(hex_octets){0};

	if (!h->len || len < h->len || (h->has_imsi ? imsi < 1 || imsi > AKA_IMSI_MAX : imsi > 0))
		return false;
	for (; c < last; c++) {
		const size_t octets = c->octets, digits = octets ? 2 * octets : imsi;

		if (line[digits] != c->end)
			return false;
		if (octets)
			hex_read_more((uint8_t *)in + c->offset, octets, line, &good);
		else if (!aka_imsi_read(in, line, imsi))
			return false;
		line += digits + 1;
	}
	in->has = h->has;
	in->k_len = 16; /* TUAK's K has two lengths, and is no plain cell */
	return hex_all_good(good);
}

static int read_cells(struct aka_input *in, const struct aka_options *o, const struct aka_header *h,
		      char *line, struct why *why)
{
	char *at = line;
	size_t n = 0;

	for (;; at++) {
		char *cell = at;
		size_t len;

		at = next_cell(cell, &len, h, why);
		if (!at)
			return -1;
		/* an empty cell is no member */
		if (n < h->columns && len && h->column[n].field != AKA_FIELDS &&
		    aka_input_set(in, o, h->column[n].field, cell, len, why))
			return -1;
		n++;
		if (!*at)
			break;
	}
	return n == h->columns ? 0
			       : why_input(why, "want %zu cells, as the header has, got %zu",
					   h->columns, n);
}

int aka_cells_read(struct aka_input *in, const struct aka_options *o, const struct aka_header *h,
		   char *line, size_t len, struct why *why)
{
	if (read_plain(in, h, line, len))
		return 0;
	if (memchr(line, 0, len))
		return why_input(why, "a 0 octet");
	in->has = 0; /* what is not said to be there is not looked at */
	return read_cells(in, o, h, line, why);
}
