/* SPDX-License-Identifier: Apache-2.0 */
/* mcim-wrap(1): an identity module in words to the protected blob of one TRE (TR 33.812 B.2.3.6).
 */
#include "base/num.h"
#include "base/outfile.h"
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
	"mcim-wrap --batch REQUESTS.jsonl [--jobs N | --resume] [-o FILE]\n"
	"mcim-wrap --der-only | --uper-only | --json-only [-i MCIM.json] [-o FILE]",
	"Protects an MCIM for one TRE, or codes its description as DER or PER."};

static struct {
	const char *tre_cert, *tre_id, *operator_cert, *format, *suite, *tag, *batch, *jobs, *in,
		*out;
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
	{"jobs", 0, TOOL_TEXT, &o.jobs, "N", "threads (the cores); results keep their order"},
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
	uint8_t sha256[32];
	const struct mcim_order order = {
		tre_cert, NULL, operator_cert ? sha256 : NULL, o.tre_id, o.format, o.suite, o.tag};
	KEYBLOCK_KIT(kit);
	BUF(in);

	return !tre_cert || (o.operator_cert && !operator_cert) ||
			       (operator_cert &&
				(cert_has_role(operator_cert, CERT_MCIM | CERT_DPF, why) ||
				 cert_sha256(sha256, operator_cert, why))) ||
			       slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       mcim_wrap(&kit, out, &order, buf_text(&in), in.len, slurp_name(o.in),
					 why)
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

static int run_batch(void)
{
	struct why why = {0};
	struct ledger l = {.in = o.batch, .out = o.out, .resume = true, .report = tool_fail};
	int worst = TOOL_OK;
	uint64_t jobs = 0;

	if (o.resume && o.jobs)
		tool_usage("--resume goes line by line, without --jobs");
	if ((o.jobs && num_parse(&jobs, o.jobs, 1, 256, "--jobs", &why)) ||
	    (o.resume ? sho_batch_wrap(&l, &worst, &why)
		      : mcim_wrap_batch(o.batch, o.out, (unsigned)jobs, &worst, &why)))
		return tool_fail(&why);
	return worst;
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
	if (!o.batch && (o.jobs || o.resume))
		tool_usage("--jobs and --resume go with --batch");
	if (!o.tre_cert && (o.tre_id || o.operator_cert || o.format || o.suite || o.tag))
		tool_usage(o.batch ? "--batch: each request says it"
				   : "nothing is protected: --tre-cert is wanted");
	if (o.batch && o.in)
		tool_usage("--batch names the input");
	if (o.batch)
		return run_batch();
	if (o.tre_cert ? run_one(&out, &why) : run_code(&out, &why))
		return tool_fail(&why);
	return outfile_put(o.out, o.tre_cert ? OUTFILE_PUBLIC : OUTFILE_SECRET, out.bytes, out.len,
			   &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}
