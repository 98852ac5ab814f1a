/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-register(1): one party's register, loaded, read and changed. */
#include "base/secmem.h"
#include "base/tool.h"
#include "register/fields.h"
#include "register/load.h"
#include "sho/exchange.h"

#include <string.h>

static const struct tool tool = {
	"m2m-register",
	"m2m-register import --register DB [--csv | --format FORMAT] [--key KEY] [-i FILE] "
	"subscribers|discovery|equipment\n"
	"m2m-register export --register DB [--csv | --format FORMAT [--plmn MCC-MNC]] "
	"[--recipient CERT] [-o FILE] subscribers|discovery|equipment\n"
	"m2m-register set --register DB subscribers|discovery|equipment KEY FIELD=VALUE...\n"
	"m2m-register delete --register DB subscribers|discovery|equipment KEY...\n"
	"m2m-register check --register DB\n"
	"m2m-register backup --register DB -o FILE",
	"One party's register: subscribers, discovery and equipment."};

static struct {
	const char *db, *out;
} o;
static struct sho_exchange x;

static const struct tool_opt opts[] = {
	{"register", 0, TOOL_TEXT, &o.db, "DB",
	 "the register: a file, made on first use, or postgresql://"},
	{"csv", 0, TOOL_FLAG, &x.csv, NULL, "CSV with a header line instead of JSON Lines"},
	{"format", 0, TOOL_TEXT, &x.format, "FORMAT",
	 "subscribers: jsonl, csv, open5gs, osmo-hlr, pysim; export: free5gc, srsran too"},
	{"plmn", 0, TOOL_TEXT, &x.plmn, "MCC-MNC", "export: the home PLMN, for free5gc and pysim"},
	{"key", 0, TOOL_TEXT, &x.key, "KEY",
	 "import: open the sealed input: a private key, or a transport key"},
	{"recipient", 0, TOOL_TEXT, &x.recipient, "CERT",
	 "export: seal the output for this certificate"},
	{"input", 'i', TOOL_TEXT, &x.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

static int worst;

/* What the verbs do: words are the operands behind the table's name, where one is taken. */
static int import(struct reg *r, char **words, size_t n, struct why *why)
{
	(void)words;
	(void)n;
	return sho_import(r, &x, tool_fail, &worst, why);
}

static int export(struct reg *r, char **words, size_t n, struct why *why)
{
	(void)words;
	(void)n;
	return sho_export(o.out, r, &x, tool_fail, &worst, why);
}

static int set(struct reg *r, char **words, size_t n, struct why *why)
{
	return reg_set(r, x.table, words, n, why);
}

static int delete (struct reg *r, char **words, size_t n, struct why *why)
{
	return reg_remove(r, x.table, words, n, why);
}

static int check(struct reg *r, char **words, size_t n, struct why *why)
{
	(void)words;
	(void)n;
	return reg_audit(r, o.out, why);
}

static int backup(struct reg *r, char **words, size_t n, struct why *why)
{
	(void)words;
	(void)n;
	return reg_backup(r, o.out, why);
}

static const struct verb {
	const char *name;
	int least, most; /* operands, the table's name first; -1: any number */
	int (*act)(struct reg *r, char **words, size_t n, struct why *why);
	const char *options[7]; /* NULL at the end */
} acts[] = {{"import", 1, 1, import, {"register", "csv", "format", "key", "input"}},
	    {"export", 1, 1, export, {"register", "csv", "format", "plmn", "recipient", "output"}},
	    {"set", 3, -1, set, {"register"}},
	    {"delete", 2, -1, delete, {"register"}},
	    {"check", 0, 0, check, {"register", "output"}},
	    {"backup", 0, 0, backup, {"register", "output"}}};

static int run(int argc, char **argv)
{
	const struct verb *v = acts;
	struct why why = {0};
	AUTO(REG) *r = NULL;
	int first, n, table = 0;

	while (strcmp(v->name, argv[0]) != 0)
		v++;
	first = tool_options_of(&tool, opts, v->options, argc, argv);
	n = argc - first;
	if (!o.db)
		tool_usage("--register is wanted");
	if (n < v->least || (v->most >= 0 && n > v->most))
		tool_usage("wrong number of operands");
	if (n && (table = reg_table_parse(argv[first], &why)) < 0)
		return tool_fail(&why);
	x.table = (enum reg_table)table;
	r = reg_open(o.db, &why);
	if (n) {
		first++;
		n--;
	}
	return !r || v->act(r, argv + first, (size_t)n, &why) ? tool_fail(&why) : worst;
}

int main(int argc, char **argv)
{
	static const struct tool_verb verbs[] = {{"import", run}, {"export", run}, {"set", run},
						 {"delete", run}, {"check", run},  {"backup", run},
						 {NULL, NULL}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
