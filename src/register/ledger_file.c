/* SPDX-License-Identifier: Apache-2.0 */
#include "register/ledger_file.h"

#include "base/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int failed(const struct ledger_file *f, struct why *why)
{
	return why_sys(why, "%s: %s", f->path, strerror(errno));
}

/* Keeps the successes: their lines go to the new file. Lines are longer than a record may be. */
static int keep(struct ledger_file *f, FILE *in, struct outfile *out, struct why *why)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int rc = 0;

	while (!rc && (len = getline(&line, &room, in)) > 0) {
		AUTO(json_t) *o = line[len - 1] == '\n'
					  ? json_parse(line, (size_t)len, "outcome", NULL)
					  : NULL;
		const char *tre_id = o ? json_text(o, "tre_id", NULL) : NULL;

		if (tre_id && json_integer_value(json_object_get(o, "status")) == 0)
			rc = json_put(f->seen, tre_id, json_true(), why) ||
			     outfile_write(out, line, (size_t)len, why);
	}
	if (!rc && !feof(in)) /* what could not be read is not to be lost */
		rc = failed(f, why);
	if (line)
		explicit_bzero(line, room);
	free(line);
	return rc ? -1 : 0;
}

static int take_up(struct ledger_file *f, enum outfile_mode mode, struct why *why)
{
	FILE *in = fopen(f->path, "re");
	OUTFILE(out);
	int rc;

	if (!in)
		return errno == ENOENT ? 0 : failed(f, why);
	rc = outfile_open(&out, f->path, mode, why) || keep(f, in, &out, why) ||
	     outfile_close(&out, why);
	fclose(in);
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
	if (flock(f->fd, LOCK_EX | LOCK_NB))
		return why_busy(why, "%s: another run writes it", path);
	return outfile_sync_folder(path, why);
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
