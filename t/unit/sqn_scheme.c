/* SPDX-License-Identifier: Apache-2.0 */
/* aka/sqn_scheme: TS 33.102 C.1.1 and C.3, both edges of each inequality. */
#include "aka/sqn_scheme.h"

#include "ok.h"

#include <string.h>

#define SQN(seq, ind) ((uint64_t)(seq) << SQN_IND_BITS | (ind))

static struct sqn_scheme scheme(const char *text)
{
	struct sqn_scheme s;
	struct why why = {0};

	OK(sqn_scheme_parse(&s, text, &why) == 0);
	return s;
}

static int is_bad(const char *text)
{
	struct sqn_scheme s;
	struct why why = {0};

	return sqn_scheme_parse(&s, text, &why) == -1 && why.status == TOOL_INPUT;
}

/* The SEQ that comes after SEQ_HE at that time; the slot goes on by one. */
static uint64_t after(const struct sqn_scheme *s, uint64_t seq_he, int64_t at)
{
	struct sqn_counter c = {.he = SQN(seq_he, 31), .ind_bits = SQN_IND_BITS};
	struct why why = {0};
	uint64_t sqn;

	OK(sqn_generate(&sqn, s, &c, at, -1, &why) == 0);
	OK(c.he == sqn && (sqn & 31) == 0);
	return sqn >> SQN_IND_BITS;
}

static void test_parse(void)
{
	const struct sqn_scheme one = scheme("profile-1"), three = scheme("profile-3");
	const struct sqn_scheme own = scheme("c.1.1.1:n=10,d=100,unit=60000");

	OK(scheme(NULL).kind == SQN_COUNTED && scheme("profile-2").kind == SQN_COUNTED);
	OK(one.kind == SQN_PARTLY_TIMED && one.clock_bits == 24 && one.ahead == 65536 &&
	   one.unit_ms == 1000);
	OK(three.kind == SQN_TIMED && three.unit_ms == 100);
	OK(own.clock_bits == 10 && own.ahead == 100 && own.unit_ms == 60000);
	OK(is_bad("") && is_bad("profile-4") && is_bad("profile-1:n=10") && is_bad("c.1.1.2:n=10"));
	OK(is_bad("c.1.1.1:n=7") && is_bad("c.1.1.1:n=43") && is_bad("c.1.1.1:n=10,d=512"));
	OK(is_bad("c.1.1.1:") && is_bad("c.1.1.1:n=10,") && is_bad("c.1.1.3:n=10"));
	OK(is_bad("c.1.1.1:n=10,n=10") && is_bad("c.1.1.1:n=10,d=5,unit=10,d=6"));
	OK(!is_bad("c.1.1.1:unit=10,d=5,n=10"));
	OK(!is_bad("c.1.1.1:n=8,d=127") && !is_bad("c.1.1.1:n=42") && !is_bad("c.1.1.3:unit=1"));
	OK(is_bad("c.1.1.3:unit=0") && is_bad("c.1.1.1:n=100000000000000000000000000"));
}

/* C.1.1.1 with p = 1024 and D = 100: SEQ = SEQ1 | SEQ2. */
static void test_partly_timed(void)
{
	const struct sqn_scheme s = scheme("c.1.1.1:n=10,d=100,unit=1000");
	const uint64_t one = 1024; /* SEQ1 = 1 */

	/* (i) SEQ2 < GLC < SEQ2 + p - D + 1 */
	OK(after(&s, one + 5, 6) == one + 6 && after(&s, one + 5, 600) == one + 600);
	OK(after(&s, one + 5, 929) == one + 929);
	/* (ii) from SEQ2 + p - D + 1 on, the counter has wrapped before the clock */
	OK(after(&s, one + 5, 930) == one + 6);
	/* (ii) GLC <= SEQ2 <= GLC + D - 1 */
	OK(after(&s, one + 5, 5) == one + 6);
	OK(after(&s, one + 500, 401) == one + 501);
	/* (iii) GLC + D - 1 < SEQ2: the clock has wrapped */
	OK(after(&s, one + 500, 400) == 2 * one + 400);
	OK(after(&s, one + 1023, 0) == 2 * one && after(&s, one + 1023, 1024) == 2 * one);
	/* a batch that runs over the end of SEQ2 */
	OK(after(&s, one + 1023, 1000) == 2 * one && after(&s, 2 * one, 1000) == 2 * one + 1);
}

/* A clock that stands, goes on or back: SEQ goes up always, and never too far for a card. */
static void test_rises(const char *name)
{
	static const int64_t clock[] = {0, 0, 1, 1000, 999, 50, 86400, 40000000, 3, 4000000000, 1};
	const struct sqn_scheme s = scheme(name);
	struct sqn_counter c = {.ind_bits = SQN_IND_BITS};
	struct sqn_window card;
	struct why why = {0};

	sqn_window_init(&card);
	for (size_t i = 0; i < sizeof(clock) / sizeof(*clock); i++)
		for (int batch = 0; batch < 40; batch++) {
			const uint64_t before = c.he >> SQN_IND_BITS;
			uint64_t sqn;

			OK(sqn_generate(&sqn, &s, &c, 1700000000 + clock[i], -1, &why) == 0);
			OK(sqn >> SQN_IND_BITS > before && c.he == sqn);
			OK(sqn_window_accept(&card, sqn, &why) == 0);
		}
}

/* C.1.1.3: SEQ = GLC + DIF, and DIF moves at a resynchronisation alone. */
static void test_timed(void)
{
	const struct sqn_scheme s = scheme("profile-3");
	struct sqn_counter c = {.ind_bits = SQN_IND_BITS};
	struct why why = {0};
	uint64_t sqn, dif;

	OK(sqn_generate(&sqn, &s, &c, 1000, -1, &why) == 0 && sqn >> SQN_IND_BITS == 1);
	dif = c.dif;
	OK(c.has_dif && sqn_generate(&sqn, &s, &c, 1000, -1, &why) == 0);
	OK(sqn >> SQN_IND_BITS == 2 && c.dif == dif);
	OK(sqn_generate(&sqn, &s, &c, 1060, -1, &why) == 0 && sqn >> SQN_IND_BITS == 601);
	sqn_follow(&s, &c, SQN(5000, 3), 1060);
	OK(c.he == SQN(5000, 3) && c.dif != dif);
	OK(sqn_generate(&sqn, &s, &c, 1060, -1, &why) == 0 && sqn >> SQN_IND_BITS == 5001);
	OK(sqn_generate(&sqn, &s, &c, 1061, -1, &why) == 0 && sqn >> SQN_IND_BITS == 5010);
	dif = c.dif;
	sqn_follow(&s, &c, SQN(4000, 3), 1061); /* never down */
	OK(c.he == sqn && c.dif == dif);
}

static void test_ind(void)
{
	const struct sqn_scheme s = scheme(NULL);
	struct sqn_counter c = {.he = SQN(7, 31), .ind_bits = SQN_IND_BITS}, two = {.ind_bits = 2};
	struct why why = {0};
	uint64_t sqn;

	OK(sqn_generate(&sqn, &s, &c, 0, 12, &why) == 0 && sqn == SQN(8, 12));
	OK(sqn_generate(&sqn, &s, &c, 0, 12, &why) == 0 && sqn == SQN(9, 12));
	OK(sqn_generate(&sqn, &s, &c, 0, -1, &why) == 0 && sqn == SQN(10, 13));
	OK(sqn_generate(&sqn, &s, &two, 0, 3, &why) == 0 && sqn == (1 << 2 | 3));
	OK(sqn_generate(&sqn, &s, &two, 0, 4, &why) == -1 && why.status == TOOL_USAGE);
	OK(two.he == (1 << 2 | 3));
	c.he = SQN_MAX - 32;
	OK(sqn_generate(&sqn, &s, &c, 0, 31, &why) == 0 && sqn == SQN_MAX);
	OK(sqn_generate(&sqn, &s, &c, 0, 0, &why) == -1 && why.status == TOOL_SYS);
}

int main(void)
{
	test_parse();
	test_partly_timed();
	test_rises("profile-1");
	test_rises("profile-2");
	test_rises("profile-3");
	test_rises("c.1.1.1:n=8,d=16,unit=1");
	test_timed();
	test_ind();
	return 0;
}
