/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "base/outfile.h"
#include "base/slurp.h"
#include "ota/batch.h"
#include "ota/order.h"
#include "uicc/script.h"

/* The commands in words, or the octets in hex as they are. */
static int load_data(const struct ota_order *o, struct buf *data, struct why *why)
{
	uint64_t index = 0;
	SCRIPT(s);

	s.is_expanded = o->expanded || o->refresh;
	if (!o->script && !o->imsi && !o->index && !o->refresh)
		return slurp_hex_buf(data, o->in, "secured data", why);
	if (o->index && num_parse(&index, o->index, 1, 255, "--k-index", why))
		return -1;
	return (o->script && script_load(&s, o->script, why)) ||
			       (o->imsi && script_imsi(&s, o->imsi, why)) ||
			       (o->index && script_key_index(&s, (unsigned)index, why)) ||
			       (o->refresh && script_line(&s, "refresh", why)) ||
			       script_close(data, &s, why)
		       ? -1
		       : 0;
}

struct taking {
	const struct ota_order *o;
	struct ota_keyset *k;
	struct ota_header *h;
};

/* May be done again from the start. */
static int take_counter(struct reg *r, void *ctx, struct why *why)
{
	const struct taking *t = ctx;
	AUTO(json_t) *cards = reg_cards(r, why);

	return cards ? ota_next(r, cards, t->o->iccid, t->k, t->h, why) : -1;
}

/* From the register, the counter is taken, durably, before a packet is made with it. */
static int load_keys(const struct ota_order *o, struct ota_keyset *k, struct ota_header *h,
		     struct why *why)
{
	struct taking t = {o, k, h};
	AUTO(REG) *r = NULL;

	if (o->keyset)
		return ota_order_keyset(o, k, why) || ota_cntr_parse(&h->cntr, o->cntr, why) ? -1
											     : 0;
	k->weak = o->weak;
	return !(r = reg_open(o->db, why)) || reg_transact(r, take_counter, &t, why) ? -1 : 0;
}

int ota_wrap(const struct ota_order *o, struct why *why)
{
	struct sms_spec sms = {0};
	struct ota_header h = {0};
	SECRET(ota_keyset) k = {0};
	BUF(data);
	BUF(packet);
	BUF(lines);

	if (ota_order_header(o, &h, &sms, why) || load_data(o, &data, why) ||
	    load_keys(o, &k, &h, why))
		return -1;
	if (o->response ? ota_response_make(&packet, &h, &k, data.bytes, data.len, why)
			: ota_command_make(&packet, &h, &k, data.bytes, data.len, why))
		return -1;
	return sms_lines(&lines, &sms, packet.bytes, packet.len, why) ||
			       outfile_put(o->out, OUTFILE_PUBLIC, lines.bytes, lines.len, why)
		       ? -1
		       : 0;
}
