/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stream.h"

#include "base/blocks.h"
#include "base/slurp.h"
#include "base/tool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 256
#define BAD_MAX ((size_t)1 << 20) /* octets of what is wrong that a thread keeps */

/* One run of all threads. Each reads a block under `input`, works on it alone, and waits for its
 * turn under `output`: the blocks come out as they went in. */
struct run {
	const struct stream *s;
	struct blocks lines_in; /* under input */
	int worst;
	pthread_mutex_t input, output;
	pthread_cond_t turn;
	uint64_t blocks_in, blocks_out; /* under input; under output */
	size_t lines;                   /* that came out, under output */
	bool has_failed, has_results;   /* under output */
	struct why why;
};

struct bad_line {
	size_t line; /* of the block */
	struct why why;
};

/* What a thread works on. */
struct block {
	uint64_t number;
	struct buf text, out, bad;
	size_t lines;
	struct why why; /* of a line */
	void *state;
};

static void block_free(struct block *b)
{
	buf_free(&b->text);
	buf_free(&b->out);
	buf_free(&b->bad);
}

/* ---- working ---- */

static int note_bad(struct block *b, const struct why *line_why, struct why *why)
{
	const struct bad_line bad = {b->lines, *line_why};

	return buf_add(&b->bad, &bad, sizeof(bad), why);
}

static int do_line(const struct run *r, struct block *b, char *line, size_t len, struct why *why)
{
	struct why *line_why = &b->why;

	b->lines++;
	if (len && line[len - 1] == '\r')
		line[--len] = '\0';
	if (len == 0)
		return 0;
	if (len > BLOCKS_LINE) {
		why_input(line_why, "longer than the limit of %zu octets", BLOCKS_LINE);
		return note_bad(b, line_why, why);
	}
	if (r->s->line(b->state, line, len, &b->out, line_why) == 0)
		return 0;
	if (line_why->status == TOOL_SYS) {
		*why = *line_why;
		return -1;
	}
	return note_bad(b, line_why, why);
}

/* ---- writing, under `output` ---- */

/* One write for many lines: stderr has no buffer of its own. */
static void report(struct run *r, const struct block *b)
{
	struct bad_line bad;
	char *text = NULL;
	size_t len;
	FILE *f = b->bad.len ? open_memstream(&text, &len) : NULL;
	FILE *const to = f ? f : stderr;

	for (size_t at = 0; at < b->bad.len; at += sizeof(bad)) {
		memcpy(&bad, b->bad.bytes + at, sizeof(bad));
		why_in(&bad.why, "%s:%zu", slurp_name(r->s->in), r->lines + bad.line);
		if (tool_fail_to(to, &bad.why) > r->worst)
			r->worst = bad.why.status;
	}
	if (f && fclose(f) == 0)
		fwrite(text, 1, len, stderr);
	free(text);
}

static void fail(struct run *r, const struct why *why)
{
	if (!r->has_failed)
		r->why = *why;
	r->has_failed = true;
	pthread_cond_broadcast(&r->turn);
}

static int put_results(struct run *r, const struct block *b, struct why *why)
{
	const struct buf *prefix = r->s->prefix;

	if (!r->has_results && prefix && outfile_write(r->s->out, prefix->bytes, prefix->len, why))
		return -1;
	r->has_results = true;
	return outfile_write(r->s->out, b->out.bytes, b->out.len, why);
}

/* What the block has so far, in its turn; at its end the next has its turn. */
static bool put_block(struct run *r, struct block *b, bool is_whole)
{
	struct why why = {0};
	bool goes_on;

	pthread_mutex_lock(&r->output);
	while (r->blocks_out != b->number && !r->has_failed)
		pthread_cond_wait(&r->turn, &r->output);
	if (!r->has_failed) {
		report(r, b);
		r->lines += b->lines;
		if (b->out.len && put_results(r, b, &why))
			fail(r, &why);
	}
	if (!r->has_failed && is_whole) {
		r->blocks_out++;
		pthread_cond_broadcast(&r->turn);
	}
	goes_on = !r->has_failed;
	pthread_mutex_unlock(&r->output);
	b->lines = b->out.len = b->bad.len = 0;
	return goes_on;
}

/* ---- a thread ---- */

static int do_block(struct run *r, struct block *b, struct why *why)
{
	char *at = (char *)b->text.bytes, *const end = at + b->text.len;

	while (at < end) {
		char *line_end = memchr(at, '\n', (size_t)(end - at));

		if (!line_end)
			line_end = end;
		*line_end = '\0';
		if (do_line(r, b, at, (size_t)(line_end - at), why) ||
		    (b->bad.len > BAD_MAX && !put_block(r, b, false)))
			return -1;
		at = line_end + 1;
	}
	return 0;
}

static bool work(struct run *r, struct block *b, struct why *why)
{
	int got;

	pthread_mutex_lock(&r->input);
	got = blocks_next(&r->lines_in, &b->text, why);
	b->number = r->blocks_in;
	r->blocks_in += got > 0;
	pthread_mutex_unlock(&r->input);
	if (got > 0 && do_block(r, b, why) == 0)
		return put_block(r, b, true);
	if (why->status) {
		pthread_mutex_lock(&r->output);
		fail(r, why);
		pthread_mutex_unlock(&r->output);
	}
	return false;
}

static void *thread(void *arg)
{
	__attribute__((cleanup(block_free))) struct block b = {0};
	struct run *r = arg;
	struct why why = {0};

	b.state = r->s->start(r->s->shared, &why);
	if (!b.state) {
		pthread_mutex_lock(&r->output);
		fail(r, &why);
		pthread_mutex_unlock(&r->output);
		return NULL;
	}
	while (work(r, &b, &why))
		;
	r->s->end(b.state);
	return NULL;
}

/* ---- all of it ---- */

static int take_header(struct run *r, struct why *why)
{
	BUF(line);

	if (blocks_header(&r->lines_in, &line, why))
		return -1;
	r->lines = 1;
	return r->s->header(r->s->shared, (char *)line.bytes, line.len, why)
		       ? why_in(why, "%s:1", slurp_name(r->s->in))
		       : 0;
}

static unsigned threads(const struct stream *s)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned n = s->jobs ? s->jobs : cores > 0 ? (unsigned)cores : 1;

	return n < THREADS_MAX ? n : THREADS_MAX;
}

static int run_threads(struct run *r, struct why *why)
{
	const unsigned n = threads(r->s);
	pthread_t id[THREADS_MAX];
	unsigned started = 0;

	if (n == 1) {
		thread(r);
	} else {
		while (started < n && pthread_create(&id[started], NULL, thread, r) == 0)
			started++;
		if (started == 0)
			return why_sys(why, "no thread could be started");
		for (unsigned i = 0; i < started; i++)
			pthread_join(id[i], NULL);
	}
	if (r->has_failed && why)
		*why = r->why;
	return r->has_failed ? -1 : 0;
}

int stream_run(const struct stream *s, int *worst, bool *results, struct why *why)
{
	struct run r = {.s = s,
			.input = PTHREAD_MUTEX_INITIALIZER,
			.output = PTHREAD_MUTEX_INITIALIZER,
			.turn = PTHREAD_COND_INITIALIZER};
	int rc;

	if (blocks_open(&r.lines_in, s->in, why))
		return -1;
	rc = (s->header && take_header(&r, why)) || run_threads(&r, why) ? -1 : 0;
	*worst = r.worst;
	*results = r.has_results;
	blocks_close(&r.lines_in);
	return rc;
}
