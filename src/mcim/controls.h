/* SPDX-License-Identifier: Apache-2.0 */
/* Security controls, of an MCIM (efid 9) or of a TRE: TR 33.812 5.1.2.3, threats 7, 8 and 10. */
#ifndef MCIM_CONTROLS_H
#define MCIM_CONTROLS_H

#include "base/json.h"

/* An object of list, read, block, delete, update, share, select, discard and command, each
 * operator, owner, both or nobody; countersignature and pin, true or false; inactivity, seconds
 * from 1. Status 3. */
int mcim_controls_check(const json_t *o, struct why *why) __attribute__((warn_unused_result));

#endif
