/* SPDX-License-Identifier: Apache-2.0 */
/* milenage(1): f1 to f5*, vectors, the card's side and resynchronisation (TS 35.206, TS 33.102). */
#include "aka/aka_record.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/tool.h"

#include <string.h>

static const struct tool tool = {
	"milenage",
	"milenage [all|av|usim|resync|opc] [--k K] [--op OP|--opc OPC] [--rand R] [--sqn S] [--amf "
	"A] [--autn A] "
	"[--auts A] [-o FILE]\n"
	"milenage all|av|usim|resync|opc [--csv|--tsv] [--jobs N] [-i FILE] [-o FILE]",
	"Milenage and AKA: vectors on the network's side, answers on the card's."};

static struct {
	const char *k, *op, *opc, *rand, *sqn, *amf, *autn, *auts, *jobs, *in, *out;
	bool csv, tsv;
} o;

static int lab(enum aka_act act, struct why *why)
{
	const char *const fields[][2] = {{"k", o.k},       {"op", o.op},    {"opc", o.opc},
					 {"rand", o.rand}, {"sqn", o.sqn},  {"amf", o.amf},
					 {"autn", o.autn}, {"auts", o.auts}};
	AUTO(json_t) *record = json_object();
	AUTO(json_t) *result = NULL;
	struct why late = {0};
	int rc;
	BUF(out);

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i][1] && json_put_text(record, fields[i][0], fields[i][1], why))
			return -1;
	rc = aka_record(&result, act, record, why);
	if (result && (json_append_line(&out, result, &late) ||
		       outfile_put(o.out, OUTFILE_SECRET, out.bytes, out.len, &late))) {
		*why = late;
		return -1;
	}
	return rc;
}

/* One bad record does not stop the rest; the status is that of the worst. */
static int stream(enum aka_act act)
{
	const enum record_form form = o.csv ? RECORD_CSV : o.tsv ? RECORD_TSV : RECORD_JSONL;
	struct why why = {0};
	AUTO(RECORD_READER) *in = record_open(o.in, form, &why);
	int worst = TOOL_OK, got;
	size_t header;
	BUF(out);

	if (!in || record_header(&out, form, aka_columns(act), &why))
		return tool_fail(&why);
	header = out.len;
	do {
		AUTO(json_t) *record = NULL;
		AUTO(json_t) *result = NULL;

		got = record_next(in, &record, &why);
		if (got == 1 && aka_record(&result, act, record, &why))
			got = record_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
		if (result && record_append(&out, form, aka_columns(act), result, &why))
			return tool_fail(&why);
	} while (got && why.status != TOOL_SYS);
	if (worst != TOOL_OK && out.len == header)
		return worst;
	return outfile_put(o.out, OUTFILE_SECRET, buf_text(&out), out.len, &why) ? tool_fail(&why)
										 : worst;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"k", 0, TOOL_TEXT, &o.k, "K",
		 "the subscriber key, 32 hex digits (a lab's: ps shows it)"},
		{"op", 0, TOOL_TEXT, &o.op, "OP", "the operator's OP, the same"},
		{"opc", 0, TOOL_TEXT, &o.opc, "OPC", "OPc, the same"},
		{"rand", 0, TOOL_TEXT, &o.rand, "R", "RAND, 32 hex digits"},
		{"sqn", 0, TOOL_TEXT, &o.sqn, "S",
		 "SQN, 12 hex digits; usim: the highest that was accepted"},
		{"amf", 0, TOOL_TEXT, &o.amf, "A", "AMF, 4 hex digits (8000)"},
		{"autn", 0, TOOL_TEXT, &o.autn, "A", "AUTN, 32 hex digits"},
		{"auts", 0, TOOL_TEXT, &o.auts, "A", "AUTS, 28 hex digits"},
		{"csv", 0, TOOL_FLAG, &o.csv, NULL, "records in and out as CSV with a header line"},
		{"tsv", 0, TOOL_FLAG, &o.tsv, NULL, "the same with tabs"},
		{"jobs", 0, TOOL_TEXT, &o.jobs, "N", "at most N threads; results keep their order"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	enum aka_act act = AKA_ALL;
	uint64_t jobs;
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (argc - first > 1)
		tool_usage("one act at a time, got '%s' too", argv[first + 1]);
	if ((first < argc && aka_act_parse(&act, argv[first], &why)) ||
	    (o.jobs && num_parse(&jobs, o.jobs, 1, 1024, "--jobs", &why)))
		return tool_fail(&why);
	if (o.csv && o.tsv)
		tool_usage("either --csv or --tsv");
	if (o.k || o.op || o.opc || o.rand || o.sqn || o.amf || o.autn || o.auts) {
		if (o.csv || o.tsv || o.in)
			tool_usage("records come without lab options");
		return lab(act, &why) ? tool_fail(&why) : TOOL_OK;
	}
	return stream(act);
}
