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
	if (o->staged)
		unlink(o->staged);
	free(o->staged);
	free(o->path);
	*o = (struct outfile){0};
}

static int fill(struct outfile *o, enum outfile_mode mode, const void *bytes, size_t len,
		struct why *why)
{
	int fd = mkstemp(o->staged); /* 0600 under any umask */
	int rc;

	if (fd < 0) {
		failed(o->path, why);
		free(o->staged);
		o->staged = NULL;
		return -1;
	}
	if (mode == OUTFILE_PUBLIC) {
		const mode_t mask = umask(0);

		umask(mask);
		fchmod(fd, 0666 & ~mask);
	}
	rc = write_all(fd, bytes, len) || fsync(fd);
	if (rc)
		failed(o->path, why);
	if (close(fd) && !rc)
		return failed(o->path, why);
	return rc ? -1 : 0;
}

static int is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

int outfile_stage(struct outfile *o, const char *path, enum outfile_mode mode, const void *bytes,
		  size_t len, struct why *why)
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
	return fill(o, mode, bytes, len, why);
}

int outfile_commit(struct outfile *o, struct why *why)
{
	if (rename(o->staged, o->path))
		return failed(o->path, why);
	free(o->staged);
	o->staged = NULL;
	return outfile_sync_folder(o->path, why);
}

static int put_stdout(enum outfile_mode mode, const void *bytes, size_t len, struct why *why)
{
	struct stat st;

	if (mode != OUTFILE_PUBLIC && fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 077))
		tool_warn("stdout is a file that others may read, and gets a secret");
	if (fflush(stdout) || write_all(STDOUT_FILENO, bytes, len))
		return failed("stdout", why);
	return tool_close_stdout(why);
}

/* A device or a pipe (/dev/full, a FIFO) cannot be renamed over: it is written as it is. */
static int put_special(const char *path, const void *bytes, size_t len, struct why *why)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return failed(path, why);
	rc = write_all(fd, bytes, len);
	if (rc)
		failed(path, why);
	if (close(fd) && !rc)
		return failed(path, why);
	return rc;
}

int outfile_put(const char *path, enum outfile_mode mode, const void *bytes, size_t len,
		struct why *why)
{
	OUTFILE(o);

	if (!path || strcmp(path, "-") == 0)
		return put_stdout(mode, bytes, len, why);
	if (!is_regular(path))
		return put_special(path, bytes, len, why);
	if (outfile_stage(&o, path, mode, bytes, len, why))
		return -1;
	return outfile_commit(&o, why);
}
