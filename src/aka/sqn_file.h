/* SPDX-License-Identifier: Apache-2.0 */
/* A card's SQN array (TS 33.102 C.2.2) as JSON:
 * {"ind_bits":5,"delta":268435456,"limit":0,"seq":[…]}, one SEQ for each IND; in a file of its own,
 * or as members of another object. */
#ifndef AKA_SQN_FILE_H
#define AKA_SQN_FILE_H

#include "aka/sqn.h"
#include "base/json.h"

/* A file that is not there is an array of zeros, with w's ind_bits, delta and limit. Status 3. */
int sqn_file_load(struct sqn_window *w, const char *path, struct why *why)
	__attribute__((warn_unused_result));
int sqn_file_save(const struct sqn_window *w, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* The member seq of another object: as many slots as it has, NULL none; w->ind_bits is set. Status
 * 3 for what is no SEQ. And back, owned; NULL where memory is short. */
int sqn_slots_take(struct sqn_window *w, const json_t *seq, struct why *why)
	__attribute__((warn_unused_result));
json_t *sqn_slots_json(const struct sqn_window *w, struct why *why);

#endif
