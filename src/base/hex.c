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

/* Sixteen digits and their values; the mask's octets are all ones where there is such a digit. */
static inline hex_octets b64_digits_16(hex_octets v, bool url)
{
	const hex_octets upper = (hex_octets)(v < 26), lower = (hex_octets)(v < 52) & ~upper;
	const hex_octets digit = (hex_octets)(v < 62) & ~(upper | lower);
	const hex_octets c62 = (hex_octets)(v == 62), c63 = (hex_octets)(v == 63);

	return (upper & (v + 'A')) | (lower & (v + ('a' - 26))) | (digit & (v - (52 - '0'))) |
	       (c62 & (uint8_t)(url ? '-' : '+')) | (c63 & (uint8_t)(url ? '_' : '/'));
}

static inline hex_octets b64_values_16(hex_octets c, bool url, hex_octets *good)
{
	const hex_octets upper = (hex_octets)(c - 'A' < 26), lower = (hex_octets)(c - 'a' < 26);
	const hex_octets digit = (hex_octets)(c - '0' < 10);
	const hex_octets c62 = (hex_octets)(c == (uint8_t)(url ? '-' : '+'));
	const hex_octets c63 = (hex_octets)(c == (uint8_t)(url ? '_' : '/'));

	*good = upper | lower | digit | c62 | c63;
	return (upper & (c - 'A')) | (lower & (c - ('a' - 26))) | (digit & (c + (52 - '0'))) |
	       (c62 & 62) | (c63 & 63);
}

/* Twelve octets to sixteen digits. */
static void b64_write_16(uint8_t *text, const uint8_t *bytes, bool url)
{
	uint8_t v[16];
	hex_octets d;

	for (size_t i = 0; i < 4; i++) {
		const uint8_t *p = bytes + 3 * i;

		v[4 * i] = p[0] >> 2;
		v[4 * i + 1] = (uint8_t)((p[0] << 4 | p[1] >> 4) & 63);
		v[4 * i + 2] = (uint8_t)((p[1] << 2 | p[2] >> 6) & 63);
		v[4 * i + 3] = p[2] & 63;
	}
	memcpy(&d, v, 16);
	d = b64_digits_16(d, url);
	memcpy(text, &d, 16);
}

/* And back; false where one of them is none, and then what was written means nothing. */
static bool b64_read_16(uint8_t *bytes, const char *text, bool url)
{
	uint8_t v[16];
	hex_octets d, good;
	hex_pair all;

	memcpy(&d, text, 16);
	d = b64_values_16(d, url, &good);
	memcpy(v, &d, 16);
	for (size_t i = 0; i < 4; i++) {
		const uint8_t *p = v + 4 * i;

		bytes[3 * i] = (uint8_t)(p[0] << 2 | p[1] >> 4);
		bytes[3 * i + 1] = (uint8_t)(p[1] << 4 | p[2] >> 2);
		bytes[3 * i + 2] = (uint8_t)(p[2] << 6 | p[3]);
	}
	all = (hex_pair)good;
	return (all[0] & all[1]) == UINT64_MAX;
}

int b64_append(struct buf *b, bool url, const void *bytes, size_t len, struct why *why)
{
	const uint8_t *p = bytes;
	size_t i = 0;

	if (buf_reserve(b, (len / 3 + 1) * 4, why))
		return -1;
	for (; len - i >= 12; i += 12, b->len += 16)
		b64_write_16(b->bytes + b->len, p + i, url);
	for (; i < len; i += 3) {
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

		for (; digits % 4 == 0 && !pads && len - i > 16 &&
		       b64_read_16(b->bytes + b->len, text + i, url);
		     i += 16, digits += 16)
			b->len += 12;
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
