/* SPDX-License-Identifier: Apache-2.0 */
/* The UICC manufacturer's list of K/OTA-key pairs (TR 33.812 5.3.2). */
#ifndef REGISTER_UICC_H
#define REGISTER_UICC_H

#include "register/register.h"

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
