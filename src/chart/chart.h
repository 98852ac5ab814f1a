/* SPDX-License-Identifier: Apache-2.0 */
/* Traces (m2m-files(5)) into sequence charts. */
#ifndef CHART_CHART_H
#define CHART_CHART_H

#include "base/json.h"

#define CHART_PARTIES 16
#define CHART_WIDTH 100

struct chart {
	char party[CHART_PARTIES][24]; /* in the order of their first message */
	size_t parties;
	json_t *messages; /* array of trace records, owned */
	size_t first;     /* how many messages of the run stand before them */
};
void chart_free(struct chart *c);

/* A member of a trace record, borrowed; "" where there is none. */
const char *chart_member(const json_t *o, const char *field);

/* Why the message was refused, a plain word, for that goes between the quotes of a chart's
 * language; "?" where it is none. NULL: it was not refused. */
const char *chart_refusal(const json_t *o);

/* Reads a trace; every record is checked (status 3). */
int chart_load(struct chart *c, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* The procedure that begins with that message, a plain word, where the trace has several; else
 * "". */
const char *chart_part(const struct chart *c, size_t number);

int chart_text(struct buf *out, const struct chart *c, struct why *why)
	__attribute__((warn_unused_result));
int chart_mermaid(struct buf *out, const struct chart *c, struct why *why)
	__attribute__((warn_unused_result));
/* Messages and octets from each party to each other, JSON Lines. */
int chart_count(struct buf *out, const struct chart *c, struct why *why)
	__attribute__((warn_unused_result));

#endif
