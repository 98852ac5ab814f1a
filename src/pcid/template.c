/* SPDX-License-Identifier: Apache-2.0 */
#include "pcid/template.h"

#include <string.h>

static bool is_right(const char *text, size_t len, bool luhn)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr("0123456789#", text[i]) && !(luhn && i == len - 1 && text[i] == 'L'))
			return false;
	return true;
}

int template_parse(struct template *t, const char *text, size_t least, size_t most, bool luhn,
		   const char *what, struct why *why)
{
	const size_t len = strlen(text);
	size_t counting = 0;

	if (len < least || len > most || !is_right(text, len, luhn))
		return why_input(why, "%s: want %zu to %zu digits or #%s, got '%.24s'", what, least,
				 most, luhn ? ", and L at the end for the Luhn digit" : "", text);
	*t = (struct template){.len = len, .size = 1};
	memcpy(t->text, text, len);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '#') {
			counting++;
			t->size *= counting > TEMPLATE_COUNTING ? 1 : 10;
		}
	if (counting == 0 || counting > TEMPLATE_COUNTING)
		return why_input(why, "%s: want 1 to %d # in it", what, TEMPLATE_COUNTING);
	return 0;
}

void template_fill(char out[static ICCID_TEXT], const struct template *t, uint64_t n)
{
	memcpy(out, t->text, ICCID_TEXT);
	for (size_t i = t->len; i--;)
		if (out[i] == '#') {
			out[i] = (char)('0' + n % 10);
			n /= 10;
		}
	if (t->text[t->len - 1] == 'L') {
		out[t->len - 1] = '\0';
		out[t->len - 1] = iccid_luhn(out);
	}
}
