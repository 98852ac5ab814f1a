/* SPDX-License-Identifier: Apache-2.0 */
/* uicc-keys(1): the UICC manufacturer's list of K/OTA-key pairs (TR 33.812 5.3.2). */
#include "base/secmem.h"
#include "base/tool.h"
#include "ota/keys.h"

#include <string.h>

static const struct tool tool = {
	"uicc-keys",
	"uicc-keys make --register DB --iccid N --count N --entitled ID [-o FILE]\n"
	"uicc-keys import --register DB [-i FILE]\n"
	"uicc-keys release --register DB --iccid N --index N --recipient CERT [--trust F "
	"--handover NOTE --to ID] [--at TIME] [-o FILE]\n"
	"uicc-keys open --key KEY --imsi IMSI [-i FILE] [-o FILE]\n"
	"uicc-keys handover --register DB --plmn MCC-MNC --recipient CERT [--with-sqn] [-i LIST] "
	"[-o FILE]\n"
	"uicc-keys delete --register DB --key KEY --cert CERT --to ID --about FILE [--at TIME] "
	"[-i LIST] [-o NOTE]",
	"K/OTA-key pairs of UICCs: made, kept, and released to the entitled operator."};

static struct keys_order o;
static const struct tool_opt all[] = {
	{"register", 0, TOOL_TEXT, &o.db, "DB", "the manufacturer's register, or the operator's"},
	{"iccid", 0, TOOL_TEXT, &o.iccid, "N", "the card"},
	{"count", 0, TOOL_TEXT, &o.count, "N", "so many pairs, 15 at most"},
	{"entitled", 0, TOOL_TEXT, &o.entitled, "ID", "the operator that gets the first"},
	{"index", 0, TOOL_TEXT, &o.index, "N", "the pair"},
	{"recipient", 0, TOOL_TEXT, &o.recipient, "CERT",
	 "the operator's certificate: to it, and sealed for it"},
	{"trust", 0, TOOL_TEXT, &o.trust, "F", "the certificate of who hands over"},
	{"handover", 0, TOOL_TEXT, &o.handover, "NOTE", "its signed word"},
	{"to", 0, TOOL_TEXT, &o.to, "ID",
	 "the manufacturer's own name; delete: the new operator's"},
	{"key", 0, TOOL_TEXT, &o.key, "KEY", "the operator's key"},
	{"cert", 0, TOOL_TEXT, &o.cert, "CERT", "delete: its certificate"},
	{"about", 0, TOOL_TEXT, &o.about, "FILE", "delete: the hand-over"},
	{"imsi", 0, TOOL_TEXT, &o.imsi, "IMSI", "the subscriber's"},
	{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "of the new operator's IMSIs"},
	{"with-sqn", 0, TOOL_FLAG, &o.with_sqn, NULL, "hand SQN_HE over too"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

static int do_act(int argc, char **argv)
{
	const struct keys_act *act = keys_acts;

	while (strcmp(act->name, *argv) != 0)
		act++;
	if (tool_options_of(&tool, all, act->words, argc, argv) != argc)
		tool_usage("%s: no operand is wanted", argv[0]);
	for (int i = 0; i < act->wanted; i++)
		tool_wanted(all, act->words[i]);
	if (o.handover ? !o.trust || !o.to : o.trust || (o.to && !o.about))
		tool_usage("--handover, --trust and --to go together");
	return act->run(&o);
}

int main(int argc, char **argv)
{
	struct tool_verb verbs[KEYS_ACTS + 1] = {{0}};

	secmem_init();
	for (int i = 0; i < KEYS_ACTS; i++)
		verbs[i] = (struct tool_verb){keys_acts[i].name, do_act};
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
