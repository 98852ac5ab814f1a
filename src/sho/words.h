/* SPDX-License-Identifier: Apache-2.0 */
/* A subscriber's MCIM in the words of mcim-wrap(1): TR 33.812 B.2.6. */
#ifndef SHO_WORDS_H
#define SHO_WORDS_H

#include "base/json.h"
#include "pcid/plmn.h"

/* Identity, K and OPc of a subscriber's record, and the files that follow from the IMSI. Owned, and
 * holds K; NULL: status 3 where the record lacks one of them, 4. */
json_t *sho_mcim_words(const json_t *subscriber, const struct plmn *plmn, struct why *why);

#endif
