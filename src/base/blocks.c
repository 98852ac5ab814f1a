/* SPDX-License-Identifier: Apache-2.0 */
#include "base/blocks.h"

#include "base/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BLOCK ((size_t)256 * 1024)

int blocks_open(struct blocks *b, const char *path, struct why *why)
{
	*b = (struct blocks){.path = path, .fd = STDIN_FILENO};
	if (!path || strcmp(path, "-") == 0)
		return 0;
	b->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (b->fd >= 0)
		return 0;
	return errno == ENOENT ? why_input(why, "%s: %s", path, strerror(errno))
			       : why_sys(why, "%s: %s", path, strerror(errno));
}

void blocks_close(struct blocks *b)
{
	buf_free(&b->carry);
	if (b->fd > STDIN_FILENO)
		close(b->fd);
	b->fd = -1;
}

/* One read: its octets, 0 at the end, -1. */
static ssize_t fill(struct blocks *b, struct buf *text, struct why *why)
{
	ssize_t n;

	do
		n = read(b->fd, text->bytes + text->len, BLOCK - text->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return why_sys(why, "%s: %s", slurp_name(b->path), strerror(errno));
	text->len += (size_t)n;
	text->bytes[text->len] = '\0';
	b->at_end = n == 0;
	return n;
}

/* Drops what is left of a line that is too long. */
static void skip(struct blocks *b, struct buf *text)
{
	uint8_t *end = memchr(text->bytes, '\n', text->len);
	const size_t drop = end ? (size_t)(end + 1 - text->bytes) : text->len;

	b->skips = !end;
	memmove(text->bytes, text->bytes + drop, text->len - drop);
	text->len -= drop;
	text->bytes[text->len] = '\0';
}

int blocks_next(struct blocks *b, struct buf *text, struct why *why)
{
	const uint8_t *end;

	text->len = 0; /* wiped at the end: what follows lies over it */
	if (buf_reserve(text, BLOCK, why) || buf_add(text, b->carry.bytes, b->carry.len, why))
		return -1;
	b->carry.len = 0;
	end = text->len ? memrchr(text->bytes, '\n', text->len) : NULL;
	while (!end && !b->at_end && text->len < BLOCK) {
		if (fill(b, text, why) < 0)
			return -1;
		if (b->skips)
			skip(b, text);
		end = text->len ? memrchr(text->bytes, '\n', text->len) : NULL;
	}
	if (end) {
		const size_t whole = (size_t)(end + 1 - text->bytes);

		if (buf_add(&b->carry, text->bytes + whole, text->len - whole, why))
			return -1;
		text->len = whole;
		text->bytes[whole] = '\0';
	} else if (!b->at_end) {
		b->skips = true; /* what was read of it stays, and is refused as too long */
	}
	if (!b->has_begun)
		buf_drop_mark(text);
	b->has_begun = true;
	return text->len > 0;
}

/* What stands behind the header waits in the carry, before what is there already. */
static int put_back(struct blocks *b, const uint8_t *rest, size_t len, struct why *why)
{
	const size_t old = b->carry.len;

	if (buf_reserve(&b->carry, len, why))
		return -1;
	memmove(b->carry.bytes + len, b->carry.bytes, old);
	memcpy(b->carry.bytes, rest, len);
	b->carry.len += len;
	return 0;
}

int blocks_header(struct blocks *b, struct buf *text, struct why *why)
{
	const int got = blocks_next(b, text, why);
	const uint8_t *end = got > 0 ? memchr(text->bytes, '\n', text->len) : NULL;
	const size_t len = end ? (size_t)(end - text->bytes) : text->len;

	if (got < 0)
		return -1;
	if (len > BLOCKS_LINE)
		return why_input(why, "%s:1: header line longer than the limit of %zu octets",
				 slurp_name(b->path), BLOCKS_LINE);
	if (got == 0 || len == 0)
		return why_input(why, "%s: no header line", slurp_name(b->path));
	if (memchr(text->bytes, 0, len))
		return why_input(why, "%s:1: a 0 octet in the header line", slurp_name(b->path));
	if (end && put_back(b, end + 1, text->len - len - 1, why))
		return -1;
	text->len = len;
	if (text->bytes[len - 1] == '\r')
		text->len--;
	text->bytes[text->len] = '\0';
	return 0;
}
