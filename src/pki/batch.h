/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs and certificates of a whole production run (TR 33.812 B.2.2.1). */
#ifndef PKI_BATCH_H
#define PKI_BATCH_H

#include "pki/issue.h"

#include <stdbool.h>

/* Reads TRE_ids, one a line, from path. Records {tre_id, cert_pem, key_pem, point or modulus and,
 * with two pairs, enc_cert_pem, enc_key_pem, enc_point or enc_modulus} go to out, 0600; or, with
 * folder, TRE_id.key.pem and its like there. line_key: a file of a secret, under which the private
 * keys are encrypted (PKCS #8). A bad line is reported and passed over. While a run is under way
 * its records stand in OUT.part, and the lines of the index in OUT.part.index; resume goes on with
 * those, or with the files that a folder has. Returns the worst exit status; why is set where the
 * batch ended early (-1). */
struct batch {
	const char *path, *out, *folder, *index, *alg;
	struct issue spec; /* name is each TRE_id */
	bool two, force;
	const char *jobs; /* threads; NULL: as many as there are cores */
	const char *line_key;
	bool resume, progress;
};
int batch_run(const struct batch *batch, int *status, struct why *why)
	__attribute__((warn_unused_result));

#endif
