/* SPDX-License-Identifier: Apache-2.0 */
#include "register/row.h"

#include "base/flat.h"
#include "register/entry.h"
#include "register/fields.h"
#include "register/load.h"
#include "register/value.h"

#include <string.h>

#define OCTETS 0x0101010101010101ULL

/* Of the fields of a subscriber that were seen, by their places; and what they say. */
#define ALG (1U << 1)
#define K (1U << 2)
#define OPC (1U << 3)
#define TOPC (1U << 4)
#define IS_TUAK (1U << 30)
#define IS_LONG (1U << 31)

static const struct reg_row_field subscribers[] = {
	{"imsi", DIGITS, 6, 15, NULL},
	{"alg", WORD, 0, 0, " milenage tuak "},
	{"k", HEX, 32, 64, NULL},
	{"opc", HEX, 32, 32, NULL},
	{"topc", HEX, 64, 64, NULL},
	{"amf", HEX, 4, 4, NULL},
	{"sqn", HEX, 12, 12, NULL},
	{"ind_bits", IND_BITS, 1, 1, NULL},
	{"status", WORD, 0, 0, " active blocked waiting "},
	{"iccid", DIGITS, 18, 20, NULL},
	{"tre_id", TRE_ID, 3, TRE_ID_TEXT - 1, NULL},
	{0}};
static const struct reg_row_field discovery[] = {{"pcid", DIGITS, 6, 15, NULL},
						 {"tre_id", TRE_ID, 3, TRE_ID_TEXT - 1, NULL},
						 {"sho", PARTY, 1, TRE_ID_TEXT - 1, NULL},
						 {"sho_url", URL, 0, 0, NULL},
						 {"dpf_url", URL, 0, 0, NULL},
						 {"status", TEXT, 0, 0, NULL},
						 {0}};
static const struct reg_row_field equipment[] = {{"tre_id", TRE_ID, 3, TRE_ID_TEXT - 1, NULL},
						 {"cert_pem", SLOW, 0, 0, NULL},
						 {"enc_cert_pem", SLOW, 0, 0, NULL},
						 {"status", WORD, 0, 0, " active revoked "},
						 {0}};
static const struct reg_row_field *const tables[] = {subscribers, discovery, equipment};

void reg_row_free(struct reg_row *row)
{
	buf_free(&row->record);
}

static const struct reg_row_field *find(enum reg_table table, const char *name, size_t len)
{
	const struct reg_row_field *f = tables[table];

	while (f->name && (strncmp(f->name, name, len) != 0 || f->name[len]))
		f++;
	return f->name ? f : NULL;
}

/* Each field once; keys are kept. */
static bool take(struct reg_row *row, enum reg_table table, unsigned *seen,
		 const struct reg_row_field *f, const char *p, size_t len)
{
	const unsigned bit = 1U << (f - tables[table]);

	if (*seen & bit || !reg_value_is_right(f, p, len))
		return false;
	*seen |= bit;
	if (table == REG_SUBSCRIBERS && bit == ALG && *p == 't')
		*seen |= IS_TUAK;
	if (table == REG_SUBSCRIBERS && bit == K && len == 64)
		*seen |= IS_LONG;
	if (f == tables[table]) {
		memcpy(row->key, p, len);
		row->key[len] = '\0';
	}
	if (f->kind == TRE_ID) {
		memcpy(row->tre_id, p, len);
		row->tre_id[len] = '\0';
	}
	return true;
}

/* A K with what its algorithm wants besides (reg_entry_check). */
static bool is_key(unsigned seen)
{
	if (!(seen & K))
		return true;
	return seen & IS_TUAK ? seen & TOPC : seen & OPC && !(seen & IS_LONG);
}

static bool is_whole(enum reg_table table, unsigned seen)
{
	static const unsigned wanted[] = {1, 3, 3}; /* imsi; pcid, tre_id; tre_id, cert_pem */

	return (seen & wanted[table]) == wanted[table] && (table || is_key(seen));
}

/* ---- lines ---- */

static bool of_json(struct reg_row *row, enum reg_table table, const char *line, size_t len)
{
	struct flat_member member[FLAT_MEMBERS];
	const size_t n = flat_read(member, line, len);
	unsigned seen = 0;

	for (size_t i = 0; i < n; i++) {
		const struct flat_member *m = &member[i];
		const struct reg_row_field *f = find(table, m->name, m->name_len);

		if (!f || (!m->is_string && f->kind != IND_BITS) || m->has_breaks ||
		    !take(row, table, &seen, f, m->value, m->len))
			return false;
	}
	/* the line is compact, and needs no other escape: it stands for itself */
	return n && is_whole(table, seen) && buf_add(&row->record, line, len, NULL) == 0;
}

/* Whether an octet of the word is below n, which is at most 128: the high bit of some octet. */
static uint64_t has_less(uint64_t word, uint64_t n)
{
	return (word - OCTETS * n) & ~word & OCTETS * 0x80;
}

static uint64_t has_octet(uint64_t word, uint64_t octet)
{
	return has_less(word ^ OCTETS * octet, 1);
}

/* Printable ASCII that JSON has no escape for: eight at a time. */
static bool is_plain(const char *p, size_t len)
{
	uint64_t word, bad = 0;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		bad |= (word & OCTETS * 0x80) | has_less(word, ' ') | has_octet(word, '"') |
		       has_octet(word, '\\') | has_octet(word, 0x7f);
	}
	for (; len; p++, len--)
		if (*p < ' ' || *p >= 0x7f || *p == '"' || *p == '\\')
			return false;
	return !bad;
}

static char *put(char *to, const char *text, size_t len)
{
	memcpy(to, text, len);
	return to + len;
}

static bool of_cells(struct reg_row *row, enum reg_table table, const struct reg_row_header *h,
		     const char *line, size_t len)
{
	const char *p = line, *const end = line + len;
	unsigned seen = 0;
	char *to;

	/* a name and its quotes are no longer than 24 characters */
	if (!is_plain(line, len) || buf_reserve(&row->record, len + h->columns * 24, NULL))
		return false;
	to = put((char *)row->record.bytes, "{", 1);
	for (size_t i = 0; i < h->columns; i++, p++) {
		const struct reg_row_field *f = h->column[i];
		const char *cell = p;

		p = p <= end ? memchr(p, ',', (size_t)(end - p)) : NULL;
		if ((i + 1 < h->columns) != (p != NULL))
			return false;
		if (!p)
			p = end;
		if (p == cell)
			continue;
		if (!f || !take(row, table, &seen, f, cell, (size_t)(p - cell)))
			return false;
		to = to[-1] == '{' ? put(to, "\"", 1) : put(to, ",\"", 2);
		to = put(to, f->name, strlen(f->name));
		to = put(to, "\":\"", 3);
		to = put(to, cell, (size_t)(p - cell));
		*to++ = '"';
	}
	*to++ = '}';
	*to = '\0';
	row->record.len = (size_t)(to - (char *)row->record.bytes);
	return is_whole(table, seen);
}

void reg_row_header(struct reg_row_header *h, enum reg_table table, enum record_form form,
		    const struct record_reader *in)
{
	const char *name;

	*h = (struct reg_row_header){.is_csv = form == RECORD_CSV};
	for (; h->is_csv && (name = record_column(in, h->columns)); h->columns++)
		h->column[h->columns] = find(table, name, strlen(name));
}

bool reg_row_of_line(struct reg_row *row, enum reg_table table, const struct reg_row_header *h,
		     const char *line, size_t len)
{
	row->record.len = 0; /* wiped at the end: what follows lies over it */
	*row->tre_id = '\0';
	return h->is_csv ? of_cells(row, table, h, line, len) : of_json(row, table, line, len);
}

static void copy_text(char to[static TRE_ID_TEXT], const json_t *record, const char *field)
{
	const char *text = json_string_value(json_object_get(record, field));
	const size_t len = text ? strlen(text) : 0;

	memcpy(to, text ? text : "", len + 1); /* it was checked: no longer than that */
}

int reg_row_of_record(struct reg_row *row, enum reg_table table, json_t *record, struct why *why)
{
	buf_clear(&row->record);
	if (reg_open_cells(record, why) || reg_entry_check(table, record, why) ||
	    json_append(&row->record, record, why))
		return -1;
	copy_text(row->key, record, reg_table_key(table));
	copy_text(row->tre_id, record, "tre_id");
	return 0;
}

int reg_row_next(struct reg_row *row, enum reg_table table, const struct reg_row_header *h,
		 struct record_reader *in, struct why *why)
{
	AUTO(json_t) *record = NULL;
	size_t len;
	char *text;
	const int got = record_text(in, &text, &len, why);

	if (got <= 0 || reg_row_of_line(row, table, h, text, len))
		return got;
	if (record_parse(in, &record, why))
		return -1;
	return reg_row_of_record(row, table, record, why) ? record_why(in, why) : 1;
}
