/* SPDX-License-Identifier: Apache-2.0 */
/* Hex by vectors of octets, inline, for those who have much of it; base/hex.h is what others call.
 * No branch and no index depends on what is read or written, which may be a K. The compiler makes
 * instructions of the vectors that every processor of its kind has. */
#ifndef BASE_HEX_VECTOR_H
#define BASE_HEX_VECTOR_H

#include "base/hex.h"

#include <string.h>

typedef uint8_t hex_octets __attribute__((vector_size(16)));
typedef uint64_t hex_pair __attribute__((vector_size(16)));
typedef uint32_t hex_words __attribute__((vector_size(16)));
typedef int8_t hex_signed __attribute__((vector_size(16)));

static inline hex_octets hex_digits(hex_octets values)
{
	return values + '0' + ((hex_octets)((hex_signed)values > 9) & ('a' - '0' - 10));
}

static inline void hex_write_16(char text[32], const uint8_t bytes[16])
{
	hex_octets in, high, low, d;

	memcpy(&in, bytes, 16);
	high = hex_digits(in >> 4);
	low = hex_digits(in & 15);
	d = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
				    23);
	memcpy(text, &d, 16);
	d = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
				    15, 31);
	memcpy(text + 16, &d, 16);
}

/* The length of a MAC and a RES. */
static inline void hex_write_8(char text[16], const uint8_t bytes[8])
{
	hex_octets high, low, d;
	uint64_t word;
	hex_pair in;

	memcpy(&word, bytes, 8);
	in = (hex_pair){word, 0};
	high = hex_digits((hex_octets)in >> 4);
	low = hex_digits((hex_octets)in & 15);
	d = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
				    23);
	memcpy(text, &d, 16);
}

/* Values of sixteen digits; good loses its bits where one is no digit. */
static inline hex_octets hex_values(hex_octets d, hex_octets *good)
{
	const hex_octets letter = (hex_octets)((d | 0x20) - 'a' <= 5);

	*good &= (hex_octets)(d - '0' <= 9) | letter;
	return (d & 15) + (letter & 9);
}

/* Sixteen octets of the values of 32 digits. */
static inline hex_octets hex_join(hex_octets a, hex_octets b)
{
	const hex_octets high = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20,
							22, 24, 26, 28, 30);
	const hex_octets low = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21,
						       23, 25, 27, 29, 31);

	return high << 4 | low;
}

static inline void hex_read_16(uint8_t bytes[16], const char text[32], hex_octets *good)
{
	hex_octets a, b;

	memcpy(&a, text, 16);
	memcpy(&b, text + 16, 16);
	a = hex_values(a, good);
	b = hex_join(a, hex_values(b, good));
	memcpy(bytes, &b, 16);
}

/* The length of an SQN: twelve digits, and zeros behind them. */
static inline void hex_read_6(uint8_t bytes[6], const char text[12], hex_octets *good)
{
	hex_octets a;
	uint32_t word[3];

	memcpy(word, text, 12);
	a = (hex_octets)(hex_words){word[0], word[1], word[2], 0x30303030};
	a = hex_values(a, good);
	a = hex_join(a, a);
	memcpy(bytes, &a, 6);
}

/* Digits of any number of octets; good loses bits where one is none. */
static inline void hex_read_more(uint8_t *bytes, size_t len, const char *text, hex_octets *good)
{
	if (len == 16)
		hex_read_16(bytes, text, good);
	else if (len == 6)
		hex_read_6(bytes, text, good);
	else if (!hex_read(bytes, len, text))
		*good = (hex_octets){0};
}

/* Whether all digits were such. */
static inline bool hex_all_good(hex_octets good)
{
	uint64_t all[2];

	memcpy(all, &good, sizeof(all));
	return (all[0] & all[1]) == UINT64_MAX;
}

#endif
