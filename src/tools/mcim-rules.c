/* SPDX-License-Identifier: Apache-2.0 */
/* mcim-rules(1): the DPF makes the MCIM by the SHO's rules, and the SHO takes its credentials
 * (TR 33.812 5.1.3.4.3, B.3). */
#include "base/secmem.h"
#include "base/tool.h"
#include "sho/rules.h"

static const struct tool tool = {
	"mcim-rules",
	"mcim-rules make --authorization NOTE --trust F --to ID --register DB --credentials CMS "
	"[--at TIME] [-o BLOB]\n"
	"mcim-rules take --authorization NOTE --trust F --register DB --key KEY [--at TIME] "
	"[-i CMS] [-o FILE]",
	"Makes an MCIM by an operator's rules, or takes the credentials that were made so."};

static struct rules_order o;

static const struct tool_opt make_opts[] = {
	{"authorization", 0, TOOL_TEXT, &o.authorization, "NOTE", "the SHO's note with its rules"},
	{"trust", 0, TOOL_TEXT, &o.trust, "F", "the SHOs' certificates"},
	{"to", 0, TOOL_TEXT, &o.to, "ID", "the DPF's identity"},
	{"register", 0, TOOL_TEXT, &o.db, "DB", "the numbers that were given out"},
	{"credentials", 0, TOOL_TEXT, &o.credentials, "CMS", "the credentials, for the SHO alone"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
	{"output", 'o', TOOL_TEXT, &o.out, "BLOB", "the protected MCIM"},
	{0}};

static const struct tool_opt take_opts[] = {
	{"authorization", 0, TOOL_TEXT, &o.authorization, "NOTE", "the SHO's own note"},
	{"trust", 0, TOOL_TEXT, &o.trust, "F", "its certificate"},
	{"register", 0, TOOL_TEXT, &o.db, "DB", "its register, where the AuC finds them"},
	{"key", 0, TOOL_TEXT, &o.key, "KEY", "its key, which opens the credentials"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
	{"input", 'i', TOOL_TEXT, &o.credentials, "CMS", "the credentials"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "who was taken, one JSON line"},
	{0}};

static int run_make(int argc, char **argv)
{
	struct why why = {0};

	tool_options_alone(&tool, make_opts, argc, argv);
	if (!o.authorization || !o.trust || !o.to || !o.db || !o.credentials)
		tool_usage("--authorization, --trust, --to, --register and --credentials are "
			   "wanted");
	return rules_order_make(&o, &why) ? tool_fail(&why) : TOOL_OK;
}

static int run_take(int argc, char **argv)
{
	struct why why = {0};

	tool_options_alone(&tool, take_opts, argc, argv);
	if (!o.authorization || !o.trust || !o.db || !o.key)
		tool_usage("--authorization, --trust, --register and --key are wanted");
	return rules_order_take(&o, &why) ? tool_fail(&why) : TOOL_OK;
}

int main(int argc, char *argv[])
{
	static const struct tool_verb verbs[] = {{"make", run_make}, {"take", run_take}, {0}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
