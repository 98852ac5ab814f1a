/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files, read without stdio, whose buffers would keep secrets. */
#ifndef BASE_SLURP_H
#define BASE_SLURP_H

#include "base/buf.h"

#define SLURP_DOCUMENT ((size_t)128 * 1024) /* the limit of every document */
#define SLURP_LARGE ((size_t)64 * 1024 * 1024)

/* Appends the file (NULL or "-": stdin) to b. More than limit octets is status 3; a file that
 * cannot be opened or read is status 4 (3 where it does not exist). */
int slurp(struct buf *b, const char *path, size_t limit, struct why *why)
	__attribute__((warn_unused_result));

/* The same for a name in a folder that somebody else filled: a regular file, and no link, which
 * could lead anywhere. folder/within, where within is not NULL, is no link either. Status 3. */
int slurp_within(struct buf *b, const char *folder, const char *within, const char *name,
		 size_t limit, struct why *why) __attribute__((warn_unused_result));

/* A file of hex digits; white space between them is passed over. */
int slurp_hex_buf(struct buf *b, const char *path, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* The octets of a file that holds 2 * len hex digits and a line end (an OP, say); what names them
 * in messages. Status 3 where it holds anything else. */
int slurp_hex(uint8_t *bytes, size_t len, const char *path, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* How the file is named in messages. */
const char *slurp_name(const char *path);

#endif
