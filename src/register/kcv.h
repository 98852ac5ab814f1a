/* SPDX-License-Identifier: Apache-2.0 */
/* Key check values: the first octets of CMAC(key, 16 zero octets) say which key it is, and not the
 * key (an AES of the zero block would give away GCM's H). */
#ifndef REGISTER_KCV_H
#define REGISTER_KCV_H

#include "base/json.h"

#define KCV_LEN 3

/* Of a key of 16 or 32 octets. */
int kcv_make(uint8_t kcv[static KCV_LEN], const uint8_t *key, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Of a credential's K, if there is one: 1, 0, -1 (status 3: no K). */
int kcv_of_record(uint8_t kcv[static KCV_LEN], const json_t *o, struct why *why)
	__attribute__((warn_unused_result));

#endif
