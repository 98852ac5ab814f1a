/* SPDX-License-Identifier: Apache-2.0 */
/* Cards leave an operator: TR 33.812 5.3.1.2 step 5, 5.3.1.3. */
#include "base/groups.h"
#include "base/hex.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "ota/keys.h"
#include "pcid/imsi_list.h"
#include "pki/envelope.h"
#include "pki/key.h"
#include "pki/note.h"
#include "register/card.h"

/* The old operator, while it hands over or deletes. */
struct leaving {
	const struct keys_order *o;
	struct reg *r;
	json_t *cards;
	struct imsi_list list;
	EVP_PKEY *key;
	X509 *cert; /* of the new operator; with a key, the old one's own */
	int64_t at;
	uint64_t count;
	struct buf about;
	groups_work *work;
	void *group;
};

static void leaving_free(struct leaving *l)
{
	reg_close(l->r);
	json_decref(l->cards);
	imsi_list_free(&l->list);
	EVP_PKEY_free(l->key);
	X509_free(l->cert);
	buf_free(&l->about);
}

static int leave(void *ctx, struct why *why)
{
	struct leaving *l = ctx;

	json_decref(l->cards);
	l->cards = reg_cards(l->r, why);
	l->count = 0;
	imsi_list_undo(&l->list);
	return l->cards && l->work(l->group, why) == 0 ? 0 : -1;
}

static int transact(void *ctx, groups_work *work, void *group, struct why *why)
{
	struct leaving *l = ctx;

	l->work = work;
	l->group = group;
	return reg_transact_group(l->r, leave, l, why);
}

/* All or nothing of what is good: one group. */
static int run(struct leaving *l, struct groups *g)
{
	struct why why = {0};

	l->r = reg_open(l->o->db, &why);
	if (!l->r)
		return tool_fail(&why);
	g->in = l->o->in;
	g->out = l->o->out;
	g->transact = transact;
	g->ctx = l;
	return groups_run(g);
}

/* ---- hand-over ---- */

/* One line of the list, {iccid, imsi}. */
static int hand_over(void *ctx, const json_t *line, struct buf *out, struct why *why)
{
	struct leaving *l = ctx;
	const char *iccid = json_text(line, "iccid", why), *imsi;
	AUTO(json_t) *record = NULL;

	return !iccid || !(imsi = json_text(line, "imsi", why)) ||
			       imsi_list_check(&l->list, iccid, imsi, why) ||
			       reg_card_handover(l->r, l->cards, iccid, imsi, l->o->with_sqn,
						 &record, why) ||
			       json_append_line(out, record, why)
		       ? -1
		       : 0;
}

/* For the new operator's eyes. */
static int seal_records(void *ctx, struct buf *out, struct why *why)
{
	const struct leaving *l = ctx;
	BUF(cms);

	if (envelope_seal(&cms, l->cert, buf_text(out), out->len, why))
		return -1;
	buf_clear(out);
	return buf_add(out, cms.bytes, cms.len, why);
}

int keys_handover(const struct keys_order *o)
{
	__attribute__((cleanup(leaving_free))) struct leaving l = {.o = o};
	struct groups g = {.take = hand_over, .seal = seal_records};
	struct why why = {0};

	l.cert = cert_load(o->recipient, &why);
	if (!l.cert || imsi_list_start(&l.list, o->plmn, &why))
		return tool_fail(&why);
	return run(&l, &g);
}

/* ---- deletion, and its attestation ---- */

static int delete_card(void *ctx, const json_t *line, struct buf *out, struct why *why)
{
	struct leaving *l = ctx;
	const char *iccid = json_text(line, "iccid", why);

	if (!iccid || reg_card_delete(l->r, l->cards, iccid, why))
		return -1;
	l->count++;
	return buf_print(out, why, "%s\n", iccid);
}

/* How many, and the SHA-256 of their ICCIDs, a line each; one alone is named. */
static int put_fields(json_t *fields, const struct leaving *l, const struct buf *iccids,
		      struct why *why)
{
	uint8_t md[32];

	if (l->count == 1 &&
	    json_put(fields, "iccid", json_stringn(buf_text(iccids), iccids->len - 1), why))
		return -1;
	return json_put_number(fields, "deleted", l->count, why) ||
			       ossl_sha256(md, buf_text(iccids), iccids->len, why) ||
			       json_put_hex(fields, "cards_sha256", md, sizeof(md), why)
		       ? -1
		       : 0;
}

static int attest(void *ctx, struct buf *out, struct why *why)
{
	const struct leaving *l = ctx;
	AUTO(json_t) *fields = json_object();
	const struct note_spec note = {.type = "deletion",
				       .to = l->o->to,
				       .fields = fields,
				       .about = l->about.bytes,
				       .about_len = l->about.len,
				       .at = l->at};

	if (put_fields(fields, l, out, why))
		return -1;
	buf_clear(out);
	return note_make(out, &note, l->key, l->cert, why);
}

int keys_delete(const struct keys_order *o)
{
	__attribute__((cleanup(leaving_free))) struct leaving l = {.o = o};
	struct groups g = {.take = delete_card, .seal = attest};
	struct why why = {0};

	l.key = key_load(o->key, &why);
	if (!l.key || !(l.cert = cert_load(o->cert, &why)) || when_at(&l.at, o->at, &why) ||
	    slurp(&l.about, o->about, SLURP_LARGE, &why))
		return tool_fail(&why);
	return run(&l, &g);
}
