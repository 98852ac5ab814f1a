/* SPDX-License-Identifier: Apache-2.0 */
/* Many cards in one folder: cards.db, a row each by its ICCID (base/shelf.h), and what was
 * delivered to each last. Changes stand in groups, which are durable together. */
#ifndef UICC_STACK_H
#define UICC_STACK_H

#include "base/shelf.h"
#include "uicc/card.h"

struct stack {
	struct shelf shelf;
};
void stack_close(struct stack *s); /* an open group is rolled back */
#define STACK(name)                                                 \
	__attribute__((cleanup(stack_close))) struct stack name = { \
		.shelf = {.sealed = {.lock = -1}}}

/* As shelf_open. */
int stack_open(struct stack *s, const char *state, const char *device, bool is_new, struct why *why)
	__attribute__((warn_unused_result));

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

#endif
