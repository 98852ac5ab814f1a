/* SPDX-License-Identifier: Apache-2.0 */
/* Many records into one table. A file takes them in one transaction; a server, which others work
 * with meanwhile, in transactions of up to BULK_ROWS, by COPY, each done again where another's was
 * in the way. */
#ifndef REGISTER_BULK_H
#define REGISTER_BULK_H

#include "register/row.h"

#define BULK_ROWS 10000

/* Told of a record that was refused, when its transaction is done: by its line. */
typedef void bulk_refused(void *ctx, size_t line, const struct why *why);

struct bulk;
/* is_whole: all in one transaction on a server too, which is not durable, and hides from others,
 * before bulk_end. NULL: why. */
struct bulk *bulk_begin(struct reg *r, enum reg_table table, bool is_whole, bulk_refused *refused,
			void *ctx, struct why *why);

/* A checked record: as reg_load. -1: the whole cannot go on. */
int bulk_add(struct bulk *b, const struct reg_row *row, size_t line, struct why *why)
	__attribute__((warn_unused_result));

/* All that was added is durable when this returns 0. */
int bulk_end(struct bulk *b, struct why *why) __attribute__((warn_unused_result));

/* What is not durable yet is not there. */
void bulk_close(struct bulk *b);
typedef struct bulk BULK;
DEFINE_AUTO(BULK, bulk_close)

#endif
