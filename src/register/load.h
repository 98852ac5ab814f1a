/* SPDX-License-Identifier: Apache-2.0 */
/* Records that come from outside into a register, and changes by hand. */
#ifndef REGISTER_LOAD_H
#define REGISTER_LOAD_H

#include "register/register.h"

/* reg_put of a record that was read from a file. A cell of CSV that holds a JSON object becomes
 * one. Refused with `sqn-out-of-range`: SQN_HE of a K that is in the register would go down, and a
 * vector's SQN would come out twice. Status 3 for what reg_entry_check does not take, and for a
 * subscriber without K over one that has a K. */
int reg_load(struct reg *r, enum reg_table table, json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* Text that is a JSON object or array, as CSV has it, becomes one. Status 3. */
int reg_open_cells(json_t *record, struct why *why) __attribute__((warn_unused_result));

/* words: a key (an IMSI, a PCID, or a TRE_id of whichever table), and FIELD=VALUE that are set in
 * that record, in a transaction of its own. No key and no secret can be set (status 2). Refused:
 * `unknown-imsi`, `unknown-pcid`, `unknown-tre`, `sqn-out-of-range`. A PCID that several equipments
 * share is status 3: their TRE_ids tell. */
int reg_set(struct reg *r, enum reg_table table, char *const words[], size_t n, struct why *why)
	__attribute__((warn_unused_result));

/* Removes the records with those keys, in a transaction of its own: all or none. */
int reg_remove(struct reg *r, enum reg_table table, char *const keys[], size_t n, struct why *why)
	__attribute__((warn_unused_result));

/* reg_check and a check of every record; writes their counts, a JSON line (NULL: to stdout). */
int reg_audit(struct reg *r, const char *path, struct why *why) __attribute__((warn_unused_result));

#endif
