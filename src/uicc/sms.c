/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/sms.h"

#include "base/hex.h"
#include "uicc/sms_codes.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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
