/* SPDX-License-Identifier: Apache-2.0 */
/* vno-auth(1): the serving network's part of AKA (TS 33.102 6.3, TS 33.401 6.1, TS 33.501 6.1.3).
 */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "sho/serving.h"

static const struct tool tool = {"vno-auth",
				 "vno-auth --av FILE [--key KEY] [-i RESPONSE] [-o FILE]",
				 "Gives the challenge out of a vector, or compares RES with XRES."};

static struct {
	const char *av, *key, *in, *out;
} o;

static const struct tool_opt opts[] = {
	{"av", 0, TOOL_TEXT, &o.av, "FILE", "the vector, of auc-av(1)"},
	{"key", 0, TOOL_TEXT, &o.key, "KEY", "open the sealed vector with this key"},
	{"input", 'i', TOOL_TEXT, &o.in, "RESPONSE",
	 "the answer of the M2ME: res, res_star, or auts"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

int main(int argc, char **argv)
{
	struct why why = {0};
	AUTO(json_t) *vector = NULL;
	BUF(out);

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!o.av)
		tool_usage("--av is wanted");
	vector = serving_load(o.av, o.key, &why);
	if (!vector ||
	    (o.in ? serving_judge(&out, vector, o.in, &why)
		  : serving_challenge(&out, vector, &why)) ||
	    outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, &why))
		return tool_fail(&why);
	return TOOL_OK;
}
