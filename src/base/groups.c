/* SPDX-License-Identifier: Apache-2.0 */
#include "base/groups.h"

#include "base/record.h"
#include "base/slurp.h"
#include "base/tool.h"

#include <stdlib.h>

/* Of a group. */
struct line {
	json_t *record;  /* NULL: it could not be read */
	struct why *why; /* of a bad one */
	size_t number;
};

/* A run in its course. */
struct course {
	const struct groups *g;
	struct record_reader *in;
	struct outfile *file;
	struct line *lines; /* of the group */
	size_t n, room;
	struct buf out; /* of the group */
	int worst;
	bool is_open; /* the output */
	bool is_void; /* nothing of the group is to be kept */
};

static void drop_lines(struct course *c)
{
	for (size_t i = 0; i < c->n; i++) {
		json_decref(c->lines[i].record);
		free(c->lines[i].why);
	}
	c->n = 0;
}

static void course_free(struct course *c)
{
	drop_lines(c);
	free(c->lines);
	record_close(c->in);
	buf_free(&c->out);
}

static void fail(struct course *c, const struct why *why)
{
	const int status = tool_fail(why);

	if (status > c->worst)
		c->worst = status;
}

static int open_output(struct course *c, struct why *why)
{
	if (c->is_open)
		return 0;
	c->is_open = true;
	return outfile_open(c->file, c->g->out, c->g->mode, why);
}

/* ---- the lines of a group ---- */

/* Kept with its line, until the group is done: -1 where it is more than one line's. */
static int keep(struct line *l, const struct why *own, struct why *why)
{
	if (own->status < TOOL_SYS && !l->why && !(l->why = malloc(sizeof(*l->why))))
		return why_sys(why, "out of memory");
	*(own->status < TOOL_SYS ? l->why : why) = *own;
	return own->status < TOOL_SYS ? 0 : -1;
}

/* 1: one more, which may be bad; 0: the end; -1. */
static int read_line(struct course *c, struct why *why)
{
	struct line l = {0};
	struct why own = {0};
	int got;

	if (c->n == c->room) {
		const size_t room = c->room ? 2 * c->room : 64;
		struct line *grown = realloc(c->lines, room * sizeof(*grown));

		if (!grown)
			return why_sys(why, "out of memory");
		c->lines = grown;
		c->room = room;
	}
	got = record_next(c->in, &l.record, &own);
	if (got == 0 || (got < 0 && keep(&l, &own, why)))
		return got;
	l.number = record_line(c->in);
	c->lines[c->n++] = l;
	return 1;
}

static int do_line(struct course *c, struct line *l, struct why *why)
{
	struct why own = {0};

	if (!l->record)
		return 0;
	free(l->why);
	l->why = NULL;
	if (c->g->take(c->g->ctx, l->record, &c->out, &own) == 0)
		return 0;
	why_in(&own, "%s:%zu", slurp_name(c->g->in), l->number);
	return keep(l, &own, why);
}

static int do_lines(void *group, struct why *why)
{
	struct course *c = group;
	bool is_bad = false;

	buf_clear(&c->out);
	for (size_t i = 0; i < c->n; i++) {
		if (do_line(c, &c->lines[i], why))
			return -1;
		is_bad = is_bad || c->lines[i].why;
	}
	/* where all of one group was bad, nothing is to be kept */
	c->is_void = !c->g->size && is_bad && !c->out.len;
	if (c->is_void)
		return -1;
	return c->g->seal ? c->g->seal(c->g->ctx, &c->out, why) : 0;
}

/* Durable, and then told. */
static int do_group(struct course *c, struct why *why)
{
	c->is_void = false;
	if ((c->g->transact ? c->g->transact(c->g->ctx, do_lines, c, why) : do_lines(c, why)) &&
	    !c->is_void)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		if (c->lines[i].why)
			fail(c, c->lines[i].why);
	drop_lines(c);
	if (!c->out.len)
		return 0;
	if (open_output(c, why) || outfile_write(c->file, c->out.bytes, c->out.len, why))
		return -1;
	buf_clear(&c->out);
	return 0;
}

static int run(struct course *c, struct why *why)
{
	int got = 1;

	while (got > 0) {
		do
			got = read_line(c, why);
		while (got > 0 && (!c->g->size || c->n < c->g->size));
		if (got < 0 || do_group(c, why))
			return -1;
	}
	if (c->worst && !c->is_open)
		return 0;
	return open_output(c, why) || outfile_close(c->file, why) ? -1 : 0;
}

int groups_run(const struct groups *g)
{
	__attribute__((cleanup(course_free))) struct course c = {.g = g};
	OUTFILE(file);
	struct why why = {0};

	c.file = &file;
	c.in = record_open(g->in, RECORD_JSONL, &why);
	if (!c.in)
		return tool_fail(&why);
	if (run(&c, &why))
		fail(&c, &why);
	return c.worst;
}
