/* SPDX-License-Identifier: Apache-2.0 */
/* What milenage(1) and tuak(1) do once their options are read. */
#ifndef AKA_AKA_RUN_H
#define AKA_AKA_RUN_H

#include "aka/aka_act.h"

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

/* Reads what was given, and the act of the operand (NULL: all). Status 2. */
int aka_settle(struct aka_request *q, const char *act, struct why *why)
	__attribute__((warn_unused_result));

/* Whether any field came from the command line. */
bool aka_is_lab(const struct aka_request *q);

/* One record, or a stream of them; the exit status. Messages are printed. */
int aka_run(struct aka_request *q);

#endif
