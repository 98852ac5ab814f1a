/* SPDX-License-Identifier: Apache-2.0 */
/* Many cards in one folder: cards.db, a row each, sealed for one device, and what was delivered to
 * each last. Changes stand in groups, which are durable together. */
#ifndef UICC_STACK_H
#define UICC_STACK_H

#include "uicc/card.h"

#include <sqlite3.h>

struct stack {
	struct sealed sealed; /* its state: the number of the last group */
	sqlite3 *db;
	sqlite3_stmt *get, *put, *last, *told;
	uint64_t group;
	bool in_group;
};
void stack_close(struct stack *s); /* an open group is rolled back */
#define STACK(name) \
	__attribute__((cleanup(stack_close))) struct stack name = {.sealed = {.lock = -1}}

/* Makes the folders where they are missing and is_new. Status 3 where there is no stack; refused
 * with `locked-down` where one was changed, or rolled back as a whole. One row that is an older one
 * of this stack's is not told from the newest. */
int stack_open(struct stack *s, const char *state, const char *device, bool is_new, struct why *why)
	__attribute__((warn_unused_result));

int stack_begin(struct stack *s, struct why *why) __attribute__((warn_unused_result));
int stack_commit(struct stack *s, struct why *why) __attribute__((warn_unused_result));

/* A new card, not personalized: refused with `already-initialised`. */
int stack_add(struct stack *s, struct card *c, const char *iccid, struct why *why)
	__attribute__((warn_unused_result));
/* The card with that ICCID, kept in the stack; outside a group each of its saves is one. Status 3
 * where there is none. */
int stack_card(struct stack *s, struct card *c, const char *iccid, struct why *why)
	__attribute__((warn_unused_result));
/* Each card in the order of ICCIDs. */
int stack_each(struct stack *s, int (*take)(void *ctx, struct card *c, struct why *why), void *ctx,
	       struct why *why) __attribute__((warn_unused_result));

/* What was delivered to a card last, and what became of it: 1, and told (owned), where asked is the
 * same; 0; -1. */
int stack_last(struct stack *s, const char *iccid, const uint8_t asked[static 32], json_t **told,
	       struct why *why) __attribute__((warn_unused_result));
/* Writes that down, in the group. */
int stack_told(struct stack *s, const char *iccid, const uint8_t asked[static 32],
	       const json_t *told, struct why *why) __attribute__((warn_unused_result));

#endif
