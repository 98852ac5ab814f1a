/* SPDX-License-Identifier: Apache-2.0 */
/* Concatenated short messages, kept until the last of them came (TS 23.040 9.2.3.24.1): in any
 * order, each twice (the later counts), among others; what never becomes whole gives way. */
#include "base/hex.h"
#include "uicc/inside.h"

#include <stdio.h>
#include <string.h>

#define MESSAGES_MAX 4
/* octets of all that is kept: one message, at its longest */
#define ROOM ((size_t)SMS_PARTS_MAX * SMS_UD_MAX)

/* Sender, reference and number of parts tell messages apart. */
static int name_of(struct buf *name, const struct sms_part *p, struct why *why)
{
	return hex_append(name, p->from, p->from_len, why) ||
			       buf_print(name, why, "/%u/%u", p->reference, p->parts)
		       ? -1
		       : 0;
}

static size_t octets(const json_t *message)
{
	const json_t *have = json_object_get(message, "have");
	const char *number;
	json_t *text;
	size_t n = 0;

	json_object_foreach ((json_t *)have, number, text)
		n += json_string_length(text) / 2;
	return n;
}

/* Drops the oldest until the rest fits; the newest stands last. */
static void make_room(json_t *waiting)
{
	size_t all = 0;

	for (size_t i = 0; i < json_array_size(waiting); i++)
		all += octets(json_array_get(waiting, i));
	while (json_array_size(waiting) > 1 &&
	       (json_array_size(waiting) > MESSAGES_MAX || all > ROOM)) {
		all -= octets(json_array_get(waiting, 0));
		json_array_remove(waiting, 0);
	}
}

/* The message's place in the list; made where it is the first part. */
static json_t *find(json_t *waiting, const char *name, size_t *at, struct why *why)
{
	AUTO(json_t) *fresh = json_object();

	for (*at = 0; *at < json_array_size(waiting); ++*at) {
		json_t *m = json_array_get(waiting, *at);

		if (strcmp(json_string_value(json_object_get(m, "name")), name) == 0)
			return json_object_get(m, "have");
	}
	if (json_put_text(fresh, "name", name, why) || json_put(fresh, "have", json_object(), why))
		return NULL;
	if (json_array_append(waiting, fresh)) {
		why_sys(why, "out of memory");
		return NULL;
	}
	return json_object_get(fresh, "have");
}

static int join(const json_t *have, unsigned parts, struct buf *packet, struct why *why)
{
	for (unsigned i = 1; i <= parts; i++) {
		char number[8];

		snprintf(number, sizeof(number), "%u", i);
		if (hex_decode_buf(packet, json_string_value(json_object_get(have, number)), "part",
				   why))
			return -1;
	}
	return 0;
}

int parts_take(json_t *waiting, const struct sms_part *p, struct buf *packet, struct why *why)
{
	char number[8];
	json_t *have;
	size_t at;
	BUF(name);

	if (p->parts == 1)
		return buf_add(packet, p->bytes, p->len, why) ? -1 : 1;
	snprintf(number, sizeof(number), "%u", p->part);
	if (name_of(&name, p, why) || !(have = find(waiting, buf_text(&name), &at, why)) ||
	    json_put_hex(have, number, p->bytes, p->len, why))
		return -1;
	if (json_object_size(have) < p->parts) {
		make_room(waiting);
		return 0;
	}
	if (join(have, p->parts, packet, why))
		return -1;
	json_array_remove(waiting, at);
	return 1;
}

int card_sms(struct card *c, enum sms_form form, const uint8_t *bytes, size_t len,
	     struct ota_header *header, struct buf *response, struct why *why)
{
	json_t *waiting = json_object_get(c->s, "parts");
	struct sms_part part;
	int got;
	BUF(packet);

	if (channel_is_wanted(c))
		return channel_refuse(why);
	if (!waiting && json_put(c->s, "parts", waiting = json_array(), why))
		return -1;
	if (sms_read(&part, form, bytes, len, why))
		return -1;
	if (part.is_response)
		return why_input(why, "this is a response packet (TS 31.115 4)");
	got = parts_take(waiting, &part, &packet, why);
	if (part.parts > 1)
		c->is_changed = true;
	if (got <= 0)
		return got < 0 ? -1 : 1;
	return card_remote(c, packet.bytes, packet.len, header, response, why);
}

int card_receive(struct card *c, enum sms_form form, const uint8_t *bytes, size_t len,
		 struct buf *lines, struct why *why)
{
	struct sms_spec sms = {.form = form, .is_response = true, .originator = "12345"};
	struct ota_header h = {0};
	struct why late = {0};
	int rc;
	BUF(response);

	rc = card_sms(c, form, bytes, len, &h, &response, why);
	/* a report has one part, so that more goes by SMS-SUBMIT (TS 31.115 4.4) */
	sms.submit = h.spi[1] & OTA_POR_SUBMIT || response.len > SMS_UD_MAX - 3;
	if (response.len && sms_lines(lines, &sms, response.bytes, response.len, &late)) {
		*why = late;
		return -1;
	}
	return rc;
}
