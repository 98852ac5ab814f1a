/* SPDX-License-Identifier: Apache-2.0 */
#include "base/folder.h"

#include "base/lock.h"
#include "base/outfile.h"
#include "base/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_make(const char *path, struct why *why)
{
	if (mkdir(path, 0700) == 0)
		return chmod(path, 0700) ? why_sys(why, "%s: %s", path, strerror(errno))
					 : outfile_sync_folder(path, why);
	return errno == EEXIST ? 0 : why_sys(why, "%s: %s", path, strerror(errno));
}

int folder_make_all(const char *path, struct why *why)
{
	char *copy = strdup(path);
	int rc = 0;

	if (!copy)
		return why_sys(why, "out of memory");
	for (char *p = strchr(copy + 1, '/'); p && !rc; p = strchr(p + 1, '/')) {
		*p = '\0';
		rc = folder_make(copy, why);
		*p = '/';
	}
	if (!rc)
		rc = folder_make(path, why);
	free(copy);
	return rc;
}

static int wait_for(int fd, const char *folder, unsigned seconds, const char *what, struct why *why)
{
	if (fchmod(fd, 0600))
		return why_sys(why, "%s: %s", folder, strerror(errno));
	if (lock_wait(fd, seconds) == 0)
		return 0;
	return errno == EWOULDBLOCK || errno == EINTR
		       ? why_busy(why, "%s: another command has %s", folder, what)
		       : why_sys(why, "%s: %s", folder, strerror(errno));
}

int folder_lock(const char *folder, unsigned seconds, const char *what, struct why *why)
{
	char *path = folder_path(folder, "lock");
	const int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

	free(path);
	if (fd < 0)
		return why_sys(why, "%s: %s", folder, strerror(errno));
	if (wait_for(fd, folder, seconds, what, why) == 0)
		return fd;
	close(fd);
	return -1;
}

char *folder_path(const char *folder, const char *name)
{
	const size_t room = strlen(folder) + strlen(name) + 2;
	char *path = malloc(room);

	if (path)
		snprintf(path, room, "%s/%s", folder, name);
	return path;
}

bool folder_has(const char *folder, const char *name)
{
	char *path = folder_path(folder, name);
	const bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

int folder_put(const char *folder, const char *name, const void *bytes, size_t len, struct why *why)
{
	char *path = folder_path(folder, name);
	const int rc = path ? outfile_put(path, OUTFILE_SECRET, bytes, len, why)
			    : why_sys(why, "out of memory");

	free(path);
	return rc;
}

int folder_get(struct buf *b, const char *folder, const char *name, size_t limit, struct why *why)
{
	char *path = folder_path(folder, name);
	const int rc = path ? slurp(b, path, limit, why) : why_sys(why, "out of memory");

	free(path);
	return rc;
}
