/* SPDX-License-Identifier: Apache-2.0 */
#include "register/row.h"

#include "base/flat.h"
#include "base/hex.h"
#include "register/fields.h"
#include "register/load.h"

#include <string.h>

#define HEX_OCTETS 32
#define OCTETS 0x0101010101010101ULL

/* What a field's text may be for the quick way; any other is for reg_fields_check. */
enum kind { SLOW, DIGITS, HEX, WORD, TRE_ID, IND_BITS, TEXT, PEM };

struct reg_row_field {
	const char *name;
	enum kind kind;
	uint8_t least, most; /* characters */
	const char *words;   /* each between blanks */
};

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
						 {"sho", TEXT, 0, 0, NULL},
						 {"sho_url", TEXT, 0, 0, NULL},
						 {"dpf_url", TEXT, 0, 0, NULL},
						 {"status", TEXT, 0, 0, NULL},
						 {0}};
static const struct reg_row_field equipment[] = {{"tre_id", TRE_ID, 3, TRE_ID_TEXT - 1, NULL},
						 {"cert_pem", PEM, 0, 0, NULL},
						 {"enc_cert_pem", PEM, 0, 0, NULL},
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

/* ---- values ---- */

static bool is_digits(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

static bool is_hex(const char *p, size_t len)
{
	uint8_t octets[HEX_OCTETS];
	const bool is_right =
		(len == 4 || len == 12 || len == 32 || len == 64) && hex_read(octets, len / 2, p);

	explicit_bzero(octets, sizeof(octets));
	return is_right;
}

static bool is_word(const char *words, const char *p, size_t len)
{
	const char *at = words;

	for (; *at && at[1]; at += strcspn(at + 1, " ") + 1)
		if (strncmp(at + 1, p, len) == 0 && at[1 + len] == ' ' && !memchr(p, ' ', len))
			return true;
	return false;
}

static bool is_tre_id(const char *p, size_t len)
{
	size_t semicolons = 0;

	for (size_t i = 0; i < len; i++) {
		const char c = p[i];

		if (c == ';' && i > 0 && i + 1 < len)
			semicolons++;
		else if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			   (c >= '0' && c <= '9') || c == '.' || c == '-'))
			return false;
	}
	return semicolons == 1;
}

static bool is_right(const struct reg_row_field *f, const char *p, size_t len)
{
	if (f->most && (len < f->least || len > f->most))
		return false;
	switch (f->kind) {
	case DIGITS: return is_digits(p, len);
	case HEX: return is_hex(p, len);
	case WORD: return is_word(f->words, p, len);
	case TRE_ID: return is_tre_id(p, len);
	case IND_BITS: return *p >= '0' && *p <= '5';
	case TEXT:
	case PEM: return true;
	default: return false;
	}
}

/* Each field once; keys are kept. */
static bool take(struct reg_row *row, enum reg_table table, unsigned *seen,
		 const struct reg_row_field *f, const char *p, size_t len)
{
	const unsigned bit = 1U << (f - tables[table]);

	if (*seen & bit || !is_right(f, p, len))
		return false;
	*seen |= bit;
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

static bool is_whole(enum reg_table table, unsigned seen)
{
	static const unsigned wanted[] = {1, 3, 3}; /* imsi; pcid, tre_id; tre_id, cert_pem */

	return (seen & wanted[table]) == wanted[table];
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

		if (!f || (!m->is_string && f->kind != IND_BITS) ||
		    (m->has_breaks && f->kind != PEM) ||
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
	if (reg_open_cells(record, why) || reg_fields_check(table, record, why) ||
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
