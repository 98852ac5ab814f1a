/* SPDX-License-Identifier: Apache-2.0 */
#include "register/publish.h"

#include "base/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool is_stdout(const struct publication *p)
{
	return !p->path || strcmp(p->path, "-") == 0;
}

static int failed(const struct publication *p, int error, struct why *why)
{
	return why_sys(why, "%s: %s", is_stdout(p) ? "stdout" : p->path, strerror(error));
}

/* Where the result goes: a folder that takes no file, or a device that is not there, says so now.
 */
static int look(struct publication *p, struct why *why)
{
	if (is_stdout(p)) {
		p->is_special = true;
		p->fd = STDOUT_FILENO;
		return 0;
	}
	if (outfile_open(&p->file, p->path, p->mode, why))
		return -1;
	p->fd = p->file.fd;
	p->is_special = !p->file.staged;
	if (!p->is_special)
		outfile_discard(&p->file);
	return 0;
}

/* Room for the result in a file that stdout is; a file system that cannot promise it says nothing.
 */
static int reserve(const struct publication *p, const struct stat *st, struct why *why)
{
	const bool appends = fcntl(p->fd, F_GETFL) & O_APPEND;
	const off_t at = appends ? st->st_size : lseek(p->fd, 0, SEEK_CUR);

	if (p->bytes->len && at >= 0 &&
	    fallocate(p->fd, FALLOC_FL_KEEP_SIZE, at, (off_t)p->bytes->len) &&
	    (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
		return failed(p, errno, why);
	return 0;
}

/* Whether it would take octets; none is written. */
static int try(const struct publication *p, struct why *why)
{
	struct pollfd reader = {.fd = p->fd, .events = POLLOUT};
	struct stat st;

	if (fstat(p->fd, &st))
		return failed(p, errno, why);
	if (S_ISREG(st.st_mode))
		return reserve(p, &st, why);
	if (S_ISCHR(st.st_mode) && write(p->fd, "", 0) < 0)
		return failed(p, errno, why);
	if ((S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) && poll(&reader, 1, 0) > 0 &&
	    (reader.revents & (POLLERR | POLLHUP)))
		return failed(p, EPIPE, why);
	return 0;
}

static int stage(struct publication *p, struct why *why)
{
	if (p->is_special)
		return try(p, why);
	outfile_discard(&p->file); /* of the try before */
	return outfile_stage(&p->file, p->path, p->mode, buf_text(p->bytes), p->bytes->len, why);
}

static int show(struct publication *p, struct why *why)
{
	if (!p->is_special)
		return outfile_commit(&p->file, why);
	return (is_stdout(p) && outfile_open(&p->file, p->path, p->mode, why)) ||
			       outfile_write(&p->file, buf_text(p->bytes), p->bytes->len, why) ||
			       outfile_close(&p->file, why)
		       ? -1
		       : 0;
}

struct publishing {
	int (*work)(struct reg *r, void *ctx, struct why *why);
	void *ctx;
	struct publication *results;
	size_t n;
};

static int work_and_stage(struct reg *r, void *ctx, struct why *why)
{
	const struct publishing *x = ctx;

	if (x->work(r, x->ctx, why))
		return -1;
	for (size_t i = 0; i < x->n; i++)
		if (stage(&x->results[i], why))
			return -1;
	return 0;
}

static int publish(struct reg *r, struct publishing *x, struct why *why)
{
	for (size_t i = 0; i < x->n; i++)
		if (look(&x->results[i], why))
			return -1;
	if (r ? reg_transact(r, work_and_stage, x, why) : work_and_stage(NULL, x, why))
		return -1;
	for (size_t i = 0; i < x->n; i++)
		if (show(&x->results[i], why))
			return -1;
	return 0;
}

int reg_publish(struct reg *r, int (*work)(struct reg *r, void *ctx, struct why *why), void *ctx,
		struct publication *results, size_t n, struct why *why)
{
	struct publishing x = {work, ctx, results, n};
	const int rc = publish(r, &x, why);

	for (size_t i = 0; i < n; i++)
		outfile_discard(&results[i].file);
	return rc;
}

/* ---- the same question again ---- */

#define ANSWER "answer-published"

#define FIELD 24

static const char *field(char name[static FIELD], size_t i)
{
	snprintf(name, FIELD, "%zu", i);
	return name;
}

struct again {
	const struct question *q;
	char id[65];
	int (*work)(struct reg *r, void *ctx, struct why *why);
	void *ctx;
	struct publication *results;
	size_t n;
	bool is_kept, has_waited;
};

static int keep_answer(const struct again *a, struct reg *r, struct why *why)
{
	AUTO(json_t) *answer = json_object();
	char name[FIELD];

	for (size_t i = 0; i < a->n; i++)
		if (json_put_b64(answer, field(name, i), a->results[i].bytes->bytes,
				 a->results[i].bytes->len, why))
			return -1;
	return reg_forget(r, ANSWER, a->q->about, a->q->at, why) ||
			       reg_offer(r, ANSWER, a->id, a->q->about, answer, a->q->expires, why)
		       ? -1
		       : 0;
}

static int answer(struct reg *r, void *ctx, struct why *why)
{
	struct again *a = ctx;
	AUTO(json_t) *kept = NULL;
	const int known = reg_recall(r, ANSWER, a->id, &kept, why);
	char name[FIELD];

	if (known < 0)
		return -1;
	if (!known)
		return a->work(r, a->ctx, why) || keep_answer(a, r, why) ? -1 : 0;
	a->is_kept = true;
	if (!a->has_waited)
		return why_busy(why, "another process has the same question");
	for (size_t i = 0; i < a->n; i++) {
		buf_clear(a->results[i].bytes);
		if (json_b64(a->results[i].bytes, kept, field(name, i), why))
			return -1;
	}
	return 0;
}

static int forget(struct reg *r, void *ctx, struct why *why)
{
	const struct again *a = ctx;

	return reg_drop(r, ANSWER, a->id, why);
}

int reg_publish_again(struct reg *r, const struct question *q,
		      int (*work)(struct reg *r, void *ctx, struct why *why), void *ctx,
		      struct publication *results, size_t n, struct why *why)
{
	const struct timespec pause = {0, 400000000};
	struct again a = {.q = q, .work = work, .ctx = ctx, .results = results, .n = n};
	int rc;

	hex_encode(a.id, q->sha256, sizeof(q->sha256));
	rc = reg_publish(r, answer, &a, results, n, why);
	if (rc && a.is_kept) { /* after that an answer is left there by a crash alone */
		nanosleep(&pause, NULL);
		a.has_waited = true;
		rc = reg_publish(r, answer, &a, results, n, why);
	}
	return rc || reg_transact(r, forget, &a, why) ? -1 : 0;
}
