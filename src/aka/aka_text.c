/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_text.h"

#include "base/hex.h"

#include <string.h>

#define OTHERS 8 /* members of no interest that the flat parser remembers, to see doubles */

/* ---- CSV and TSV ---- */

static char separator(enum record_form form)
{
	return form == RECORD_TSV ? '\t' : ',';
}

/* A quoted cell of RFC 4180, unquoted where it stands: its end, or NULL. */
static char *unquote(char *cell, size_t *len, char sep)
{
	char *to = cell, *from = cell + 1;

	for (;; from++) {
		if (!*from)
			return NULL;
		if (*from == '"' && *++from != '"')
			break;
		*to++ = *from;
	}
	*len = (size_t)(to - cell);
	return *from == sep || !*from ? from : NULL;
}

/* The cell at `cell`, and the separator or end behind it. */
static char *next_cell(char *cell, size_t *len, const struct aka_header *h, struct why *why)
{
	const char sep = separator(h->form);
	char *end;

	if (h->form == RECORD_CSV && *cell == '"') {
		end = unquote(cell, len, sep);
		if (!end)
			why_input(why, "a quote that does not end, or text behind it");
		return end;
	}
	end = strchrnul(cell, sep);
	*len = (size_t)(end - cell);
	return end;
}

static bool is_name(const char *cell, size_t len)
{
	return len && strspn(cell, "abcdefghijklmnopqrstuvwxyz0123456789_") >= len;
}

int aka_header_read(struct aka_header *h, const struct aka_options *o, const char *line, size_t len,
		    struct why *why)
{
	unsigned seen = 0;
	BUF(copy);
	char *at;

	if (buf_add(&copy, line, len, why))
		return -1;
	at = (char *)copy.bytes;
	for (h->columns = 0;; at++) {
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
		f = aka_field_find(o, cell, n);
		if (f != AKA_FIELDS && seen >> f & 1)
			return why_input(why, "header: column %zu has another's name",
					 h->columns + 1);
		seen |= 1U << f;
		h->column[h->columns++] =
			(struct aka_column){f, f == AKA_FIELDS ? 0 : aka_field_octets(o, f)};
		if (!*at)
			return 0;
	}
}

/* An IMSI's digits at `at`: how many were taken. */
static size_t plain_imsi(struct aka_input *in, const char *at)
{
	size_t n = 0;

	while (n < sizeof(in->imsi) - 1 && at[n] >= '0' && at[n] <= '9') {
		in->imsi[n] = at[n];
		n++;
	}
	in->imsi[n] = '\0';
	return n;
}

/* Where all cells have the lengths that are expected of them, as they mostly do, nothing needs to
 * be searched for. false: read_cells says what it is. */
static bool read_plain(struct aka_input *in, const struct aka_header *h, const char *line,
		       size_t len)
{
	const char sep = separator(h->form), *at = line, *const end = line + len;

	for (size_t n = 0; n < h->columns; n++) {
		const struct aka_column *c = &h->column[n];
		const size_t digits = c->field == AKA_IMSI ? plain_imsi(in, at) : 2 * c->octets;

		if (digits == 0 || (size_t)(end - at) < digits ||
		    at[digits] != (n + 1 < h->columns ? sep : '\0') ||
		    (c->octets && !hex_read(aka_field_place(in, c->field), c->octets, at)))
			return false;
		in->has |= 1U << c->field;
		at += digits + 1;
	}
	in->k_len = 16;
	return at == end + 1;
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

/* ---- JSON ---- */

static const char *skip_space(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* The end quote of a string of printable ASCII without escapes, or NULL. */
static const char *plain_string(const char *p)
{
	while (*p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\')
		p++;
	return *p == '"' ? p : NULL;
}

/* The names of members that are of no interest. */
struct others {
	struct {
		const char *at;
		size_t len;
	} name[OTHERS];
	size_t n;
};

static bool is_new(struct others *others, const char *name, size_t len)
{
	for (size_t i = 0; i < others->n; i++)
		if (others->name[i].len == len && memcmp(others->name[i].at, name, len) == 0)
			return false;
	if (others->n == OTHERS)
		return false;
	others->name[others->n].at = name;
	others->name[others->n++].len = len;
	return true;
}

/* A member, of which the opening quote was read: what follows its value, or NULL. */
static const char *flat_member(struct aka_input *in, const struct aka_options *o,
			       struct others *others, const char *name)
{
	const char *name_end = plain_string(name), *value, *end;
	enum aka_field f;

	if (!name_end)
		return NULL;
	value = skip_space(name_end + 1);
	if (*value != ':')
		return NULL;
	value = skip_space(value + 1);
	if (*value++ != '"')
		return NULL;
	end = plain_string(value);
	if (!end)
		return NULL;
	f = aka_field_find(o, name, (size_t)(name_end - name));
	if (f == AKA_FIELDS ? !is_new(others, name, (size_t)(name_end - name))
			    : (in->has >> f & 1) ||
				      aka_input_set(in, o, f, value, (size_t)(end - value), NULL))
		return NULL;
	return skip_space(end + 1);
}

int aka_json_flat(struct aka_input *in, const struct aka_options *o, const char *line, size_t len)
{
	struct others others;
	const char *p = skip_space(line);

	others.n = 0;
	if (*p != '{')
		return 0;
	p = skip_space(p + 1);
	while (*p == '"') {
		p = flat_member(in, o, &others, p + 1);
		if (!p)
			return 0;
		if (*p == '}')
			return skip_space(p + 1) == line + len;
		if (*p != ',')
			return 0;
		p = skip_space(p + 1);
	}
	return 0;
}

int aka_json_full(struct aka_input *in, const struct aka_options *o, const char *line, size_t len,
		  struct why *why)
{
	AUTO(json_t) *record = json_parse(line, len, "record", why);

	if (!record)
		return -1;
	for (unsigned f = 0; f < AKA_FIELDS; f++) {
		const char *name = aka_field_name(o, (enum aka_field)f), *value;

		if (json_text_opt(&value, record, name, why))
			return -1;
		if (value && aka_input_set(in, o, (enum aka_field)f, value, strlen(value), why))
			return -1;
	}
	return 0;
}

int aka_line_read(struct aka_input *in, const struct aka_options *o, const struct aka_header *h,
		  char *line, size_t len, struct why *why)
{
	in->has = 0; /* what is not said to be there is not looked at */
	if (h->form != RECORD_JSONL) {
		if (read_plain(in, h, line, len))
			return 0;
		if (memchr(line, 0, len))
			return why_input(why, "a 0 octet");
		in->has = 0;
		return read_cells(in, o, h, line, why);
	}
	if (aka_json_flat(in, o, line, len))
		return 0;
	in->has = 0;
	return aka_json_full(in, o, line, len, why);
}

/* ---- results ---- */

/* Octets that are known to fit. */
static char *put(char *p, const char *text, size_t len)
{
	memcpy(p, text, len);
	return p + len;
}

static char *put_item(char *p, const struct aka_item *item)
{
	if (item->is_text)
		return put(p, (const char *)item->octets, item->len);
	hex_write(p, item->octets, item->len);
	return p + 2 * item->len;
}

static char *put_json(char *p, const struct aka_result *r)
{
	*p++ = '{';
	for (size_t i = 0; i < r->items; i++) {
		const struct aka_item *item = &r->item[i];

		if (i)
			*p++ = ',';
		*p++ = '"';
		p = put(p, item->name, strlen(item->name));
		p = put(p, "\":\"", 3);
		p = put_item(p, item);
		*p++ = '"';
	}
	*p++ = '}';
	return p;
}

/* The names are mostly one string. */
static bool is_named(const struct aka_item *item, const char *name)
{
	return item->name == name || strcmp(item->name, name) == 0;
}

/* The items stand in the order of the columns, and some may be missing. */
static char *put_cells(char *p, char sep, const char *const *columns, const struct aka_result *r)
{
	size_t next = 0;

	for (size_t c = 0; columns[c]; c++) {
		if (c)
			*p++ = sep;
		if (next < r->items && is_named(&r->item[next], columns[c]))
			p = put_item(p, &r->item[next++]);
	}
	return p;
}

int aka_line_write(struct buf *out, enum record_form form, const char *const *columns,
		   const struct aka_result *r, struct why *why)
{
	char *start, *p;

	/* names and quotes of an item stay below 32 characters */
	if (buf_reserve(out, 2 * AKA_RESULT_MAX + AKA_ITEMS * 32, why))
		return -1;
	start = (char *)out->bytes + out->len;
	p = form == RECORD_JSONL ? put_json(start, r)
				 : put_cells(start, separator(form), columns, r);
	*p++ = '\n';
	out->len += (size_t)(p - start);
	return 0;
}
