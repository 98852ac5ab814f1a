/* SPDX-License-Identifier: Apache-2.0 */
/* New key pairs with their certificates, and the files that they go to. */
#ifndef PKI_PAIR_H
#define PKI_PAIR_H

#include "base/buf.h"
#include "base/ossl.h"
#include "pki/issue.h"

#include <stdbool.h>

/* The second pair, for envelopes (TR 33.812 B.2.2.1 NOTE 4), is there only where it was asked for.
 */
struct pair {
	EVP_PKEY *key, *enc_key;
	X509 *cert, *enc_cert;
};
void pair_free(struct pair *p);
#define PAIR(name) __attribute__((cleanup(pair_free))) struct pair name = {0}

/* spec's ca_key NULL: self-signed. two: a pair that signs and one that takes envelopes. */
int pair_make(struct pair *p, const struct issue *spec, const char *alg, bool two, struct why *why)
	__attribute__((warn_unused_result));

/* Lines for the issuer's index. */
int pair_rows(struct buf *rows, const struct pair *p, struct why *why)
	__attribute__((warn_unused_result));

/* Files, where "-" is stdout. All files or, until the last is staged, none; certificates first, so
 * that no private key is there without one. csr may be NULL. An existing key is refused
 * (`file-exists`) without force. */
struct pair_files {
	const char *key, *cert, *enc_key, *enc_cert, *csr;
	bool force;
};
/* Status 2 where two of them are one place. */
int pair_check(const struct pair_files *files, struct why *why) __attribute__((warn_unused_result));
int pair_write(const struct pair *p, const struct pair_files *files, const char *name,
	       struct why *why) __attribute__((warn_unused_result));

#endif
