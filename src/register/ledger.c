/* SPDX-License-Identifier: Apache-2.0 */
#include "register/ledger.h"

#include "base/hex.h"
#include "base/ossl.h"
#include "base/party.h"
#include "base/record.h"
#include "base/slurp.h"
#include "register/ledger_file.h"

#include <string.h>

#define GROUP 100
#define ANSWER_KEPT (30 * 24 * 3600)

struct request {
	json_t *o, *answer;
	const char *tre_id; /* of o */
	size_t line;
	char id[65]; /* SHA-256 of the request */
};

struct run {
	const struct ledger *l;
	struct ledger_file file;
	struct request request[GROUP];
	size_t n;
	char done[2 * GROUP][65]; /* their answers are on disk, and need not be kept */
	size_t done_n;
	int *worst;
};

static bool remembers(const struct run *run)
{
	return run->l->r && run->l->kind && run->l->resume;
}

/* ---- one ---- */

int ledger_say(json_t *answer, const struct why *outcome, struct why *why)
{
	return json_put_number(answer, "status", (uint64_t)outcome->status, why) ||
			       (*outcome->reason &&
				json_put_text(answer, "reason", outcome->reason, why)) ||
			       json_put_text(answer, "text", outcome->text, why)
		       ? -1
		       : 0;
}

static int work(const struct run *run, struct request *q, struct why *why)
{
	const struct ledger *l = run->l;
	struct why own = {0};

	if (l->r && reg_mark(l->r, why))
		return -1;
	if (l->work(l->ctx, l->r, q->o, q->answer, &own) == 0)
		return l->r ? reg_keep(l->r, why) : 0;
	if (own.status == TOOL_SYS || own.status == TOOL_BUSY) {
		*why = own;
		return -1;
	}
	json_object_clear(q->answer);
	return json_put_text(q->answer, "tre_id", q->tre_id, why) ||
			       ledger_say(q->answer, &own, why) || (l->r && reg_undo(l->r, why))
		       ? -1
		       : 0;
}

static int do_one(const struct run *run, struct request *q, struct why *why)
{
	const struct ledger *l = run->l;
	int known = 0;

	json_decref(q->answer);
	q->answer = NULL;
	if (remembers(run) && (known = reg_recall(l->r, l->kind, q->id, &q->answer, why)) < 0)
		return -1;
	if (known)
		return 0;
	q->answer = json_object();
	if (json_put_text(q->answer, "tre_id", q->tre_id, why) ||
	    json_put_number(q->answer, "status", 0, why) || work(run, q, why))
		return -1;
	return remembers(run) ? reg_offer(l->r, l->kind, q->id, q->tre_id, q->answer,
					  l->at + ANSWER_KEPT, why)
			      : 0;
}

/* ---- a group ---- */

static int do_group(struct reg *r, void *ctx, struct why *why)
{
	struct run *run = ctx;

	for (size_t i = 0; i < run->done_n; i++)
		if (reg_drop(r, run->l->kind, run->done[i], why))
			return -1;
	for (size_t i = 0; i < run->n; i++)
		if (do_one(run, &run->request[i], why))
			return -1;
	return 0;
}

static void report(struct run *run, const struct request *q)
{
	const char *text = json_string_value(json_object_get(q->answer, "text"));
	const char *reason = json_string_value(json_object_get(q->answer, "reason"));
	struct why why = {.status = (int)json_integer_value(json_object_get(q->answer, "status"))};

	if (why.status == TOOL_OK)
		return;
	snprintf(why.reason, sizeof(why.reason), "%s", reason ? reason : "");
	snprintf(why.text, sizeof(why.text), "%s", text ? text : "");
	why_in(&why, "%s:%zu", slurp_name(run->l->in), q->line);
	if (run->l->report(&why) > *run->worst)
		*run->worst = why.status;
}

static void drop_requests(struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		json_decref(run->request[i].o);
		json_decref(run->request[i].answer);
	}
	run->n = 0;
}

/* The register first, and then the file: what is in the file counts as done. */
static int flush(struct run *run, struct why *why)
{
	BUF(lines);

	if (run->l->r ? (run->n || run->done_n) && reg_transact(run->l->r, do_group, run, why)
		      : do_group(NULL, run, why))
		return -1;
	run->done_n = 0;
	for (size_t i = 0; i < run->n; i++) {
		report(run, &run->request[i]);
		if (json_append_line(&lines, run->request[i].answer, why))
			return -1;
		if (remembers(run))
			memcpy(run->done[run->done_n++], run->request[i].id, 65);
	}
	drop_requests(run);
	return lines.len ? ledger_file_write(&run->file, &lines, why) : 0;
}

/* ---- all ---- */

static int identify(const struct run *run, struct request *q, struct why *why)
{
	uint8_t md[32];
	BUF(text);

	q->tre_id = json_text(q->o, "tre_id", why);
	if (!q->tre_id || tre_id_check(q->tre_id, "tre_id", why))
		return -1;
	if (!remembers(run))
		return 0;
	if (json_append(&text, q->o, why) || ossl_sha256(md, text.bytes, text.len, why))
		return -1;
	hex_encode(q->id, md, 32);
	return 0;
}

/* 1: it waits in the group; 0: it was done before; -1. */
static int take(struct run *run, struct record_reader *in, json_t *o, struct why *why)
{
	struct request *q = &run->request[run->n];

	*q = (struct request){.o = o, .line = record_line(in)};
	if (identify(run, q, why))
		return record_why(in, why);
	switch (ledger_file_knows(&run->file, q->tre_id, why)) {
	case LEDGER_NEW: run->n++; return 1;
	case LEDGER_DONE: /* a run may have been cut off before it forgot the answer */
		if (remembers(run))
			memcpy(run->done[run->done_n++], q->id, 65);
		return 0;
	case LEDGER_TWICE: why_input(why, "%s stands twice", q->tre_id); return record_why(in, why);
	default: return -1;
	}
}

static int read_all(struct run *run, struct record_reader *in, struct why *why)
{
	int got = 1;

	while (got) {
		AUTO(json_t) *o = NULL;
		struct why own = {0};
		int taken = 0;

		got = record_next(in, &o, &own);
		if (got == 1)
			taken = take(run, in, o, &own);
		if (taken == 1)
			o = NULL; /* the group's */
		if (got < 0 || taken < 0) {
			if (own.status == TOOL_SYS) {
				*why = own;
				return -1;
			}
			if (run->l->report(&own) > *run->worst)
				*run->worst = own.status;
		}
		if ((run->n == GROUP || run->done_n >= GROUP) && flush(run, why))
			return -1;
	}
	/* once for the last group, and once to forget its answers */
	for (int i = 0; i < 2; i++)
		if (flush(run, why))
			return -1;
	return 0;
}

int ledger_run(const struct ledger *l, int *worst, struct why *why)
{
	AUTO(RECORD_READER) *in = record_open(l->in, RECORD_JSONL, why);
	struct run *run = calloc(1, sizeof(*run));
	int rc = -1;

	if (!run)
		return why_sys(why, "out of memory");
	run->l = l;
	run->worst = worst;
	if (in && ledger_file_open(&run->file, l->out, l->mode, l->resume, why) == 0) {
		rc = read_all(run, in, why);
		if (rc == 0)
			rc = ledger_file_close(&run->file, why);
	}
	drop_requests(run);
	ledger_file_free(&run->file);
	free(run);
	return rc;
}
