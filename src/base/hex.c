/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"

#include "base/hex_vector.h"

#include <string.h>

/* Each helper below works by masks: (a - b) >> 8 is all ones where a < b, for octets in an int. */
static int below(int a, int b)
{
	return (a - b) >> 8;
}

static int within(int c, int first, int last)
{
	return ~below(c, first) & below(c, last + 1);
}

/* Up to sixteen octets, by a copy of either side. */
static __attribute__((noinline)) void write_part(char *text, const uint8_t *bytes, size_t len)
{
	uint8_t part[16] = {0};
	char two[32];

	memcpy(part, bytes, len);
	hex_write_16(two, part);
	memcpy(text, two, 2 * len);
}

static __attribute__((noinline)) hex_octets read_part(uint8_t *bytes, const char *text, size_t len)
{
	hex_octets good = ~(hex_octets){0};
	uint8_t part[16];
	char two[32];

	memset(two, '0', sizeof(two));
	memcpy(two, text, 2 * len);
	hex_read_16(part, two, &good);
	memcpy(bytes, part, len);
	return good;
}

void hex_write(char *text, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len > 16) {
		hex_write_16(text, p);
		len -= 16;
		p += 16;
		text += 32;
	}
	if (len == 16)
		hex_write_16(text, p);
	else if (len == 8)
		hex_write_8(text, p);
	else
		write_part(text, p, len);
}

bool hex_read(uint8_t *bytes, size_t len, const char *text)
{
	hex_octets good = ~(hex_octets){0};

	while (len > 16) {
		hex_read_16(bytes, text, &good);
		len -= 16;
		bytes += 16;
		text += 32;
	}
	if (len == 16)
		hex_read_16(bytes, text, &good);
	else if (len == 6)
		hex_read_6(bytes, text, &good);
	else
		good &= read_part(bytes, text, len);
	return hex_all_good(good);
}

void hex_encode(char *text, const void *bytes, size_t len)
{
	hex_write(text, bytes, len);
	text[2 * len] = '\0';
}

int hex_decode(uint8_t *bytes, size_t len, const char *text, const char *what, struct why *why)
{
	const size_t got = strlen(text);

	if (got != 2 * len)
		return why_input(why, "%s: want %zu hex digits, got %zu characters", what, 2 * len,
				 got);
	if (!hex_read(bytes, len, text))
		return why_input(why, "%s: want %zu hex digits, got other characters", what,
				 2 * len);
	return 0;
}

int hex_decode_buf(struct buf *b, const char *text, const char *what, struct why *why)
{
	const size_t len = strlen(text) / 2;

	if (strlen(text) % 2)
		return why_input(why, "%s: want an even number of hex digits, got %zu", what,
				 strlen(text));
	if (buf_reserve(b, len, why))
		return -1;
	if (!hex_read(b->bytes + b->len, len, text))
		return why_input(why, "%s: want hex digits, got other characters", what);
	b->len += len;
	b->bytes[b->len] = '\0';
	return 0;
}

int hex_append(struct buf *b, const void *bytes, size_t len, struct why *why)
{
	if (buf_reserve(b, 2 * len, why))
		return -1;
	hex_encode((char *)b->bytes + b->len, bytes, len);
	b->len += 2 * len;
	return 0;
}

static char b64_digit(int v, bool url)
{
	const int upper = below(v, 26), lower = ~below(v, 26) & below(v, 52);
	const int digit = ~below(v, 52) & below(v, 62), c62 = within(v, 62, 62);
	const int c63 = within(v, 63, 63);

	return (char)((upper & (v + 'A')) | (lower & (v - 26 + 'a')) | (digit & (v - 52 + '0')) |
		      (c62 & (url ? '-' : '+')) | (c63 & (url ? '_' : '/')));
}

/* 0 to 63, or -1. */
static int b64_value(int c, bool url)
{
	const int upper = within(c, 'A', 'Z'), lower = within(c, 'a', 'z');
	const int digit = within(c, '0', '9'), plus = url ? '-' : '+', slash = url ? '_' : '/';
	const int c62 = within(c, plus, plus), c63 = within(c, slash, slash);

	return (upper & (c - 'A')) | (lower & (c - 'a' + 26)) | (digit & (c - '0' + 52)) |
	       (c62 & 62) | (c63 & 63) | ~(upper | lower | digit | c62 | c63);
}

int b64_append(struct buf *b, bool url, const void *bytes, size_t len, struct why *why)
{
	const uint8_t *p = bytes;

	if (buf_reserve(b, (len / 3 + 1) * 4, why))
		return -1;
	for (size_t i = 0; i < len; i += 3) {
		const size_t have = len - i < 3 ? len - i : 3;
		const unsigned v = (unsigned)p[i] << 16 | (have > 1 ? (unsigned)p[i + 1] << 8 : 0) |
				   (have > 2 ? p[i + 2] : 0);

		for (size_t j = 0; j < 4; j++) {
			if (j <= have)
				b->bytes[b->len++] =
					(uint8_t)b64_digit(v >> (18 - 6 * j) & 63, url);
			else if (!url)
				b->bytes[b->len++] = '=';
		}
	}
	b->bytes[b->len] = '\0';
	return 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The octets of a last group of two or three digits; gives the bits behind them. */
static int b64_end(struct buf *b, unsigned digits, unsigned v)
{
	if (digits == 2) {
		b->bytes[b->len++] = (uint8_t)(v >> 4);
		return (int)(v & 15);
	}
	if (digits == 3) {
		b->bytes[b->len++] = (uint8_t)(v >> 10);
		b->bytes[b->len++] = (uint8_t)(v >> 2);
		return (int)(v & 3);
	}
	return 0;
}

int b64_decode(struct buf *b, bool url, bool skip_space, const char *text, size_t len,
	       const char *what, struct why *why)
{
	unsigned v = 0, digits = 0, pads = 0;
	int bad = 0;

	if (buf_reserve(b, len / 4 * 3 + 3, why))
		return -1;
	for (size_t i = 0; i < len; i++) {
		int d;

		if (skip_space && is_space(text[i]))
			continue;
		if (!url && text[i] == '=') {
			pads++;
			continue;
		}
		d = b64_value((uint8_t)text[i], url);
		bad |= (d & ~63) | (pads ? -1 : 0);
		v = v << 6 | (unsigned)(d & 63);
		if (++digits % 4)
			continue;
		b->bytes[b->len++] = (uint8_t)(v >> 16);
		b->bytes[b->len++] = (uint8_t)(v >> 8);
		b->bytes[b->len++] = (uint8_t)v;
	}
	if (bad || digits % 4 == 1 || (!url && (digits + pads) % 4) || pads > 2)
		return why_input(why, "%s: not base64%s", what, url ? "url" : "");
	bad = b64_end(b, digits % 4, v);
	if (bad)
		return why_input(why, "%s: not canonical base64%s", what, url ? "url" : "");
	b->bytes[b->len] = '\0';
	return 0;
}
