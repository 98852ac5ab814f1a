/* SPDX-License-Identifier: Apache-2.0 */
/* Octets that grow, and are wiped whenever they move or go. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/why.h"

#include <stddef.h>
#include <stdint.h>

/* Start with {0}. A buffer always holds a 0 octet behind its len octets, so text can be read as a
 * string (bytes is NULL while nothing was ever put in; buf_text gives "" then). */
struct buf {
	uint8_t *bytes;
	size_t len;
	size_t room;
};

#define BUF(name) __attribute__((cleanup(buf_free))) struct buf name = {0}

void buf_free(struct buf *b); /* wipes, frees, and leaves {0} */
void buf_clear(struct buf *b);
void buf_trim(struct buf *b); /* takes line ends off its end */

/* UTF-8's byte order mark, which Excel and Windows put before their text; and takes it off. */
#define BUF_MARK "\xef\xbb\xbf"
void buf_drop_mark(struct buf *b);

int buf_reserve(struct buf *b, size_t more, struct why *why) __attribute__((warn_unused_result));
int buf_add(struct buf *b, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int buf_print(struct buf *b, struct why *why, const char *fmt, ...)
	__attribute__((warn_unused_result, format(printf, 3, 4)));
const char *buf_text(const struct buf *b);

#endif
