/* SPDX-License-Identifier: Apache-2.0 */
/* The outcomes of a batch on disk: for ledger.c. */
#ifndef REGISTER_LEDGER_FILE_H
#define REGISTER_LEDGER_FILE_H

#include "base/buf.h"
#include "base/json.h"
#include "base/outfile.h"

struct ledger_file {
	struct outfile whole; /* one that appears when it is whole */
	int fd;               /* one that grows, 0: none */
	const char *path;
	json_t *seen; /* TRE_id: true where it was done before this run */
};

/* With resume, path names a file; what it says of success stays, its failures are tried again, and
 * a line that a crash cut off goes. Status 5 where another run writes it. */
int ledger_file_open(struct ledger_file *f, const char *path, enum outfile_mode mode, bool resume,
		     struct why *why) __attribute__((warn_unused_result));

enum { LEDGER_NEW, LEDGER_DONE, LEDGER_TWICE };
/* And remembers it; -1: why. */
int ledger_file_knows(struct ledger_file *f, const char *tre_id, struct why *why)
	__attribute__((warn_unused_result));

/* Durable when it returns 0, where the file grows. */
int ledger_file_write(struct ledger_file *f, const struct buf *lines, struct why *why)
	__attribute__((warn_unused_result));
int ledger_file_close(struct ledger_file *f, struct why *why) __attribute__((warn_unused_result));
void ledger_file_free(struct ledger_file *f);

#endif
