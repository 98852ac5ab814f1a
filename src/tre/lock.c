/* SPDX-License-Identifier: Apache-2.0 */
/* One command at a time has the TRE. */
#include "tre/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define LOCK_TRIES 50

int tre_lock(struct tre *t, struct why *why)
{
	char *path = tre_path(t->state, "lock");
	const struct timespec pause = {0, 100000000};

	t->lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	free(path);
	if (t->lock < 0 || fchmod(t->lock, 0600))
		return why_sys(why, "%s: %s", t->state, strerror(errno));
	for (int i = 0; flock(t->lock, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK)
			return why_sys(why, "%s: %s", t->state, strerror(errno));
		if (i == LOCK_TRIES)
			return why_busy(why, "%s: another command has the TRE", t->state);
		nanosleep(&pause, NULL);
	}
	return 0;
}
