/* SPDX-License-Identifier: Apache-2.0 */
#include "base/party.h"

#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"

int tre_id_check(const char *tre_id, const char *what, struct why *why)
{
	const size_t vendor = strspn(tre_id, LETTERS);
	const size_t number = tre_id[vendor] == ';' ? strspn(tre_id + vendor + 1, LETTERS) : 0;

	if (!vendor || !number || tre_id[vendor + 1 + number] || vendor + 1 + number >= TRE_ID_TEXT)
		return why_input(why,
				 "%s: want VENDOR;NUMBER of letters, digits, dot and dash, 64 "
				 "characters at most, got %s",
				 what, WHY_GOT(tre_id));
	return 0;
}

int party_check(const char *id, const char *what, struct why *why)
{
	const size_t n = strspn(id, LETTERS);

	if (!n || id[n] || n >= TRE_ID_TEXT || id[0] == '.' || id[0] == '-')
		return why_input(why,
				 "%s: want letters, digits, dot and dash, 64 characters at most, "
				 "got %s",
				 what, WHY_GOT(id));
	return 0;
}
