/* SPDX-License-Identifier: Apache-2.0 */
/* What a message's octets say, for a reader. */
#include "base/hex.h"
#include "base/xml.h"
#include "chart/render.h"

#include <ctype.h>
#include <string.h>

int chart_escape(struct buf *out, const char *text, size_t len, struct why *why)
{
	for (size_t i = 0; i < len; i++) {
		const char c = text[i];
		const char *as = c == '<'   ? "&lt;"
				 : c == '>' ? "&gt;"
				 : c == '&' ? "&amp;"
				 : c == '"' ? "&quot;"
					    : NULL;

		if (as ? buf_add(out, as, strlen(as), why) : buf_add(out, &c, 1, why))
			return -1;
	}
	return 0;
}

static int put_hex(struct buf *out, const uint8_t *bytes, size_t len, struct why *why)
{
	for (size_t at = 0; at < len; at += 16) {
		if (buf_print(out, why, "%06zx ", at))
			return -1;
		for (size_t i = at; i < at + 16; i++)
			if (i < len ? buf_print(out, why, " %02x", bytes[i])
				    : buf_print(out, why, "   "))
				return -1;
		if (buf_print(out, why, "  "))
			return -1;
		for (size_t i = at; i < at + 16 && i < len; i++) {
			const char c = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';

			if (chart_escape(out, &c, 1, why))
				return -1;
		}
		if (buf_print(out, why, "\n"))
			return -1;
	}
	return 0;
}

static int collect(const char *text, size_t len, void *out)
{
	return chart_escape(out, text, len, NULL);
}

/* A JSON text, or records a line each. 1: it is none. */
static int put_json(struct buf *out, const char *text, size_t len, struct why *why)
{
	size_t at = 0;

	while (at < len) {
		json_error_t e;
		AUTO(json_t) *o = json_loadb(text + at, len - at, JSON_DISABLE_EOF_CHECK, &e);

		if (!o)
			return 1;
		if (json_dump_callback(o, collect, out, JSON_INDENT(2)) ||
		    buf_print(out, why, "\n"))
			return why_sys(why, "out of memory");
		at += (size_t)e.position;
		while (at < len && isspace((unsigned char)text[at]))
			at++;
	}
	return 0;
}

/* Header and payload of a JWS; the signature stays as it is. 1: it is none. */
static int put_jws(struct buf *out, const char *text, size_t len, struct why *why)
{
	const char *dot = memchr(text, '.', len);
	const char *dot2 = dot ? memchr(dot + 1, '.', len - (size_t)(dot + 1 - text)) : NULL;
	int rc;
	BUF(header);
	BUF(payload);

	if (!dot2 || b64_decode(&header, true, false, text, (size_t)(dot - text), "header", NULL) ||
	    b64_decode(&payload, true, false, dot + 1, (size_t)(dot2 - dot - 1), "payload", NULL))
		return 1;
	rc = buf_print(out, why, "JWS header, characters 0 to %zu\n", (size_t)(dot - text) - 1)
		     ? -1
		     : put_json(out, buf_text(&header), header.len, why);
	if (rc == 0)
		rc = buf_print(out, why, "payload, characters %zu to %zu\n",
			       (size_t)(dot + 1 - text), (size_t)(dot2 - text) - 1)
			     ? -1
			     : put_json(out, buf_text(&payload), payload.len, why);
	if (rc)
		return rc;
	return buf_print(out, why, "signature, characters %zu to %zu\n", (size_t)(dot2 + 1 - text),
			 len - 1) ||
			       chart_escape(out, dot2 + 1, len - (size_t)(dot2 + 1 - text), why)
		       ? -1
		       : 0;
}

/* A line for each tag. */
static int put_xml(struct buf *out, const char *text, size_t len, struct why *why)
{
	size_t depth = 0, at = 0;

	while (at < len) {
		const char *open = memchr(text + at, '<', len - at);
		const char *end = open ? memchr(open, '>', len - (size_t)(open - text)) : NULL;
		const bool closes = end && open[1] == '/';
		const char *next;

		if (!end)
			break;
		depth -= closes && depth;
		if (buf_print(out, why, "%*s", (int)(2 * depth), "") ||
		    chart_escape(out, open, (size_t)(end + 1 - open), why))
			return -1;
		at = (size_t)(end + 1 - text);
		next = memchr(text + at, '<', len - at);
		if (!closes && end[-1] != '/' && open[1] != '?') {
			depth++;
			if (next && next[1] == '/') {
				const char *last = memchr(next, '>', len - (size_t)(next - text));

				if (!last)
					break;
				if (chart_escape(out, text + at, (size_t)(last + 1 - text) - at,
						 why))
					return -1;
				at = (size_t)(last + 1 - text);
				depth--;
			}
		}
		if (buf_print(out, why, "\n"))
			return -1;
	}
	return 0;
}

/* m2m-files(5): "MCIM", format, suite, key transport, 0, n, key block, IV, ciphertext, MAC. */
static int put_blob(struct buf *out, const uint8_t *b, size_t len, struct why *why)
{
	const size_t n = len > 10 ? (size_t)b[8] << 8 | b[9] : len;
	const size_t mac = len > 10 && b[5] == 1 ? 20 : 32;

	if (len < 10 + n + 16 + mac)
		return put_hex(out, b, len, why);
	return buf_print(out, why,
			 "0 to 3: MCIM\n4: format %u\n5: suite %u (%s)\n6: key transport %u (%s)\n"
			 "7: 0\n8 to 9: length of the key block, %zu\n"
			 "10 to %zu: key block, PuK_TRE(PIK|PCK)\n%zu to %zu: IV\n"
			 "%zu to %zu: ENC_PCK(data)\n%zu to %zu: MAC_PIK\n",
			 b[4], b[5], b[5] == 1 ? "tr33812" : "modern", b[6],
			 b[6] == 1 ? "RSAES-OAEP" : "ECDH", n, 9 + n, 10 + n, 25 + n, 26 + n,
			 len - mac - 1, len - mac, len - 1) ||
			       put_hex(out, b, len, why)
		       ? -1
		       : 0;
}

/* Where a length in groups of seven bits, at most four of them, ends; len: nowhere. */
static size_t read_length(size_t *n, const uint8_t *b, size_t at, size_t len)
{
	const size_t last = len - at > 4 ? at + 4 : len;

	for (*n = 0; at < last; at++) {
		*n = *n << 7 | (b[at] & 0x7f);
		if (!(b[at] & 0x80))
			return at + 1;
	}
	return len;
}

/* A package in WBXML carries its signed document whole, as opaque octets (C3, length). */
static int put_wbxml(struct buf *out, const uint8_t *b, size_t len, struct why *why)
{
	for (size_t i = 0; i < len; i++) {
		size_t n = 0;
		const size_t at = b[i] == 0xc3 ? read_length(&n, b, i + 1, len) : len;

		if (len - at < 5 || n < 5 || n > len - at || memcmp(b + at, "<?xml", 5) != 0)
			continue;
		if (buf_print(out, why, "WBXML; %zu to %zu: the document\n", at, at + n - 1) ||
		    put_xml(out, (const char *)b + at, n, why))
			return -1;
		break;
	}
	return put_hex(out, b, len, why);
}

static bool is_text(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((bytes[i] < 0x20 && !isspace(bytes[i])) || bytes[i] == 0x7f)
			return false;
	return true;
}

int chart_message(struct buf *out, const uint8_t *bytes, size_t len, struct why *why)
{
	const char *text = (const char *)bytes;
	const size_t mark = out->len;
	int rc = 1;

	if (len > 4 && memcmp(bytes, "MCIM", 4) == 0)
		return put_blob(out, bytes, len, why);
	if (len == 0 || !is_text(bytes, len)) {
		if (len > 2 && bytes[0] == 0x30)
			rc = chart_der(out, bytes, len, why);
		return rc <= 0 ? rc : put_wbxml(out, bytes, len, why);
	}
	if (*text == '<')
		return put_xml(out, text, len, why);
	if (*text == '{' || *text == '[')
		rc = put_json(out, text, len, why);
	else if (memcmp(text, "eyJ", len < 3 ? len : 3) == 0)
		rc = put_jws(out, text, len, why);
	else if (*text == '-')
		rc = chart_pem(out, text, len, why);
	if (rc <= 0)
		return rc;
	out->len = mark; /* it only looked like it */
	return chart_escape(out, text, len, why);
}
