/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a folder that one command at a time has: 0700 and 0600 under any umask. */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include "base/buf.h"

#include <stdbool.h>

/* Makes the folder, durable; one that is there stays as it is. */
int folder_make(const char *path, struct why *why) __attribute__((warn_unused_result));
/* Those above it too. */
int folder_make_all(const char *path, struct why *why) __attribute__((warn_unused_result));

/* The lock of the folder: a descriptor that holds it until it is closed, or -1; status 5 where
 * another has it over so many seconds. what: of which it is the lock, for messages. */
int folder_lock(const char *folder, unsigned seconds, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* folder/name, to be freed; NULL: memory is short. */
char *folder_path(const char *folder, const char *name);
bool folder_has(const char *folder, const char *name);
/* Puts a file, 0600 and durable. */
int folder_put(const char *folder, const char *name, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
/* Appends a file of limit octets at most, as slurp() does. */
int folder_get(struct buf *b, const char *folder, const char *name, size_t limit, struct why *why)
	__attribute__((warn_unused_result));

#endif
