/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "uicc/sms.h"
#include "uicc/sms_codes.h"

#include <string.h>

/* What is left of a message while it is read. */
struct cursor {
	const uint8_t *p;
	size_t len;
};

/* NULL where that many octets are not there. */
static const uint8_t *take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->p;

	if (n > c->len)
		return NULL;
	c->p += n;
	c->len -= n;
	return p;
}

static int cut(struct why *why)
{
	return why_input(why, "the short message is cut (TS 23.040 9.2.2)");
}

/* TP-OA or TP-DA. */
static int skip_address(struct cursor *c)
{
	const uint8_t *head = take(c, 2);

	return head && head[0] <= 20 && take(c, (head[0] + 1U) / 2) ? 0 : -1;
}

/* Up to TP-PID; first is the TPDU's first octet. For a report TP-PI says what is there. */
static int skip_to_pid(struct cursor *c, uint8_t first, struct why *why)
{
	const uint8_t *pi;

	if ((first & 3) == 1) /* SMS-SUBMIT: TP-MR, TP-DA; no validity period */
		return first & 0x18 || !take(c, 1) || skip_address(c) ? cut(why) : 0;
	if (c->len && c->p[0] == 0x07 && c->len > 2 && c->p[1] == PID_USIM) {
		pi = take(c, 1); /* SMS-DELIVER-REPORT with TP-PID, TP-DCS and TP-UD */
		return pi ? 0 : cut(why);
	}
	return skip_address(c) ? cut(why) : 0;
}

static int open_tpdu(struct cursor *c, struct sms_part *p, struct why *why)
{
	const uint8_t *first = take(c, 1), *protocol, *udl;
	bool is_deliver;

	if (!first || (*first & 3) > 1 || !(*first & 0x40))
		return why_input(why, "no SMS with a user data header (TS 23.040 9.2.3.23)");
	is_deliver = (*first & 3) == 0 &&
		     !(c->len > 2 && c->p[0] == 7 && c->p[1] == PID_USIM && c->p[2] == DCS_CLASS2);
	p->from = c->p;
	if (skip_to_pid(c, *first, why))
		return -1;
	p->from_len = is_deliver ? (size_t)(c->p - p->from) : 0;
	protocol = take(c, 2);
	if (!protocol || (is_deliver && !take(c, 7)) || !(udl = take(c, 1)))
		return cut(why);
	if (protocol[0] != PID_USIM || protocol[1] != DCS_CLASS2)
		return why_input(why, "TP-PID %02x, TP-DCS %02x: want 7f and f6 (TS 31.115 4)",
				 protocol[0], protocol[1]);
	return *udl == c->len && c->len <= SMS_UD_MAX
		       ? 0
		       : why_input(why, "TP-UDL is %u, and %zu octets follow", *udl, c->len);
}

static int read_element(struct sms_part *p, struct cursor *header, bool *is_secured)
{
	const uint8_t *ie = take(header, 2), *value = ie ? take(header, ie[1]) : NULL;

	if (!value)
		return -1;
	if (ie[0] == IE_CONCATENATED && ie[1] == 3) {
		p->reference = value[0];
		p->parts = value[1];
		p->part = value[2];
	} else if ((ie[0] == IE_COMMAND || ie[0] == IE_RESPONSE) && ie[1] == 0) {
		*is_secured = true;
		p->is_response = ie[0] == IE_RESPONSE;
	}
	return 0;
}

int sms_read(struct sms_part *p, enum sms_form form, const uint8_t *bytes, size_t len,
	     struct why *why)
{
	struct cursor c = {bytes, len}, header;
	const uint8_t *udhl;
	bool is_secured = form == SMS_PACKET;

	*p = (struct sms_part){.part = 1, .parts = 1};
	if (form == SMS_TPDU && open_tpdu(&c, p, why))
		return -1;
	if (form != SMS_PACKET) {
		udhl = take(&c, 1);
		if (!udhl || c.len > SMS_UD_MAX - 1)
			return cut(why);
		header.len = *udhl;
		header.p = take(&c, *udhl);
		if (!header.p)
			return cut(why);
		while (header.len)
			if (read_element(p, &header, &is_secured))
				return cut(why);
	}
	if (!p->part || p->part > p->parts)
		return why_input(why, "part %u of %u (TS 23.040 9.2.3.24.1)", p->part, p->parts);
	if (p->part == 1 && !is_secured)
		return why_input(why, "no secured packet: IEI 70 or 71 is wanted (TS 31.115 4)");
	p->bytes = c.p;
	p->len = c.len;
	return 0;
}

/* All parts of one message, each a copy. */
struct parts {
	struct buf part[SMS_PARTS_MAX];
	unsigned parts, reference, have;
	bool is_response;
};

static void parts_free(struct parts *all)
{
	for (unsigned i = 0; i < SMS_PARTS_MAX; i++)
		buf_free(&all->part[i]);
}

static int add_part(struct parts *all, const struct sms_part *p, struct why *why)
{
	if (!all->have) {
		all->parts = p->parts;
		all->reference = p->reference;
	}
	if (p->parts != all->parts || p->reference != all->reference)
		return why_input(why, "parts of two messages (TS 23.040 9.2.3.24.1)");
	if (all->part[p->part - 1].bytes)
		return why_input(why, "part %u came twice (TS 23.040 9.2.3.24.1)", p->part);
	if (p->part == 1)
		all->is_response = p->is_response;
	all->have++;
	return buf_add(&all->part[p->part - 1], p->bytes, p->len, why);
}

static int read_line(struct parts *all, enum sms_form form, const char *line, size_t len,
		     struct why *why)
{
	struct sms_part p;
	BUF(text);
	BUF(bytes);

	return buf_add(&text, line, len, why) ||
			       hex_decode_buf(&bytes, buf_text(&text), "packet", why) ||
			       sms_read(&p, form, bytes.bytes, bytes.len, why) ||
			       add_part(all, &p, why)
		       ? -1
		       : 0;
}

int sms_join(struct buf *packet, enum sms_form form, bool is_response, const char *lines,
	     const char *file, struct why *why)
{
	__attribute__((cleanup(parts_free))) struct parts all = {0};
	unsigned line = 1;

	for (const char *p = lines; *p; line++) {
		const size_t len = strcspn(p, "\r\n");

		if (len && read_line(&all, form, p, len, why))
			return why->status == TOOL_INPUT ? why_in(why, "%s:%u", file, line) : -1;
		p += len;
		p += *p == '\r';
		p += *p == '\n';
	}
	if (!all.have)
		return why_input(why, "%s: no packet is there", file);
	if (all.have != all.parts)
		return why_input(why, "%s: %u of %u parts are there (TS 23.040 9.2.3.24.1)", file,
				 all.have, all.parts);
	if (form != SMS_PACKET && all.is_response != is_response)
		return why_input(why, "this is a %s packet (TS 31.115 4)",
				 is_response ? "command" : "response");
	for (unsigned i = 0; i < all.parts; i++)
		if (buf_add(packet, all.part[i].bytes, all.part[i].len, why))
			return -1;
	return 0;
}
