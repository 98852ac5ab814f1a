/* SPDX-License-Identifier: Apache-2.0 */
/* pcid-issue(1): the CCIF: unique {PCID, K}, recorded before they are printed (TR 33.812
 * 5.1.3.4.1). */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "sho/issue.h"

static const struct tool tool = {
	"pcid-issue",
	"pcid-issue --register DB --plmn MCC-MNC --count N "
	"[--first MSIN] [--last MSIN] [--msin TEMPLATE] [--iccid TEMPLATE] [--tre-ids FILE] "
	"[--share N] [--alg milenage|tuak] [--op FILE] [--no-key] "
	"[--transport-key FILE [--transport-form FORM] [--transport-index N] | --recipient CERT] "
	"[--format jsonl|csv|open5gs|osmo-hlr|free5gc|srsran|pysim] [--run NAME [--resume]] "
	"[--dry-run] [--audit] [--progress] [-o FILE]\n"
	"pcid-issue --register DB --audit [--plmn MCC-MNC] [-o FILE]\n"
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
	{"last", 0, TOOL_TEXT, &order.last, "MSIN", "the last number of the range"},
	{"msin", 0, TOOL_TEXT, &order.msin, "TEMPLATE", "MSINs such as 07########"},
	{"iccid", 0, TOOL_TEXT, &order.iccid, "TEMPLATE",
	 "ICCIDs of 18 to 20 digits such as 8988247#########L, L the Luhn digit"},
	{"tre-ids", 0, TOOL_TEXT, &order.tre_ids, "FILE", "TRE_ids, one a line, that they are for"},
	{"share", 0, TOOL_TEXT, &order.share, "N", "N equipments share a PCID (1)"},
	{"alg", 0, TOOL_TEXT, &order.alg, "milenage|tuak", "the algorithm (milenage)"},
	{"op", 0, TOOL_TEXT, &order.op, "FILE", "OP in hex (without it OPc is random)"},
	{"no-key", 0, TOOL_FLAG, &order.no_key, NULL, "reserve the number alone"},
	{"transport-key", 0, TOOL_TEXT, &order.transport_key, "FILE",
	 "seal each row under this key, 64 hex digits"},
	{"transport-form", 0, TOOL_TEXT, &order.transport_form, "FORM",
	 "aes-256-gcm (default), aes-kw (RFC 3394), aes-ecb"},
	{"transport-index", 0, TOOL_TEXT, &order.transport_index, "N", "the transport key's"},
	{"recipient", 0, TOOL_TEXT, &order.recipient, "CERT",
	 "seal the output for this certificate"},
	{"format", 0, TOOL_TEXT, &order.format, "FORMAT",
	 "jsonl (default), csv, open5gs, osmo-hlr, free5gc, srsran, pysim"},
	{"run", 0, TOOL_TEXT, &order.run, "NAME", "a run that can be resumed"},
	{"resume", 0, TOOL_FLAG, &order.resume, NULL, "go on with it, and write all of it"},
	{"dry-run", 0, TOOL_FLAG, &order.dry_run, NULL, "say what would be issued"},
	{"audit", 0, TOOL_FLAG, &order.audit, NULL, "doubles, spread, counts, first and last"},
	{"progress", 0, TOOL_FLAG, &order.progress, NULL, "on stderr: how far, how fast"},
	{"release", 0, TOOL_FLAG, &release, NULL, "give PCIDs back to the pool"},
	{"output", 'o', TOOL_TEXT, &out, "FILE", "write this instead of stdout"},
	{0}};

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
	bool audits;
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	audits = order.audit && !order.count;
	if (!db || (release ? first == argc : first != argc))
		tool_usage(release ? "--register and PCIDs are wanted"
			   : db    ? "no operand is wanted"
				   : "--register is wanted");
	if (!release && !audits && (!order.plmn || !order.count))
		tool_usage("--plmn and --count are wanted");
	if (release && (order.plmn || order.count || order.audit))
		tool_usage("--release takes PCIDs alone");
	return (release  ? run_release(argc - first, argv + first, &why)
		: audits ? sho_issue_audit(db, order.plmn, out, &why)
			 : sho_issue_order(&order, db, out, &why))
		       ? tool_fail(&why)
		       : TOOL_OK;
}
