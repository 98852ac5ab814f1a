/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the two folders: 0700 and 0600 under any umask. */
#include "base/outfile.h"
#include "base/slurp.h"
#include "tre/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *tre_path(const char *folder, const char *name)
{
	const size_t room = strlen(folder) + strlen(name) + 2;
	char *path = malloc(room);

	if (path)
		snprintf(path, room, "%s/%s", folder, name);
	return path;
}

int tre_put(const char *folder, const char *name, const void *bytes, size_t len, struct why *why)
{
	char *path = tre_path(folder, name);
	int rc = path ? outfile_put(path, OUTFILE_SECRET, bytes, len, why)
		      : why_sys(why, "out of memory");

	free(path);
	return rc;
}

int tre_file(struct buf *b, const char *folder, const char *name, size_t limit, struct why *why)
{
	char *path = tre_path(folder, name);
	int rc = path ? slurp(b, path, limit, why) : why_sys(why, "out of memory");

	free(path);
	return rc;
}

bool tre_has(const char *folder, const char *name)
{
	char *path = tre_path(folder, name);
	const bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

/* 0700 whatever the umask is, and durable; one that is there stays as it is. */
static int make_one(const char *path, struct why *why)
{
	if (mkdir(path, 0700) == 0)
		return chmod(path, 0700) ? why_sys(why, "%s: %s", path, strerror(errno))
					 : outfile_sync_folder(path, why);
	return errno == EEXIST ? 0 : why_sys(why, "%s: %s", path, strerror(errno));
}

int tre_folders(const char *path, struct why *why)
{
	char *copy = strdup(path);
	int rc = 0;

	if (!copy)
		return why_sys(why, "out of memory");
	for (char *p = strchr(copy + 1, '/'); p && !rc; p = strchr(p + 1, '/')) {
		*p = '\0';
		rc = make_one(copy, why);
		*p = '/';
	}
	if (!rc)
		rc = make_one(path, why);
	free(copy);
	return rc;
}
