/* SPDX-License-Identifier: Apache-2.0 */
/* pcid-issue(1): the CCIF: unique {PCID, K}, recorded before they are printed (TR 33.812
 * 5.1.3.4.1). */
#include "base/hex.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/party.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "pki/cert.h"
#include "pki/envelope.h"
#include "register/export.h"
#include "register/subscriber.h"

#include <string.h>

static const struct tool tool = {
	"pcid-issue",
	"pcid-issue --register DB --plmn MCC-MNC --count N [--first MSIN] [--tre-ids FILE] "
	"[--share N] "
	"[--alg milenage|tuak] [--op FILE] [--no-key] [--recipient CERT] [--format "
	"jsonl|csv|open5gs|osmo-hlr|pysim] "
	"[-o FILE]\n"
	"pcid-issue --register DB --release PCID...",
	"Issues network-access credentials {PCID, K}, never the same twice."};

static struct {
	const char *db, *plmn, *count, *first, *tre_ids, *share, *alg, *op, *recipient, *format,
		*out;
	bool no_key, release;
} o;

struct work {
	struct plmn plmn;
	uint64_t count, first, share;
	enum export_form form;
	uint8_t op[16];
	struct buf tre_ids, out;
	char *at; /* in tre_ids */
};

static void work_free(struct work *w)
{
	buf_free(&w->tre_ids);
	buf_free(&w->out);
	OPENSSL_cleanse(w, sizeof(*w));
}

static int prepare(struct work *w, struct why *why)
{
	BUF(op);

	if (plmn_parse(&w->plmn, o.plmn, "--plmn", why) ||
	    num_parse(&w->count, o.count, 1, 100000000, "--count", why) ||
	    num_parse(&w->first, o.first ? o.first : "1", 0, 9999999999, "--first", why) ||
	    num_parse(&w->share, o.share ? o.share : "1", 1, 1000, "--share", why) ||
	    export_parse(&w->form, o.format ? o.format : "jsonl", why) ||
	    (o.tre_ids && slurp(&w->tre_ids, o.tre_ids, SLURP_LARGE, why)) ||
	    (o.op && slurp(&op, o.op, 64, why)))
		return -1;
	while (op.len && strchr("\r\n", op.bytes[op.len - 1]))
		op.bytes[--op.len] = '\0';
	if (o.op && hex_decode(w->op, 16, buf_text(&op), "--op", why))
		return -1;
	w->at = (char *)w->tre_ids.bytes;
	return 0;
}

/* The next TRE_id of the list; NULL where there is no list. */
static int next_tre_id(struct work *w, const char **tre_id, struct why *why)
{
	*tre_id = NULL;
	if (!o.tre_ids)
		return 0;
	*tre_id = w->at ? strtok_r(NULL, "\r\n", &w->at) : NULL;
	if (!*tre_id)
		return why_input(why, "%s: fewer TRE_ids than are wanted", o.tre_ids);
	return tre_id_check(*tre_id, o.tre_ids, why);
}

static int put_discovery(struct reg *r, const json_t *record, const char *tre_id, struct why *why)
{
	AUTO(json_t) *d = json_object();

	return json_put(d, "pcid", json_incref(json_object_get(record, "imsi")), why) ||
			       json_put_text(d, "tre_id", tre_id, why) ||
			       json_put_text(d, "status", "issued", why) ||
			       reg_put(r, REG_DISCOVERY, d, why)
		       ? -1
		       : 0;
}

static int issue_one(struct work *w, struct reg *r, struct why *why)
{
	struct subscription s = {
		&w->plmn, w->first, o.alg ? o.alg : "milenage", o.op ? w->op : NULL,
		NULL,     !o.no_key};
	AUTO(json_t) *record = NULL;
	const char *tre_id;

	if (next_tre_id(w, &tre_id, why))
		return -1;
	s.tre_id = w->share == 1 ? tre_id : NULL;
	if (reg_subscribe(r, &s, &record, why))
		return -1;
	for (uint64_t i = 0; tre_id && i < w->share; i++)
		if ((i && next_tre_id(w, &tre_id, why)) || put_discovery(r, record, tre_id, why))
			return -1;
	return export_record(&w->out, w->form, record, why);
}

static int put(struct work *w, struct why *why)
{
	AUTO(X509) *recipient = NULL;
	BUF(cms);

	if (!o.recipient)
		return outfile_put(o.out, OUTFILE_SECRET, buf_text(&w->out), w->out.len, why);
	recipient = cert_load(o.recipient, why);
	if (!recipient || envelope_seal(&cms, recipient, w->out.bytes, w->out.len, why))
		return -1;
	return outfile_put(o.out, OUTFILE_PUBLIC, cms.bytes, cms.len, why);
}

static int issue(struct why *why)
{
	__attribute__((cleanup(work_free))) struct work w = {0};
	AUTO(REG) *r = NULL;

	if (prepare(&w, why) || export_header(&w.out, w.form, why) || !(r = reg_open(o.db, why)) ||
	    reg_begin(r, why))
		return -1;
	for (uint64_t i = 0; i < w.count; i++)
		if (issue_one(&w, r, why))
			return -1;
	return reg_commit(r, why) || put(&w, why) ? -1 : 0;
}

/* A PCID comes back into the pool only where its M2ME has changed for good: a TRE that may still go
 * pristine would attach with it (B.2.2.2 NOTE 1). */
static int may_release(void *ctx, json_t *d, struct why *why)
{
	const char *status = json_string_value(json_object_get(d, "status"));

	(void)ctx;
	if (status && (strcmp(status, "changed") == 0 || strcmp(status, "retired") == 0))
		return 0;
	return why_refuse(why, "pcid-in-use",
			  "%s may still be used by its M2ME (TR 33.812 B.2.2.2 NOTE 1)",
			  json_string_value(json_object_get(d, "pcid")));
}

static int release_one(struct reg *r, const char *pcid, struct why *why)
{
	AUTO(json_t) *record = NULL;
	char plmn[PLMN_TEXT];
	const int known = reg_get(r, REG_SUBSCRIBERS, "imsi", pcid, &record, why);

	if (known == 0)
		return why_refuse(why, "unknown-pcid",
				  "%.20s was not issued here (TR 33.812 5.1.3.4.1)", pcid);
	if (known < 0 || reg_each(r, REG_DISCOVERY, "pcid", pcid, may_release, NULL, why) < 0)
		return -1;
	if (reg_pool_of(r, pcid, plmn, why))
		return -1;
	return reg_delete(r, REG_SUBSCRIBERS, "imsi", pcid, why) < 0 ||
			       reg_delete(r, REG_DISCOVERY, "pcid", pcid, why) < 0 ||
			       reg_pool_release(r, plmn, pcid, why)
		       ? -1
		       : 0;
}

static int release(int argc, char **argv, struct why *why)
{
	AUTO(REG) *r = reg_open(o.db, why);

	if (!r || reg_begin(r, why))
		return -1;
	for (int i = 0; i < argc; i++)
		if (release_one(r, argv[i], why))
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
	return (o.release ? release(argc - first, argv + first, &why) : issue(&why))
		       ? tool_fail(&why)
		       : TOOL_OK;
}
