/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner, the maker or the device asks a TRE for, in texts and paths. */
#ifndef TRE_ORDER_H
#define TRE_ORDER_H

#include "tre/tre.h"

/* NULL or false where nothing is said. */
struct tre_order {
	const char *tre_id, *policy; /* init */
	const char *pin;             /* the owner's, in a file */
	const char *alg;             /* keygen */
	struct tre_personal personal;
	const char *components; /* boot */
	const char *as;         /* list */
	bool verify;            /* audit */
	bool identity;          /* attach: this, or RAND and AUTN in hex */
	const char *rand, *autn;
	struct tre_push push;     /* bootstrap */
	const char *to, *to_cert; /* token */
	bool stage, commit;       /* provision: all at once, or one half, */
	bool beside;              /* or beside the one in use */
	const char *ack;          /* provision: the old operator's note */
	const char *sho;          /* discard: the old operator */
	const char *mcim;         /* select, deselect */
	const char *order;        /* pristine: the RO's note */
	const char *at;           /* of orders and notes; NULL: now */
	const char *in;           /* NULL: stdin */
	const char *out;          /* where the answer will go; NULL: stdout */
	bool tells_secret;        /* set by an act whose answer is one */
};

/* An act by its name, and the words of an order that it reads, as the command line has them. */
struct tre_act {
	const char *name;
	int (*act)(struct tre *t, struct tre_order *o, struct buf *out, struct why *why);
	bool has_mcim;        /* an operand */
	const char *words[9]; /* NULL at the end */
};
#define TRE_ACTS 19
extern const struct tre_act tre_acts[TRE_ACTS];

/* Acts on the TRE in these folders (tre_open; for init there is none yet). The answer is appended
 * to out, and a refusal may have one too, for a peer to hear. An order in which something is
 * missing, or that does not fit together, is status 2. */
int tre_act(const struct tre_act *act, const char *state, const char *device, struct tre_order *o,
	    struct buf *out, struct why *why) __attribute__((warn_unused_result));

#endif
