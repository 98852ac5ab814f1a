/* SPDX-License-Identifier: Apache-2.0 */
/* tre-sim(1): the Trusted Environment of an M2ME, a command at a time. */
#include "tre-sim.h"
#include "base/outfile.h"
#include "base/secmem.h"

#include <string.h>

/* Writes what the TRE tells: what a refusal has to tell a peer too. A file that cannot be there is
 * known before anything is done. */
static int run(const struct tre_act *act)
{
	const enum outfile_mode mode =
		tre_act_tells_secret(act, &o) ? OUTFILE_SECRET : OUTFILE_PUBLIC;
	const bool is_file = o.out && strcmp(o.out, "-") != 0;
	struct why why = {0}, late = {0};
	OUTFILE(file);
	BUF(out);

	if (is_file && outfile_open(&file, o.out, mode, &why))
		return tool_fail(&why);
	const int rc = tre_act(act, state, device, &o, &out, &why);

	if ((rc == 0 ? out.len || is_file : out.len && why.status == TOOL_NO) &&
	    (is_file ? outfile_write(&file, out.bytes, out.len, &late) ||
			       outfile_close(&file, &late)
		     : outfile_put(NULL, mode, out.bytes, out.len, &late)))
		return tool_fail(&late);
	return rc ? tool_fail(&why) : TOOL_OK;
}

static int do_act(int argc, char **argv)
{
	const struct tre_act *act = tre_acts;

	while (strcmp(act->name, *argv) != 0)
		act++;
	const int first = tool_options_of(&tool, all, act->words, argc, argv);
	if (argc - first != (act->operand ? 1 : 0))
		tool_usage("%s%s is wanted", act->operand ? "one " : "no ",
			   act->operand ? act->operand : "operand");
	o.operand = argv[first];
	return run(act);
}

/* Many TREs: what is given holds for each line that does not say otherwise. */
static int do_many(int argc, char **argv)
{
	static const char *const words[] = {"pin", "to",    "to-cert", "operator-cert",
					    "at",  "input", "output",  NULL};
	struct tre_many m = {.opts = all, .order = &o};

	if (tool_options_of(&tool, all, words, argc, argv) != argc)
		tool_usage("no operand is wanted");
	if (!fleet || state)
		tool_usage("many wants --fleet, and no --state");
	m.fleet = fleet;
	m.device = device;
	m.in = o.in;
	m.out = o.out;
	return tre_many(&m);
}

int main(int argc, char **argv)
{
	struct tool_verb verbs[TRE_ACTS + 2] = {{0}};

	secmem_init();
	for (size_t i = 0; i < TRE_ACTS; i++)
		verbs[i] = (struct tool_verb){tre_acts[i].name, do_act};
	verbs[TRE_ACTS] = (struct tool_verb){"many", do_many};
	return tool_verbs(&tool, common, verbs, argc, argv);
}
