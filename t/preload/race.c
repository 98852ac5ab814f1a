/* SPDX-License-Identifier: Apache-2.0 */
/* LD_PRELOAD: another makes the file $RACE as soon as a run stages its own beside it. With
 * $RACE_NO_RENAME the file system knows no rename that replaces nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int mkstemp(char *path)
{
	static int (*real)(char *);
	const char *race = getenv("RACE");
	const bool is_it = race && strncmp(path, race, strlen(race)) == 0 &&
			   strncmp(path + strlen(race), ".tmp", 4) == 0;
	const int fd = is_it ? open(race, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;

	if (fd >= 0 && (write(fd, "other\n", 6) != 6 || close(fd)))
		_exit(98);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "mkstemp");
	return real(path);
}

int renameat2(int in, const char *from, int to_in, const char *to, unsigned flags)
{
	static int (*real)(int, const char *, int, const char *, unsigned);

	if (getenv("RACE_NO_RENAME")) {
		errno = EINVAL;
		return -1;
	}
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "renameat2");
	return real(in, from, to_in, to, flags);
}
