/* SPDX-License-Identifier: Apache-2.0 */
/* tre-sim(1): the Trusted Environment of an M2ME, a command at a time. */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "tre/tre.h"

#include <string.h>

#include "tre-sim.h"

/* Writes what the TRE tells: what a refusal has to tell a peer too. */
static int run(const struct tre_act *act)
{
	struct why why = {0}, late = {0};
	BUF(out);
	const int rc = tre_act(act, state, device, &o, &out, &why);

	if (out.len && (rc == 0 || why.status == TOOL_NO) &&
	    outfile_put(o.out, o.tells_secret ? OUTFILE_SECRET : OUTFILE_PUBLIC, out.bytes, out.len,
			&late))
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

int main(int argc, char **argv)
{
	struct tool_verb verbs[TRE_ACTS + 1] = {{0}};

	secmem_init();
	for (size_t i = 0; i < TRE_ACTS; i++)
		verbs[i] = (struct tool_verb){tre_acts[i].name, do_act};
	return tool_verbs(&tool, common, verbs, argc, argv);
}
