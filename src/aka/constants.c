/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/constants.h"

#include "base/hex.h"
#include "base/num.h"

#include <stdio.h>
#include <string.h>

/* The next part of a list with commas, as a string; NULL where it is too long. */
static const char *next_part(const char **list, char part[40])
{
	const size_t len = strcspn(*list, ",");

	if (len >= 40)
		return NULL;
	memcpy(part, *list, len);
	part[len] = '\0';
	*list += len + ((*list)[len] == ',');
	return part;
}

int aka_parse_r(struct aka_key *key, const char *text, struct why *why)
{
	char part[40];

	for (int i = 0; i < 5; i++) {
		uint64_t bits;

		if (!next_part(&text, part) || num_parse(&bits, part, 0, 127, "--r", why))
			return why_usage(why, "--r: want five numbers of 0 to 127, with commas");
		key->r[i] = (uint8_t)bits;
	}
	return *text ? why_usage(why, "--r: want five numbers of 0 to 127, with commas") : 0;
}

int aka_parse_c(struct aka_key *key, const char *text, struct why *why)
{
	char part[40];

	for (int i = 0; i < 5; i++)
		if (!next_part(&text, part) || hex_decode(key->c[i], 16, part, "--c", why))
			return why_usage(why, "--c: want five times 32 hex digits, with commas");
	return *text ? why_usage(why, "--c: want five times 32 hex digits, with commas") : 0;
}

int aka_parse_bits(size_t *octets, const char *text, const unsigned *allowed, const char *option,
		   struct why *why)
{
	char list[80] = "";
	size_t used = 0;

	if (!text)
		return 0;
	for (; *allowed; allowed++) {
		char number[12];

		snprintf(number, sizeof(number), "%u", *allowed);
		if (strcmp(number, text) == 0) {
			*octets = *allowed / 8;
			return 0;
		}
		used += (size_t)snprintf(list + used, sizeof(list) - used, " %u", *allowed);
	}
	return why_usage(why, "%s: want one of%s", option, list);
}
