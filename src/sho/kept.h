/* SPDX-License-Identifier: Apache-2.0 */
/* The RO becomes the SHO, and the IMSI is just continued to be used: TR 33.812 5.1.3.6.3 step 8. */
#ifndef SHO_KEPT_H
#define SHO_KEPT_H

#include "pcid/plmn.h"
#include "register/register.h"

/* The subscriber whose PCID becomes the IMSI of the subscription: its record as it is, owned, with
 * K and the SQN that goes on. NULL, refused: `unknown-imsi`; `wrong-operator` (the PCID does not
 * point to this PLMN); `wrong-tre`; `subscriber-blocked`, `subscriber-waiting`. */
json_t *sho_kept(struct reg *r, const char *imsi, const struct plmn *plmn, const char *tre_id,
		 struct why *why);

#endif
