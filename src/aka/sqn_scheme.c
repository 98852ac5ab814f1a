/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/sqn_scheme.h"

#include "base/num.h"

#include <stdio.h>
#include <string.h>

#define SEQ_BITS (SQN_BITS - SQN_IND_BITS)

/* C.3.1: a clock of 1 s and 24 bits, D = 2^16. C.3.3: a clock of 0.1 s. */
static const struct sqn_scheme partly_timed = {SQN_PARTLY_TIMED, 24, UINT64_C(1) << 16, 1000};
static const struct sqn_scheme counted = {.kind = SQN_COUNTED};
static const struct sqn_scheme timed = {SQN_TIMED, SEQ_BITS, 0, 100};

static const struct {
	const char *name;
	const struct sqn_scheme *scheme;
} names[] = {{"profile-1", &partly_timed}, {"profile-2", &counted}, {"profile-3", &timed},
	     {"c.1.1.1", &partly_timed},   {"c.1.1.2", &counted},   {"c.1.1.3", &timed}};

/* One of n=, d=, unit=: which a scheme may have that it has by default. */
static int parse_parameter(struct sqn_scheme *s, const char *word, struct why *why)
{
	uint64_t n;

	if (s->kind == SQN_PARTLY_TIMED && strncmp(word, "n=", 2) == 0) {
		if (num_parse(&n, word + 2, 8, SEQ_BITS - 1, "sqn_scheme: n", why))
			return -1;
		s->clock_bits = (unsigned)n;
		return 0;
	}
	if (s->kind == SQN_PARTLY_TIMED && strncmp(word, "d=", 2) == 0)
		return num_parse(&s->ahead, word + 2, 1, UINT64_C(1) << 40, "sqn_scheme: d", why);
	if (s->kind != SQN_COUNTED && strncmp(word, "unit=", 5) == 0)
		return num_parse(&s->unit_ms, word + 5, 1, 3600000, "sqn_scheme: unit", why);
	return why_input(why, "sqn_scheme: '%.20s' is no parameter of it (TS 33.102 C.1.1)", word);
}

static int parse_parameters(struct sqn_scheme *s, const char *text, struct why *why)
{
	char word[24], came[8] = "";

	for (;;) {
		const size_t len = strcspn(text, ",");

		if (len >= sizeof(word))
			return why_input(why, "sqn_scheme: a parameter is too long");
		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (parse_parameter(s, word, why))
			return -1;
		if (strchr(came, *word)) /* n, d, unit */
			return why_input(why, "sqn_scheme: a parameter is given twice");
		came[strlen(came)] = *word;
		if (!text[len])
			break;
		text += len + 1;
	}
	if (s->ahead >= UINT64_C(1) << (s->clock_bits - 1))
		return why_input(why, "sqn_scheme: want d well below 2^n (TS 33.102 C.1.1.1)");
	return 0;
}

int sqn_scheme_parse(struct sqn_scheme *s, const char *text, struct why *why)
{
	size_t len;

	if (!text)
		text = "profile-2";
	len = strcspn(text, ":");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strlen(names[i].name) != len || strncmp(names[i].name, text, len) != 0)
			continue;
		*s = *names[i].scheme;
		if (!text[len])
			return 0;
		if (*text == 'c') /* a profile is what it is */
			return parse_parameters(s, text + len + 1, why);
	}
	return why_input(why,
			 "sqn_scheme: want profile-1 to profile-3, or c.1.1.1 to c.1.1.3 with "
			 "parameters (TS 33.102 C.1.1, C.3), got %s",
			 WHY_GOT(text));
}

/* GLC: the clock modulo p = 2^n. */
static uint64_t clock_now(const struct sqn_scheme *s, int64_t at)
{
	const uint64_t mask = (UINT64_C(1) << s->clock_bits) - 1;

	return (at < 0 ? 0 : (uint64_t)at * 1000 / s->unit_ms) & mask;
}

/* C.1.1.1: the three cases for SEQ_HE = SEQ1 | SEQ2. */
static uint64_t partly_timed_next(const struct sqn_scheme *s, uint64_t seq_he, uint64_t glc)
{
	const uint64_t p = UINT64_C(1) << s->clock_bits, d = s->ahead;
	const uint64_t seq1 = seq_he & ~(p - 1), seq2 = seq_he & (p - 1);

	if (seq2 < glc && glc < seq2 + p - d + 1) /* (i) the clock has moved on */
		return seq1 | glc;
	if (glc + d - 1 < seq2) /* (iii) the clock has wrapped round */
		return (seq1 + p) | glc;
	return seq_he + 1; /* (ii) the clock stands, or vectors were made faster than it goes */
}

/* C.1.1.3, within (seq_he, seq_he + delta / 2]. A fresh subscriber starts where SEQ_HE is. */
static uint64_t timed_next(const struct sqn_scheme *s, struct sqn_counter *c, uint64_t seq_he,
			   uint64_t glc)
{
	const uint64_t mask = (UINT64_C(1) << s->clock_bits) - 1;
	uint64_t seq;

	if (!c->has_dif) {
		c->has_dif = true;
		c->dif = (seq_he + 1 - glc) & mask;
	}
	seq = (glc + c->dif) & mask;
	if (seq <= seq_he)
		return seq_he + 1;
	return seq - seq_he > SQN_DELTA / 2 ? seq_he + SQN_DELTA / 2 : seq;
}

int sqn_generate(uint64_t *sqn, const struct sqn_scheme *s, struct sqn_counter *c, int64_t at,
		 int ind, struct why *why)
{
	const uint64_t slots = UINT64_C(1) << c->ind_bits, seq_he = c->he >> c->ind_bits;
	const uint64_t slot = ind < 0 ? (c->he + 1) & (slots - 1) : (uint64_t)ind;
	uint64_t seq = seq_he + 1;

	if (slot >= slots)
		return why_usage(why, "--ind: this subscriber has slots 0 to %u (TS 33.102 C.1.2)",
				 (unsigned)slots - 1);
	if (s->kind == SQN_PARTLY_TIMED)
		seq = partly_timed_next(s, seq_he, clock_now(s, at));
	else if (s->kind == SQN_TIMED)
		seq = timed_next(s, c, seq_he, clock_now(s, at));
	if (seq > SQN_MAX >> c->ind_bits)
		return why_sys(why, "the sequence numbers of this subscriber are used up");
	*sqn = c->he = seq << c->ind_bits | slot;
	return 0;
}

void sqn_follow(const struct sqn_scheme *s, struct sqn_counter *c, uint64_t sqn_ms, int64_t at)
{
	const uint64_t he = sqn_resynchronise(c->he, sqn_ms, c->ind_bits);

	if (s->kind == SQN_TIMED && he != c->he) {
		c->has_dif = true;
		c->dif = ((he >> c->ind_bits) - clock_now(s, at)) &
			 ((UINT64_C(1) << s->clock_bits) - 1);
	}
	c->he = he;
}
