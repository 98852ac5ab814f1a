/* SPDX-License-Identifier: Apache-2.0 */
/* A pair goes to the entitled operator: TR 33.812 5.3.2.2 step 7. */
#include "base/num.h"
#include "base/party.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "ota/keys.h"
#include "pki/envelope.h"
#include "pki/note.h"
#include "register/pairs.h"
#include "register/publish.h"
#include "register/uicc.h"

#include <stdlib.h>

/* The holder of the pair before says, signed, who gets this one. */
static int check_handover(struct reg *r, const struct keys_order *o, unsigned index, const char *to,
			  int64_t at, struct why *why)
{
	struct cert_policy policy = {.at = at, .name_reason = "wrong-operator"};
	struct note_check check = {.type = "handover", .to = o->to, .policy = &policy};
	AUTO(X509_STACK) *trust = cert_load_all(o->trust, why);
	AUTO(json_t) *note = NULL;
	char *holder = NULL;
	int held;
	BUF(text);

	policy.trust = trust;
	if (!trust || slurp(&text, o->handover, SLURP_DOCUMENT, why))
		return -1;
	held = index > 1 ? reg_pair_holder(r, o->iccid, index - 1, &holder, why) : 0;
	policy.name = holder;
	if (held <= 0)
		return held ? -1
			    : why_refuse(why, "not-entitled",
					 "nobody holds the pair before %u (TR 33.812 5.3.2.2)",
					 index);
	note = note_open(buf_text(&text), text.len, &check, NULL, why);
	free(holder);
	return note ? reg_pair_handed_over(r, note, o->iccid, index, to, why) : -1;
}

/* What is released, and to whom. */
struct releasing {
	const struct keys_order *o;
	X509 *cert;
	char to[TRE_ID_TEXT];
	uint64_t index;
	int64_t at;
	struct buf *cms;
};

/* May be done again from the start. */
static int release_pair(struct reg *r, void *ctx, struct why *why)
{
	const struct releasing *x = ctx;
	const unsigned index = (unsigned)x->index;
	AUTO(json_t) *pair = NULL;
	BUF(line);

	buf_clear(x->cms);
	return (x->o->handover && check_handover(r, x->o, index, x->to, x->at, why)) ||
			       reg_pair_release(r, x->o->iccid, index, x->to, x->o->handover, &pair,
						why) ||
			       json_append_line(&line, pair, why) ||
			       envelope_seal(x->cms, x->cert, line.bytes, line.len, why)
		       ? -1
		       : 0;
}

static int release(const struct keys_order *o, struct why *why)
{
	AUTO(X509) *cert = cert_load(o->recipient, why);
	AUTO(REG) *r = cert ? reg_open(o->db, why) : NULL;
	BUF(cms);
	struct releasing x = {.o = o, .cert = cert, .cms = &cms};
	struct publication result = {.path = o->out, .mode = OUTFILE_PUBLIC, .bytes = &cms};

	return !r || cert_name(x.to, cert, why) || when_at(&x.at, o->at, why) ||
			       num_parse(&x.index, o->index, 1, 255, "--index", why) ||
			       reg_publish(r, release_pair, &x, &result, 1, why)
		       ? -1
		       : 0;
}

int keys_release(const struct keys_order *o)
{
	struct why why = {0};

	return release(o, &why) ? tool_fail(&why) : TOOL_OK;
}
