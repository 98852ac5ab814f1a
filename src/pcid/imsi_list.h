/* SPDX-License-Identifier: Apache-2.0 */
/* A new operator's list of cards and IMSIs: TR 33.812 5.3.1.2 step 3. */
#ifndef PCID_IMSI_LIST_H
#define PCID_IMSI_LIST_H

#include "base/json.h"
#include "pcid/plmn.h"

/* Starts zeroed. What was seen is kept, so that nothing of it comes twice. */
struct imsi_list {
	char plmn[8]; /* digits */
	json_t *seen;
	json_t *fresh; /* since imsi_list_keep */
};
void imsi_list_free(struct imsi_list *l);
#define IMSI_LIST(name) __attribute__((cleanup(imsi_list_free))) struct imsi_list name = {0}

/* plmn: "262-01", of all its IMSIs. Status 3. */
int imsi_list_start(struct imsi_list *l, const char *plmn, struct why *why)
	__attribute__((warn_unused_result));

/* One line. Status 3: no ICCID, no IMSI. Refused: `foreign-imsi` (of another PLMN), `double-imsi`,
 * `double-iccid`. */
int imsi_list_check(struct imsi_list *l, const char *iccid, const char *imsi, struct why *why)
	__attribute__((warn_unused_result));

/* What was seen counts for good; and what was seen since does not. */
int imsi_list_keep(struct imsi_list *l, struct why *why) __attribute__((warn_unused_result));
void imsi_list_undo(struct imsi_list *l);

#endif
