/* SPDX-License-Identifier: Apache-2.0 */
/* The serving network's part of AKA: the challenge out of a vector, and what an answer is worth. */
#ifndef SHO_SERVING_H
#define SHO_SERVING_H

#include "base/json.h"

/* The first vector of a file, sealed for key or (NULL) in the clear: with XRES, CK and IK
 * (TS 33.102 6.3.2), XRES and K_ASME (TS 33.401 6.1.1), XRES* and K_AUSF, or HXRES*
 * (TS 33.501 6.1.3.2), and nothing of another kind. Caller owns it. NULL: status 1 `mac-mismatch`,
 * 3, 4. */
json_t *serving_load(const char *path, const char *key, struct why *why);

/* Appends {rand, autn}. */
int serving_challenge(struct buf *out, const json_t *vector, struct why *why)
	__attribute__((warn_unused_result));

/* Compares the answer of a file (NULL: stdin) with the vector, and appends {imsi, authenticated};
 * of a synchronisation failure {imsi, rand, auts}, for the home network. Refused: `res-mismatch`.
 */
int serving_judge(struct buf *out, const json_t *vector, const char *answer, struct why *why)
	__attribute__((warn_unused_result));

#endif
