/* SPDX-License-Identifier: Apache-2.0 */
#include "base/outfile.h"

#include "base/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *path, struct why *why)
{
	return why_sys(why, "%s: %s", path, strerror(errno));
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int outfile_sync_folder(const char *path, struct why *why)
{
	char *copy = strdup(path);
	int fd, rc;

	if (!copy)
		return why_sys(why, "out of memory");
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return failed(path, why);
	rc = fsync(fd);
	close(fd);
	return rc ? failed(path, why) : 0;
}

void outfile_discard(struct outfile *o)
{
	if (o->is_open && o->fd != STDOUT_FILENO)
		close(o->fd);
	if (o->staged)
		unlink(o->staged);
	free(o->staged);
	free(o->path);
	*o = (struct outfile){0};
}

static int is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

/* The file beside the target that will take its name. */
static int begin(struct outfile *o, const char *path, enum outfile_mode mode, struct why *why)
{
	const size_t room = strlen(path) + sizeof(".tmpXXXXXX");
	struct stat st;

	if (mode == OUTFILE_NEW_KEY && lstat(path, &st) == 0)
		return why_refuse(why, "file-exists",
				  "%s: a private key is not overwritten without --force", path);
	if (!is_regular(path)) /* renaming over a device would take it away */
		return why_sys(why, "%s: not a regular file", path);
	o->path = strdup(path);
	o->staged = malloc(room);
	if (!o->path || !o->staged)
		return why_sys(why, "out of memory");
	snprintf(o->staged, room, "%s.tmpXXXXXX", path);
	o->fd = mkstemp(o->staged); /* 0600 under any umask */
	if (o->fd < 0) {
		failed(o->path, why);
		free(o->staged);
		o->staged = NULL;
		return -1;
	}
	o->is_open = true;
	if (mode == OUTFILE_PUBLIC) {
		const mode_t mask = umask(0);

		umask(mask);
		fchmod(o->fd, 0666 & ~mask);
	}
	return 0;
}

/* On disk, and no longer open. */
static int settle(struct outfile *o, struct why *why)
{
	int rc = fsync(o->fd) ? failed(o->path, why) : 0;

	o->is_open = false;
	if (close(o->fd) && !rc)
		rc = failed(o->path, why);
	return rc;
}

int outfile_stage(struct outfile *o, const char *path, enum outfile_mode mode, const void *bytes,
		  size_t len, struct why *why)
{
	return begin(o, path, mode, why) || outfile_write(o, bytes, len, why) || settle(o, why) ? -1
												: 0;
}

int outfile_commit(struct outfile *o, struct why *why)
{
	if (rename(o->staged, o->path))
		return failed(o->path, why);
	free(o->staged);
	o->staged = NULL;
	return outfile_sync_folder(o->path, why);
}

static void warn_of_stdout(enum outfile_mode mode)
{
	struct stat st;

	if (mode != OUTFILE_PUBLIC && fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 077))
		tool_warn("stdout is a file that others may read, and gets a secret");
}

int outfile_open(struct outfile *o, const char *path, enum outfile_mode mode, struct why *why)
{
	if (path && strcmp(path, "-") != 0 && is_regular(path))
		return begin(o, path, mode, why);
	if (!path || strcmp(path, "-") == 0) {
		warn_of_stdout(mode);
		o->fd = STDOUT_FILENO;
		o->path = strdup("stdout");
	} else {
		/* a device or a pipe (/dev/full, a FIFO) cannot be renamed over */
		o->fd = open(path, O_WRONLY | O_CLOEXEC);
		o->path = strdup(path);
		if (o->fd < 0)
			return failed(path, why);
	}
	o->is_open = true;
	return o->path ? 0 : why_sys(why, "out of memory");
}

int outfile_write(struct outfile *o, const void *bytes, size_t len, struct why *why)
{
	return write_all(o->fd, bytes, len) ? failed(o->path, why) : 0;
}

int outfile_close(struct outfile *o, struct why *why)
{
	if (o->staged)
		return settle(o, why) || outfile_commit(o, why) ? -1 : 0;
	o->is_open = false;
	if (o->fd == STDOUT_FILENO)
		return tool_close_stdout(why);
	return close(o->fd) ? failed(o->path, why) : 0;
}

int outfile_put(const char *path, enum outfile_mode mode, const void *bytes, size_t len,
		struct why *why)
{
	OUTFILE(o);

	return outfile_open(&o, path, mode, why) || outfile_write(&o, bytes, len, why) ||
			       outfile_close(&o, why)
		       ? -1
		       : 0;
}
