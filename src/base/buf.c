/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

void buf_free(struct buf *b)
{
	if (b->bytes)
		explicit_bzero(b->bytes, b->room);
	free(b->bytes);
	*b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
	if (b->bytes)
		explicit_bzero(b->bytes, b->room);
	b->len = 0;
}

void buf_trim(struct buf *b)
{
	while (b->len && (b->bytes[b->len - 1] == '\n' || b->bytes[b->len - 1] == '\r'))
		b->bytes[--b->len] = '\0';
}

void buf_drop_mark(struct buf *b)
{
	const size_t mark = sizeof(BUF_MARK) - 1;

	if (b->len < mark || memcmp(b->bytes, BUF_MARK, mark) != 0)
		return;
	b->len -= mark;
	memmove(b->bytes, b->bytes + mark, b->len + 1);
}

int buf_reserve(struct buf *b, size_t more, struct why *why)
{
	size_t room = b->room ? b->room : FIRST_ROOM;
	uint8_t *grown;

	if (more >= SIZE_MAX / 2 - b->len)
		return why_sys(why, "out of memory");
	while (room < b->len + more + 1)
		room *= 2;
	if (room == b->room)
		return 0;
	grown = calloc(1, room); /* not realloc: the old octets may be secret */
	if (!grown)
		return why_sys(why, "out of memory");
	if (b->bytes) {
		memcpy(grown, b->bytes, b->len);
		explicit_bzero(b->bytes, b->room);
		free(b->bytes);
	}
	b->bytes = grown;
	b->room = room;
	return 0;
}

int buf_add(struct buf *b, const void *bytes, size_t len, struct why *why)
{
	if (buf_reserve(b, len, why))
		return -1;
	if (len)
		memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	b->bytes[b->len] = '\0';
	return 0;
}

int buf_print(struct buf *b, struct why *why, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return why_sys(why, "out of memory");
	if (buf_reserve(b, (size_t)n, why))
		return -1;
	va_start(ap, fmt);
	vsnprintf((char *)b->bytes + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

const char *buf_text(const struct buf *b)
{
	return b->bytes ? (const char *)b->bytes : "";
}
