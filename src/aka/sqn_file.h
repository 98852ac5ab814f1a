/* SPDX-License-Identifier: Apache-2.0 */
/* A card's SQN array (TS 33.102 C.2.2) in a file, as JSON:
 * {"ind_bits":5,"delta":268435456,"limit":0,"seq":[…]}, one SEQ for each IND. */
#ifndef AKA_SQN_FILE_H
#define AKA_SQN_FILE_H

#include "aka/sqn.h"
#include "base/json.h"

/* A file that is not there is an array of zeros, with w's ind_bits, delta and limit. Status 3. */
int sqn_file_load(struct sqn_window *w, const char *path, struct why *why)
	__attribute__((warn_unused_result));
int sqn_file_save(const struct sqn_window *w, const char *path, struct why *why)
	__attribute__((warn_unused_result));

#endif
