/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite as a register's engine: for the files of this module alone. */
#ifndef REGISTER_SQLITE_H
#define REGISTER_SQLITE_H

#include "register/db.h"

#include <sqlite3.h>

extern const struct db_engine sqlite_engine;

/* Before SQLite's first use in this process: its memory is wiped when it is freed. */
int sqlite_wipe_memory(struct why *why) __attribute__((warn_unused_result));

/* What SQLite said last, as a sentence with its status. Returns -1. */
int sqlite_failed(sqlite3 *db, struct why *why);
int sqlite_script(struct reg *r, const char *sql, struct why *why)
	__attribute__((warn_unused_result));

/* The journal of every day: readers and a writer do not wait for one another. */
int sqlite_use_wal(struct reg *r, struct why *why);

int sqlite_load_begin(struct reg *r, struct why *why) __attribute__((warn_unused_result));
int sqlite_load_end(struct reg *r, struct why *why) __attribute__((warn_unused_result));

int sqlite_check(struct reg *r, struct why *why) __attribute__((warn_unused_result));
int sqlite_backup(struct reg *r, const char *path, struct why *why)
	__attribute__((warn_unused_result));

#endif
