/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate signing requests (PKCS #10): what leaves a TRE at its manufacture, B.2.2.1. */
#ifndef PKI_CSR_H
#define PKI_CSR_H

#include "base/buf.h"
#include "base/ossl.h"

/* Appends a request for that name in PEM. */
int csr_make(struct buf *pem, EVP_PKEY *key, const char *name, struct why *why)
	__attribute__((warn_unused_result));

/* The public key and the name of a request whose own signature is right (`bad-signature`). The
 * key, owned by the caller, is one of ours; nothing else in a request counts. */
EVP_PKEY *csr_open(char *name, size_t name_room, const void *bytes, size_t len, struct why *why);

#endif
