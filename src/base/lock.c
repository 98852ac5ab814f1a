/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lock.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

#define TRIES 20 /* a second */

int lock_wait(int fd, unsigned seconds)
{
	const struct timespec pause = {0, 1000000000 / TRIES};

	for (unsigned i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || i == seconds * TRIES)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}
