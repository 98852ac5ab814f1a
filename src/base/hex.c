/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"

#include <endian.h>
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

/* Hex goes sixteen digits at a time, by vectors: no branch and no index depends on what is read or
 * written, which may be a K. */
typedef uint8_t vdigits __attribute__((vector_size(16)));
typedef uint16_t vpairs __attribute__((vector_size(16)));
typedef uint8_t voctets __attribute__((vector_size(8)));

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FIRST_SHIFT 0 /* where the first of a pair of vdigits stands */
#else
#define FIRST_SHIFT 8
#endif

static inline void write_eight(char text[16], const uint8_t bytes[8])
{
	voctets in;
	vpairs two;
	vdigits d;

	memcpy(&in, bytes, 8);
	two = __builtin_convertvector(in, vpairs);
	two = two >> 4 << FIRST_SHIFT | (two & 15) << (8 - FIRST_SHIFT);
	memcpy(&d, &two, 16);
	d += '0' + ((vdigits)(d > 9) & ('a' - '0' - 10));
	memcpy(text, &d, 16);
}

/* What is returned has a bit set where one is no digit. */
static inline vdigits read_eight(uint8_t bytes[8], const char text[16])
{
	vdigits d, low, letter, number;
	vpairs two;
	voctets out;

	memcpy(&d, text, 16);
	low = d | 0x20;
	letter = (vdigits)(low >= 'a') & (vdigits)(low <= 'f');
	number = (vdigits)(d >= '0') & (vdigits)(d <= '9');
	d = (d & 15) + (letter & 9);
	memcpy(&two, &d, 16);
	two = (two >> FIRST_SHIFT & 15) << 4 | (two >> (8 - FIRST_SHIFT) & 15);
	out = __builtin_convertvector(two, voctets);
	memcpy(bytes, &out, 8);
	return ~(letter | number);
}

void hex_write(char *text, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	uint8_t part[8] = {0};
	char two[16];

	for (; len >= 8; len -= 8, p += 8, text += 16)
		write_eight(text, p);
	if (!len)
		return;
	memcpy(part, p, len);
	write_eight(two, part);
	memcpy(text, two, 2 * len);
}

bool hex_read(uint8_t *bytes, size_t len, const char *text)
{
	vdigits bad = {0};
	uint64_t any[2];

	for (; len >= 8; len -= 8, bytes += 8, text += 16)
		bad |= read_eight(bytes, text);
	if (len) {
		uint8_t part[8];
		char two[16];

		memset(two, '0', sizeof(two));
		memcpy(two, text, 2 * len);
		bad |= read_eight(part, two);
		memcpy(bytes, part, len);
	}
	memcpy(any, &bad, sizeof(any));
	return !(any[0] | any[1]);
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
	if (buf_reserve(b, len, why) || hex_decode(b->bytes + b->len, len, text, what, why))
		return -1;
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
