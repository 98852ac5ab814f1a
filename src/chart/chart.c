/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/chart.h"

#include "base/party.h"
#include "base/record.h"

#include <stdio.h>
#include <string.h>

#define STEP_CHARS "0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define STEP_COLUMN 5 /* the step's number, before the first lifeline */

void chart_free(struct chart *c)
{
	json_decref(c->messages);
	*c = (struct chart){0};
}

const char *chart_member(const json_t *o, const char *field)
{
	const char *v = json_string_value(json_object_get(o, field));

	return v ? v : "";
}

const char *chart_refusal(const json_t *o)
{
	const char *outcome = chart_member(o, "outcome");

	if (!*outcome || strcmp(outcome, "ok") == 0)
		return NULL;
	return party_check(outcome, "outcome", NULL) == 0 ? outcome : "?";
}

static int party(struct chart *c, const char *name, struct why *why)
{
	for (size_t i = 0; i < c->parties; i++)
		if (strcmp(c->party[i], name) == 0)
			return (int)i;
	if (party_check(name, "party", why))
		return -1;
	if (c->parties == CHART_PARTIES || strlen(name) >= sizeof(c->party[0]))
		return why_input(why,
				 "want at most %d parties with names of less than %zu characters",
				 CHART_PARTIES, sizeof(c->party[0]));
	snprintf(c->party[c->parties], sizeof(c->party[0]), "%s", name);
	return (int)c->parties++;
}

static int check_record(struct chart *c, const json_t *o, struct why *why)
{
	static const char *const fields[] = {"seq",    "time",    "procedure", "step", "clause",
					     "from",   "to",      "message",   "file", "bytes",
					     "sha256", "outcome", NULL};
	static const char *const wanted[] = {"step", "from", "to", "message"};
	uint64_t bytes;

	if (json_only(o, fields, why) || json_number(&bytes, o, "bytes", 0, UINT32_MAX, 0, why))
		return -1;
	for (size_t i = 0; i < 4; i++) {
		const char *v = json_text(o, wanted[i], why);

		if (!v || (i > 0 && party_check(v, wanted[i], why)))
			return -1;
		if (i == 0 && (!*v || v[strspn(v, STEP_CHARS)] || strlen(v) >= STEP_COLUMN))
			return why_input(why, "step: want 1 to 4 letters, digits or dots");
	}
	return party(c, chart_member(o, "from"), why) < 0 ||
			       party(c, chart_member(o, "to"), why) < 0
		       ? -1
		       : 0;
}

int chart_load(struct chart *c, const char *path, struct why *why)
{
	AUTO(RECORD_READER) *r = record_open(path, RECORD_JSONL, why);
	int got = r ? 1 : -1;

	c->messages = json_array();
	while (got == 1) {
		json_t *o = NULL;

		got = record_next(r, &o, why);
		if (got != 1)
			break;
		if (json_array_append_new(c->messages, o))
			return why_sys(why, "out of memory");
		if (check_record(c, o, why))
			return record_why(r, why);
	}
	return got;
}

static const char *procedure(const struct chart *c, size_t number)
{
	const char *name = chart_member(json_array_get(c->messages, number), "procedure");

	return party_check(name, "procedure", NULL) == 0 ? name : "";
}

const char *chart_part(const struct chart *c, size_t number)
{
	const char *name = procedure(c, number);
	const size_t n = json_array_size(c->messages);
	size_t last = n - 1;

	if (number > 0)
		return strcmp(procedure(c, number - 1), name) != 0 ? name : "";
	while (last > 0 && strcmp(procedure(c, last), name) == 0)
		last--;
	return last > 0 ? name : "";
}

/* A row of lifelines. */
static void lifelines(char row[CHART_WIDTH + 1], const struct chart *c, size_t gap)
{
	memset(row, ' ', CHART_WIDTH);
	for (size_t i = 0; i < c->parties; i++)
		row[STEP_COLUMN + gap / 2 + i * gap] = '|';
	row[CHART_WIDTH] = '\0';
}

static int put_row(struct buf *out, char *row, struct why *why)
{
	size_t n = CHART_WIDTH;

	while (n && row[n - 1] == ' ')
		n--;
	row[n] = '\0';
	return buf_print(out, why, "%s\n", row);
}

static void put_word(char *row, size_t at, const char *word)
{
	const size_t len = strlen(word);

	memcpy(row + at, word, at + len > CHART_WIDTH ? CHART_WIDTH - at : len);
}

static size_t index_of(const struct chart *c, const char *name)
{
	size_t i = 0;

	while (strcmp(c->party[i], name) != 0)
		i++;
	return i;
}

/* The label above, where there is room for it: centred between the lifelines, or right of them. */
static int put_message(struct buf *out, const struct chart *c, size_t gap, const json_t *o,
		       struct why *why)
{
	char row[CHART_WIDTH + 1], label[64];
	const size_t from = index_of(c, chart_member(o, "from")),
		     to = index_of(c, chart_member(o, "to"));
	const size_t a = from < to ? from : to, b = from < to ? to : from;
	const size_t left = STEP_COLUMN + gap / 2 + a * gap,
		     right = STEP_COLUMN + gap / 2 + b * gap;
	const char *refusal = chart_refusal(o);
	size_t at, len;

	snprintf(label, sizeof(label), "%.40s%s%s", chart_member(o, "message"), refusal ? ": " : "",
		 refusal ? refusal : "");
	len = strlen(label);
	at = (left + right + 1) / 2 > len / 2 ? (left + right + 1) / 2 - len / 2 : 0;
	at = at + len > CHART_WIDTH ? CHART_WIDTH - len : at < STEP_COLUMN ? STEP_COLUMN : at;
	lifelines(row, c, gap);
	put_word(row, at, label);
	put_word(row, 0, chart_member(o, "step"));
	if (put_row(out, row, why))
		return -1;
	lifelines(row, c, gap);
	for (size_t i = left + 1; i < right; i++)
		row[i] = '-';
	if (from == to)
		row[left] = '*';
	else
		row[from < to ? right - 1 : left + 1] = from < to ? '>' : '<';
	return put_row(out, row, why);
}

static int put_parties(struct buf *out, const struct chart *c, size_t gap, struct why *why)
{
	char row[CHART_WIDTH + 1];

	memset(row, ' ', CHART_WIDTH);
	for (size_t i = 0; i < c->parties; i++) {
		const size_t middle = STEP_COLUMN + gap / 2 + i * gap,
			     half = strlen(c->party[i]) / 2;

		put_word(row, middle > half ? middle - half : 0, c->party[i]);
	}
	return put_row(out, row, why);
}

/* A procedure's name, and its parties where the reader has lost sight of them. */
static int put_part(struct buf *out, const struct chart *c, size_t gap, const char *name,
		    struct why *why)
{
	char row[CHART_WIDTH + 1], label[CHART_WIDTH];

	memset(row, '-', CHART_WIDTH);
	snprintf(label, sizeof(label), " %s ", name);
	put_word(row, STEP_COLUMN, label);
	return put_row(out, row, why) || put_parties(out, c, gap, why) ? -1 : 0;
}

int chart_text(struct buf *out, const struct chart *c, struct why *why)
{
	const size_t gap = c->parties ? (CHART_WIDTH - STEP_COLUMN) / c->parties : CHART_WIDTH;
	const json_t *o;
	size_t i;

	json_array_foreach (c->messages, i, o) {
		const char *part = chart_part(c, i);

		if ((*part ? put_part(out, c, gap, part, why)
			   : i == 0 && put_parties(out, c, gap, why)) ||
		    put_message(out, c, gap, o, why))
			return -1;
	}
	return 0;
}

int chart_mermaid(struct buf *out, const struct chart *c, struct why *why)
{
	const json_t *o;
	size_t i;

	if (buf_print(out, why, "sequenceDiagram\n"))
		return -1;
	for (i = 0; i < c->parties; i++)
		if (buf_print(out, why, "    participant %s\n", c->party[i]))
			return -1;
	json_array_foreach (c->messages, i, o) {
		const char *refusal = chart_refusal(o), *part = chart_part(c, i);

		if ((*part && buf_print(out, why, "    Note over %s,%s: %s\n", c->party[0],
					c->party[c->parties - 1], part)) ||
		    buf_print(out, why, "    %s%s%s: %s %s%s%s\n", chart_member(o, "from"),
			      refusal ? "-x" : "->>", chart_member(o, "to"),
			      chart_member(o, "step"), chart_member(o, "message"),
			      refusal ? ", " : "", refusal ? refusal : ""))
			return -1;
	}
	return 0;
}

int chart_count(struct buf *out, const struct chart *c, struct why *why)
{
	for (size_t a = 0; a < c->parties; a++)
		for (size_t b = 0; b < c->parties; b++) {
			AUTO(json_t) *line = NULL;
			json_int_t messages = 0, bytes = 0;
			const json_t *o;
			size_t i;

			json_array_foreach (c->messages, i, o) {
				if (strcmp(chart_member(o, "from"), c->party[a]) != 0 ||
				    strcmp(chart_member(o, "to"), c->party[b]) != 0)
					continue;
				messages++;
				bytes += json_integer_value(json_object_get(o, "bytes"));
			}
			if (!messages)
				continue;
			line = json_pack("{s:s, s:s, s:I, s:I}", "from", c->party[a], "to",
					 c->party[b], "messages", messages, "bytes", bytes);
			if (!line || json_append_line(out, line, why))
				return -1;
		}
	return 0;
}
