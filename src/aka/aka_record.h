/* SPDX-License-Identifier: Apache-2.0 */
/* The acts of milenage(1) on records: fields in, fields out. */
#ifndef AKA_AKA_RECORD_H
#define AKA_AKA_RECORD_H

#include "base/json.h"

enum aka_act { AKA_ALL, AKA_AV, AKA_USIM, AKA_RESYNC, AKA_OPC };

int aka_act_parse(enum aka_act *act, const char *name, struct why *why)
	__attribute__((warn_unused_result));

/* The columns that an act's results have; ends with NULL. */
const char *const *aka_columns(enum aka_act act);

/* Reads k, op or opc, rand, sqn, amf, autn, auts as the act needs them, and gives its result, owned
 * by the caller. usim: an SQN out of range is refused, and *result holds auts all the same. A rand
 * that is missing is made for av and all. */
int aka_record(json_t **result, enum aka_act act, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

#endif
