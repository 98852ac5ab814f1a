/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/ef_value.h"

#include <string.h>

const char *ef_text(const json_t *v, const char *what, struct why *why)
{
	const char *text = json_string_value(v);

	if (!text)
		why_input(why, "%s: want a string", what);
	return text;
}

int ef_number(uint64_t *n, const json_t *v, uint64_t max, const char *what, struct why *why)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    (uint64_t)json_integer_value(v) > max)
		return why_input(why, "%s: want a number from 0 to %llu", what,
				 (unsigned long long)max);
	*n = (uint64_t)json_integer_value(v);
	return 0;
}

bool ef_is_filled(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0xff)
			return false;
	return true;
}

int ef_put_digits(struct buf *out, const char *text, size_t octets, const char *what,
		  struct why *why)
{
	uint8_t ef[8];
	const size_t len = text ? strlen(text) : 0;

	if (len > 2 * octets || (text && strspn(text, "0123456789") != len))
		return why_input(why, "%s: want at most %zu digits", what, 2 * octets);
	memset(ef, 0xff, sizeof(ef));
	for (size_t i = 0; i < len; i++) {
		const unsigned v = (unsigned)(text[i] - '0');

		ef[i / 2] =
			(uint8_t)(i % 2 ? (ef[i / 2] & 0x0fU) | v << 4 : (ef[i / 2] & 0xf0U) | v);
	}
	return buf_add(out, ef, octets, why);
}

bool ef_get_digits(char *text, const uint8_t *bytes, size_t octets)
{
	size_t n = 0;

	for (size_t i = 0; i < 2 * octets; i++) {
		const unsigned v = i % 2 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15U;

		if (v == 15)
			continue;
		if (v > 9 || n != i)
			return false;
		text[n++] = (char)('0' + v);
	}
	text[n] = '\0';
	return true;
}
