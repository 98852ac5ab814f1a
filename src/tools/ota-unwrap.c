/* SPDX-License-Identifier: Apache-2.0 */
/* ota-unwrap(1): opens secured packets of TS 102 225. */
#include "base/secmem.h"
#include "base/tool.h"
#include "ota/order.h"

static const struct tool tool = {
	"ota-unwrap",
	"ota-unwrap --keyset F [--tar HEX] [--form packet|ud|tpdu] [--allow-weak] [-i PACKET] [-o "
	"FILE]\n"
	"ota-unwrap --response --keyset F --spi HEX --kic HEX --kid HEX [--tar HEX] [--cntr HEX] "
	"[--form packet|ud|tpdu] [--allow-weak] [-i PACKET] [-o FILE]\n"
	"ota-unwrap --response --register DB --batch ANSWERS --spi HEX --kic HEX --kid HEX "
	"[--form packet|ud|tpdu] [--allow-weak] [-o FILE]",
	"Opens a secured packet, and tells what is in it."};

static struct ota_order o;

static void check(void)
{
	if (o.batch ? !o.db || !o.response || o.keyset || o.in || o.tar || o.cntr : !!o.db)
		tool_usage("--batch goes with --response and --register, and names the cards");
	if (!o.batch && !o.keyset)
		tool_usage("--keyset is wanted");
	if (o.response ? !o.spi || !o.kic || !o.kid : o.spi || o.kic || o.kid || o.cntr)
		tool_usage(o.response ? "--response wants --spi, --kic and --kid"
				      : "--spi, --kic, --kid and --cntr go with --response");
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"keyset", 0, TOOL_TEXT, &o.keyset, "F",
		 "the key set, JSON, with the last counter"},
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the register with the cards' OTA keys"},
		{"batch", 0, TOOL_TEXT, &o.batch, "ANSWERS", "iccid and packet, JSON Lines"},
		{"response", 0, TOOL_FLAG, &o.response, NULL, "the packet is a response"},
		{"spi", 0, TOOL_TEXT, &o.spi, "HEX", "of the command that it answers"},
		{"kic", 0, TOOL_TEXT, &o.kic, "HEX", "the same"},
		{"kid", 0, TOOL_TEXT, &o.kid, "HEX", "the same"},
		{"tar", 0, TOOL_TEXT, &o.tar, "HEX", "the application that it must be for, or of"},
		{"cntr", 0, TOOL_TEXT, &o.cntr, "HEX", "the counter that the command had"},
		{"form", 0, TOOL_TEXT, &o.form, "FORM", "packet (default), ud or tpdu"},
		{"allow-weak", 0, TOOL_FLAG, &o.weak, NULL, "single DES, ECB and repeated keys"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	check();
	if (o.batch)
		return ota_unwrap_batch(&o);
	return ota_unwrap(&o, &why) ? tool_fail(&why) : TOOL_OK;
}
