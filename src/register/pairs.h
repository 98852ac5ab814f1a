/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs that are made, and the word of who hands one over: TR 33.812 5.3.2.2. */
#ifndef REGISTER_PAIRS_H
#define REGISTER_PAIRS_H

#include "register/register.h"

/* Pairs 1 to count of a card, random: K, OPc (one for each pair, 5.3.2.3), AES-128 OTA keys whose
 * index is the pair's. In the caller's transaction; take borrows each. entitled gets the first.
 * Refused with `key-exists`. */
int reg_pairs_make(struct reg *r, const char *iccid, unsigned count, const char *entitled,
		   int (*take)(void *ctx, const json_t *pair, struct why *why), void *ctx,
		   struct why *why) __attribute__((warn_unused_result));

/* Whether a verified handover note (fields iccid, index, new) gives that pair to `to`; its first
 * use is written down. Refused: `not-entitled`; `note-replayed` for another release than the one
 * that it was used for. */
int reg_pair_handed_over(struct reg *r, const json_t *note, const char *iccid, unsigned index,
			 const char *to, struct why *why) __attribute__((warn_unused_result));

#endif
