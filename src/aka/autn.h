/* SPDX-License-Identifier: Apache-2.0 */
/* AUTN and AUTS, the vector and its answer: TS 33.102 (V9.x) 6.3. The functions that take an engine
 * are for many; the others make one for themselves. Lengths that vary are the key's. */
#ifndef AKA_AUTN_H
#define AKA_AUTN_H

#include "aka/milenage.h"
#include "aka/sqn.h"

/* TS 33.102 6.3.2: AV = RAND | XRES | CK | IK | AUTN. AK stays at home: it is here for the keys
 * that are derived from SQN xor AK, which AUTN shows. */
struct aka_vector {
	uint8_t rand[16];
	uint8_t autn[AKA_AUTN_MAX]; /* SQN xor AK | AMF | MAC-A */
	uint8_t xres[AKA_MAX];
	uint8_t ck[AKA_MAX];
	uint8_t ik[AKA_MAX];
};
DEFINE_WIPE(aka_vector)

/* Network side: the vector for this RAND, SQN and AMF. */
int aka_vector_compute(struct aka_engine *e, struct aka_vector *v, const struct aka_key *key,
		       const uint8_t rand[static 16], const uint8_t sqn[static 6],
		       const uint8_t amf[static 2], struct why *why)
	__attribute__((warn_unused_result));
int aka_vector_make(struct aka_vector *v, const struct aka_key *key, const uint8_t rand[static 16],
		    const uint8_t sqn[static 6], const uint8_t amf[static 2], struct why *why)
	__attribute__((warn_unused_result));

/* Card side, TS 33.102 6.3.3. */
struct aka_answer {
	uint8_t res[AKA_MAX];
	uint8_t ck[AKA_MAX];
	uint8_t ik[AKA_MAX];
	uint8_t sqn[6];
	uint8_t amf[2];
	uint8_t auts[AKA_AUTS_MAX]; /* set where the SQN is out of range */
	int is_synchronisation_failure;
};
DEFINE_WIPE(aka_answer)

/* MAC before SQN. A bad MAC is refused (`mac-mismatch`), and where exchanging OP and OPc would
 * make it right the sentence says so. An SQN that is not in the correct range is refused
 * (`sqn-out-of-range`) with is_synchronisation_failure set and auts filled (AMF 0000). On success
 * window has accepted the SQN: the caller makes it durable before it acts on the answer. */
int aka_answer_compute(struct aka_engine *e, struct aka_answer *a, struct sqn_window *window,
		       const struct aka_key *key, const uint8_t rand[static 16],
		       const uint8_t *autn, struct why *why) __attribute__((warn_unused_result));
int aka_answer_make(struct aka_answer *a, struct sqn_window *window, const struct aka_key *key,
		    const uint8_t rand[static 16], const uint8_t *autn, struct why *why)
	__attribute__((warn_unused_result));

/* Network side, TS 33.102 6.3.5: SQN_MS out of AUTS = (SQN_MS xor AK*) | MAC-S. A bad MAC-S is
 * refused (`mac-mismatch`). The caller sees to it that RAND was given out and is still open. */
int aka_auts_compute(struct aka_engine *e, uint8_t sqn_ms[static 6], const struct aka_key *key,
		     const uint8_t rand[static 16], const uint8_t *auts, struct why *why)
	__attribute__((warn_unused_result));
int aka_auts_open(uint8_t sqn_ms[static 6], const struct aka_key *key,
		  const uint8_t rand[static 16], const uint8_t *auts, struct why *why)
	__attribute__((warn_unused_result));

#endif
