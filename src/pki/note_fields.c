/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slurp.h"
#include "pki/note.h"

#include <string.h>

#define FIELD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"
#define FIELD_ROOM 64

static bool ends_in(const char *field, const char *end)
{
	const size_t n = strlen(field), m = strlen(end);

	return n > m && strcmp(field + n - m, end) == 0;
}

static int put_file(json_t *o, const char *field, const char *path, struct why *why)
{
	BUF(bytes);

	if (!ends_in(field, "_b64") && !ends_in(field, "_pem"))
		return why_usage(why, "%s: a field from a file ends in _b64 or _pem", field);
	if (slurp(&bytes, path, JWS_MAX / 2, why))
		return -1;
	if (ends_in(field, "_b64"))
		return json_put_b64(o, field, bytes.bytes, bytes.len, why);
	if (memchr(buf_text(&bytes), 0, bytes.len))
		return why_input(why, "%s: want text", slurp_name(path));
	return json_put_text(o, field, buf_text(&bytes), why);
}

static int put_word(json_t *o, const char *word, struct why *why)
{
	const size_t len = strspn(word, FIELD_CHARS);
	char field[FIELD_ROOM];

	if (len == 0 || len >= sizeof(field) || word[len] != '=')
		return why_usage(why, "want FIELD=VALUE, the field in snake case, got '%.60s'",
				 word);
	memcpy(field, word, len);
	field[len] = '\0';
	if (json_object_get(o, field))
		return why_usage(why, "%s: given twice", field);
	word += len + 1;
	return *word == '@' ? put_file(o, field, word + 1, why)
			    : json_put_text(o, field, word, why);
}

json_t *note_fields(char *const words[], struct why *why)
{
	AUTO(json_t) *o = json_object();

	for (; *words; words++)
		if (put_word(o, *words, why))
			return NULL;
	return STEAL(o);
}
