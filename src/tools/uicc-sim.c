/* SPDX-License-Identifier: Apache-2.0 */
/* uicc-sim(1): a UICC with a USIM, a command at a time, or APDU by APDU; or many. */
#include "base/secmem.h"
#include "base/tool.h"
#include "uicc/order.h"

#include <string.h>

static const struct tool tool = {
	"uicc-sim",
	"uicc-sim --state DIR [--device DIR] init --iccid N\n"
	"uicc-sim --state DIR [--device DIR] personalize --credential F [--pairs F] [--common-keys "
	"F] [--pairing F] [--pin F]\n"
	"uicc-sim --state DIR [--device DIR] attach --identity [--pairing F] [--card N]\n"
	"uicc-sim --state DIR [--device DIR] attach --rand HEX --autn HEX [--pairing F] [--card "
	"N]\n"
	"uicc-sim --state DIR [--device DIR] ota [--form packet|ud|tpdu] [--pairing F] [--card N] "
	"[-i PACKET] [-o RESPONSE]\n"
	"uicc-sim --state DIR [--device DIR] info [--card N]\n"
	"uicc-sim --state DIR [--device DIR] apdu [--card N]\n"
	"uicc-sim --state DIR [--device DIR] serve [--vpcd ADDRESS:PORT] [--card N]\n"
	"uicc-sim --state DIR [--device DIR] stock [-i CARDS]\n"
	"uicc-sim --state DIR [--device DIR] deliver [--form packet|ud|tpdu] [-i LIST] [-o "
	"ANSWERS]\n"
	"uicc-sim --state DIR [--device DIR] list [-o FILE]",
	"A UICC with a USIM: files, AKA, OTA, a list of K/OTA-key pairs."};

static struct card_order o;
static const struct tool_opt common[] = {
	{"state", 0, TOOL_TEXT, &o.state, "DIR", "folder of the sealed state"},
	{"device", 0, TOOL_TEXT, &o.device, "DIR", "folder of its key and counter (DIR.device)"},
	{0}};
static const struct tool_opt all[] = {
	{"iccid", 0, TOOL_TEXT, &o.iccid, "N", "18 to 20 digits"},
	{"credential", 0, TOOL_TEXT, &o.personal.credential, "F", "imsi, k, opc, ota_keys: JSON"},
	{"pairs", 0, TOOL_TEXT, &o.personal.pairs, "F", "K/OTA-key pairs, JSON Lines"},
	{"common-keys", 0, TOOL_TEXT, &o.personal.keyset, "F", "an OTA key set beside them"},
	{"pairing", 0, TOOL_TEXT, &o.pairing, "F", "the secret shared with one M2ME"},
	{"pin", 0, TOOL_TEXT, &o.personal.pin, "F", "PIN, 4 to 8 digits"},
	{"identity", 0, TOOL_FLAG, &o.identity, NULL, "the IMSI to present"},
	{"rand", 0, TOOL_TEXT, &o.rand, "HEX", "RAND"},
	{"autn", 0, TOOL_TEXT, &o.autn, "HEX", "AUTN"},
	{"form", 0, TOOL_TEXT, &o.form, "FORM", "packet (default), ud or tpdu"},
	{"vpcd", 0, TOOL_TEXT, &o.vpcd, "ADDRESS:PORT", "where vpcd listens (127.0.0.1:35963)"},
	{"card", 0, TOOL_TEXT, &o.card, "N", "the ICCID of one of many"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

static int do_act(int argc, char **argv)
{
	const struct card_act *act = card_acts;

	while (strcmp(act->name, *argv) != 0)
		act++;
	if (tool_options_of(&tool, all, act->words, argc, argv) != argc)
		tool_usage("%s: no operand is wanted", argv[0]);
	if (!o.state)
		tool_usage("--state is wanted");
	if (act->wanted)
		tool_wanted(all, act->wanted);
	o.personal.pairing = o.pairing;
	return act->run(&o);
}

int main(int argc, char **argv)
{
	struct tool_verb verbs[CARD_ACTS + 1] = {{0}};

	secmem_init();
	for (int i = 0; i < CARD_ACTS; i++)
		verbs[i] = (struct tool_verb){card_acts[i].name, do_act};
	return tool_verbs(&tool, common, verbs, argc, argv);
}
