/* SPDX-License-Identifier: Apache-2.0 */
/* What uicc-sim(1) does. */
#ifndef UICC_ORDER_H
#define UICC_ORDER_H

#include "base/outfile.h"
#include "uicc/card.h"
#include "uicc/stack.h"

/* Texts as they stand on the command line, NULL where they do not. card: the ICCID of one in a
 * stack; else state is one card's folder. */
struct card_order {
	const char *state, *device, *card, *iccid, *rand, *autn, *form, *pairing, *vpcd, *in, *out;
	bool identity;
	struct card_personal personal;
};

/* Opens the card; the stack must outlive it. */
int card_order_open(const struct card_order *o, struct stack *s, struct card *c, struct why *why)
	__attribute__((warn_unused_result));

/* Writes what was told, with a refusal too, and that. Returns the exit status. */
int card_order_tell(const struct card_order *o, int rc, const struct buf *out,
		    enum outfile_mode mode, struct why *why);

/* Each returns the exit status. */
int card_order_stock(const struct card_order *o);   /* new cards into a stack, a line each */
int card_order_deliver(const struct card_order *o); /* packets to cards of a stack, a line each */
int card_order_list(const struct card_order *o);
int card_order_apdu(const struct card_order *o);  /* lines of hex on stdin and stdout */
int card_order_serve(const struct card_order *o); /* a reader of pcscd, through vpcd */

/* The acts, each with its options; wanted, if any, must be there. */
struct card_act {
	const char *name;
	int (*run)(const struct card_order *o);
	const char *wanted;
	const char *words[7]; /* NULL at the end */
};
#define CARD_ACTS 10
extern const struct card_act card_acts[CARD_ACTS];

#endif
