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

/* Hex goes by vectors of octets: no branch and no index depends on what is read or written, which
 * may be a K. The compiler makes instructions of them that every processor of its kind has. */
typedef uint8_t octets16 __attribute__((vector_size(16)));
typedef uint64_t pair64 __attribute__((vector_size(16)));
typedef int8_t signed16 __attribute__((vector_size(16)));

static inline octets16 digits_of(octets16 values)
{
	return values + '0' + ((octets16)((signed16)values > 9) & ('a' - '0' - 10));
}

static inline void write_sixteen(char text[32], const uint8_t bytes[16])
{
	octets16 in, high, low, d;

	memcpy(&in, bytes, 16);
	high = digits_of(in >> 4);
	low = digits_of(in & 15);
	d = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
				    23);
	memcpy(text, &d, 16);
	d = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
				    15, 31);
	memcpy(text + 16, &d, 16);
}

/* The length of a MAC and a RES. */
static inline void write_eight(char text[16], const uint8_t bytes[8])
{
	octets16 high, low, d;
	pair64 in = {0};

	memcpy(&in, bytes, 8);
	high = digits_of((octets16)in >> 4);
	low = digits_of((octets16)in & 15);
	d = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
				    23);
	memcpy(text, &d, 16);
}

/* Up to sixteen octets, by a copy of either side. */
static __attribute__((noinline)) void write_part(char *text, const uint8_t *bytes, size_t len)
{
	uint8_t part[16] = {0};
	char two[32];

	memcpy(part, bytes, len);
	write_sixteen(two, part);
	memcpy(text, two, 2 * len);
}

/* Values of sixteen digits; good loses its bits where one is no digit. */
static inline octets16 values_of(octets16 d, octets16 *good)
{
	const octets16 letter = (octets16)((d | 0x20) - 'a' <= 5);

	*good &= (octets16)(d - '0' <= 9) | letter;
	return (d & 15) + (letter & 9);
}

/* Sixteen octets of the values of 32 digits. */
static inline octets16 join(octets16 a, octets16 b)
{
	const octets16 high = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20,
						      22, 24, 26, 28, 30);
	const octets16 low = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21,
						     23, 25, 27, 29, 31);

	return high << 4 | low;
}

static inline void read_sixteen(uint8_t bytes[16], const char text[32], octets16 *good)
{
	octets16 a, b;

	memcpy(&a, text, 16);
	memcpy(&b, text + 16, 16);
	a = values_of(a, good);
	b = join(a, values_of(b, good));
	memcpy(bytes, &b, 16);
}

/* The length of an SQN: twelve digits, and zeros behind them. */
static inline void read_six(uint8_t bytes[6], const char text[12], octets16 *good)
{
	octets16 a;
	struct {
		uint64_t eight;
		uint32_t four, none;
	} digits = {.none = 0x30303030};

	memcpy(&digits.eight, text, 8);
	memcpy(&digits.four, text + 8, 4);
	memcpy(&a, &digits, 16);
	a = values_of(a, good);
	a = join(a, a);
	memcpy(bytes, &a, 6);
}

static __attribute__((noinline)) octets16 read_part(uint8_t *bytes, const char *text, size_t len)
{
	octets16 good = ~(octets16){0};
	uint8_t part[16];
	char two[32];

	memset(two, '0', sizeof(two));
	memcpy(two, text, 2 * len);
	read_sixteen(part, two, &good);
	memcpy(bytes, part, len);
	return good;
}

void hex_write(char *text, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (; len >= 16; len -= 16, p += 16, text += 32)
		write_sixteen(text, p);
	if (len == 8)
		write_eight(text, p);
	else if (len)
		write_part(text, p, len);
}

bool hex_read(uint8_t *bytes, size_t len, const char *text)
{
	octets16 good = ~(octets16){0};
	uint64_t all[2];

	for (; len >= 16; len -= 16, bytes += 16, text += 32)
		read_sixteen(bytes, text, &good);
	if (len == 6)
		read_six(bytes, text, &good);
	else if (len)
		good &= read_part(bytes, text, len);
	memcpy(all, &good, sizeof(all));
	return (all[0] & all[1]) == UINT64_MAX;
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
