/* SPDX-License-Identifier: Apache-2.0 */
/* auc-av(1): authentication vectors of subscribers in a register (TS 33.102 6.3.2). */
#include "base/lines.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "base/when.h"
#include "pki/cert.h"
#include "pki/envelope.h"
#include "register/subscriber.h"

#include <string.h>

#define COUNT_MAX 64

static const struct tool tool = {
	"auc-av",
	"auc-av --register DB [--count N] [--resync RAND:AUTS] [--recipient CERT] [-o FILE] "
	"IMSI...|-",
	"Makes authentication vectors; the SQN is durable before a vector is told."};

static struct {
	const char *db, *count, *resync, *recipient, *out;
	uint64_t n;
} o;

static int print(struct buf *out, const char *imsi, const struct aka_vector *v, struct why *why)
{
	AUTO(json_t) *record = json_object();

	return json_put_text(record, "imsi", imsi, why) ||
			       json_put_hex(record, "rand", v->rand, 16, why) ||
			       json_put_hex(record, "autn", v->autn, 16, why) ||
			       json_put_hex(record, "xres", v->xres, 8, why) ||
			       json_put_hex(record, "ck", v->ck, 16, why) ||
			       json_put_hex(record, "ik", v->ik, 16, why) ||
			       json_append_line(out, record, why)
		       ? -1
		       : 0;
}

static int one(struct reg *r, const char *imsi, struct buf *out, struct why *why)
{
	struct aka_vector v[COUNT_MAX];
	int rc =
		reg_begin(r, why) ||
				reg_vectors(r, imsi, (unsigned)o.n, o.resync, when_now(), v, why) ||
				reg_commit(r, why)
			? -1
			: 0;

	for (unsigned i = 0; i < o.n && !rc; i++)
		rc = print(out, imsi, &v[i], why);
	OPENSSL_cleanse(v, sizeof(v));
	reg_rollback(r);
	return rc;
}

/* One bad IMSI does not stop the rest. */
static int try(struct reg *r, const char *imsi, size_t line, struct buf *out)
{
	struct why why = {0};

	if (one(r, imsi, out, &why) == 0)
		return TOOL_OK;
	if (line)
		why_in(&why, "stdin:%zu", line);
	return tool_fail(&why);
}

static int try_lines(struct reg *r, struct buf *out)
{
	struct why why = {0};
	int worst = TOOL_OK;
	LINES(ids);

	if (lines_load(&ids, NULL, &why))
		return tool_fail(&why);
	for (const char *imsi; (imsi = lines_next(&ids));) {
		const int status = try(r, imsi, ids.line, out);

		worst = status > worst ? status : worst;
	}
	return worst;
}

static int put(const struct buf *out, struct why *why)
{
	AUTO(X509) *recipient = NULL;
	BUF(cms);

	if (!o.recipient)
		return outfile_put(o.out, OUTFILE_SECRET, buf_text(out), out->len, why);
	recipient = cert_load(o.recipient, why);
	if (!recipient || envelope_seal(&cms, recipient, out->bytes, out->len, why))
		return -1;
	return outfile_put(o.out, OUTFILE_PUBLIC, cms.bytes, cms.len, why);
}

static int run(int argc, char **argv)
{
	struct why why = {0};
	AUTO(REG) *r = NULL;
	int worst = TOOL_OK;
	BUF(out);

	if (num_parse(&o.n, o.count ? o.count : "1", 1, COUNT_MAX, "--count", &why))
		return tool_fail(&why);
	r = reg_open(o.db, &why);
	if (!r)
		return tool_fail(&why);
	for (int i = 0; i < argc; i++) {
		const int status =
			strcmp(argv[i], "-") == 0 ? try_lines(r, &out) : try(r, argv[i], 0, &out);

		worst = status > worst ? status : worst;
	}
	if (worst != TOOL_OK && out.len == 0)
		return worst;
	return put(&out, &why) ? tool_fail(&why) : worst;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the register of the subscribers"},
		{"count", 0, TOOL_TEXT, &o.count, "N", "so many vectors for each IMSI (1)"},
		{"resync", 0, TOOL_TEXT, &o.resync, "RAND:AUTS", "resynchronise first"},
		{"recipient", 0, TOOL_TEXT, &o.recipient, "CERT",
		 "seal the vectors for this certificate"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (!o.db || first == argc)
		tool_usage("--register and an IMSI are wanted");
	if (o.resync && argc - first != 1)
		tool_usage("--resync is for one IMSI");
	return run(argc - first, argv + first);
}
