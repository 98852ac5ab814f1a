/* SPDX-License-Identifier: Apache-2.0 */
#include "ota/order.h"

#include "base/groups.h"
#include "base/num.h"
#include "base/tool.h"
#include "base/when.h"
#include "ota/batch.h"

int ota_order_header(const struct ota_order *o, struct ota_header *h, struct sms_spec *sms,
		     struct why *why)
{
	uint64_t reference = 0;

	sms->is_response = o->response;
	sms->originator = o->originator ? o->originator : "12345";
	if (ota_header_parse(h, o->spi, o->kic, o->kid, o->tar, why) ||
	    (o->status && ota_status_parse(&h->status, o->status, why)) ||
	    (o->form && sms_form_parse(&sms->form, o->form, why)) ||
	    when_at(&sms->at, o->at, why) ||
	    (o->reference && num_parse(&reference, o->reference, 0, 255, "--reference", why)))
		return -1;
	sms->reference = (uint8_t)reference;
	sms->submit = h->spi[1] & OTA_POR_SUBMIT;
	return 0;
}

int ota_order_keyset(const struct ota_order *o, struct ota_keyset *k, struct why *why)
{
	if (ota_keyset_load(k, o->keyset, why))
		return -1;
	k->weak = o->weak;
	return 0;
}

/* ---- many cards ---- */

struct wrapping {
	struct ota_batch *b;
	groups_work *work;
	void *group;
};

static int wrap_group(void *ctx, struct why *why)
{
	const struct wrapping *w = ctx;

	imsi_list_undo(&w->b->list);
	return w->work(w->group, why);
}

static int transact(void *ctx, groups_work *work, void *group, struct why *why)
{
	struct wrapping w = {ctx, work, group};

	return imsi_list_keep(&w.b->list, why) || reg_transact_group(w.b->r, wrap_group, &w, why)
		       ? -1
		       : 0;
}

static int start(struct ota_batch *b, const struct ota_order *o, struct why *why)
{
	uint64_t index = 0;

	b->is_expanded = o->expanded;
	b->refresh = o->refresh;
	b->weak = o->weak;
	if (ota_order_header(o, &b->header, &b->sms, why) ||
	    (o->index && num_parse(&index, o->index, 1, 255, "--k-index", why)) ||
	    ota_batch_start(b, o->plmn, o->done, why))
		return -1;
	b->key_index = (unsigned)index;
	return 0;
}

static int run_batch(const struct ota_order *o, const struct groups *of)
{
	__attribute__((cleanup(ota_batch_free))) struct ota_batch b = {0};
	struct groups g = *of;
	struct why why = {0};
	AUTO(REG) *r = reg_open(o->db, &why);

	b.r = r;
	if (!r || start(&b, o, &why))
		return tool_fail(&why);
	g.in = o->batch;
	g.out = o->out;
	g.ctx = &b;
	return groups_run(&g);
}

int ota_wrap_batch(const struct ota_order *o)
{
	static const struct groups g = {
		.size = OTA_GROUP, .take = ota_batch_line, .transact = transact};

	return run_batch(o, &g);
}

int ota_unwrap_batch(const struct ota_order *o)
{
	static const struct groups g = {.size = OTA_GROUP, .take = ota_batch_answer};

	return run_batch(o, &g);
}
