/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs and certificates of a whole production run (TR 33.812 B.2.2.1). */
#ifndef PKI_BATCH_H
#define PKI_BATCH_H

#include "pki/issue.h"

#include <stdbool.h>

/* Reads TRE_ids, one a line, from path. Records {tre_id, cert_pem, key_pem and, with two pairs,
 * enc_cert_pem, enc_key_pem} go to out, 0600; or, with folder, TRE_id.key.pem and its like there.
 * A bad line is reported and passed over. Returns the worst exit status; why is set where the
 * batch ended early (-1). */
struct batch {
	const char *path, *out, *folder, *index, *alg;
	struct issue spec; /* name is each TRE_id */
	bool two, force;
};
int batch_run(const struct batch *batch, int *status, struct why *why)
	__attribute__((warn_unused_result));

#endif
