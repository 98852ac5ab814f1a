/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_run.h"

#include "aka/aka_cells.h"
#include "aka/aka_json.h"
#include "aka/sqn_file.h"
#include "base/num.h"
#include "base/stream.h"
#include "base/tool.h"
#include "pcid/plmn.h"

#include <stdlib.h>
#include <string.h>

static bool is_lab(const struct aka_request *q)
{
	for (unsigned f = 0; f < AKA_FIELDS; f++)
		if (q->lab[f])
			return true;
	return false;
}

static int take_numbers(struct aka_request *q, struct why *why)
{
	uint64_t bits = SQN_IND_BITS, jobs = 0;

	if ((q->given.ind_bits &&
	     num_parse(&bits, q->given.ind_bits, 0, SQN_IND_BITS, "--ind-bits", why)) ||
	    (q->given.delta &&
	     num_parse(&q->o.window.delta, q->given.delta, 0, SQN_MAX, "--delta", why)) ||
	    (q->given.limit &&
	     num_parse(&q->o.window.limit, q->given.limit, 0, SQN_MAX, "--limit", why)) ||
	    (q->given.jobs && num_parse(&jobs, q->given.jobs, 1, 256, "--jobs", why)))
		return -1;
	q->o.window.ind_bits = (unsigned)bits;
	q->jobs = (unsigned)jobs;
	return 0;
}

int aka_settle(struct aka_request *q, const char *act, struct why *why)
{
	struct plmn plmn;

	if ((act && aka_act_parse(&q->act, act, why)) || take_numbers(q, why) ||
	    (q->given.eps && plmn_parse(&plmn, q->given.eps, "--eps", why)) ||
	    (q->o.snn && kdf_snn_check(q->o.snn, why)))
		return -1;
	if (q->given.eps)
		plmn_encode(q->o.plmn, &plmn);
	q->o.has_plmn = q->given.eps;
	q->form = q->given.csv ? RECORD_CSV : q->given.tsv ? RECORD_TSV : RECORD_JSONL;
	if (q->given.csv && q->given.tsv)
		return why_usage(why, "either --csv or --tsv");
	if (q->given.eps && q->o.snn)
		return why_usage(why, "either --eps or --5g");
	if (is_lab(q) && (q->given.csv || q->given.tsv || q->in))
		return why_usage(why, "records come without lab options");
	if (q->window && !is_lab(q))
		return why_usage(why, "--window goes with one record");
	return 0;
}

/* ---- one record ---- */

static int read_lab(struct aka_input *in, const struct aka_request *q, struct why *why)
{
	for (unsigned f = 0; f < AKA_FIELDS; f++)
		if (q->lab[f] &&
		    aka_input_set(in, &q->o, (enum aka_field)f, q->lab[f], strlen(q->lab[f]), why))
			return -1;
	return 0;
}

/* The array moves on durably before the answer is told. */
static int act_once(struct aka_session *s, struct aka_request *q, const struct aka_input *in,
		    struct aka_result *r, struct why *why)
{
	q->o.has_window = q->window;
	if ((q->window && sqn_file_load(&q->o.window, q->window, why)) ||
	    aka_do(s, &q->o, q->act, in, r, why))
		return -1;
	return q->window ? sqn_file_save(&q->o.window, q->window, why) : 0;
}

static int run_lab(struct aka_request *q)
{
	AKA_SESSION(s);
	SECRET(aka_input) in = {0};
	SECRET(aka_result) r = {0};
	struct why why = {0}, late = {0};
	const int rc = read_lab(&in, q, &why) || act_once(&s, q, &in, &r, &why) ? -1 : 0;
	struct aka_columns columns;
	BUF(out);

	/* of a refusal AUTS alone is told */
	if (rc && !(why.status == TOOL_NO && r.items))
		return tool_fail(&why);
	aka_columns_init(&columns, &q->o, q->act, true);
	if (aka_result_write(&out, RECORD_JSONL, &columns, &r, &late) ||
	    outfile_put(q->out, OUTFILE_SECRET, out.bytes, out.len, &late))
		return tool_fail(&late);
	return rc ? tool_fail(&why) : TOOL_OK;
}

/* ---- a stream ---- */

struct shared {
	const struct aka_request *q;
	struct aka_header header;
	struct aka_columns columns;
	struct buf prefix; /* the header line of what comes out */
};

/* A thread's own. */
struct worker {
	const struct shared *shared;
	struct aka_options o;
	struct aka_session session;
	struct aka_input in;
	struct aka_shape shape;
	struct aka_result result;
};

static int take_header(void *shared, char *line, size_t len, struct why *why)
{
	struct shared *s = shared;
	const struct aka_request *q = s->q;

	if (aka_header_read(&s->header, &q->o, line, len, why))
		return -1;
	aka_columns_init(&s->columns, &q->o, q->act, s->header.has >> AKA_SQN & 1);
	return record_header(&s->prefix, q->form, s->columns.name, why);
}

static void *start(void *shared, struct why *why)
{
	const struct shared *s = shared;
	struct worker *w = calloc(1, sizeof(*w));

	if (!w) {
		why_sys(why, "out of memory");
		return NULL;
	}
	w->shared = s;
	w->o = s->q->o;
	return w;
}

static void end(void *state)
{
	struct worker *w = state;

	aka_session_free(&w->session);
	OPENSSL_cleanse(w, sizeof(*w));
	free(w);
}

static int do_line(void *state, char *line, size_t len, struct buf *out, struct why *why)
{
	struct worker *w = state;
	const struct shared *s = w->shared;
	const enum record_form form = s->q->form;
	int rc;

	w->result.items = 0;
	if (form == RECORD_JSONL ? aka_json_read(&w->in, &w->shape, &w->o, line, len, why)
				 : aka_cells_read(&w->in, &w->o, &s->header, line, len, why))
		return -1;
	rc = aka_do(&w->session, &w->o, s->q->act, &w->in, &w->result, why);
	if (rc && !(why->status == TOOL_NO && w->result.items))
		return -1;
	/* of a refusal why is kept: what fails here is memory */
	return aka_result_write(out, form, &s->columns, &w->result, rc ? NULL : why) ? -1 : rc;
}

static int write_stream(struct shared *shared, struct outfile *file, int *worst, struct why *why)
{
	const struct aka_request *q = shared->q;
	const struct stream s = {.in = q->in,
				 .out = file,
				 .prefix = &shared->prefix,
				 .jobs = q->jobs,
				 .header = q->form == RECORD_JSONL ? NULL : take_header,
				 .start = start,
				 .end = end,
				 .line = do_line,
				 .shared = shared};
	bool results;

	if (stream_run(&s, worst, &results, why))
		return -1;
	if (!results && *worst != TOOL_OK)
		return 0;
	if (!results && outfile_write(file, shared->prefix.bytes, shared->prefix.len, why))
		return -1;
	return outfile_close(file, why);
}

static int run_stream(const struct aka_request *q, int *worst, struct why *why)
{
	struct shared shared = {.q = q, .header = {.form = q->form}};
	OUTFILE(file);
	int rc;

	aka_columns_init(&shared.columns, &q->o, q->act, true);
	if (outfile_open(&file, q->out, OUTFILE_SECRET, why))
		return -1;
	rc = write_stream(&shared, &file, worst, why);
	buf_free(&shared.prefix);
	return rc;
}

int aka_run(struct aka_request *q)
{
	struct why why = {0};
	int worst = TOOL_OK;

	if (is_lab(q))
		return run_lab(q);
	return run_stream(q, &worst, &why) ? tool_fail(&why) : worst;
}
