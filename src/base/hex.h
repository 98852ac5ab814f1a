/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64 and base64url. Secrets pass through: no table is indexed by their value. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/buf.h"

#include <stdbool.h>

/* Writes 2 * len lower-case digits and a 0 octet. */
void hex_encode(char *text, const void *bytes, size_t len);

/* The same without the 0 octet; and back, from 2 * len characters that are there: false where one
 * is no digit (bytes then hold rubbish). */
void hex_write(char *text, const void *bytes, size_t len);
bool hex_read(uint8_t *bytes, size_t len, const char *text);

/* Decodes exactly 2 * len digits of either case; what names the field in the message (status 3). */
int hex_decode(uint8_t *bytes, size_t len, const char *text, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* Appends the decoded text of any even length. */
int hex_decode_buf(struct buf *b, const char *text, const char *what, struct why *why)
	__attribute__((warn_unused_result));
int hex_append(struct buf *b, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Appends base64 of RFC 4648: clause 4 with padding, or clause 5 (url) without. */
int b64_append(struct buf *b, bool url, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Appends the octets. Strict: canonical text only (padding as above, zero bits behind the end),
 * but white space is passed over where skip_space is true (XML wraps its lines). */
int b64_decode(struct buf *b, bool url, bool skip_space, const char *text, size_t len,
	       const char *what, struct why *why) __attribute__((warn_unused_result));

#endif
