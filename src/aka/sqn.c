/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/sqn.h"

#include <inttypes.h>

void sqn_octets(uint8_t sqn[static 6], uint64_t n)
{
	for (int i = 5; i >= 0; i--, n >>= 8)
		sqn[i] = (uint8_t)n;
}

void sqn_window_init(struct sqn_window *w)
{
	*w = (struct sqn_window){.ind_bits = SQN_IND_BITS, .delta = SQN_DELTA};
}

static unsigned slots(unsigned ind_bits)
{
	return 1U << ind_bits;
}

static unsigned highest_slot(const struct sqn_window *w)
{
	unsigned best = 0;

	for (unsigned i = 1; i < slots(w->ind_bits); i++)
		if (w->seq[i] > w->seq[best])
			best = i;
	return best;
}

uint64_t sqn_window_highest(const struct sqn_window *w)
{
	const unsigned i = highest_slot(w);

	return w->seq[i] << w->ind_bits | i;
}

/* C.2.1, C.2.2: SEQ and SEQ_MS stay below 2^48, so their difference fits a signed 64-bit number:
 * an older SEQ in another slot gives a negative one, and not a huge one. */
int sqn_window_accept(struct sqn_window *w, uint64_t sqn, struct why *why)
{
	const uint64_t seq = sqn >> w->ind_bits;
	const unsigned ind = (unsigned)(sqn & (slots(w->ind_bits) - 1));
	const int64_t ahead = (int64_t)seq - (int64_t)w->seq[highest_slot(w)];

	if (seq <= w->seq[ind]) /* accepted only if SEQ > SEQ_MS(i) */
		return why_refuse(why, "sqn-out-of-range",
				  "SEQ %" PRIu64 " is not above %" PRIu64
				  ", the last that was taken with IND %u (TS 33.102 C.2.2)",
				  seq, w->seq[ind], ind);
	if (w->delta && ahead > (int64_t)w->delta) /* SEQ - SEQ_MS <= delta */
		return why_refuse(why, "sqn-out-of-range",
				  "SEQ %" PRIu64 " jumps ahead by more than %" PRIu64
				  " (TS 33.102 C.2.1)",
				  seq, w->delta);
	if (w->limit && -ahead >= (int64_t)w->limit) /* SEQ_MS - SEQ < L */
		return why_refuse(why, "sqn-out-of-range",
				  "SEQ %" PRIu64 " is older than the limit of %" PRIu64
				  " (TS 33.102 C.2.2)",
				  seq, w->limit);
	w->seq[ind] = seq;
	return 0;
}

int sqn_next(uint64_t *sqn, uint64_t sqn_he, unsigned ind_bits, struct why *why)
{
	const uint64_t mask = slots(ind_bits) - 1;
	const uint64_t seq = (sqn_he >> ind_bits) + 1, ind = ((sqn_he & mask) + 1) & mask;

	if (seq > SQN_MAX >> ind_bits)
		return why_sys(why, "the sequence numbers of this subscriber are used up");
	*sqn = seq << ind_bits | ind;
	return 0;
}

uint64_t sqn_resynchronise(uint64_t sqn_he, uint64_t sqn_ms, unsigned ind_bits)
{
	/* SQN_HE is in the correct range where the next SEQ lies above the card's highest */
	return sqn_he >> ind_bits >= sqn_ms >> ind_bits ? sqn_he : sqn_ms;
}
