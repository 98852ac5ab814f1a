/* SPDX-License-Identifier: Apache-2.0 */
/* What a register knows of UICCs: OTA keys and counters of subscribers' cards, and the UICC
 * manufacturer's list of K/OTA-key pairs (TR 33.812 5.3.2). */
#ifndef REGISTER_UICC_H
#define REGISTER_UICC_H

#include "register/register.h"

/* The OTA keys (an owned object, m2m-files(5)) of the card with that ICCID: of its subscriber that
 * is not blocked, and of a list of key sets the one with that index. Refused: `unknown-iccid`,
 * `wrong-key-index`. */
int reg_ota_keys(struct reg *r, const char *iccid, unsigned index, json_t **keys, struct why *why)
	__attribute__((warn_unused_result));

/* The next counter of a card's key set, in the caller's transaction, which is committed before the
 * counter is used: higher than every one before, and than last. Refused with `cntr-blocked` at the
 * end of the range (TS 102 225 5.1.4). */
int reg_ota_counter(struct reg *r, const char *iccid, unsigned index, uint64_t last, uint64_t *cntr,
		    struct why *why) __attribute__((warn_unused_result));

/* What a card's operator hands over (5.3.1.2 step 5): the subscriber's record with the IMSI that
 * the new operator chose, its OTA keys with a counter that the old one will not reach, and SQN_HE
 * where with_sqn (else the first authentication resynchronises). In the caller's transaction.
 * Owned. Refused: `unknown-iccid`, `cntr-blocked`. */
int reg_card_handover(struct reg *r, const char *iccid, const char *imsi, bool with_sqn,
		      json_t **record, struct why *why) __attribute__((warn_unused_result));

/* The record of a card's subscriber that is not blocked, owned. Refused: `unknown-iccid`. */
int reg_card(struct reg *r, const char *iccid, json_t **record, struct why *why)
	__attribute__((warn_unused_result));

/* One pair of the list: {iccid, index, k, opc, alg, ota_keys, entitled}. entitled names the MNO
 * that may have it without a word of another (the first pair's: 5.3.2.2 step 2). Refused with
 * `key-exists` where the list has that index of that card already. */
int reg_pair_import(struct reg *r, const json_t *pair, struct why *why)
	__attribute__((warn_unused_result));

/* Who had a pair released: 1 and the name (owned), 0, -1. */
int reg_pair_holder(struct reg *r, const char *iccid, unsigned index, char **holder,
		    struct why *why) __attribute__((warn_unused_result));

/* Releases one pair to the MNO `to`, to it alone and again where it asks again (5.3.2.2 step 7).
 * handed_over: the holder of the pair before has said, signed, that this one goes to `to`. The
 * record, owned, has released_to. Refused: `unknown-iccid` (or an index that the list has not:
 * `wrong-key-index`), `not-entitled`. */
int reg_pair_release(struct reg *r, const char *iccid, unsigned index, const char *to,
		     bool handed_over, json_t **pair, struct why *why)
	__attribute__((warn_unused_result));

#endif
