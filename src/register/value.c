/* SPDX-License-Identifier: Apache-2.0 */
#include "register/value.h"

#include "base/hex.h"
#include "register/entry.h"

#include <string.h>

#define HEX_OCTETS 32

static bool is_digits(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

static bool is_hex(const char *p, size_t len)
{
	uint8_t octets[HEX_OCTETS];
	const bool is_right =
		(len == 4 || len == 12 || len == 32 || len == 64) && hex_read(octets, len / 2, p);

	explicit_bzero(octets, sizeof(octets));
	return is_right;
}

static bool is_word(const char *words, const char *p, size_t len)
{
	const char *at = words;

	for (; *at && at[1]; at += strcspn(at + 1, " ") + 1)
		if (strncmp(at + 1, p, len) == 0 && at[1 + len] == ' ' && !memchr(p, ' ', len))
			return true;
	return false;
}

static bool is_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-';
}

static bool is_tre_id(const char *p, size_t len)
{
	size_t semicolons = 0;

	for (size_t i = 0; i < len; i++)
		if (p[i] == ';' && i > 0 && i + 1 < len)
			semicolons++;
		else if (!is_name(p[i]))
			return false;
	return semicolons == 1;
}

static bool is_party(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_name(p[i]))
			return false;
	return *p != '.' && *p != '-';
}

bool reg_value_is_right(const struct reg_row_field *f, const char *p, size_t len)
{
	if (f->most && (len < f->least || len > f->most))
		return false;
	switch (f->kind) {
	case DIGITS: return is_digits(p, len);
	case HEX: return is_hex(p, len);
	case WORD: return is_word(f->words, p, len);
	case TRE_ID: return is_tre_id(p, len);
	case IND_BITS: return *p >= '0' && *p <= '5';
	case PARTY: return is_party(p, len);
	case URL: return reg_is_url(p, len) && !memchr(p, '\\', len);
	case PEM:
	case TEXT: return true;
	default: return false;
	}
}
