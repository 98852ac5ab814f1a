/* SPDX-License-Identifier: Apache-2.0 */
/* Rows on their way to a server: for bulk.c. */
#ifndef REGISTER_BATCH_H
#define REGISTER_BATCH_H

#include "register/bulk.h"

struct batch;
struct batch *batch_new(struct reg *r, enum reg_table table, bulk_refused *refused, void *ctx,
			struct why *why);
void batch_free(struct batch *b);

int batch_add(struct batch *b, const struct reg_row *row, size_t line, struct why *why)
	__attribute__((warn_unused_result));
/* All that waits becomes durable. */
int batch_flush(struct batch *b, struct why *why) __attribute__((warn_unused_result));

/* Of a record that the register may have: as reg_load. */
int bulk_replace(struct reg *r, enum reg_table table, const char *record, struct why *why)
	__attribute__((warn_unused_result));

#endif
