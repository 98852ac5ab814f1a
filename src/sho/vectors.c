/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/vectors.h"

#include "aka/kdf.h"
#include "base/feed.h"
#include "base/num.h"
#include "base/when.h"
#include "pki/cert.h"
#include "pki/envelope.h"

#include <string.h>

void sho_vectors_free(struct sho_vectors *v)
{
	reg_close(v->r);
	outfile_discard(&v->file);
	buf_free(&v->block);
	buf_free(&v->whole);
}

int sho_vectors_open(struct sho_vectors *v, const struct sho_vectors_order *o, const char *db,
		     int (*report)(const struct why *why), struct why *why)
{
	uint64_t count, ind = 0;

	v->order = o;
	v->report = report;
	if (o->eps && o->snn)
		return why_usage(why, "--eps or --5g");
	if (num_parse(&count, o->count ? o->count : "1", 1, VECTORS_MAX, "--count", why) ||
	    (o->ind && num_parse(&ind, o->ind, 0, SQN_SLOTS - 1, "--ind", why)) ||
	    (o->eps && plmn_parse(&v->auc.plmn, o->eps, "--eps", why)) ||
	    (o->snn && kdf_snn_check(o->snn, why)))
		return -1;
	v->auc.form = o->eps ? AUC_EPS : o->snn ? AUC_5G : AUC_UMTS;
	v->auc.snn = o->snn;
	v->auc.count = (unsigned)count;
	v->auc.ind = o->ind ? (int)ind : -1;
	v->auc.apn = o->apn;
	v->auc.audit = o->audit;
	v->r = reg_open(db, why);
	return v->r ? 0 : -1;
}

/* As they come, or kept until all are there. */
static int tell(struct sho_vectors *v, struct why *why)
{
	int rc;

	if (!v->block.len)
		return 0;
	if (!v->any && !v->order->recipient &&
	    outfile_open(&v->file, v->order->out, OUTFILE_SECRET, why))
		return -1;
	v->any = true;
	rc = v->order->recipient ? buf_add(&v->whole, buf_text(&v->block), v->block.len, why)
				 : outfile_write(&v->file, buf_text(&v->block), v->block.len, why);
	buf_clear(&v->block);
	return rc;
}

/* line, where it is not NULL: of each request. */
static int serve(struct sho_vectors *v, struct auc_request *q, const size_t *line, size_t n,
		 struct why *why)
{
	v->auc.at = when_now();
	if (n && (auc_block(v->r, &v->auc, q, n, &v->block, why) || tell(v, why)))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!q[i].why.status)
			continue;
		if (line)
			why_in(&q[i].why, "stdin:%zu", line[i]);
		if (v->report(&q[i].why) > v->worst)
			v->worst = q[i].why.status;
	}
	return 0;
}

int sho_vectors_one(struct sho_vectors *v, const char *imsi, const char *resync, struct why *why)
{
	struct auc_request q = {imsi, resync, {0}};

	return serve(v, &q, NULL, 1, why);
}

int sho_vectors_stdin(struct sho_vectors *v, struct why *why)
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

			if (!lines[i][strspn(lines[i], " \t\r")])
				continue;
			if (blank)
				*blank++ = '\0';
			number[n] = feed.line - (size_t)(got - 1 - i);
			q[n++] = (struct auc_request){lines[i], blank, {0}};
		}
		if (serve(v, q, number, n, why))
			return -1;
	}
	return got;
}

int sho_vectors_close(struct sho_vectors *v, struct why *why)
{
	const char *out = v->order->out;
	AUTO(X509) *recipient = NULL;
	BUF(cms);

	if (v->worst && !v->any)
		return 0;
	if (!v->order->recipient)
		return v->any ? outfile_close(&v->file, why)
			      : outfile_put(out, OUTFILE_SECRET, "", 0, why);
	recipient = cert_load(v->order->recipient, why);
	return recipient && envelope_seal(&cms, recipient, v->whole.bytes, v->whole.len, why) == 0
		       ? outfile_put(out, OUTFILE_PUBLIC, cms.bytes, cms.len, why)
		       : -1;
}
