/* SPDX-License-Identifier: Apache-2.0 */
/* mcim-wrap(1): an identity module in words to the protected blob of one TRE (TR 33.812 B.2.3.6).
 */
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "mcim/wrap.h"
#include "pki/cert.h"
#include "sho/batch.h"

static const struct tool tool = {
	"mcim-wrap",
	"mcim-wrap --tre-cert F [--tre-id ID] [--operator-cert F] [--format tr33812|cms] "
	"[--suite tr33812|modern] [--tag mcim|algorithm|update|bootstrap|access] [-i MCIM.json] "
	"[-o FILE]\n"
	"mcim-wrap --batch REQUESTS.jsonl [--resume] [-o FILE]\n"
	"mcim-wrap --der-only | --uper-only | --json-only [-i MCIM.json] [-o FILE]",
	"Protects an MCIM for one TRE, or codes its description as DER or PER."};

static struct {
	const char *tre_cert, *tre_id, *operator_cert, *format, *suite, *tag, *batch, *in, *out;
	bool der, uper, json, resume;
} o;
static const struct tool_opt opts[] = {
	{"tre-cert", 0, TOOL_TEXT, &o.tre_cert, "F", "Cert_TRE, whose key it is protected for"},
	{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "TRE_id that is expected in it"},
	{"operator-cert", 0, TOOL_TEXT, &o.operator_cert, "F",
	 "the operator's certificate, bound in"},
	{"format", 0, TOOL_TEXT, &o.format, "tr33812|cms", "form of the blob (tr33812)"},
	{"suite", 0, TOOL_TEXT, &o.suite, "tr33812|modern", "algorithms of tr33812 (modern)"},
	{"tag", 0, TOOL_TEXT, &o.tag, "TAG",
	 "mcim (default), algorithm, update, bootstrap, access"},
	LEDGER_OPTIONS(&o.batch, &o.resume),
	{"der-only", 0, TOOL_FLAG, &o.der, NULL, "write the MCIMBLOB in DER, unprotected"},
	{"uper-only", 0, TOOL_FLAG, &o.uper, NULL, "write it in unaligned PER"},
	{"json-only", 0, TOOL_FLAG, &o.json, NULL, "write the description in its canonical form"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

static int run_one(struct buf *out, struct why *why)
{
	AUTO(X509) *tre_cert = cert_load(o.tre_cert, why);
	AUTO(X509) *operator_cert =
		tre_cert && o.operator_cert ? cert_load(o.operator_cert, why) : NULL;
	const struct mcim_order order = {tre_cert, operator_cert, o.tre_id,
					 o.format, o.suite,       o.tag};
	BUF(in);

	return !tre_cert || (o.operator_cert && !operator_cert) ||
			       slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       mcim_wrap(out, &order, buf_text(&in), in.len, slurp_name(o.in), why)
		       ? -1
		       : 0;
}

static int run_code(struct buf *out, struct why *why)
{
	const enum mcim_coding coding = o.der    ? MCIM_CODING_DER
					: o.uper ? MCIM_CODING_UPER
						 : MCIM_CODING_JSON;
	BUF(in);

	return slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       mcim_code(out, coding, buf_text(&in), in.len, slurp_name(o.in), why)
		       ? -1
		       : 0;
}

/* One bad record does not stop the rest; the status is that of the worst. */
static int run_batch(void)
{
	struct why why = {0};
	struct ledger l = {.in = o.batch, .out = o.out, .resume = true, .report = tool_fail};
	AUTO(RECORD_READER) *in = o.resume ? NULL : record_open(o.batch, RECORD_JSONL, &why);
	int worst = TOOL_OK, got = 0;
	BUF(out);

	if (o.resume)
		return sho_batch_wrap(&l, &worst, &why) ? tool_fail(&why) : worst;
	if (!in)
		return tool_fail(&why);
	do {
		AUTO(json_t) *record = NULL;

		got = record_next(in, &record, &why);
		if (got == 1 && mcim_wrap_record(&out, record, &why))
			got = record_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
	} while (got && why.status != TOOL_SYS);
	if (worst != TOOL_OK && out.len == 0)
		return worst;
	return outfile_put(o.out, OUTFILE_PUBLIC, buf_text(&out), out.len, &why) ? tool_fail(&why)
										 : worst;
}

int main(int argc, char **argv)
{
	struct why why = {0};
	BUF(out);

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if ((o.tre_cert != NULL) + (o.batch != NULL) + o.der + o.uper + o.json != 1)
		tool_usage("one of --tre-cert, --batch, --der-only, --uper-only and --json-only is "
			   "wanted");
	if (o.batch)
		return run_batch();
	if (o.tre_cert ? run_one(&out, &why) : run_code(&out, &why))
		return tool_fail(&why);
	return outfile_put(o.out, o.tre_cert ? OUTFILE_PUBLIC : OUTFILE_SECRET, out.bytes, out.len,
			   &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}
