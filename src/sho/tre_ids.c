/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/tre_ids.h"

#include "base/party.h"
#include "base/slurp.h"

#include <stdlib.h>
#include <string.h>

void tre_ids_free(struct tre_ids *t)
{
	roll_close(&t->roll);
	buf_free(&t->text);
	free(t->id);
	*t = (struct tre_ids){.roll = {.in = {.fd = -1}}};
}

/* A cell may stand in quotes (RFC 4180); there is none in a TRE_id. */
static char *bare(char *cell)
{
	const size_t len = strlen(cell);

	if (len < 2 || cell[0] != '"' || cell[len - 1] != '"')
		return cell;
	cell[len - 1] = '\0';
	return cell + 1;
}

static char *strip(char *line)
{
	return strchr(line, ';') ? bare(line) : line;
}

/* A first line without a semicolon is a header. */
static int check_header(char *line, struct why *why)
{
	for (char *save = NULL, *cell = strtok_r(line, ",", &save); cell;
	     cell = strtok_r(NULL, ",", &save)) {
		const char *name = bare(cell);

		if (strcmp(name, "tre_id") != 0)
			return why_input(why, "%.40s: no such column is known here: want tre_id",
					 name);
	}
	return 0;
}

static int fewer(const struct tre_ids *t, struct why *why)
{
	return why_input(why, "%s: fewer TRE_ids than are wanted", slurp_name(t->roll.in.path));
}

static bool is_header(const struct tre_ids *t, const char *line)
{
	return t->roll.line == 1 && !strchr(line, ';') && strstr(line, "tre_id");
}

/* The next TRE_id: 1, 0, -1. */
static int next(struct tre_ids *t, char **id, struct why *why)
{
	const int got = roll_next(&t->roll, id, why);

	return got > 0 && is_header(t, *id) ? roll_next(&t->roll, id, why) : got;
}

static int check(struct tre_ids *t, uint64_t want, struct why *why)
{
	char *id;
	int got = roll_next(&t->roll, &id, why);

	if (got > 0 && is_header(t, id)) {
		if (check_header(id, why))
			return -1;
		got = roll_next(&t->roll, &id, why);
	}
	for (; got > 0; got = next(t, &id, why)) {
		if (tre_id_check(id, "TRE_id", why))
			return -1;
		if (--want == 0)
			return 0;
	}
	return got;
}

/* One of the first want of them. */
static int check_twice(struct tre_ids *t, uint64_t want, struct why *why)
{
	char *id;
	int got = 0;

	/* the header is one more */
	if (roll_rewind(&t->roll, why) || roll_find_twice(&t->roll, (size_t)want + 1, why))
		return -1;
	for (; want && (got = next(t, &id, why)) > 0; want--)
		if (roll_is_twice(&t->roll))
			return why_input(why, "%s: %.64s stands there twice",
					 slurp_name(t->roll.in.path), id);
	if (got < 0)
		return -1;
	return want ? fewer(t, why) : roll_rewind(&t->roll, why);
}

int tre_ids_open(struct tre_ids *t, const char *path, uint64_t want, struct why *why)
{
	if (roll_open(&t->roll, path, why))
		return -1;
	t->roll.strip = strip;
	if (check(t, want, why))
		return t->roll.line ? why_in(why, "%s:%zu", slurp_name(path), t->roll.line) : -1;
	return check_twice(t, want, why);
}

/* To the from-th. */
static int go_to(struct tre_ids *t, uint64_t from, struct why *why)
{
	char *id;
	int got = 1;

	if (from < t->at) {
		if (roll_rewind(&t->roll, why))
			return -1;
		t->at = 0;
	}
	for (; t->at < from && got > 0; t->at++)
		got = next(t, &id, why);
	return got > 0 ? 0 : got < 0 ? -1 : fewer(t, why);
}

static int make_room(struct tre_ids *t, size_t n, struct why *why)
{
	const char **more = n > t->room ? realloc(t->id, n * sizeof(*more)) : t->id;

	if (n && !more)
		return why_sys(why, "out of memory");
	t->id = more;
	t->room = n > t->room ? n : t->room;
	return 0;
}

int tre_ids_take(struct tre_ids *t, uint64_t from, size_t n, struct why *why)
{
	const char *p;

	if (go_to(t, from, why) || make_room(t, n, why))
		return -1;
	t->text.len = 0;
	for (size_t i = 0; i < n; i++, t->at++) {
		char *id;
		const int got = next(t, &id, why);

		if (got <= 0)
			return got ? -1 : fewer(t, why);
		if (buf_add(&t->text, id, strlen(id) + 1, why))
			return -1;
	}
	p = buf_text(&t->text);
	for (size_t i = 0; i < n; i++, p += strlen(p) + 1)
		t->id[i] = p;
	return 0;
}
