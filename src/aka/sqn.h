/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence numbers: TS 33.102 (V9.x) Annex C. SQN = SEQ | IND, 48 bits, big endian. */
#ifndef AKA_SQN_H
#define AKA_SQN_H

#include "base/auto.h"
#include "base/why.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define SQN_BITS 48
#define SQN_MAX ((UINT64_C(1) << SQN_BITS) - 1)
#define SQN_IND_BITS 5                /* C.3: 32 slots */
#define SQN_DELTA (UINT64_C(1) << 28) /* C.3.1 */
#define SQN_SLOTS 32

/* The card's array, C.2.2: one SEQ_MS(i) for each IND. delta and limit are of SEQ, 0: unlimited. */
struct sqn_window {
	unsigned ind_bits; /* 0 to 5 */
	uint64_t delta;    /* accept only SEQ - SEQ_MS <= delta */
	uint64_t limit;    /* L: accept only SEQ_MS - SEQ < L */
	uint64_t seq[SQN_SLOTS];
};
DEFINE_WIPE(sqn_window)

static inline uint64_t sqn_number(const uint8_t sqn[static 6])
{
	uint32_t high;
	uint16_t low;

	memcpy(&high, sqn, 4);
	memcpy(&low, sqn + 4, 2);
	return (uint64_t)be32toh(high) << 16 | be16toh(low);
}

void sqn_octets(uint8_t sqn[static 6], uint64_t n);

/* Defaults: 5 bits of IND, delta 2^28, no L; all slots 0. */
void sqn_window_init(struct sqn_window *w);

/* The highest SQN that the card has accepted, C.2.2: SEQ_MS | its IND. What AUTS carries. */
uint64_t sqn_window_highest(const struct sqn_window *w);

/* C.2.2: whether this SQN is in the correct range, and then it is taken. Refused with
 * `sqn-out-of-range`, and the window is as it was. */
int sqn_window_accept(struct sqn_window *w, uint64_t sqn, struct why *why)
	__attribute__((warn_unused_result));

/* Network side, C.1.1.2 (not time-based): the SQN after SQN_HE, with IND advanced modulo
 * 2^ind_bits and SEQ by one. At the end of the range: -1 and status 4. */
int sqn_next(uint64_t *sqn, uint64_t sqn_he, unsigned ind_bits, struct why *why)
	__attribute__((warn_unused_result));

/* TS 33.102 6.3.5 c: whether the SQN that would be generated next from SQN_HE would be accepted
 * by a USIM whose highest is SQN_MS; else SQN_HE is to be set to SQN_MS. Never lowers. */
uint64_t sqn_resynchronise(uint64_t sqn_he, uint64_t sqn_ms, unsigned ind_bits);

#endif
