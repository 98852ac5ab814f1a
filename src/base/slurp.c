/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slurp.h"

#include "base/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)64 * 1024)

const char *slurp_name(const char *path)
{
	return path && strcmp(path, "-") != 0 ? path : "stdin";
}

static int slurp_fd(struct buf *b, int fd, const char *path, size_t limit, struct why *why)
{
	const size_t start = b->len;

	for (;;) {
		ssize_t n;

		if (buf_reserve(b, CHUNK, why))
			return -1;
		n = read(fd, b->bytes + b->len, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_sys(why, "%s: %s", slurp_name(path), strerror(errno));
		if (n == 0)
			break;
		b->len += (size_t)n;
		if (b->len - start > limit)
			return why_input(why, "%s: longer than the limit of %zu octets",
					 slurp_name(path), limit);
	}
	b->bytes[b->len] = '\0';
	return 0;
}

int slurp(struct buf *b, const char *path, size_t limit, struct why *why)
{
	int rc;
	int fd = path && strcmp(path, "-") != 0 ? open(path, O_RDONLY | O_CLOEXEC)
						: dup(STDIN_FILENO);

	if (fd < 0 && errno == ENOENT)
		return why_input(why, "%s: %s", slurp_name(path), strerror(errno));
	if (fd < 0)
		return why_sys(why, "%s: %s", slurp_name(path), strerror(errno));
	rc = slurp_fd(b, fd, path, limit, why);
	close(fd);
	return rc;
}

static int open_within(const char *folder, const char *within, const char *name)
{
	const int outer = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int inner =
		outer >= 0 && within
			? openat(outer, within, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			: -1;
	const int in = within ? inner : outer;
	/* a FIFO would have the reader wait for its writer */
	const int fd =
		in < 0 ? -1 : openat(in, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (inner >= 0)
		close(inner);
	if (outer >= 0)
		close(outer);
	return fd;
}

int slurp_within(struct buf *b, const char *folder, const char *within, const char *name,
		 size_t limit, struct why *why)
{
	const bool is_name = *name && !strchr(name, '/') && strcmp(name, "..") != 0;
	const int fd = is_name ? open_within(folder, within, name) : -1;
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		rc = why_input(why, "%s/%s: want a file of this folder, and no link", folder, name);
	else
		rc = slurp_fd(b, fd, name, limit, why);
	if (fd >= 0)
		close(fd);
	return rc;
}

int slurp_hex_buf(struct buf *b, const char *path, const char *what, struct why *why)
{
	size_t n = 0;
	BUF(text);

	if (slurp(&text, path, SLURP_DOCUMENT, why))
		return -1;
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(" \t\r\n", text.bytes[i]) || !text.bytes[i])
			text.bytes[n++] = text.bytes[i];
	if (n < text.len)
		text.bytes[n] = '\0';
	if (n && memchr(text.bytes, 0, n))
		return why_input(why, "%s: %s: want hex digits", slurp_name(path), what);
	return hex_decode_buf(b, buf_text(&text), what, why) ? why_in(why, "%s", slurp_name(path))
							     : 0;
}

int slurp_hex(uint8_t *bytes, size_t len, const char *path, const char *what, struct why *why)
{
	BUF(text);

	if (slurp(&text, path, 4 * len, why))
		return -1;
	buf_trim(&text);
	if (memchr(buf_text(&text), 0, text.len))
		return why_input(why, "%s: %s: want %zu hex digits", slurp_name(path), what,
				 2 * len);
	return hex_decode(bytes, len, buf_text(&text), what, why)
		       ? why_in(why, "%s", slurp_name(path))
		       : 0;
}
