/* SPDX-License-Identifier: Apache-2.0 */
/* For the two files of base/shelf.h alone. */
#ifndef BASE_SHELF_INSIDE_H
#define BASE_SHELF_INSIDE_H

#include "base/shelf.h"

#define SHELF_TOLD "told/" /* before a row's name: what was asked of it, and the outcome */

/* What SQLite said last, status 4. Returns -1. */
int shelf_failed(const struct shelf *s, struct why *why);
int shelf_prepare(struct shelf *s, sqlite3_stmt **statement, const char *sql, struct why *why)
	__attribute__((warn_unused_result));

int shelf_begin(struct shelf *s, struct why *why) __attribute__((warn_unused_result));
int shelf_commit(struct shelf *s, struct why *why) __attribute__((warn_unused_result));

/* Adds a part as it is sealed to the sum, or takes it away. */
int shelf_sum(struct shelf *s, bool add, const char *name, const void *row, size_t len,
	      struct why *why) __attribute__((warn_unused_result));

#endif
