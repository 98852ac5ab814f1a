/* SPDX-License-Identifier: Apache-2.0 */
/* ota-wrap(1): secured packets of TS 102 225 for SMS-PP (TS 31.115). */
#include "base/secmem.h"
#include "base/tool.h"
#include "ota/order.h"

static const struct tool tool = {
	"ota-wrap",
	"ota-wrap (--register DB --iccid N | --keyset F --cntr HEX) --spi HEX --kic HEX --kid HEX "
	"--tar HEX [--form packet|ud|tpdu] [--reference N] [--originator DIGITS] [--at TIME] "
	"[--allow-weak] [--expanded] (--script F | [--imsi IMSI] [--k-index N] [--refresh] | -i "
	"COMMANDS) [-o PACKET]\n"
	"ota-wrap --register DB --batch LIST --plmn MCC-MNC --spi HEX --kic HEX --kid HEX --tar "
	"HEX "
	"[--form packet|ud|tpdu] [--reference N] [--originator DIGITS] [--at TIME] [--allow-weak] "
	"[--expanded] [--k-index N] [--refresh] [--done OUTCOMES] [-o FILE]\n"
	"ota-wrap --response --keyset F --cntr HEX --spi HEX --kic HEX --kid HEX --tar HEX "
	"[--status NAME] [--form packet|ud|tpdu] [--reference N] [--originator DIGITS] "
	"[--allow-weak] [-i DATA] [-o PACKET]",
	"Wraps commands for a UICC, or its answer, in a secured packet."};

static struct ota_order o;

static void check(int operands)
{
	if (operands)
		tool_usage("no operand is wanted");
	if (!o.spi || !o.kic || !o.kid || !o.tar)
		tool_usage("--spi, --kic, --kid and --tar are wanted");
	if (o.batch ? !o.db || !o.plmn || o.iccid || o.keyset || o.cntr || o.script || o.imsi ||
			      o.in || o.response
		    : o.plmn || o.done)
		tool_usage("--batch goes with --register and --plmn, and names cards and IMSIs");
	if (o.batch)
		return;
	if (o.keyset ? o.db || o.iccid || !o.cntr : !o.db || !o.iccid || o.cntr || o.response)
		tool_usage("either --register and --iccid, or --keyset and --cntr, are wanted");
	if (!!o.script + (o.imsi || o.index || o.refresh) + !!o.in > 1)
		tool_usage("either --script, or --imsi, --k-index and --refresh, or -i");
	if (o.response && (o.script || o.imsi || o.index || o.refresh || o.expanded))
		tool_usage("--response takes its data by -i");
	if (o.status && !o.response)
		tool_usage("--status goes with --response");
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the register with the card's OTA keys"},
		{"iccid", 0, TOOL_TEXT, &o.iccid, "N", "the card"},
		{"keyset", 0, TOOL_TEXT, &o.keyset, "F", "a key set, JSON"},
		{"cntr", 0, TOOL_TEXT, &o.cntr, "HEX", "the counter, 10 hex digits"},
		{"batch", 0, TOOL_TEXT, &o.batch, "LIST", "cards and IMSIs, JSON Lines"},
		{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "of the IMSIs in the list"},
		{"done", 0, TOOL_TEXT, &o.done, "OUTCOMES", "pass over the cards that answered"},
		{"spi", 0, TOOL_TEXT, &o.spi, "HEX", "the security parameters, 4 hex digits"},
		{"kic", 0, TOOL_TEXT, &o.kic, "HEX", "key and algorithm for ciphering, 2 digits"},
		{"kid", 0, TOOL_TEXT, &o.kid, "HEX", "the same for the checksum"},
		{"tar", 0, TOOL_TEXT, &o.tar, "HEX", "the application, 6 hex digits"},
		{"form", 0, TOOL_TEXT, &o.form, "FORM", "packet (default), ud or tpdu"},
		{"reference", 0, TOOL_TEXT, &o.reference, "N", "of concatenated SMS (0)"},
		{"originator", 0, TOOL_TEXT, &o.originator, "DIGITS", "TP-OA, or TP-DA (12345)"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "TP-SCTS, instead of the clock's"},
		{"allow-weak", 0, TOOL_FLAG, &o.weak, NULL, "single DES, ECB and repeated keys"},
		{"expanded", 0, TOOL_FLAG, &o.expanded, NULL, "the expanded form of TS 102 226"},
		{"script", 0, TOOL_TEXT, &o.script, "F", "commands in words, one a line"},
		{"imsi", 0, TOOL_TEXT, &o.imsi, "IMSI", "short for writing EF_IMSI"},
		{"k-index", 0, TOOL_TEXT, &o.index, "N", "short for the next K/OTA-key pair"},
		{"refresh", 0, TOOL_FLAG, &o.refresh, NULL, "REFRESH as the last act (expanded)"},
		{"response", 0, TOOL_FLAG, &o.response, NULL, "a response packet"},
		{"status", 0, TOOL_TEXT, &o.status, "NAME", "its status (por-ok)"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "octets in hex, instead of stdin's"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	secmem_init();
	check(argc - tool_options(&tool, opts, argc, argv));
	if (o.batch)
		return ota_wrap_batch(&o);
	return ota_wrap(&o, &why) ? tool_fail(&why) : TOOL_OK;
}
