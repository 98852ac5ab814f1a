/* SPDX-License-Identifier: Apache-2.0 */
/* pcid-issue(1): the CCIF: unique {PCID, K}, recorded before they are printed (TR 33.812
 * 5.1.3.4.1). */
#include "base/num.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "pki/cert.h"
#include "pki/envelope.h"
#include "register/export.h"
#include "register/issue.h"
#include "register/transport.h"

#include <string.h>

static const struct tool tool = {
	"pcid-issue",
	"pcid-issue --register DB --plmn MCC-MNC --count N [--first MSIN] [--tre-ids FILE] "
	"[--share N] "
	"[--alg milenage|tuak] [--op FILE] [--no-key] [--transport-key FILE | --recipient CERT] "
	"[--format "
	"jsonl|csv|open5gs|osmo-hlr|pysim] "
	"[-o FILE]\n"
	"pcid-issue --register DB --release PCID...",
	"Issues network-access credentials {PCID, K}, never the same twice."};

static struct {
	const char *db, *plmn, *count, *first, *tre_ids, *share, *alg, *op, *transport_key,
		*recipient, *format, *out;
	bool no_key, release;
} o;

struct work {
	struct plmn plmn;
	struct issue issue;
	struct lines tre_ids;
	enum export_form form;
	uint8_t op[16];
	struct transport_key key;
	X509 *recipient;
	struct buf out;
};

static void work_free(struct work *w)
{
	lines_free(&w->tre_ids);
	buf_free(&w->out);
	X509_free(w->recipient);
	OPENSSL_cleanse(w, sizeof(*w));
}

/* Whatever can be wrong is found before a number is taken. */
static int prepare(struct work *w, struct why *why)
{
	struct subscription *s = &w->issue.subscription;

	if (plmn_parse(&w->plmn, o.plmn, "--plmn", why) ||
	    num_parse(&w->issue.count, o.count, 1, 100000000, "--count", why) ||
	    num_parse(&s->first, o.first ? o.first : "1", 0, 9999999999, "--first", why) ||
	    num_parse(&w->issue.share, o.share ? o.share : "1", 1, 1000, "--share", why) ||
	    export_parse(&w->form, o.format ? o.format : "jsonl", why) ||
	    (o.tre_ids && lines_load(&w->tre_ids, o.tre_ids, why)) ||
	    (o.op && slurp_hex(w->op, 16, o.op, "--op", why)) ||
	    (o.transport_key && transport_key_load(&w->key, o.transport_key, why)) ||
	    (o.recipient && !(w->recipient = cert_load(o.recipient, why))))
		return -1;
	s->plmn = &w->plmn;
	s->alg = o.alg ? o.alg : "milenage";
	s->op = o.op ? w->op : NULL;
	s->with_key = !o.no_key;
	w->issue.tre_ids = o.tre_ids ? &w->tre_ids : NULL;
	w->issue.tre_ids_name = o.tre_ids;
	return 0;
}

static int take(void *ctx, const json_t *record, struct why *why)
{
	struct work *w = ctx;

	return export_record(&w->out, w->form, &w->plmn, record, why);
}

static int put(struct work *w, struct why *why)
{
	BUF(sealed);

	if (!o.recipient && !o.transport_key)
		return outfile_put(o.out, OUTFILE_SECRET, w->out.bytes, w->out.len, why);
	if (o.recipient ? envelope_seal(&sealed, w->recipient, w->out.bytes, w->out.len, why)
			: transport_seal(&sealed, &w->key, buf_text(&w->out), w->out.len, why))
		return -1;
	return outfile_put(o.out, OUTFILE_PUBLIC, sealed.bytes, sealed.len, why);
}

static int issue(struct why *why)
{
	__attribute__((cleanup(work_free))) struct work w = {0};
	AUTO(REG) *r = NULL;

	if (prepare(&w, why) || export_header(&w.out, w.form, why) || !(r = reg_open(o.db, why)) ||
	    reg_begin(r, why) || reg_issue(r, &w.issue, take, &w, why))
		return -1;
	return reg_commit(r, why) || put(&w, why) ? -1 : 0;
}

static int release(int argc, char **argv, struct why *why)
{
	AUTO(REG) *r = reg_open(o.db, why);

	if (!r || reg_begin(r, why))
		return -1;
	for (int i = 0; i < argc; i++)
		if (reg_release(r, argv[i], why))
			return -1;
	return reg_commit(r, why);
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the CCIF's register"},
		{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "of the PCIDs"},
		{"count", 0, TOOL_TEXT, &o.count, "N", "how many"},
		{"first", 0, TOOL_TEXT, &o.first, "MSIN", "the first number (1)"},
		{"tre-ids", 0, TOOL_TEXT, &o.tre_ids, "FILE",
		 "TRE_ids, one a line, that they are for"},
		{"share", 0, TOOL_TEXT, &o.share, "N", "N equipments share a PCID (1)"},
		{"alg", 0, TOOL_TEXT, &o.alg, "milenage|tuak", "the algorithm (milenage)"},
		{"op", 0, TOOL_TEXT, &o.op, "FILE", "OP in hex (without it OPc is random)"},
		{"no-key", 0, TOOL_FLAG, &o.no_key, NULL, "reserve the number alone"},
		{"transport-key", 0, TOOL_TEXT, &o.transport_key, "FILE",
		 "seal each row under this key, 64 hex digits"},
		{"recipient", 0, TOOL_TEXT, &o.recipient, "CERT",
		 "seal the output for this certificate"},
		{"format", 0, TOOL_TEXT, &o.format, "FORMAT",
		 "jsonl (default), csv, open5gs, osmo-hlr, pysim"},
		{"release", 0, TOOL_FLAG, &o.release, NULL, "give PCIDs back to the pool"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (!o.db || (o.release ? first == argc : first != argc))
		tool_usage(o.release ? "--register and PCIDs are wanted"
				     : "--register, and no operand, are wanted");
	if (!o.release && (!o.plmn || !o.count))
		tool_usage("--plmn and --count are wanted");
	if (o.alg && strcmp(o.alg, "milenage") != 0 && strcmp(o.alg, "tuak") != 0)
		tool_usage("--alg: want milenage or tuak");
	if (o.transport_key && (o.recipient || (o.format && strcmp(o.format, "jsonl") != 0)))
		tool_usage("--transport-key: without --recipient, and as jsonl alone");
	if (o.release && (o.plmn || o.count))
		tool_usage("--release takes PCIDs alone");
	return (o.release ? release(argc - first, argv + first, &why) : issue(&why))
		       ? tool_fail(&why)
		       : TOOL_OK;
}
