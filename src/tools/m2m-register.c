/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-register(1): one party's register, loaded, read and changed. */
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "pki/cert.h"
#include "pki/envelope.h"
#include "pki/key.h"
#include "register/fields.h"
#include "register/import.h"
#include "register/load.h"
#include "register/transport.h"

#include <stdio.h>
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
	const char *db, *key, *recipient, *format, *plmn, *in, *out;
	bool csv;
} o;

static const struct tool_opt opts[] = {
	{"register", 0, TOOL_TEXT, &o.db, "DB",
	 "the register: a file, made on first use, or postgresql://"},
	{"csv", 0, TOOL_FLAG, &o.csv, NULL, "CSV with a header line instead of JSON Lines"},
	{"format", 0, TOOL_TEXT, &o.format, "FORMAT",
	 "subscribers: jsonl, csv, open5gs, osmo-hlr, pysim; export: free5gc, srsran too"},
	{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "export: the home PLMN, for free5gc and pysim"},
	{"key", 0, TOOL_TEXT, &o.key, "KEY",
	 "import: open the sealed input: a private key, or a transport key"},
	{"recipient", 0, TOOL_TEXT, &o.recipient, "CERT",
	 "export: seal the output for this certificate"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
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

/* A batch under a transport key starts as JSON does, and an envelope as DER. */
static int open_sealed(struct buf *text, bool *is_batch, struct why *why)
{
	SECRET(transport_key) batch_key = {0};
	AUTO(EVP_PKEY) *key = NULL;
	BUF(in);

	if (slurp(&in, o.in, SLURP_LARGE, why))
		return -1;
	*is_batch = in.len && in.bytes[0] == '{';
	if (*is_batch)
		return transport_key_load(&batch_key, o.key, why) ||
				       transport_open(text, &batch_key, buf_text(&in), in.len, why)
			       ? -1
			       : 0;
	key = key_load(o.key, why);
	return key && envelope_open(text, key, NULL, in.bytes, in.len, why) == 0 ? 0 : -1;
}

/* Another's form is of subscribers alone. */
static int parse_form(enum export_form *form, int table, struct why *why)
{
	*form = o.csv ? EXPORT_CSV : EXPORT_JSONL;
	if (!o.format)
		return 0;
	if (o.csv)
		return why_usage(why, "--csv or --format");
	if (export_parse(form, o.format, why))
		return -1;
	return table == REG_SUBSCRIBERS || *form <= EXPORT_CSV
		       ? 0
		       : why_usage(why, "--format %s is for subscribers", o.format);
}

/* A sealed stream is opened whole, before a line of it is looked at. */
static struct import *open_input(int table, struct why *why)
{
	enum export_form form;
	bool is_batch = false;
	BUF(text);

	if (parse_form(&form, table, why))
		return NULL;
	if (!o.key)
		return import_open(o.in, form, NULL, why);
	if (open_sealed(&text, &is_batch, why)) {
		why_in(why, "%s", slurp_name(o.in));
		return NULL;
	}
	return import_open(o.in, is_batch ? EXPORT_JSONL : form, &text, why);
}

static int do_import(int argc, char **argv)
{
	struct why why = {0};
	int first, table, got, worst = TOOL_OK;
	AUTO(REG) *r = begin(argc, argv, 1, 1, &first, &table, &why);
	AUTO(IMPORT) *in = r ? open_input(table, &why) : NULL;

	if (!in || reg_begin(r, &why))
		return tool_fail(&why);
	do {
		AUTO(json_t) *record = NULL;

		got = import_next(in, &record, &why);
		if (got == 1 && reg_load(r, (enum reg_table)table, record, &why))
			got = import_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
	} while (got && why.status != TOOL_SYS && why.status != TOOL_BUSY);
	if (why.status == TOOL_SYS || why.status == TOOL_BUSY)
		return worst;
	return reg_commit(r, &why) ? tool_fail(&why) : worst;
}

struct sink {
	struct reg *r;
	struct buf out;
	int table, worst;
	enum export_form form;
	struct plmn plmn;
};

/* The PLMN that was given, which the IMSI must start with, or that of the IMSI's pool. */
static int find_plmn(struct sink *s, const json_t *record, struct why *why)
{
	const char *imsi = json_string_value(json_object_get(record, "imsi"));
	char text[PLMN_TEXT];

	if (!export_wants_plmn(s->form))
		return 0;
	if (!o.plmn && reg_pool_of(s->r, imsi, text, why)) {
		why_in(why, "--plmn is wanted");
		return -1;
	}
	if (plmn_parse(&s->plmn, o.plmn ? o.plmn : text, "--plmn", why))
		return -1;
	snprintf(text, sizeof(text), "%s%s", s->plmn.mcc, s->plmn.mnc);
	return strncmp(imsi, text, strlen(text)) == 0
		       ? 0
		       : why_input(why, "%.15s is not of %s", imsi, o.plmn);
}

/* One that the form cannot hold is reported, and the others are done. */
static int take(void *ctx, json_t *record, struct why *why)
{
	struct sink *s = ctx;
	struct why own = {0};

	if (s->table != REG_SUBSCRIBERS)
		return record_append(&s->out, o.csv ? RECORD_CSV : RECORD_JSONL,
				     reg_columns((enum reg_table)s->table), record, why);
	if (find_plmn(s, record, &own) == 0 &&
	    export_record(&s->out, s->form, &s->plmn, record, &own) == 0)
		return 0;
	if (own.status != TOOL_NO && own.status != TOOL_INPUT) {
		*why = own;
		return -1;
	}
	tool_fail(&own);
	s->worst = own.status > s->worst ? own.status : s->worst;
	return 0;
}

static int export_all(struct sink *s, struct why *why)
{
	if (parse_form(&s->form, s->table, why))
		return -1;
	if (s->table != REG_SUBSCRIBERS)
		return record_header(&s->out, s->form == EXPORT_CSV ? RECORD_CSV : RECORD_JSONL,
				     reg_columns((enum reg_table)s->table), why) ||
				       reg_each(s->r, (enum reg_table)s->table, NULL, NULL, take, s,
						why) < 0
			       ? -1
			       : 0;
	return export_header(&s->out, s->form, why) ||
			       reg_each(s->r, REG_SUBSCRIBERS, NULL, NULL, take, s, why) < 0 ||
			       export_footer(&s->out, s->form, why)
		       ? -1
		       : 0;
}

static int put(const struct sink *s, struct why *why)
{
	AUTO(X509) *recipient = NULL;
	BUF(cms);

	if (!o.recipient)
		return outfile_put(o.out,
				   s->table == REG_SUBSCRIBERS ? OUTFILE_SECRET : OUTFILE_PUBLIC,
				   buf_text(&s->out), s->out.len, why);
	recipient = cert_load(o.recipient, why);
	return recipient && envelope_seal(&cms, recipient, buf_text(&s->out), s->out.len, why) == 0
		       ? outfile_put(o.out, OUTFILE_PUBLIC, cms.bytes, cms.len, why)
		       : -1;
}

static int do_export(int argc, char **argv)
{
	struct why why = {0};
	struct sink s = {0};
	int first, rc;
	AUTO(REG) *r = begin(argc, argv, 1, 1, &first, &s.table, &why);

	s.r = r;
	rc = !r || export_all(&s, &why) || put(&s, &why);
	buf_free(&s.out);
	return rc ? tool_fail(&why) : s.worst;
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
