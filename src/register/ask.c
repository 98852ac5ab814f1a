/* SPDX-License-Identifier: Apache-2.0 */
#include "register/ask.h"

#include "base/csv.h"
#include "base/feed.h"
#include "base/flat.h"
#include "base/outfile.h"
#include "register/fields.h"
#include "register/lookup.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 1024           /* lines read at once */
#define MANY (32 * BLOCK)    /* questions that are answered together */
#define OUT_OCTETS (1 << 20) /* of answers, before they are written */

struct talk {
	const struct ask *a;
	ask_report *report;
	int *worst;
	struct outfile file;
	bool is_open;
	struct buf out;
	const char *id[MANY];
	size_t at[MANY];   /* of a stream: where it stands in kept */
	size_t line[MANY]; /* 0: an operand */
	size_t n;
	bool has_header;
	size_t column;
	struct csv_row row;
	struct buf kept; /* identities that do not stand in the line itself */
};

static void talk_free(struct talk *t)
{
	outfile_discard(&t->file);
	buf_free(&t->out);
	buf_free(&t->kept);
	csv_row_free(&t->row);
	free(t);
}
typedef struct talk TALK;
DEFINE_AUTO(TALK, talk_free)

static const char *wanted(const struct talk *t)
{
	return t->a->routes ? "imsi" : t->a->by;
}

static void report(struct talk *t, size_t line, struct why *why)
{
	if (line)
		why_in(why, "stdin:%zu", line);
	if (t->report(why) > *t->worst)
		*t->worst = why->status;
}

/* ---- answers ---- */

static int put(struct talk *t, struct why *why)
{
	BUF(header);

	if (!t->is_open &&
	    (outfile_open(&t->file, t->a->out, OUTFILE_PUBLIC, why) ||
	     record_header(&header, t->a->form,
			   t->a->routes ? routes_columns : reg_columns(REG_DISCOVERY), why) ||
	     outfile_write(&t->file, buf_text(&header), header.len, why)))
		return -1;
	t->is_open = true;
	if (t->out.len && outfile_write(&t->file, t->out.bytes, t->out.len, why))
		return -1;
	t->out.len = 0;
	return 0;
}

static int put_record(struct talk *t, const char *record, size_t len, struct why *why)
{
	AUTO(json_t) *o = NULL;

	if (t->a->form == RECORD_JSONL)
		return buf_add(&t->out, record, len, why) || buf_add(&t->out, "\n", 1, why) ? -1
											    : 0;
	o = json_parse(record, len, "register", why);
	return o ? record_append(&t->out, t->a->form, reg_columns(REG_DISCOVERY), o, why) : -1;
}

static int take(void *ctx, size_t i, const char *record, size_t len, struct why *why)
{
	struct talk *t = ctx;
	struct why own = {0};

	if (!record) {
		why_refuse(&own, "unknown-pcid",
			   "%s%.64s is not in the register (TR 33.812 5.1.3.4.2)",
			   strcmp(t->a->by, "tre_id") == 0 ? "a PCID of " : "", t->id[i]);
		report(t, t->line[i], &own);
		return 0;
	}
	if (put_record(t, record, len, why))
		return -1;
	return t->out.len < OUT_OCTETS ? 0 : put(t, why);
}

static int route_all(struct talk *t, struct why *why)
{
	for (size_t i = 0; i < t->n; i++) {
		struct why own = {0};

		if (routes_find(&t->out, t->a->routes, t->id[i], &own) == 0)
			continue;
		if (own.status == TOOL_SYS) {
			*why = own;
			return -1;
		}
		report(t, t->line[i], &own);
	}
	return 0;
}

static int answer(struct talk *t, struct why *why)
{
	const char *field = strcmp(t->a->by, "tre_id") == 0 ? "tre_id" : "pcid";

	if (t->a->routes ? route_all(t, why)
			 : reg_look_up(t->a->r, field, t->id, t->n, take, t, why))
		return -1;
	t->n = 0;
	return t->out.len ? put(t, why) : 0;
}

/* ---- questions ---- */

/* A copy that lives until the block is answered: its place, for the buffer may move. */
static int keep(struct talk *t, const char *text, size_t len, size_t *at, struct why *why)
{
	*at = t->kept.len;
	return buf_add(&t->kept, text, len, why) || buf_add(&t->kept, "", 1, why) ? -1 : 0;
}

/* The member of that name, a plain text; NULL where it is not, or comes twice: the full parser says
 * what is wrong. */
static const struct flat_member *find(const struct flat_member member[], size_t n, const char *name)
{
	const struct flat_member *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (strncmp(member[i].name, name, member[i].name_len) == 0 &&
		    !name[member[i].name_len]) {
			if (found)
				return NULL;
			found = &member[i];
		}
	return found && found->is_string && !found->has_breaks ? found : NULL;
}

static int of_json(struct talk *t, const char *line, size_t *at, struct why *why)
{
	struct flat_member member[FLAT_MEMBERS];
	const size_t n = flat_read(member, line, strlen(line));
	const struct flat_member *found = find(member, n, wanted(t));
	AUTO(json_t) *o = NULL;
	const char *text;

	if (found)
		return keep(t, found->value, found->len, at, why);
	o = json_parse(line, strlen(line), "question", why);
	text = o ? json_text(o, wanted(t), why) : NULL;
	return text ? keep(t, text, strlen(text), at, why) : -1;
}

static int split(struct talk *t, const char *line, struct why *why)
{
	BUF(copy);

	return buf_add(&copy, line, strlen(line), why) ||
			       csv_split(&t->row, t->a->form == RECORD_TSV ? CSV_TAB : CSV_COMMA,
					 &copy, why)
		       ? -1
		       : 0;
}

static int of_cells(struct talk *t, const char *line, size_t *at, struct why *why)
{
	const char *cell;
	size_t len;

	if (split(t, line, why))
		return -1;
	if (t->column >= t->row.cells)
		return why_input(why, "want the column %s", wanted(t));
	cell = csv_cell(&t->row, t->column, &len);
	return keep(t, cell, strlen(cell), at, why);
}

static int read_header(struct talk *t, const char *line, struct why *why)
{
	size_t len;

	if (split(t, line, why))
		return -1;
	for (t->column = 0; t->column < t->row.cells; t->column++)
		if (strcmp(csv_cell(&t->row, t->column, &len), wanted(t)) == 0) {
			t->has_header = true;
			return 0;
		}
	return why_input(why, "stdin:1: want a header line with the column %s", wanted(t));
}

/* One line's question; a bad one is reported. */
static void read_line(struct talk *t, const char *line, size_t number)
{
	struct why why = {0};
	size_t *at = &t->at[t->n];

	if (!*line)
		return;
	if (t->a->form == RECORD_JSONL && *line != '{' ? keep(t, line, strlen(line), at, &why)
	    : t->a->form == RECORD_JSONL               ? of_json(t, line, at, &why)
						       : of_cells(t, line, at, &why)) {
		report(t, number, &why);
		return;
	}
	t->line[t->n++] = number;
}

static int read_block(struct talk *t, char *const lines[], int n, size_t last, struct why *why)
{
	int i = 0;

	if (t->a->form != RECORD_JSONL && !t->has_header && read_header(t, lines[i++], why))
		return -1;
	for (; i < n; i++)
		read_line(t, lines[i], last - (size_t)(n - 1 - i));
	return 0;
}

/* The questions that are there: 1, 0 at the end, -1. */
static int gather(struct talk *t, struct feed *feed, struct why *why)
{
	char *lines[BLOCK];
	int got = feed_lines(feed, lines, BLOCK, why);
	const bool is_end = got == 0;

	for (; got > 0; got = feed_ready_lines(feed, lines, BLOCK, why)) {
		if (read_block(t, lines, got, feed->line, why))
			return -1;
		if (t->n + BLOCK > MANY)
			break;
	}
	return got < 0 ? -1 : !is_end;
}

static int read_stream(struct talk *t, struct why *why)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	int got, rc;

	if (!feed)
		return why_sys(why, "out of memory");
	do {
		struct why other = {0};

		t->kept.len = 0;
		got = gather(t, feed, why);
		for (size_t q = 0; q < t->n; q++)
			t->id[q] = (const char *)t->kept.bytes + t->at[q];
		rc = answer(t, got < 0 ? &other : why);
	} while (got > 0 && !rc);
	free(feed);
	return got < 0 || rc ? -1 : 0;
}

int ask_all(const struct ask *a, char *const words[], size_t n, ask_report *report_one, int *worst,
	    struct why *why)
{
	AUTO(TALK) *t = calloc(1, sizeof(*t));

	if (!t)
		return why_sys(why, "out of memory");
	t->a = a;
	t->report = report_one;
	t->worst = worst;
	for (size_t i = 0; i < n; i++) {
		const bool is_stream = strcmp(words[i], "-") == 0;

		if (!is_stream) {
			t->line[t->n] = 0;
			t->id[t->n++] = words[i];
		}
		if ((is_stream || t->n == MANY || i + 1 == n) && answer(t, why))
			return -1;
		if (is_stream && read_stream(t, why))
			return -1;
	}
	if (!t->is_open && *worst != TOOL_OK)
		return 0;
	return put(t, why) || outfile_close(&t->file, why) ? -1 : 0;
}
