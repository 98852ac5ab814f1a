/* SPDX-License-Identifier: Apache-2.0 */
/* A batch's records, part by part, so that a run that broke off goes on. */
#include "base/blocks.h"
#include "base/party.h"
#include "pki/batch_inside.h"
#include "pki/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *path, struct why *why)
{
	return why_sys(why, "%s: %s", path, strerror(errno));
}

static int append(int fd, const char *path, const struct buf *b, struct why *why)
{
	return outfile_write_all(fd, b->bytes, b->len) || fdatasync(fd) ? failed(path, why) : 0;
}

/* ---- a part is written, and is durable, while the next one is made ---- */

static int wait_for_writer(struct batch_out *o, struct why *why)
{
	if (!o->is_writing)
		return 0;
	pthread_join(o->writer, NULL);
	o->is_writing = false;
	if (!o->why.status)
		return 0;
	if (why)
		*why = o->why;
	return -1;
}

static void *write_text(void *out)
{
	struct batch_out *o = out;

	if (o->rows_fd < 0 || append(o->rows_fd, o->rows, &o->text[1], &o->why) == 0)
		(void)append(o->fd, o->part, &o->text[0], &o->why);
	return NULL;
}

static int start_writer(struct batch_out *o, struct why *why)
{
	o->is_writing = pthread_create(&o->writer, NULL, write_text, o) == 0;
	return o->is_writing ? 0 : why_sys(why, "a thread does not start");
}

void batch_out_free(struct batch_out *o)
{
	(void)wait_for_writer(o, NULL);
	outfile_discard(&o->stream);
	if (o->fd >= 0)
		close(o->fd);
	if (o->rows_fd >= 0)
		close(o->rows_fd);
	buf_free(&o->text[0]);
	buf_free(&o->text[1]);
	free(o->part);
	free(o->rows);
	*o = (struct batch_out){.fd = -1, .rows_fd = -1};
}

static int open_part(int *fd, const char *path, const struct batch *b, struct why *why)
{
	const int how = b->resume ? 0 : b->force ? O_TRUNC : O_EXCL;

	*fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | how, 0600);
	if (*fd < 0 && errno == EEXIST)
		return why_refuse(why, "file-exists",
				  "%s: a run that broke off; --resume goes on with it", path);
	if (*fd < 0)
		return failed(path, why);
	if (flock(*fd, LOCK_EX | LOCK_NB))
		return why_busy(why, "%s: another process works on this run", path);
	return 0;
}

/* Calls take with each whole line, and cuts off what is behind the last, or behind most lines. */
static int whole_lines(int fd, const char *path, size_t most,
		       int (*take)(void *ctx, const char *line, struct why *why), void *ctx,
		       size_t *lines, struct why *why)
{
	off_t whole = 0;
	int got;
	BLOCKS(in);
	BUF(text);

	if (blocks_open(&in, path, why))
		return -1;
	while ((got = blocks_next(&in, &text, why)) > 0) {
		char *at = (char *)text.bytes, *const stop = at + text.len, *end;

		for (; *lines < most && (end = memchr(at, '\n', (size_t)(stop - at)));
		     at = end + 1) {
			*end = '\0';
			whole += end + 1 - at;
			++*lines;
			if (take && take(ctx, at, why))
				return -1;
		}
		/* what is left is cut off at the end alone: elsewhere nothing behind it would count
		 */
		if (at != stop && *lines < most && !in.at_end)
			return why_input(why, "%s: a line is longer than any of a batch", path);
	}
	if (got < 0)
		return -1;
	return ftruncate(fd, whole) ? failed(path, why) : 0;
}

struct taker {
	const struct batch_part *p; /* NULL behind the first record */
	int (*done)(void *ctx, const char *tre_id, struct why *why);
	void *ctx;
	const char *path;
};

static int take_record(void *ctx, const char *line, struct why *why)
{
	static const char start[] = "{\"tre_id\":\"";
	struct taker *t = ctx;
	const char *whole = line;
	char tre_id[TRE_ID_TEXT];
	size_t len;

	if (strncmp(line, start, sizeof(start) - 1) != 0)
		return why_input(why, "%s: no record of such a run", t->path);
	line += sizeof(start) - 1;
	len = strcspn(line, "\"");
	if (len >= sizeof(tre_id))
		return why_input(why, "%s: no record of such a run", t->path);
	memcpy(tre_id, line, len);
	tre_id[len] = '\0';
	if (t->p && batch_same(t->p, whole, why))
		return -1;
	t->p = NULL;
	return t->done(t->ctx, tre_id, why);
}

static bool is_stream(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode));
}

int batch_out_open(struct batch_out *o, const struct batch_part *p,
		   int (*done)(void *ctx, const char *tre_id, struct why *why), void *ctx,
		   struct why *why)
{
	const struct batch *b = p->b;
	struct taker t = {p, done, ctx, NULL};
	size_t rows = 0;

	o->is_stream = is_stream(b->out);
	if (o->is_stream)
		return b->resume ? why_usage(why, "--resume wants a file of -o") : 0;
	if (asprintf(&o->part, "%s.part", b->out) < 0 ||
	    asprintf(&o->rows, "%s.part.index", b->out) < 0)
		return why_sys(why, "out of memory");
	t.path = o->part;
	if (open_part(&o->fd, o->part, b, why) ||
	    (b->index && open_part(&o->rows_fd, o->rows, b, why)) ||
	    whole_lines(o->fd, o->part, SIZE_MAX, take_record, &t, &o->records, why))
		return -1;
	if (!b->index)
		return !o->records || access(o->rows, F_OK) != 0
			       ? 0
			       : why_input(why, "%s: was begun with --index", o->part);
	if (whole_lines(o->rows_fd, o->rows, o->records * (b->two ? 2 : 1), NULL, NULL, &rows, why))
		return -1;
	return rows == o->records * (b->two ? 2 : 1)
		       ? 0
		       : why_input(why, "%s: was begun without --index", o->part);
}

static int put_stream(struct batch_out *o, const struct batch *b, const struct buf *rows,
		      const struct buf *records, struct why *why)
{
	if ((b->index && rows->len && index_add(b->index, rows, why)) ||
	    (!o->stream.is_open && outfile_open(&o->stream, b->out, OUTFILE_SECRET, why)))
		return -1;
	return outfile_write(&o->stream, buf_text(records), records->len, why);
}

int batch_out_put(struct batch_out *o, const struct batch *b, const struct batch_part *p,
		  struct why *why)
{
	struct buf *records = &o->text[0], *rows = &o->text[1];

	if (wait_for_writer(o, why))
		return -1;
	records->len = rows->len = 0; /* wiped at the end: what follows lies over it */
	for (size_t n = 0; n < p->n; n++) {
		const struct batch_item *i = &p->item[n];

		if (!i->is_done)
			continue;
		o->records++;
		if ((i->rows.len && buf_add(rows, i->rows.bytes, i->rows.len, why)) ||
		    (i->record.len && buf_add(records, i->record.bytes, i->record.len, why)))
			return -1;
	}
	if (!records->len)
		return 0;
	if (o->is_stream)
		return put_stream(o, b, rows, records, why);
	return start_writer(o, why);
}

/* Without --force nothing is replaced that took the name while the run lasted. */
static int name_part(const struct batch_out *o, const struct batch *b, bool keep, struct why *why)
{
	if (!o->records && !keep)
		return unlink(o->part) ? failed(b->out, why) : 0;
	if (!b->force)
		return outfile_name_new(o->part, b->out, why);
	return rename(o->part, b->out) ? failed(b->out, why) : 0;
}

int batch_out_close(struct batch_out *o, const struct batch *b, bool keep, struct why *why)
{
	if (o->is_stream)
		return o->stream.is_open ? outfile_close(&o->stream, why) : 0;
	if (wait_for_writer(o, why))
		return -1;
	if (o->records && b->index && index_add_file(b->index, o->rows, why))
		return -1;
	if (name_part(o, b, keep, why))
		return -1;
	if (b->index)
		unlink(o->rows);
	return outfile_sync_folder(b->out, why);
}
