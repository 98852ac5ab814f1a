/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys under the secret of a production line: PKCS #8, encrypted (RFC 5208 6, RFC 8018
 * 6.2: PBKDF2 with HMAC-SHA-256, AES-256-CBC). */
#ifndef PKI_LINE_KEY_H
#define PKI_LINE_KEY_H

#include "base/auto.h"
#include "base/buf.h"

/* Of one thread. */
struct line_key;
void line_key_free(struct line_key *l); /* wipes */
typedef struct line_key LINE_KEY;
DEFINE_AUTO(LINE_KEY, line_key_free)

/* secret: 256 random bits as text, borrowed. NULL: why. */
struct line_key *line_key_new(const struct buf *secret, struct why *why);

/* Appends a PKCS #8 key (DER), encrypted: DER. */
int line_key_seal(struct line_key *l, struct buf *out, const struct buf *pkcs8, struct why *why)
	__attribute__((warn_unused_result));

#endif
