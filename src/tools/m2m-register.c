/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-register(1): one party's register, loaded, read and changed. */
#include "base/outfile.h"
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

/* Parses, and opens the register; *table is the first operand's, where operands are wanted. */
static struct reg *begin(int argc, char **argv, int least, int most, int *first, int *table,
			 struct why *why)
{
	*first = tool_options(&tool, opts, argc, argv);
	if (!o.db)
		tool_usage("--register is wanted");
	if (argc - *first < least || (most >= 0 && argc - *first > most))
		tool_usage("wrong number of operands");
	*table = least ? reg_table_parse(argv[*first], why) : 0;
	return *table < 0 ? NULL : reg_open(o.db, why);
}

static int do_import(int argc, char **argv)
{
	struct why why = {0};
	int first, table, worst = TOOL_OK;
	AUTO(REG) *r = begin(argc, argv, 1, 1, &first, &table, &why);

	x.table = (enum reg_table)table;
	return !r || sho_import(r, &x, tool_fail, &worst, &why) ? tool_fail(&why) : worst;
}

static int do_export(int argc, char **argv)
{
	struct why why = {0};
	int first, table, worst = TOOL_OK;
	AUTO(REG) *r = begin(argc, argv, 1, 1, &first, &table, &why);
	BUF(out);

	x.table = (enum reg_table)table;
	if (!r || sho_export(&out, r, &x, tool_fail, &worst, &why) ||
	    outfile_put(o.out,
			x.table == REG_SUBSCRIBERS && !x.recipient ? OUTFILE_SECRET
								   : OUTFILE_PUBLIC,
			buf_text(&out), out.len, &why))
		return tool_fail(&why);
	return worst;
}

static int do_set(int argc, char **argv)
{
	struct why why = {0};
	int first, table;
	AUTO(REG) *r = begin(argc, argv, 3, -1, &first, &table, &why);

	if (!r || reg_begin(r, &why) ||
	    reg_set(r, (enum reg_table)table, argv[first + 1], argv + first + 2,
		    (size_t)(argc - first - 2), &why) ||
	    reg_commit(r, &why))
		return tool_fail(&why);
	return TOOL_OK;
}

static int do_delete(int argc, char **argv)
{
	struct why why = {0};
	int first, table;
	AUTO(REG) *r = begin(argc, argv, 2, -1, &first, &table, &why);

	if (!r || reg_begin(r, &why))
		return tool_fail(&why);
	for (int i = first + 1; i < argc; i++)
		if (reg_remove(r, (enum reg_table)table, argv[i], &why))
			return tool_fail(&why);
	return reg_commit(r, &why) ? tool_fail(&why) : TOOL_OK;
}

static int check_record(void *ctx, json_t *record, struct why *why)
{
	return reg_fields_check(*(enum reg_table *)ctx, record, why);
}

static int do_check(int argc, char **argv)
{
	struct why why = {0};
	int first, ignored;
	AUTO(REG) *r = begin(argc, argv, 0, 0, &first, &ignored, &why);
	AUTO(json_t) *counts = json_object();
	static const char *const names[] = {"subscribers", "discovery", "equipment"};
	BUF(out);

	if (!r || reg_check(r, &why))
		return tool_fail(&why);
	for (enum reg_table t = REG_SUBSCRIBERS; t <= REG_EQUIPMENT; t++) {
		const int n = reg_each(r, t, NULL, NULL, check_record, &t, &why);

		if (n < 0 || json_put_number(counts, names[t], (uint64_t)n, &why))
			return tool_fail(&why);
	}
	if (json_append_line(&out, counts, &why) ||
	    outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, &why))
		return tool_fail(&why);
	return TOOL_OK;
}

static int do_backup(int argc, char **argv)
{
	struct why why = {0};
	int first, ignored;
	AUTO(REG) *r = begin(argc, argv, 0, 0, &first, &ignored, &why);

	if (!o.out || strcmp(o.out, "-") == 0)
		tool_usage("-o FILE is wanted");
	return !r || reg_backup(r, o.out, &why) ? tool_fail(&why) : TOOL_OK;
}

int main(int argc, char **argv)
{
	static const struct tool_verb verbs[] = {{"import", do_import}, {"export", do_export},
						 {"set", do_set},       {"delete", do_delete},
						 {"check", do_check},   {"backup", do_backup},
						 {NULL, NULL}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
