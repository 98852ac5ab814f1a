/* SPDX-License-Identifier: Apache-2.0 */
/* For the two files of stack.h alone. */
#ifndef UICC_STACK_INSIDE_H
#define UICC_STACK_INSIDE_H

#include "uicc/stack.h"

/* What SQLite said last, status 4. Returns -1. */
int stack_failed(const struct stack *s, struct why *why);
int stack_prepare(struct stack *s, sqlite3_stmt **statement, const char *sql, struct why *why)
	__attribute__((warn_unused_result));

#endif
