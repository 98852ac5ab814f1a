/* SPDX-License-Identifier: Apache-2.0 */
#include "base/groups.h"

#include "base/record.h"
#include "base/tool.h"

/* A run in its course. */
struct course {
	const struct groups *g;
	struct record_reader *in;
	struct outfile *file;
	struct buf out; /* of the group */
	int worst;
	bool is_open; /* the output */
};

static void course_free(struct course *c)
{
	record_close(c->in);
	buf_free(&c->out);
}

static int fail(struct course *c, const struct why *why)
{
	const int status = tool_fail(why);

	if (status > c->worst)
		c->worst = status;
	return status >= TOOL_SYS ? -1 : 0;
}

static int open_output(struct course *c, struct why *why)
{
	if (c->is_open)
		return 0;
	c->is_open = true;
	return outfile_open(c->file, c->g->out, c->g->mode, why);
}

/* Durable, and then told. */
static int end_group(struct course *c, struct why *why)
{
	if ((c->g->seal && c->g->seal(c->g->ctx, &c->out, why)) ||
	    (c->g->commit && c->g->commit(c->g->ctx, why)))
		return -1;
	if (!c->out.len)
		return 0;
	if (open_output(c, why) || outfile_write(c->file, c->out.bytes, c->out.len, why))
		return -1;
	buf_clear(&c->out);
	return 0;
}

/* 1: a line was done, well or ill; 0: the end; -1. */
static int do_line(struct course *c, struct why *why)
{
	AUTO(json_t) *line = NULL;
	int got;

	*why = (struct why){0};
	got = record_next(c->in, &line, why);
	if (got == 1 && c->g->take(c->g->ctx, line, &c->out, why))
		got = record_why(c->in, why);
	if (got >= 0)
		return got;
	return fail(c, why) ? -1 : 1;
}

/* 1: there is more; 0: the end; -1: it was told why. */
static int do_group(struct course *c)
{
	struct why why = {0};
	int got = 1;

	if (c->g->begin && c->g->begin(c->g->ctx, &why)) {
		(void)fail(c, &why);
		return -1;
	}
	for (size_t n = 0; got > 0 && (!c->g->size || n < c->g->size); n++)
		got = do_line(c, &why);
	if (got < 0)
		return -1;
	/* where all of one group was bad, nothing is to be kept */
	if (!c->g->size && c->worst && !c->out.len)
		return 0;
	why = (struct why){0};
	if (end_group(c, &why)) {
		(void)fail(c, &why);
		return -1;
	}
	return got;
}

int groups_run(const struct groups *g)
{
	__attribute__((cleanup(course_free))) struct course c = {.g = g};
	OUTFILE(file);
	struct why why = {0};
	int got;

	c.file = &file;
	c.in = record_open(g->in, RECORD_JSONL, &why);
	if (!c.in)
		return tool_fail(&why);
	do
		got = do_group(&c);
	while (got > 0);
	if (got < 0 || (c.worst && !c.is_open))
		return c.worst;
	if (open_output(&c, &why) || outfile_close(&file, &why))
		(void)fail(&c, &why);
	return c.worst;
}
