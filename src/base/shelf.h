/* SPDX-License-Identifier: Apache-2.0 */
/* Many states in one folder: a database of sealed rows by name, for one device (base/sealed.h), and
 * what was last asked of each. Changes stand in groups, which are durable together. A row, or an
 * answer, that was changed, put back to what it was before, taken away or added does not open the
 * folder: the sum of all stands in the folder's own state, whose counter is the device's. */
#ifndef BASE_SHELF_H
#define BASE_SHELF_H

#include "base/json.h"
#include "base/sealed.h"

#include <sqlite3.h>

#define SHELF_SUM 32

struct shelf_kind {
	const char *file;  /* the database's name in the folder */
	const char *magic; /* of four characters */
};

struct shelf {
	const struct shelf_kind *kind;
	struct sealed sealed; /* its state: the number of the last group, and the sum */
	sqlite3 *db;
	sqlite3_stmt *get, *put, *last, *told;
	uint64_t group;
	uint8_t sum[SHELF_SUM]; /* of the rows as they are, modulo 2^256 */
	bool in_group;
};
void shelf_close(struct shelf *s); /* an open group is rolled back */
#define SHELF(name) \
	__attribute__((cleanup(shelf_close))) struct shelf name = {.sealed = {.lock = -1}}

/* Makes the folders where they are missing and is_new. Status 3 where there is none; refused with
 * `locked-down` where a row was changed, or the whole rolled back. */
int shelf_open(struct shelf *s, const struct shelf_kind *kind, const char *state,
	       const char *device, bool is_new, struct why *why)
	__attribute__((warn_unused_result));

/* Does the work as one group: durable when this returns 0. */
int shelf_transact(struct shelf *s, int (*work)(void *ctx, struct why *why), void *ctx,
		   struct why *why) __attribute__((warn_unused_result));

/* The row of that name, appended: 1; 0 where there is none; -1. */
int shelf_get(struct shelf *s, const char *name, struct buf *bytes, struct why *why)
	__attribute__((warn_unused_result));
/* New, or in the old one's place; outside a group it is one. */
int shelf_put(struct shelf *s, const char *name, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
/* Each row in the order of names. */
int shelf_each(struct shelf *s,
	       int (*take)(void *ctx, const char *name, const struct buf *bytes, struct why *why),
	       void *ctx, struct why *why) __attribute__((warn_unused_result));

/* What was asked of a row last, and what became of it: 1, and told (owned), where asked is the
 * same; 0; -1. And writes that down beside a row that is there, in the group. */
int shelf_last(struct shelf *s, const char *name, const uint8_t asked[static 32], json_t **told,
	       struct why *why) __attribute__((warn_unused_result));
int shelf_told(struct shelf *s, const char *name, const uint8_t asked[static 32],
	       const json_t *told, struct why *why) __attribute__((warn_unused_result));

#endif
