/* SPDX-License-Identifier: Apache-2.0 */
/* What a record that comes from outside must be besides the form of its fields: of use. */
#ifndef REGISTER_ENTRY_H
#define REGISTER_ENTRY_H

#include "register/register.h"

/* reg_fields_check, and status 3 too: of a subscriber, a K that no vector comes of (without the OPc
 * of Milenage or the TOPc of TUAK, or of another length than the algorithm's) and ota_keys that are
 * no key sets; of discovery, a sho that is no party's name, a sho_url or dpf_url that is no URL; of
 * equipment, a certificate that is none, or another TRE's. What is in a register already is not
 * asked. */
int reg_entry_check(enum reg_table table, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* Such URLs: http or https, and somewhere, without blanks. */
bool reg_is_url(const char *url, size_t len);

/* A key set of TS 102 225, or an array of such with an index each. Status 3. */
int reg_ota_keys_check(const json_t *keys, struct why *why) __attribute__((warn_unused_result));

#endif
