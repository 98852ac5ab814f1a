/* SPDX-License-Identifier: Apache-2.0 */
/* ro-drf-lookup(1): where an M2ME finds its operator (TR 33.812 5.1.3.4.2, B.2.2.2). */
#include "base/secmem.h"
#include "base/tool.h"
#include "register/ask.h"

#include <string.h>

static const struct tool tool = {
	"ro-drf-lookup",
	"ro-drf-lookup --register DB [--by pcid|tre_id|imsi] [--csv | --tsv] [-o FILE] ID...|-\n"
	"ro-drf-lookup --routes FILE [--csv | --tsv] [-o FILE] IMSI...|-",
	"Looks up discovery records, or which operator an IMSI belongs to."};

static struct {
	const char *db, *by, *routes, *out;
	bool csv, tsv;
} o;

static void ask_end(struct ask *a)
{
	reg_close(a->r);
	routes_free(a->routes);
}

static int run(char **words, size_t n)
{
	__attribute__((cleanup(ask_end))) struct ask a = {.by = o.by,
							  .form = o.csv   ? RECORD_CSV
								  : o.tsv ? RECORD_TSV
									  : RECORD_JSONL,
							  .out = o.out};
	struct why why = {0};
	int worst = TOOL_OK;

	if (o.routes ? !(a.routes = routes_load(o.routes, a.form, &why))
		     : !(a.r = reg_open(o.db, &why)))
		return tool_fail(&why);
	return ask_all(&a, words, n, tool_fail, &worst, &why) ? tool_fail(&why) : worst;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the register of the DRF"},
		{"by", 0, TOOL_TEXT, &o.by, "pcid|tre_id|imsi", "what an ID is (pcid)"},
		{"routes", 0, TOOL_TEXT, &o.routes, "FILE", "a table of PLMNs and operators"},
		{"csv", 0, TOOL_FLAG, &o.csv, NULL, "CSV with a header line, in and out"},
		{"tsv", 0, TOOL_FLAG, &o.tsv, NULL, "the same, by tabs"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	int first;

	secmem_init_bare();
	first = tool_options(&tool, opts, argc, argv);
	if (!o.db == !o.routes || first == argc)
		tool_usage("--register or --routes, and an ID are wanted");
	if (!o.by)
		o.by = "pcid";
	if (o.csv && o.tsv)
		tool_usage("--csv or --tsv");
	if (strcmp(o.by, "pcid") != 0 && strcmp(o.by, "tre_id") != 0 && strcmp(o.by, "imsi") != 0)
		tool_usage("--by: want pcid, tre_id or imsi");
	return run(argv + first, (size_t)(argc - first));
}
