/* SPDX-License-Identifier: Apache-2.0 */
/* The files below 256, which no 3GPP file has: the report's akakey and the toolkit's own
 * (mcim_efid), in words and in octets. */
#ifndef MCIM_EF_OWN_H
#define MCIM_EF_OWN_H

#include "mcim/blob.h"

/* Sets the files that the description has words for: k, alg, opc or topc, aka, application,
 * knetver, tre_id, operator_cert_sha256, controls. Status 3. */
int mcim_own_set(struct mcim_blob *m, const json_t *description, struct why *why)
	__attribute__((warn_unused_result));

/* A file's value and its word; NULL where the octets are not what the efid holds. Owned. */
json_t *mcim_own_value(const struct mcim_file *f, const char **word);

#endif
