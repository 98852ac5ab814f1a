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
#include "register/load.h"
#include "register/transport.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct tool tool = {
	"m2m-register",
	"m2m-register import --register DB [--csv] [--key KEY] [-i FILE] "
	"subscribers|discovery|equipment\n"
	"m2m-register export --register DB [--csv] [--recipient CERT] [-o FILE] "
	"subscribers|discovery|equipment\n"
	"m2m-register set --register DB subscribers|discovery|equipment KEY FIELD=VALUE...\n"
	"m2m-register delete --register DB subscribers|discovery|equipment KEY...\n"
	"m2m-register check --register DB\n"
	"m2m-register backup --register DB -o FILE",
	"One party's register: subscribers, discovery and equipment."};

static struct {
	const char *db, *key, *recipient, *in, *out;
	bool csv;
} o;

static const struct tool_opt opts[] = {
	{"register", 0, TOOL_TEXT, &o.db, "DB", "the register: a file, made on first use"},
	{"csv", 0, TOOL_FLAG, &o.csv, NULL, "CSV with a header line instead of JSON Lines"},
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

/* What was opened stands in memory, in place of stdin. */
static int put_stdin(const struct buf *text, struct why *why)
{
	const int fd = memfd_create("register", MFD_CLOEXEC);
	size_t done = 0;
	ssize_t n = 1;

	for (; fd >= 0 && done < text->len && n > 0; done += (size_t)n)
		n = write(fd, text->bytes + done, text->len - done);
	if (fd < 0 || n <= 0 || lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, STDIN_FILENO) < 0)
		return why_sys(why, "no memory for the input");
	close(fd);
	return 0;
}

/* A sealed stream is opened whole, before a line of it is looked at. */
static struct record_reader *open_input(struct why *why)
{
	bool is_batch = false;
	BUF(text);

	if (!o.key)
		return record_open(o.in, o.csv ? RECORD_CSV : RECORD_JSONL, why);
	if (open_sealed(&text, &is_batch, why)) {
		why_in(why, "%s", slurp_name(o.in));
		return NULL;
	}
	if (put_stdin(&text, why))
		return NULL;
	return record_open(NULL, o.csv && !is_batch ? RECORD_CSV : RECORD_JSONL, why);
}

static int do_import(int argc, char **argv)
{
	struct why why = {0};
	int first, table, got, worst = TOOL_OK;
	AUTO(REG) *r = begin(argc, argv, 1, 1, &first, &table, &why);
	AUTO(RECORD_READER) *in = r ? open_input(&why) : NULL;

	if (!in || reg_begin(r, &why))
		return tool_fail(&why);
	do {
		AUTO(json_t) *record = NULL;

		got = record_next(in, &record, &why);
		if (got == 1 && reg_load(r, (enum reg_table)table, record, &why))
			got = record_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
	} while (got && why.status != TOOL_SYS && why.status != TOOL_BUSY);
	if (why.status == TOOL_SYS || why.status == TOOL_BUSY)
		return worst;
	return reg_commit(r, &why) ? tool_fail(&why) : worst;
}

struct sink {
	struct buf out;
	int table;
};

static int take(void *ctx, json_t *record, struct why *why)
{
	struct sink *s = ctx;

	return record_append(&s->out, o.csv ? RECORD_CSV : RECORD_JSONL,
			     reg_columns((enum reg_table)s->table), record, why);
}

static int do_export(int argc, char **argv)
{
	struct why why = {0};
	struct sink s = {0};
	int first, rc;
	AUTO(REG) *r = begin(argc, argv, 1, 1, &first, &s.table, &why);
	AUTO(X509) *recipient = NULL;
	BUF(cms);

	rc = !r ||
	     record_header(&s.out, o.csv ? RECORD_CSV : RECORD_JSONL,
			   reg_columns((enum reg_table)s.table), &why) ||
	     reg_each(r, (enum reg_table)s.table, NULL, NULL, take, &s, &why) < 0;
	if (!rc && o.recipient)
		rc = !(recipient = cert_load(o.recipient, &why)) ||
		     envelope_seal(&cms, recipient, buf_text(&s.out), s.out.len, &why) ||
		     outfile_put(o.out, OUTFILE_PUBLIC, cms.bytes, cms.len, &why);
	else if (!rc)
		rc = outfile_put(o.out,
				 s.table == REG_SUBSCRIBERS ? OUTFILE_SECRET : OUTFILE_PUBLIC,
				 buf_text(&s.out), s.out.len, &why);
	buf_free(&s.out);
	return rc ? tool_fail(&why) : TOOL_OK;
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
