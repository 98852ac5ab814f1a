/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of an open file (flock(2)), which others may have for a while. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

/* Waits for it, so many seconds at most; it is held until the descriptor is closed. -1 and errno:
 * EWOULDBLOCK where another still has it. */
int lock_wait(int fd, unsigned seconds) __attribute__((warn_unused_result));

#endif
