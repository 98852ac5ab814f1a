/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of requests, each about one equipment (TR 33.812 4.3.2): JSON Lines in, an outcome a line
 * out, in groups of one transaction each. A run that was cut off is taken up where it stood: what
 * was done is not done again. */
#ifndef REGISTER_LEDGER_H
#define REGISTER_LEDGER_H

#include "base/outfile.h"
#include "register/register.h"

/* Does one request, whose tre_id was checked; puts its results into answer. It may be called again
 * for the same where a transaction is done again. -1: why is the outcome, and what was changed in
 * the register is undone; ledger_say says no and keeps the changes. */
typedef int ledger_work(void *ctx, struct reg *r, const json_t *request, json_t *answer,
			struct why *why);

struct ledger {
	const char *in, *out; /* NULL: stdin, stdout */
	bool resume;          /* out is a file that grows; else as every result */
	enum outfile_mode mode;
	struct reg *r;    /* NULL: no register */
	const char *kind; /* the register remembers answers under it until they are on disk */
	int64_t at;
	ledger_work *work;
	void *ctx;
	int (*report)(const struct why *why); /* of one that is bad or refused (tool_fail) */
};

/* An outcome: {tre_id, status, reason, text} and the answer's members; status is 0, or what the
 * tool would end with for this one alone. *worst is the worst of them. -1: the whole cannot go on;
 * what was written stays valid. */
int ledger_run(const struct ledger *l, int *worst, struct why *why)
	__attribute__((warn_unused_result));

/* Puts the outcome of a failure into the answer. */
int ledger_say(json_t *answer, const struct why *outcome, struct why *why)
	__attribute__((warn_unused_result));

/* What a tool with batches has in its options. */
#define LEDGER_OPTIONS(batch, resume)                                                            \
	{"batch", 0, TOOL_TEXT, batch, "REQUESTS.jsonl", "many, a request each, in JSON Lines"}, \
	{                                                                                        \
		"resume", 0, TOOL_FLAG, resume, NULL, "what -o FILE says is done is done"        \
	}

#endif
