/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"

#include "base/slurp.h"

#include <string.h>

void lines_free(struct lines *l)
{
	buf_free(&l->text);
	l->at = NULL;
}

/* Line ends of two octets become ends of one, so that the text is as long as its lines say. */
static void drop_cr(struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->bytes[i] != '\r' || (i + 1 < text->len && text->bytes[i + 1] != '\n'))
			text->bytes[n++] = text->bytes[i];
	if (n < text->len)
		text->bytes[n] = '\0';
	text->len = n;
}

int lines_load(struct lines *l, const char *path, struct why *why)
{
	if (slurp(&l->text, path, SLURP_LARGE, why))
		return -1;
	buf_drop_mark(&l->text);
	if (l->text.len && memchr(l->text.bytes, 0, l->text.len))
		return why_input(why, "%s: a 0 octet, where lines of text are wanted",
				 slurp_name(path));
	drop_cr(&l->text);
	l->at = (char *)l->text.bytes;
	return 0;
}

void lines_rewind(struct lines *l)
{
	/* the ends of the lines that were given out are 0 octets now: they are line feeds again */
	for (char *p = (char *)l->text.bytes; p && p < l->at; p++)
		if (!*p)
			*p = '\n';
	l->at = (char *)l->text.bytes;
	l->line = 0;
}

const char *lines_next(struct lines *l)
{
	while (l->at && *l->at) {
		char *line = l->at, *end = strchr(line, '\n');

		l->at = end ? end + 1 : line + strlen(line);
		l->line++;
		if (end)
			*end = '\0';
		if (*line)
			return line;
	}
	return NULL;
}
