/* SPDX-License-Identifier: Apache-2.0 */
/* aka/sqn: TS 33.102 Annex C, both edges of each inequality. */
#include "aka/sqn.h"

#include "ok.h"

#include <string.h>

#define SQN(seq, ind) ((uint64_t)(seq) << SQN_IND_BITS | (ind))

static int takes(struct sqn_window *w, uint64_t seq, unsigned ind)
{
	struct why why = {0};
	const struct sqn_window before = *w;

	if (sqn_window_accept(w, SQN(seq, ind), &why) == 0) {
		OK(w->seq[ind] == seq);
		return 1;
	}
	OK(why.status == TOOL_NO && strcmp(why.reason, "sqn-out-of-range") == 0);
	OK(memcmp(w, &before, sizeof(before)) == 0);
	return 0;
}

/* C.2.2: accepted only if SEQ > SEQ_MS(i), each slot for itself. */
static void test_slots(void)
{
	struct sqn_window w;

	sqn_window_init(&w);
	OK(!takes(&w, 0, 0) && takes(&w, 1, 0) && !takes(&w, 1, 0) && takes(&w, 2, 0));
	OK(takes(&w, 64, 5));
	OK(sqn_window_highest(&w) == SQN(64, 5));
	/* older than the highest, and good in a slot of its own: the comparison is signed */
	OK(takes(&w, 33, 1) && takes(&w, 33, 31) && !takes(&w, 33, 31) && !takes(&w, 32, 31));
	OK(sqn_window_highest(&w) == SQN(64, 5));
	OK(!takes(&w, 64, 5) && takes(&w, 65, 5));
	for (unsigned i = 0; i < SQN_SLOTS; i++)
		OK(takes(&w, 100 + i, i));
}

/* C.2.1: SEQ - SEQ_MS <= delta. */
static void test_delta(void)
{
	struct sqn_window w;

	sqn_window_init(&w);
	OK(!takes(&w, SQN_DELTA + 1, 0) && takes(&w, SQN_DELTA, 0));
	/* from the highest of all, and not from the slot's own */
	OK(takes(&w, 2 * SQN_DELTA, 7) && !takes(&w, 3 * SQN_DELTA + 1, 9));
	OK(takes(&w, 3 * SQN_DELTA, 9));
	w.delta = 0;
	OK(takes(&w, SQN_MAX >> SQN_IND_BITS, 31));
	OK(!takes(&w, SQN_MAX >> SQN_IND_BITS, 31));
}

/* C.2.2: SEQ_MS - SEQ < L. */
static void test_limit(void)
{
	struct sqn_window w;

	sqn_window_init(&w);
	w.limit = 32;
	OK(takes(&w, 1000, 0));
	OK(!takes(&w, 968, 1) && takes(&w, 969, 1));
	w.limit = 1;
	OK(!takes(&w, 999, 2) && takes(&w, 1000, 2));
}

/* No slots but one: IND of no bits. */
static void test_no_ind(void)
{
	struct sqn_window w;
	struct why why = {0};

	sqn_window_init(&w);
	w.ind_bits = 0;
	OK(sqn_window_accept(&w, 1, &why) == 0 && sqn_window_accept(&w, 1, &why) != 0);
	OK(sqn_window_accept(&w, 2, &why) == 0 && sqn_window_highest(&w) == 2);
}

/* C.1.1.2: SEQ goes up by one, IND round and round, to the end of the range. */
static void test_next(void)
{
	struct why why = {0};
	uint64_t sqn = 0;

	for (unsigned i = 1; i <= 100; i++) {
		OK(sqn_next(&sqn, sqn, SQN_IND_BITS, &why) == 0);
		OK(sqn >> SQN_IND_BITS == i && (sqn & 31) == i % 32);
	}
	OK(sqn_next(&sqn, SQN((SQN_MAX >> SQN_IND_BITS) - 1, 31), SQN_IND_BITS, &why) == 0);
	OK(sqn == SQN(SQN_MAX >> SQN_IND_BITS, 0));
	OK(sqn_next(&sqn, sqn, SQN_IND_BITS, &why) == -1 && why.status == TOOL_SYS);
	OK(sqn_next(&sqn, SQN_MAX - 1, 0, &why) == 0 && sqn == SQN_MAX);
	OK(sqn_next(&sqn, SQN_MAX, 0, &why) == -1);
}

/* 6.3.5: SQN_HE becomes SQN_MS where the next SQN would not be taken, and is never lowered. */
static void test_resynchronise(void)
{
	OK(sqn_resynchronise(SQN(5, 5), SQN(9, 9), SQN_IND_BITS) == SQN(9, 9));
	OK(sqn_resynchronise(SQN(9, 1), SQN(9, 9), SQN_IND_BITS) == SQN(9, 1));
	OK(sqn_resynchronise(SQN(8, 31), SQN(9, 0), SQN_IND_BITS) == SQN(9, 0));
	OK(sqn_resynchronise(SQN(10, 0), SQN(9, 9), SQN_IND_BITS) == SQN(10, 0));
}

static void test_octets(void)
{
	static const uint8_t octets[6] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc};
	uint8_t back[6];

	OK(sqn_number(octets) == UINT64_C(0x123456789abc));
	sqn_octets(back, UINT64_C(0x123456789abc));
	OK(memcmp(back, octets, sizeof(octets)) == 0);
}

int main(void)
{
	test_octets();
	test_slots();
	test_delta();
	test_limit();
	test_no_ind();
	test_next();
	test_resynchronise();
	return 0;
}
