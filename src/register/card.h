/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator's register knows of its subscribers' UICCs: OTA keys and counters, and what it
 * hands over and deletes (TR 33.812 5.3.1.2 step 5, 5.3.2.2 step 6). */
#ifndef REGISTER_CARD_H
#define REGISTER_CARD_H

#include "pcid/plmn.h"
#include "register/register.h"

/* Which cards there are: an object, owned, from ICCID to the IMSI of the subscriber who has OTA
 * keys and is not blocked. NULL: the register failed. To look for each card would be quadratic. */
json_t *reg_cards(struct reg *r, struct why *why);

/* A subscriber's OTA keys (an owned object, m2m-files(5)): of a list of key sets the one with that
 * index. Refused: `unknown-iccid`, `wrong-key-index`. */
int reg_ota_keys(struct reg *r, const json_t *cards, const char *iccid, unsigned index,
		 json_t **keys, struct why *why) __attribute__((warn_unused_result));

/* The next counter of a card's key set, in the caller's transaction, which is committed before the
 * counter is used: higher than every one before, and than last. Refused with `cntr-blocked` at the
 * end of the range (TS 102 225 5.1.4). */
int reg_ota_counter(struct reg *r, const char *iccid, unsigned index, uint64_t last, uint64_t *cntr,
		    struct why *why) __attribute__((warn_unused_result));

/* What a card's operator hands over (5.3.1.2 step 5): the subscriber's record with the IMSI that
 * the new operator chose, its OTA keys with a counter that the old one will not reach, and SQN_HE
 * where with_sqn (else the first authentication resynchronises). In the caller's transaction.
 * Owned. Refused: `unknown-iccid`, `cntr-blocked`. */
int reg_card_handover(struct reg *r, const json_t *cards, const char *iccid, const char *imsi,
		      bool with_sqn, json_t **record, struct why *why)
	__attribute__((warn_unused_result));

/* Deletes what the register holds of a card that was handed over: the subscriber's record, with K,
 * OPc, SQN and OTA keys, and the challenges that are open; looks that it is gone; and writes down
 * that it is, so that it may be attested again. In the caller's transaction. Counters stay: a
 * number that was used says nothing. Refused: `unknown-iccid`. */
int reg_card_delete(struct reg *r, const json_t *cards, const char *iccid, struct why *why)
	__attribute__((warn_unused_result));

#endif
