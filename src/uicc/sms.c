/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/sms.h"

#include "base/hex.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define IE_CONCATENATED 0x00
#define IE_COMMAND 0x70  /* CPI, TS 31.115 4.2 */
#define IE_RESPONSE 0x71 /* RPI */
#define PID_USIM 0x7f    /* (U)SIM data download, TS 23.040 9.2.3.9 */
#define DCS_CLASS2 0xf6  /* 8-bit data, class 2 */

int sms_form_parse(enum sms_form *form, const char *name, struct why *why)
{
	static const char *const names[] = {"packet", "ud", "tpdu"};

	for (unsigned i = 0; i < 3; i++)
		if (strcmp(names[i], name) == 0) {
			*form = (enum sms_form)i;
			return 0;
		}
	return why_usage(why, "--form: want packet, ud or tpdu, got '%.20s'", name);
}

/* ---- writing ---- */

/* Digits two by two, low nibble first, F behind. */
static int put_digits(struct buf *b, const char *digits, struct why *why)
{
	for (const char *p = digits; *p; p += p[1] ? 2 : 1) {
		const uint8_t octet = (uint8_t)((p[1] ? p[1] - '0' : 15) << 4 | (p[0] - '0'));

		if (buf_add(b, &octet, 1, why))
			return -1;
	}
	return 0;
}

static int put_address(struct buf *b, const char *digits, struct why *why)
{
	const size_t n = strspn(digits, "0123456789");
	const uint8_t head[2] = {(uint8_t)n, 0x81};

	if (!n || n > 20 || digits[n])
		return why_usage(why, "--originator: want 1 to 20 digits");
	return buf_add(b, head, 2, why) || put_digits(b, digits, why) ? -1 : 0;
}

/* TP-SCTS in UTC. */
static int put_time(struct buf *b, int64_t at, struct why *why)
{
	const time_t t = (time_t)at;
	struct tm tm;
	char text[32];

	if (!gmtime_r(&t, &tm) || tm.tm_year < 0)
		return why_sys(why, "no such time");
	snprintf(text, sizeof(text), "%02d%02d%02d%02d%02d%02d00", tm.tm_year % 100, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return put_digits(b, text, why);
}

static int put_tpdu(struct buf *b, const struct sms_spec *s, const uint8_t *ud, size_t len,
		    bool last, struct why *why)
{
	static const uint8_t report[] = {0x40, 0x07, PID_USIM, DCS_CLASS2};
	static const uint8_t protocol[] = {PID_USIM, DCS_CLASS2};
	const uint8_t deliver = last ? 0x44 : 0x40, submit[] = {0x41, 0};
	const uint8_t udl = (uint8_t)len;

	if (s->is_response && !s->submit)
		return buf_add(b, report, sizeof(report), why) || buf_add(b, &udl, 1, why) ||
				       buf_add(b, ud, len, why)
			       ? -1
			       : 0;
	if (s->is_response ? buf_add(b, submit, sizeof(submit), why) : buf_add(b, &deliver, 1, why))
		return -1;
	return put_address(b, s->originator, why) || buf_add(b, protocol, sizeof(protocol), why) ||
			       (!s->is_response && put_time(b, s->at, why)) ||
			       buf_add(b, &udl, 1, why) || buf_add(b, ud, len, why)
		       ? -1
		       : 0;
}

static int put_line(struct buf *out, const struct sms_spec *s, const uint8_t *ud, size_t len,
		    bool last, struct why *why)
{
	BUF(tpdu);

	if (s->form == SMS_TPDU &&
	    (put_tpdu(&tpdu, s, ud, len, last, why) || !(ud = tpdu.bytes) || !(len = tpdu.len)))
		return -1;
	return hex_append(out, ud, len, why) || buf_add(out, "\n", 1, why) ? -1 : 0;
}

/* The header of part n of total; returns its octets. */
static size_t put_header(uint8_t *ud, const struct sms_spec *s, size_t n, size_t total)
{
	const uint8_t concatenated[] = {IE_CONCATENATED, 3, s->reference, (uint8_t)total,
					(uint8_t)n};
	size_t at = 1;

	if (total > 1) {
		memcpy(ud + at, concatenated, sizeof(concatenated));
		at += sizeof(concatenated);
	}
	if (n == 1) {
		ud[at++] = s->is_response ? IE_RESPONSE : IE_COMMAND;
		ud[at++] = 0;
	}
	ud[0] = (uint8_t)(at - 1);
	return at;
}

int sms_lines(struct buf *out, const struct sms_spec *s, const uint8_t *packet, size_t len,
	      struct why *why)
{
	const size_t rest = len > SMS_UD_MAX - 8 ? len - (SMS_UD_MAX - 8) : 0;
	const size_t total =
		len <= SMS_UD_MAX - 3 ? 1 : 1 + (rest + SMS_UD_MAX - 7) / (SMS_UD_MAX - 6);

	if (s->form == SMS_PACKET)
		return put_line(out, s, packet, len, true, why);
	if (total > SMS_PARTS_MAX)
		return why_input(why, "more than 255 SMS are wanted (TS 23.040 9.2.3.24.1)");
	if (total > 1 && s->form == SMS_TPDU && s->is_response && !s->submit)
		return why_input(why, "an SMS-DELIVER-REPORT has no second part (TS 31.115 4.4)");
	for (size_t n = 1; n <= total; n++) {
		uint8_t ud[SMS_UD_MAX];
		const size_t head = put_header(ud, s, n, total);
		const size_t take = len < SMS_UD_MAX - head ? len : SMS_UD_MAX - head;

		memcpy(ud + head, packet, take);
		packet += take;
		len -= take;
		if (put_line(out, s, ud, head + take, n == total, why))
			return -1;
	}
	return 0;
}

/* ---- reading ---- */

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

static int open_tpdu(struct cursor *c, struct why *why)
{
	const uint8_t *first = take(c, 1), *protocol, *udl;
	bool is_deliver;

	if (!first || (*first & 3) > 1 || !(*first & 0x40))
		return why_input(why, "no SMS with a user data header (TS 23.040 9.2.3.23)");
	is_deliver = (*first & 3) == 0 &&
		     !(c->len > 2 && c->p[0] == 7 && c->p[1] == PID_USIM && c->p[2] == DCS_CLASS2);
	if (skip_to_pid(c, *first, why))
		return -1;
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
	if (form == SMS_TPDU && open_tpdu(&c, why))
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
	     struct why *why)
{
	__attribute__((cleanup(parts_free))) struct parts all = {0};
	unsigned line = 1;

	for (const char *p = lines; *p; line++) {
		const size_t len = strcspn(p, "\r\n");

		if (len && read_line(&all, form, p, len, why))
			return why->status == TOOL_INPUT ? why_in(why, "line %u", line) : -1;
		p += len;
		p += strspn(p, "\r\n");
	}
	if (!all.have || all.have != all.parts)
		return why_input(why, "%u of %u parts are there (TS 23.040 9.2.3.24.1)", all.have,
				 all.have ? all.parts : 1);
	if (form != SMS_PACKET && all.is_response != is_response)
		return why_input(why, "this is a %s packet (TS 31.115 4)",
				 is_response ? "command" : "response");
	for (unsigned i = 0; i < all.parts; i++)
		if (buf_add(packet, all.part[i].bytes, all.part[i].len, why))
			return -1;
	return 0;
}
