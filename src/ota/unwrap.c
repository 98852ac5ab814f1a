/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/slurp.h"
#include "ota/batch.h"
#include "ota/order.h"

#include <string.h>

/* What the command was, so that its answer is its own. */
static int check_answers(const struct ota_order *o, const struct ota_header *h, struct why *why)
{
	uint8_t tar[3];
	uint64_t cntr = h->cntr;

	if (o->tar && hex_decode(tar, 3, o->tar, "--tar", why))
		return -1;
	if (o->tar && memcmp(tar, h->tar, 3) != 0)
		return why_refuse(why, "wrong-tar",
				  "the packet is for another application (TS 102 225 5.1)");
	if (o->cntr && ota_cntr_parse(&cntr, o->cntr, why))
		return -1;
	return cntr == h->cntr ? 0
			       : why_refuse(why, "cntr-mismatch",
					    "this answers another command (TS 102 225 5.2)");
}

static int open_packet(const struct ota_order *o, struct ota_header *h, struct buf *data,
		       struct why *why)
{
	enum sms_form form = SMS_PACKET;
	SECRET(ota_keyset) k = {0};
	BUF(lines);
	BUF(packet);

	if ((o->form && sms_form_parse(&form, o->form, why)) || ota_order_keyset(o, &k, why) ||
	    (o->response && ota_header_parse(h, o->spi, o->kic, o->kid, NULL, why)) ||
	    slurp(&lines, o->in, SLURP_DOCUMENT, why) ||
	    sms_join(&packet, form, o->response, buf_text(&lines), slurp_name(o->in), why))
		return -1;
	if (o->response ? ota_response_open(data, h, &k, packet.bytes, packet.len, why)
			: ota_command_open(data, h, &k, packet.bytes, packet.len, why) ||
				  ota_counter_check(h->spi[0], h->cntr, k.cntr, why))
		return why_in_file(why, slurp_name(o->in));
	return 0;
}

int ota_unwrap(const struct ota_order *o, struct why *why)
{
	struct ota_header h = {0};
	AUTO(json_t) *told = json_object();
	BUF(data);
	BUF(out);

	return open_packet(o, &h, &data, why) || check_answers(o, &h, why) ||
			       ota_answer_put(told, &h, o->response, &data, why) ||
			       json_append_line(&out, told, why) ||
			       outfile_put(o->out, OUTFILE_PUBLIC, out.bytes, out.len, why)
		       ? -1
		       : 0;
}
