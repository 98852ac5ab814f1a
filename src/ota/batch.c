/* SPDX-License-Identifier: Apache-2.0 */
#include "ota/batch.h"

#include "base/record.h"
#include "uicc/script.h"

#include <string.h>

void ota_batch_free(struct ota_batch *b)
{
	imsi_list_free(&b->list);
	json_decref(b->cards);
	json_decref(b->done);
	b->cards = b->done = NULL;
}

static unsigned index_of(const struct ota_header *h)
{
	return (h->spi[0] & OTA_SPI_CHECK) >= 2 ? h->kid >> 4 : h->kic >> 4;
}

int ota_next(struct reg *r, const json_t *cards, const char *iccid, struct ota_keyset *k,
	     struct ota_header *h, struct why *why)
{
	AUTO(json_t) *keys = NULL;
	const bool weak = k->weak;

	if (reg_ota_keys(r, cards, iccid, index_of(h), &keys, why) ||
	    ota_keyset_parse(k, keys, why) ||
	    reg_ota_counter(r, iccid, index_of(h), k->cntr, &h->cntr, why))
		return -1;
	k->weak = weak;
	return 0;
}

/* Whether an outcome says that nothing is left to do. */
static bool is_done(const json_t *outcome)
{
	const char *status = json_string_value(json_object_get(outcome, "status"));
	const char *sw = json_string_value(json_object_get(outcome, "sw"));

	return status && strcmp(status, "por-ok") == 0 && (!sw || strcmp(sw, "9000") == 0);
}

static int take_outcome(void *ctx, const json_t *outcome, struct why *why)
{
	const char *iccid = json_text(outcome, "iccid", why);

	if (!iccid)
		return -1;
	return is_done(outcome) ? json_put(ctx, iccid, json_true(), why) : 0;
}

int ota_batch_start(struct ota_batch *b, const char *plmn, const char *done, struct why *why)
{
	b->done = json_object();
	b->cards = reg_cards(b->r, why);
	return !b->cards || (plmn && imsi_list_start(&b->list, plmn, why)) ||
			       (done && record_each(done, RECORD_JSONL, take_outcome, b->done, why))
		       ? -1
		       : 0;
}

static int make_data(const struct ota_batch *b, const char *imsi, struct buf *data, struct why *why)
{
	SCRIPT(s);

	s.is_expanded = b->is_expanded || b->refresh;
	return script_imsi(&s, imsi, why) ||
			       (b->key_index && script_key_index(&s, b->key_index, why)) ||
			       (b->refresh && script_line(&s, "refresh", why)) ||
			       script_close(data, &s, why)
		       ? -1
		       : 0;
}

static int put_packet(json_t *o, const struct ota_batch *b, const struct buf *packet,
		      struct why *why)
{
	json_t *parts = json_array();
	char *rest = NULL;
	BUF(lines);

	if (json_put(o, "packet", parts, why) ||
	    sms_lines(&lines, &b->sms, packet->bytes, packet->len, why))
		return -1;
	for (char *p = strtok_r((char *)lines.bytes, "\n", &rest); p;
	     p = strtok_r(NULL, "\n", &rest))
		if (json_array_append_new(parts, json_string(p)))
			return why_sys(why, "out of memory");
	return 0;
}

int ota_batch_line(void *ctx, const json_t *line, struct buf *out, struct why *why)
{
	static const char *const fields[] = {"iccid", "imsi", NULL};
	struct ota_batch *b = ctx;
	const char *iccid, *imsi;
	struct ota_header h = b->header;
	AUTO(json_t) *o = json_object();
	SECRET(ota_keyset) k = {.weak = b->weak};
	BUF(data);
	BUF(packet);

	if (json_only(line, fields, why) || !(iccid = json_text(line, "iccid", why)) ||
	    !(imsi = json_text(line, "imsi", why)) || imsi_list_check(&b->list, iccid, imsi, why))
		return -1;
	if (json_object_get(b->done, iccid))
		return 0;
	if (make_data(b, imsi, &data, why) || ota_next(b->r, b->cards, iccid, &k, &h, why) ||
	    ota_command_make(&packet, &h, &k, data.bytes, data.len, why))
		return -1;
	return json_put_text(o, "iccid", iccid, why) || json_put_text(o, "imsi", imsi, why) ||
			       ota_header_put(o, &h, false, why) ||
			       put_packet(o, b, &packet, why) || json_append_line(out, o, why)
		       ? -1
		       : 0;
}

/* ---- what comes back ---- */

int ota_answer_put(json_t *o, const struct ota_header *h, bool is_response, const struct buf *data,
		   struct why *why)
{
	AUTO(json_t) *answer = is_response ? script_answer_read(data->bytes, data->len) : NULL;

	return ota_header_put(o, h, is_response, why) ||
			       json_put_hex(o, "data", buf_text(data), data->len, why) ||
			       (answer && json_object_update(o, answer))
		       ? -1
		       : 0;
}

static int join_packet(const struct ota_batch *b, const json_t *line, struct buf *packet,
		       struct why *why)
{
	const json_t *parts = json_object_get(line, "packet");
	BUF(lines);

	for (size_t i = 0; i < json_array_size(parts); i++) {
		const char *text = json_string_value(json_array_get(parts, i));

		if ((!text && why_input(why, "packet: want short messages in hex")) ||
		    buf_print(&lines, why, "%s\n", text))
			return -1;
	}
	return sms_join(packet, b->sms.form, true, buf_text(&lines), "packet", why);
}

int ota_batch_answer(void *ctx, const json_t *line, struct buf *out, struct why *why)
{
	const struct ota_batch *b = ctx;
	const char *iccid = json_text(line, "iccid", why), *sw;
	struct ota_header h = b->header;
	AUTO(json_t) *keys = NULL;
	AUTO(json_t) *o = json_object();
	SECRET(ota_keyset) k = {0};
	BUF(packet);
	BUF(data);

	if (!iccid || join_packet(b, line, &packet, why) ||
	    reg_ota_keys(b->r, b->cards, iccid, index_of(&h), &keys, why) ||
	    ota_keyset_parse(&k, keys, why))
		return -1;
	k.weak = b->weak;
	if (ota_response_open(&data, &h, &k, packet.bytes, packet.len, why) ||
	    json_put_text(o, "iccid", iccid, why) || ota_answer_put(o, &h, true, &data, why) ||
	    json_append_line(out, o, why))
		return -1;
	sw = json_string_value(json_object_get(o, "sw"));
	return is_done(o) ? 0
			  : why_refuse(why, "command-failed", "%.20s: %s, status word %s", iccid,
				       ota_status_name(h.status), sw ? sw : "none");
}
