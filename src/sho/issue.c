/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/issue.h"

#include "base/num.h"
#include "base/slurp.h"
#include "pki/cert.h"
#include "pki/envelope.h"

#include <string.h>

#define COUNT_MAX 100000000
#define MSIN_MAX 9999999999
#define SHARE_MAX 1000

void sho_issue_free(struct sho_issue *i)
{
	lines_free(&i->tre_ids);
	X509_free(i->recipient);
	OPENSSL_cleanse(i, sizeof(*i));
}

static int check_words(const struct sho_issue_order *o, struct why *why)
{
	if (o->alg && strcmp(o->alg, "milenage") != 0 && strcmp(o->alg, "tuak") != 0)
		return why_usage(why, "--alg: want milenage or tuak");
	if (o->transport_key && (o->recipient || (o->format && strcmp(o->format, "jsonl") != 0)))
		return why_usage(why, "--transport-key: without --recipient, and as jsonl alone");
	return 0;
}

int sho_issue_load(struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
{
	struct subscription *s = &i->issue.subscription;

	if (check_words(o, why) || plmn_parse(&i->plmn, o->plmn, "--plmn", why) ||
	    num_parse(&i->issue.count, o->count, 1, COUNT_MAX, "--count", why) ||
	    num_parse(&s->first, o->first ? o->first : "1", 0, MSIN_MAX, "--first", why) ||
	    num_parse(&i->issue.share, o->share ? o->share : "1", 1, SHARE_MAX, "--share", why) ||
	    export_parse(&i->form, o->format ? o->format : "jsonl", why) ||
	    (o->tre_ids && lines_load(&i->tre_ids, o->tre_ids, why)) ||
	    (o->op && slurp_hex(i->op, o->alg && strcmp(o->alg, "tuak") == 0 ? 32 : 16, o->op,
				"--op", why)) ||
	    (o->transport_key && transport_key_load(&i->key, o->transport_key, why)) ||
	    (o->recipient && !(i->recipient = cert_load(o->recipient, why))))
		return -1;
	s->plmn = &i->plmn;
	s->alg = o->alg ? o->alg : "milenage";
	s->op = o->op ? i->op : NULL;
	s->with_key = !o->no_key;
	i->has_key = o->transport_key != NULL;
	i->issue.tre_ids = o->tre_ids ? &i->tre_ids : NULL;
	i->issue.tre_ids_name = o->tre_ids;
	return 0;
}

struct taker {
	struct buf *out;
	const struct sho_issue *issue;
};

static int take(void *ctx, const json_t *record, struct why *why)
{
	const struct taker *t = ctx;

	return export_record(t->out, t->issue->form, &t->issue->plmn, record, why);
}

int sho_issue_run(struct buf *out, struct sho_issue *i, struct reg *r, struct why *why)
{
	BUF(plain);
	struct taker to = {i->has_key || i->recipient ? &plain : out, i};

	lines_rewind(&i->tre_ids);
	if (export_header(to.out, i->form, why) || reg_issue(r, &i->issue, take, &to, why) ||
	    export_footer(to.out, i->form, why))
		return -1;
	if (i->recipient)
		return envelope_seal(out, i->recipient, plain.bytes, plain.len, why);
	return i->has_key ? transport_seal(out, &i->key, buf_text(&plain), plain.len, why) : 0;
}
