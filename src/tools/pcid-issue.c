/* SPDX-License-Identifier: Apache-2.0 */
/* pcid-issue(1): the CCIF: unique {PCID, K}, recorded before they are printed (TR 33.812
 * 5.1.3.4.1). */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "sho/issue.h"

static const struct tool tool = {
	"pcid-issue",
	"pcid-issue --register DB --plmn MCC-MNC --count N [--first MSIN] [--tre-ids FILE] "
	"[--share N] "
	"[--alg milenage|tuak] [--op FILE] [--no-key] [--transport-key FILE | --recipient CERT] "
	"[--format "
	"jsonl|csv|open5gs|osmo-hlr|free5gc|srsran|pysim] "
	"[-o FILE]\n"
	"pcid-issue --register DB --release PCID...",
	"Issues network-access credentials {PCID, K}, never the same twice."};

static struct sho_issue_order order;
static const char *db, *out;
static bool release;
static const struct tool_opt opts[] = {
	{"register", 0, TOOL_TEXT, &db, "DB", "the CCIF's register"},
	{"plmn", 0, TOOL_TEXT, &order.plmn, "MCC-MNC", "of the PCIDs"},
	{"count", 0, TOOL_TEXT, &order.count, "N", "how many"},
	{"first", 0, TOOL_TEXT, &order.first, "MSIN", "the first number (1)"},
	{"tre-ids", 0, TOOL_TEXT, &order.tre_ids, "FILE", "TRE_ids, one a line, that they are for"},
	{"share", 0, TOOL_TEXT, &order.share, "N", "N equipments share a PCID (1)"},
	{"alg", 0, TOOL_TEXT, &order.alg, "milenage|tuak", "the algorithm (milenage)"},
	{"op", 0, TOOL_TEXT, &order.op, "FILE", "OP in hex (without it OPc is random)"},
	{"no-key", 0, TOOL_FLAG, &order.no_key, NULL, "reserve the number alone"},
	{"transport-key", 0, TOOL_TEXT, &order.transport_key, "FILE",
	 "seal each row under this key, 64 hex digits"},
	{"recipient", 0, TOOL_TEXT, &order.recipient, "CERT",
	 "seal the output for this certificate"},
	{"format", 0, TOOL_TEXT, &order.format, "FORMAT",
	 "jsonl (default), csv, open5gs, osmo-hlr, free5gc, srsran, pysim"},
	{"release", 0, TOOL_FLAG, &release, NULL, "give PCIDs back to the pool"},
	{"output", 'o', TOOL_TEXT, &out, "FILE", "write this instead of stdout"},
	{0}};

struct run {
	struct sho_issue issue;
	struct buf credentials;
};

static void run_free(struct run *x)
{
	sho_issue_free(&x->issue);
	buf_free(&x->credentials);
}

/* May be done again from the start. */
static int issue(struct reg *r, void *ctx, struct why *why)
{
	struct run *x = ctx;

	buf_clear(&x->credentials);
	return sho_issue_run(&x->credentials, &x->issue, r, why);
}

static int run_issue(struct why *why)
{
	const bool is_sealed = order.recipient || order.transport_key;
	__attribute__((cleanup(run_free))) struct run x = {0};
	AUTO(REG) *r = NULL;

	if (sho_issue_load(&x.issue, &order, why) || !(r = reg_open(db, why)) ||
	    reg_transact(r, issue, &x, why))
		return -1;
	return outfile_put(out, is_sealed ? OUTFILE_PUBLIC : OUTFILE_SECRET, x.credentials.bytes,
			   x.credentials.len, why);
}

struct pcids {
	char **item;
	int n;
};

static int release_all(struct reg *r, void *ctx, struct why *why)
{
	const struct pcids *p = ctx;

	for (int i = 0; i < p->n; i++)
		if (reg_release(r, p->item[i], why))
			return -1;
	return 0;
}

static int run_release(int argc, char **argv, struct why *why)
{
	AUTO(REG) *r = reg_open(db, why);
	struct pcids p = {argv, argc};

	return r ? reg_transact(r, release_all, &p, why) : -1;
}

int main(int argc, char **argv)
{
	struct why why = {0};
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (!db || (release ? first == argc : first != argc))
		tool_usage(release ? "--register and PCIDs are wanted"
				   : "--register, and no operand, are wanted");
	if (!release && (!order.plmn || !order.count))
		tool_usage("--plmn and --count are wanted");
	if (release && (order.plmn || order.count))
		tool_usage("--release takes PCIDs alone");
	return (release ? run_release(argc - first, argv + first, &why) : run_issue(&why))
		       ? tool_fail(&why)
		       : TOOL_OK;
}
