/* SPDX-License-Identifier: Apache-2.0 */
/* What milenage(1) and tuak(1) do once their options are read. */
#ifndef AKA_AKA_RUN_H
#define AKA_AKA_RUN_H

#include "aka/aka_act.h"
#include "base/tool.h"

struct aka_request {
	struct aka_options o;
	enum aka_act act;
	const char *lab[AKA_FIELDS]; /* one record's fields from the command line, or NULL */
	const char *window;          /* usim: file of the card's SQN array, or NULL */
	enum record_form form;
	unsigned jobs;
	const char *in, *out;
	struct { /* options as they were given; NULL: not */
		const char *ind_bits, *delta, *limit, *jobs, *eps;
		bool csv, tsv;
	} given;
};

/* Rows of the table of options, the same for both; q is a struct aka_request. */
// clang-format off
#define AKA_CHALLENGE_OPTIONS(q) \
	{"rand", 0, TOOL_TEXT, &(q).lab[AKA_RAND], "R", "RAND, 32 hex digits"}, \
	{"sqn", 0, TOOL_TEXT, &(q).lab[AKA_SQN], "S", \
	 "SQN, 12 hex digits; usim: the highest that was accepted; resync: SQN_HE"}, \
	{"amf", 0, TOOL_TEXT, &(q).lab[AKA_AMF], "A", "AMF, 4 hex digits (8000)"}
#define AKA_WINDOW_OPTIONS(q) \
	{"window", 0, TOOL_TEXT, &(q).window, "FILE", "usim: the card's SQN array, kept in a file"}, \
	{"ind-bits", 0, TOOL_TEXT, &(q).given.ind_bits, "N", \
	 "usim, resync: length of IND, 0 to 5 (5)"}, \
	{"delta", 0, TOOL_TEXT, &(q).given.delta, "N", \
	 "usim: how far SEQ may jump; 0: any (268435456)"}, \
	{"limit", 0, TOOL_TEXT, &(q).given.limit, "N", \
	 "usim: L, the age that SEQ may have; 0: any (0)"}
#define AKA_STREAM_OPTIONS(q) \
	{"eps", 0, TOOL_TEXT, &(q).given.eps, "MCC-MNC", "av: K_ASME for this network (TS 33.401)"}, \
	{"5g", 0, TOOL_TEXT, &(q).o.snn, "SNN", \
	 "av: RES* and K_AUSF for this serving network name (TS 33.501); usim: RES*"}, \
	{"csv", 0, TOOL_FLAG, &(q).given.csv, NULL, "records in and out as CSV with a header line"}, \
	{"tsv", 0, TOOL_FLAG, &(q).given.tsv, NULL, "the same with tabs"}, \
	{"jobs", 0, TOOL_TEXT, &(q).given.jobs, "N", "threads (the cores); results keep their order"}, \
	{"input", 'i', TOOL_TEXT, &(q).in, "FILE", "read this instead of stdin"}, \
	{"output", 'o', TOOL_TEXT, &(q).out, "FILE", "write this instead of stdout"}
// clang-format on

/* Reads what was given, and the act of the operand (NULL: all). Status 2. */
int aka_settle(struct aka_request *q, const char *act, struct why *why)
	__attribute__((warn_unused_result));

/* One record, or a stream of them; the exit status. Messages are printed. */
int aka_run(struct aka_request *q);

#endif
