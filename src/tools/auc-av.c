/* SPDX-License-Identifier: Apache-2.0 */
/* auc-av(1): authentication vectors of subscribers in a register (TS 33.102 6.3.2). */
#include "base/feed.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "base/when.h"
#include "pki/cert.h"
#include "pki/envelope.h"
#include "register/auc.h"

#include <string.h>

static const struct tool tool = {
	"auc-av",
	"auc-av --register DB [--count N] [--ind IND] [--resync RAND:AUTS] "
	"[--eps MCC-MNC | --5g SNN] [--audit FILE] [--recipient CERT] [-o FILE] IMSI...|-",
	"Makes authentication vectors; the SQN is durable before a vector is told."};

static struct {
	const char *db, *count, *ind, *resync, *eps, *snn, *audit, *recipient, *out;
	struct auc_options auc;
} o;

/* Where results go: as they come, or sealed at the end. */
struct sink {
	struct reg *r;
	struct outfile file;
	struct buf block, whole;
	bool any;
};

static void sink_free(struct sink *s)
{
	reg_close(s->r);
	outfile_discard(&s->file);
	buf_free(&s->block);
	buf_free(&s->whole);
}

static int sink_block(struct sink *s, struct why *why)
{
	int rc;

	if (!s->block.len)
		return 0;
	if (!s->any && !o.recipient && outfile_open(&s->file, o.out, OUTFILE_SECRET, why))
		return -1;
	s->any = true;
	rc = o.recipient ? buf_add(&s->whole, buf_text(&s->block), s->block.len, why)
			 : outfile_write(&s->file, buf_text(&s->block), s->block.len, why);
	buf_clear(&s->block);
	return rc;
}

static int sink_end(struct sink *s, struct why *why)
{
	AUTO(X509) *recipient = NULL;
	BUF(cms);

	if (!o.recipient && s->any)
		return outfile_close(&s->file, why);
	if (!o.recipient)
		return outfile_put(o.out, OUTFILE_SECRET, "", 0, why);
	recipient = cert_load(o.recipient, why);
	return recipient && envelope_seal(&cms, recipient, s->whole.bytes, s->whole.len, why) == 0
		       ? outfile_put(o.out, OUTFILE_PUBLIC, cms.bytes, cms.len, why)
		       : -1;
}

/* The worst status so far; a refusal is reported with its line, where it has one. */
static int serve(struct sink *s, struct auc_request *q, const size_t *line, size_t n, int *worst,
		 struct why *why)
{
	o.auc.at = when_now();
	if (n && (auc_block(s->r, &o.auc, q, n, &s->block, why) || sink_block(s, why)))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!q[i].why.status)
			continue;
		if (line)
			why_in(&q[i].why, "stdin:%zu", line[i]);
		tool_fail(&q[i].why);
		*worst = q[i].why.status > *worst ? q[i].why.status : *worst;
	}
	return 0;
}

/* A line is an IMSI, or an IMSI, a blank and RAND:AUTS. */
static int serve_stdin(struct sink *s, int *worst, struct why *why)
{
	static struct feed feed;
	static struct auc_request q[AUC_BLOCK];
	char *lines[AUC_BLOCK];
	size_t number[AUC_BLOCK];
	int got;

	while ((got = feed_lines(&feed, lines, AUC_BLOCK, why)) > 0) {
		size_t n = 0;

		for (int i = 0; i < got; i++) {
			char *blank = strchr(lines[i], ' ');

			if (blank)
				*blank++ = '\0';
			number[n] = feed.line - (size_t)(got - 1 - i);
			if (*lines[i])
				q[n++] = (struct auc_request){lines[i], blank, {0}};
		}
		if (serve(s, q, number, n, worst, why))
			return -1;
	}
	return got;
}

static int run(int argc, char **argv)
{
	__attribute__((cleanup(sink_free))) struct sink s = {0};
	struct why why = {0};
	int worst = TOOL_OK, rc = 0;

	s.r = reg_open(o.db, &why);
	if (!s.r)
		return tool_fail(&why);
	for (int i = 0; i < argc && !rc; i++) {
		struct auc_request q = {argv[i], o.resync, {0}};

		rc = strcmp(argv[i], "-") == 0 ? serve_stdin(&s, &worst, &why)
					       : serve(&s, &q, NULL, 1, &worst, &why);
	}
	if (rc)
		return tool_fail(&why);
	if (worst != TOOL_OK && !s.any)
		return worst;
	return sink_end(&s, &why) ? tool_fail(&why) : worst;
}

static int prepare(struct why *why)
{
	uint64_t count, ind = 0;

	if (num_parse(&count, o.count ? o.count : "1", 1, VECTORS_MAX, "--count", why) ||
	    (o.ind && num_parse(&ind, o.ind, 0, SQN_SLOTS - 1, "--ind", why)) ||
	    (o.eps && plmn_parse(&o.auc.plmn, o.eps, "--eps", why)) ||
	    (o.snn && auc_check_snn(o.snn, why)))
		return -1;
	o.auc.form = o.eps ? AUC_EPS : o.snn ? AUC_5G : AUC_UMTS;
	o.auc.snn = o.snn;
	o.auc.count = (unsigned)count;
	o.auc.ind = o.ind ? (int)ind : -1;
	o.auc.audit = o.audit;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the register of the subscribers"},
		{"count", 0, TOOL_TEXT, &o.count, "N", "so many vectors for each IMSI (1)"},
		{"ind", 0, TOOL_TEXT, &o.ind, "IND", "this slot of the SQN (the next one)"},
		{"resync", 0, TOOL_TEXT, &o.resync, "RAND:AUTS", "resynchronise first"},
		{"eps", 0, TOOL_TEXT, &o.eps, "MCC-MNC", "K_ASME for this serving network"},
		{"5g", 0, TOOL_TEXT, &o.snn, "SNN", "XRES* and K_AUSF for this serving network"},
		{"audit", 0, TOOL_TEXT, &o.audit, "FILE", "append a line for each vector"},
		{"recipient", 0, TOOL_TEXT, &o.recipient, "CERT",
		 "seal the vectors for this certificate"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (!o.db || first == argc)
		tool_usage("--register and an IMSI are wanted");
	if (o.resync && (argc - first != 1 || strcmp(argv[first], "-") == 0))
		tool_usage("--resync is for one IMSI");
	if (o.eps && o.snn)
		tool_usage("--eps or --5g");
	return prepare(&why) ? tool_fail(&why) : run(argc - first, argv + first);
}
