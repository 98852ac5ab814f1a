/* SPDX-License-Identifier: Apache-2.0 */
#include "ota/keys.h"

#include "base/groups.h"
#include "base/num.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "pcid/plmn.h"
#include "pki/envelope.h"
#include "pki/key.h"
#include "register/pairs.h"
#include "register/publish.h"
#include "register/uicc.h"

#define ASKED_AGAIN ((int64_t)30 * 86400)

const struct keys_act keys_acts[KEYS_ACTS] = {
	{"make", keys_make, 4, {"register", "iccid", "count", "entitled", "output"}},
	{"import", keys_import, 1, {"register", "input"}},
	{"release",
	 keys_release,
	 4,
	 {"register", "iccid", "index", "recipient", "trust", "handover", "to", "at", "output"}},
	{"open", keys_open, 2, {"key", "imsi", "input", "output"}},
	{"handover",
	 keys_handover,
	 3,
	 {"register", "plmn", "recipient", "with-sqn", "input", "output"}},
	{"delete",
	 keys_delete,
	 5,
	 {"register", "key", "cert", "to", "about", "at", "input", "output"}}};

static int take_pair(void *ctx, const json_t *pair, struct why *why)
{
	return json_append_line(ctx, pair, why);
}

struct making {
	const struct keys_order *o;
	uint64_t count;
	struct buf *out;
};

/* May be done again from the start. */
static int make_pairs(struct reg *r, void *ctx, struct why *why)
{
	const struct making *m = ctx;

	buf_clear(m->out);
	return reg_pairs_make(r, m->o->iccid, (unsigned)m->count, m->o->entitled, take_pair, m->out,
			      why);
}

/* Who lost the pairs to a crash asks the same again, and in time. */
static int make_question(struct question *q, const struct making *m, struct why *why)
{
	BUF(text);

	q->about = "";
	q->at = when_now();
	q->expires = q->at + ASKED_AGAIN;
	return buf_print(&text, why, "make\n%s\n%u\n%s", m->o->iccid, (unsigned)m->count,
			 m->o->entitled) ||
			       ossl_sha256(q->sha256, text.bytes, text.len, why)
		       ? -1
		       : 0;
}

static int make(const struct keys_order *o, struct why *why)
{
	AUTO(REG) *r = NULL;
	BUF(out);
	struct making m = {.o = o, .out = &out};
	struct publication result = {.path = o->out, .mode = OUTFILE_SECRET, .bytes = &out};
	struct question q = {0};

	return num_parse(&m.count, o->count, 1, 15, "--count", why) || make_question(&q, &m, why) ||
			       !(r = reg_open(o->db, why)) ||
			       reg_publish_again(r, &q, make_pairs, &m, &result, 1, why)
		       ? -1
		       : 0;
}

int keys_make(const struct keys_order *o)
{
	struct why why = {0};

	return make(o, &why) ? tool_fail(&why) : TOOL_OK;
}

/* ---- pairs from elsewhere ---- */

static int import_pair(void *ctx, const json_t *pair, struct buf *out, struct why *why)
{
	(void)out;
	return reg_pair_import(ctx, pair, why);
}

static int transact(void *ctx, groups_work *work, void *group, struct why *why)
{
	return reg_transact_group(ctx, work, group, why);
}

int keys_import(const struct keys_order *o)
{
	struct groups g = {.in = o->in, .size = 1000, .take = import_pair, .transact = transact};
	struct why why = {0};
	AUTO(REG) *r = reg_open(o->db, &why);

	g.ctx = r;
	return r ? groups_run(&g) : tool_fail(&why);
}

/* ---- the subscriber's record out of a pair that was released ---- */

static int put_record(json_t *pair, const char *imsi, struct buf *out, struct why *why)
{
	json_object_del(pair, "released_to");
	json_object_del(pair, "index");
	return json_put_text(pair, "imsi", imsi, why) || json_put_text(pair, "amf", "8000", why) ||
			       json_put_text(pair, "sqn", "000000000000", why) ||
			       json_put_text(pair, "status", "active", why) ||
			       json_append_line(out, pair, why)
		       ? -1
		       : 0;
}

static int open_pair(const struct keys_order *o, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(o->key, why);
	AUTO(json_t) *pair = NULL;
	BUF(cms);
	BUF(line);
	BUF(out);

	if (!key || imsi_check(o->imsi, "--imsi", why) || slurp(&cms, o->in, SLURP_DOCUMENT, why) ||
	    envelope_open(&line, key, NULL, cms.bytes, cms.len, why) ||
	    !(pair = json_document(line.bytes, line.len, slurp_name(o->in), why)))
		return -1;
	return put_record(pair, o->imsi, &out, why) ||
			       outfile_put(o->out, OUTFILE_SECRET, out.bytes, out.len, why)
		       ? -1
		       : 0;
}

int keys_open(const struct keys_order *o)
{
	struct why why = {0};

	return open_pair(o, &why) ? tool_fail(&why) : TOOL_OK;
}
