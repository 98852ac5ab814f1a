/* SPDX-License-Identifier: Apache-2.0 */
/* Results, written whole or not at all. */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include "base/why.h"

#include <stdbool.h>
#include <stddef.h>

enum outfile_mode {
	OUTFILE_PUBLIC = 0,  /* 0666 less the umask */
	OUTFILE_SECRET = 1,  /* 0600 under any umask */
	OUTFILE_NEW_KEY = 2, /* 0600, and an existing file is refused (status 1, file-exists) */
};

/* A result that is staged: on disk and synced beside its target, under another name. */
struct outfile {
	char *path;
	char *staged;
	int fd; /* while it is being written, of outfile_open */
	bool is_open;
	bool is_new; /* whose name nothing may have */
};

#define OUTFILE(name) __attribute__((cleanup(outfile_discard))) struct outfile name = {0}

/* Writes bytes to path: a temporary file beside it, fsync, rename, fsync of the folder. NULL or
 * "-" is stdout, flushed and closed; a secret to a stdout that is a file others may read is
 * warned of. */
int outfile_put(const char *path, enum outfile_mode mode, const void *bytes, size_t len,
		struct why *why) __attribute__((warn_unused_result));

/* The same in two halves, for results of several files: stage all, then commit each. */
int outfile_stage(struct outfile *o, const char *path, enum outfile_mode mode, const void *bytes,
		  size_t len, struct why *why) __attribute__((warn_unused_result));
int outfile_commit(struct outfile *o, struct why *why) __attribute__((warn_unused_result));
/* Refuses (file-exists) a new key whose name was taken since it was staged. */
int outfile_still_new(const struct outfile *o, struct why *why) __attribute__((warn_unused_result));
void outfile_discard(struct outfile *o); /* removes what was staged and not committed */

/* A result that comes in parts: to stdout and to special files as it comes, else into a file that
 * takes its name when it is whole. */
int outfile_open(struct outfile *o, const char *path, enum outfile_mode mode, struct why *why)
	__attribute__((warn_unused_result));
int outfile_write(struct outfile *o, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int outfile_close(struct outfile *o, struct why *why) __attribute__((warn_unused_result));

/* Writes all to a descriptor, whatever interrupts; -1 and errno. */
int outfile_write_all(int fd, const void *bytes, size_t len) __attribute__((warn_unused_result));

/* Gives a file its name unless there is one of that name, whoever made it a moment ago. */
int outfile_name_new(const char *from, const char *to, struct why *why)
	__attribute__((warn_unused_result));

/* Keeps other runs from naming keys in the folder that path stands in, so that a key and what goes
 * with it are of one run: a descriptor, to be closed; -1. */
int outfile_hold_folder(const char *path, struct why *why) __attribute__((warn_unused_result));

/* fsyncs the folder that path stands in, so that a rename there is durable. */
int outfile_sync_folder(const char *path, struct why *why) __attribute__((warn_unused_result));

#endif
