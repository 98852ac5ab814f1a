/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput; its corpus is
 * testdata/fuzz/NAME. Targets behind a signature sign what they are given with the keys of
 * testdata/fuzz/keys, which are for tests alone; the clock stands at FUZZ_AT. */
#ifndef T_FUZZ_LIB_FUZZ_H
#define T_FUZZ_LIB_FUZZ_H

#include "base/buf.h"
#include "base/ossl.h"
#include "pki/cert.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_AT ((int64_t)1800000000)
#define FUZZ_TRE "ACME;0001"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* NAME.key and NAME.pem of testdata/fuzz/keys, loaded once and kept: ca, tre, rsa, sho, pva. */
EVP_PKEY *fuzz_key(const char *name);
X509 *fuzz_cert(const char *name);

/* Trust in that certificate alone, for these roles, at FUZZ_AT; kept. */
const struct cert_policy *fuzz_policy(const char *trust, unsigned roles);

/* The input as a file: its path, good until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t len);

/* The input as an OMA DM tree that lacks its signature: signed by name in the leaf at path. */
int fuzz_sign_xml(struct buf *out, const uint8_t *bytes, size_t len, const char *path,
		  const char *name);

/* The input as the payload of a JWS of that typ, signed by name. */
int fuzz_sign_jws(struct buf *out, const uint8_t *bytes, size_t len, const char *typ,
		  const char *name);

/* What must hold of every input; a crash where it does not. */
#define MUST(claim)                                                                      \
	do {                                                                             \
		if (!(claim)) {                                                          \
			fprintf(stderr, "%s:%d: MUST %s\n", __FILE__, __LINE__, #claim); \
			abort();                                                         \
		}                                                                        \
	} while (0)

#endif
