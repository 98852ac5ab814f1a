/* SPDX-License-Identifier: Apache-2.0 */
#include "register/ledger_file.h"

#include "base/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ((size_t)64 * 1024)

static int failed(const struct ledger_file *f, struct why *why)
{
	return why_sys(why, "%s: %s", f->path, strerror(errno));
}

/* The file must be the one that has the name, and stay it: of another run's, what that one writes
 * from now on would be nowhere. */
static int lock(const struct ledger_file *f, int fd, struct why *why)
{
	struct stat is, named;

	return flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &is) || stat(f->path, &named) ||
			       is.st_dev != named.st_dev || is.st_ino != named.st_ino
		       ? why_busy(why, "%s: another run writes it", f->path)
		       : 0;
}

/* A line without its end goes to the new file if it tells of a success. */
static int keep_line(struct ledger_file *f, const char *line, size_t len, struct outfile *out,
		     struct why *why)
{
	AUTO(json_t) *o = json_parse(line, len, "outcome", NULL);
	const char *tre_id = o ? json_text(o, "tre_id", NULL) : NULL;

	if (!tre_id || json_integer_value(json_object_get(o, "status")) != 0)
		return 0;
	return json_put(f->seen, tre_id, json_true(), why) || outfile_write(out, line, len, why) ||
			       outfile_write(out, "\n", 1, why)
		       ? -1
		       : 0;
}

/* Outcomes may hold secrets, so no stdio; their lines are longer than a record may be. */
static int keep(struct ledger_file *f, int in, struct outfile *out, struct why *why)
{
	ssize_t n;
	BUF(text);

	do {
		char *at, *end;
		const size_t old = text.len; /* where there is no line's end */

		if (buf_reserve(&text, PART, why))
			return -1;
		at = (char *)text.bytes;
		n = read(in, at + old, PART);
		if (n < 0 && errno != EINTR)
			return failed(f, why);
		text.len += n > 0 ? (size_t)n : 0;
		for (end = memchr(at + old, '\n', text.len - old); end;
		     end = memchr(at, '\n', text.len - (size_t)(at - (char *)text.bytes))) {
			if (keep_line(f, at, (size_t)(end - at), out, why))
				return -1;
			at = end + 1;
		}
		text.len -= (size_t)(at - (char *)text.bytes);
		memmove(text.bytes, at, text.len);
	} while (n);
	return 0;
}

static int take_up(struct ledger_file *f, enum outfile_mode mode, struct why *why)
{
	const int in = open(f->path, O_RDWR | O_CLOEXEC);
	OUTFILE(out);
	int rc;

	if (in < 0)
		return errno == ENOENT ? 0 : failed(f, why);
	rc = lock(f, in, why) || outfile_open(&out, f->path, mode, why) || keep(f, in, &out, why) ||
	     outfile_close(&out, why);
	close(in);
	return rc ? -1 : 0;
}

int ledger_file_open(struct ledger_file *f, const char *path, enum outfile_mode mode, bool resume,
		     struct why *why)
{
	f->seen = json_object();
	f->path = path;
	if (!f->seen)
		return why_sys(why, "out of memory");
	if (!resume)
		return outfile_open(&f->whole, path, mode, why);
	if (!path || strcmp(path, "-") == 0)
		return why_usage(why, "--resume wants -o FILE");
	if (take_up(f, mode, why))
		return -1;
	f->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		     mode == OUTFILE_PUBLIC ? 0666 : 0600);
	if (f->fd < 0) {
		f->fd = 0;
		return failed(f, why);
	}
	return lock(f, f->fd, why) || outfile_sync_folder(path, why) ? -1 : 0;
}

int ledger_file_knows(struct ledger_file *f, const char *tre_id, struct why *why)
{
	const json_t *seen = json_object_get(f->seen, tre_id);

	if (seen)
		return json_is_true(seen) ? LEDGER_DONE : LEDGER_TWICE;
	return json_put(f->seen, tre_id, json_false(), why) ? -1 : LEDGER_NEW;
}

int ledger_file_write(struct ledger_file *f, const struct buf *lines, struct why *why)
{
	size_t done = 0;

	if (!f->fd)
		return outfile_write(&f->whole, lines->bytes, lines->len, why);
	while (done < lines->len) {
		const ssize_t n = write(f->fd, lines->bytes + done, lines->len - done);

		if (n < 0 && errno != EINTR)
			return failed(f, why);
		done += n > 0 ? (size_t)n : 0;
	}
	return fdatasync(f->fd) ? failed(f, why) : 0;
}

int ledger_file_close(struct ledger_file *f, struct why *why)
{
	return f->fd ? 0 : outfile_close(&f->whole, why);
}

void ledger_file_free(struct ledger_file *f)
{
	if (f->fd)
		close(f->fd);
	outfile_discard(&f->whole);
	json_decref(f->seen);
}
