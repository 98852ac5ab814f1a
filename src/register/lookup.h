/* SPDX-License-Identifier: Apache-2.0 */
/* Many look-ups at once, in parts: each as of one moment, in one exchange with a server. */
#ifndef REGISTER_LOOKUP_H
#define REGISTER_LOOKUP_H

#include "register/register.h"

/* Told of each record (its text, borrowed) of the i-th identity, in order; record is NULL where
 * there is none. Returns -1 to end it. */
typedef int lookup_take(void *ctx, size_t i, const char *record, size_t len, struct why *why);

/* Discovery records: field is pcid or tre_id. */
int reg_look_up(struct reg *r, const char *field, const char *const ids[], size_t n,
		lookup_take *take, void *ctx, struct why *why) __attribute__((warn_unused_result));

#endif
