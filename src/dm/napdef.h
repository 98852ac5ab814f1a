/* SPDX-License-Identifier: Apache-2.0 */
/* A network access point in words: JSON with napid, name, bearer, apn, auth_type, auth_name,
 * auth_secret, dns; what --napdef takes, DMAcc's ConnMO and OMA CP's NAPDEF carry. */
#ifndef DM_NAPDEF_H
#define DM_NAPDEF_H

#include "base/json.h"

/* Only known members, of the right form. Status 3. */
int napdef_check(const json_t *napdef, struct why *why) __attribute__((warn_unused_result));

#endif
