/* SPDX-License-Identifier: Apache-2.0 */
#include "base/feed.h"

#include "base/buf.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* More text behind what is there; 1, 0 at the end, -1. */
static int fill(struct feed *f, struct why *why)
{
	ssize_t n;

	memmove(f->text, f->text + f->at, f->len - f->at);
	f->len -= f->at;
	f->at = 0;
	if (f->len >= FEED_ROOM - 1)
		return why_input(why, "stdin:%zu: line longer than %zu octets", f->line + 1,
				 FEED_ROOM - 2);
	do
		n = read(STDIN_FILENO, f->text + f->len, FEED_ROOM - 1 - f->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return why_sys(why, "stdin: %s", strerror(errno));
	if (n && memchr(f->text + f->len, 0, (size_t)n))
		return why_input(why, "stdin: a 0 octet, where lines of text are wanted");
	f->len += (size_t)n;
	return n > 0;
}

static char *take(struct feed *f, char *end)
{
	char *line = f->text + f->at;

	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	if (!f->line && strncmp(line, BUF_MARK, sizeof(BUF_MARK) - 1) == 0)
		line += sizeof(BUF_MARK) - 1;
	f->at = (size_t)(end - f->text) + 1;
	f->line++;
	return line;
}

static bool is_ready(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

static int read_lines(struct feed *f, char *lines[], size_t n, bool waits, struct why *why)
{
	size_t got = 0;
	char *end;

	while (got < n) {
		end = memchr(f->text + f->at, '\n', f->len - f->at);
		if (!end && (got || (!waits && !is_ready())))
			break;
		if (!end) {
			const int more = fill(f, why);

			if (more < 0)
				return -1;
			if (more)
				continue;
			if (f->at == f->len)
				break;
			end = f->text + f->len; /* the last line has no end */
			f->len++;
		}
		lines[got++] = take(f, end);
	}
	return (int)got;
}

int feed_lines(struct feed *f, char *lines[], size_t n, struct why *why)
{
	return read_lines(f, lines, n, true, why);
}

int feed_ready_lines(struct feed *f, char *lines[], size_t n, struct why *why)
{
	return read_lines(f, lines, n, false, why);
}
