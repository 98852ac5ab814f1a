/* SPDX-License-Identifier: Apache-2.0 */
/* How much a procedure costs on each interface: TR 33.812 4.3.2. */
#include "chart/render.h"

#include <string.h>

enum interface { AIR, OPERATORS, PVA, OWNER, SUPPLY, INTERNAL, INTERFACES };
static const char *const names[INTERFACES] = {"air",   "inter-operator", "pva",
					      "owner", "supply",         "internal"};

struct sum {
	json_int_t messages, bytes, round_trips;
	const char *asker, *asked; /* of a message that nobody has answered yet */
};

static enum interface interface_of(const json_t *o)
{
	static const struct {
		const char *party;
		enum interface is;
	} rules[] = {{"owner", OWNER}, {"es", SUPPLY}, {"m2me", AIR}, {"pva", PVA}};
	const char *from = chart_member(o, "from"), *to = chart_member(o, "to");

	if (strcmp(from, to) == 0)
		return INTERNAL;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strcmp(from, rules[i].party) == 0 || strcmp(to, rules[i].party) == 0)
			return rules[i].is;
	return OPERATORS;
}

/* A round trip: a message, and the next one of the same interface comes back between the two. */
static void add(struct sum *s, const json_t *o)
{
	const char *from = chart_member(o, "from"), *to = chart_member(o, "to");

	s->messages++;
	s->bytes += json_integer_value(json_object_get(o, "bytes"));
	if (s->asker && strcmp(s->asker, to) == 0 && strcmp(s->asked, from) == 0) {
		s->round_trips++;
		s->asker = NULL;
		return;
	}
	s->asker = from;
	s->asked = to;
}

static int put(struct buf *out, const char *procedure, const struct sum sums[], struct why *why)
{
	for (size_t i = 0; i < INTERFACES; i++) {
		AUTO(json_t) *line = NULL;

		if (!sums[i].messages)
			continue;
		line = json_pack("{s:s, s:s, s:I, s:I, s:I}", "procedure", procedure, "interface",
				 names[i], "messages", sums[i].messages, "round_trips",
				 sums[i].round_trips, "bytes", sums[i].bytes);
		if (!line || json_append_line(out, line, why))
			return -1;
	}
	return 0;
}

static const char *procedure_of(const struct chart *c, size_t i)
{
	return chart_member(json_array_get(c->messages, i), "procedure");
}

int chart_interfaces(struct buf *out, const struct chart *c, struct why *why)
{
	const size_t n = json_array_size(c->messages);

	/* procedures in the order of their first message */
	for (size_t first = 0; first < n; first++) {
		const char *procedure = procedure_of(c, first);
		struct sum sums[INTERFACES] = {{0}};
		size_t i = 0;

		while (strcmp(procedure_of(c, i), procedure) != 0)
			i++;
		if (i < first)
			continue;
		for (; i < n; i++)
			if (strcmp(procedure_of(c, i), procedure) == 0) {
				const json_t *o = json_array_get(c->messages, i);

				add(&sums[interface_of(o)], o);
			}
		if (put(out, procedure, sums, why))
			return -1;
	}
	return 0;
}
