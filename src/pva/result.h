/* SPDX-License-Identifier: Apache-2.0 */
/* The attestation result: a note of typ m2m-result (m2m-files(5)). */
#ifndef PVA_RESULT_H
#define PVA_RESULT_H

#include "dm/bootstrap.h"
#include "pki/note.h"

#include <stdbool.h>

#define RESULT_LIFETIME 3600

struct result {
	char tre_id[TRE_ID_TEXT]; /* "": unknown, nothing was signed */
	bool has_nonce_b;         /* of a certificate alone there is none */
	uint8_t nonce_b[NONCE_LEN];
	uint8_t evidence_sha256[32];
	bool verdict;
	char reason[32]; /* why the verdict is no */
	json_t *checks;  /* owned: name to pass, fail or skip */
};
void result_free(struct result *r);
#define RESULT(name) __attribute__((cleanup(result_free))) struct result name = {0}

/* Signs it for `to` (NULL: the signer itself); key NULL: its fields, unsigned. Appended with a
 * newline. */
int result_make(struct buf *b, const struct result *r, const char *to, int64_t at, EVP_PKEY *key,
		X509 *cert, struct why *why) __attribute__((warn_unused_result));

/* Who signs results; both NULL: nobody. Owned. */
struct result_signer {
	EVP_PKEY *key;
	X509 *cert;
};
void result_signer_free(struct result_signer *s);
#define RESULT_SIGNER(name) \
	__attribute__((cleanup(result_signer_free))) struct result_signer name = {0}

/* From files (NULL: nobody). The certificate must be the key's, and what it signs then must count:
 * refused with `wrong-usage` (not of the role CERT_ATTESTATION), `expired`, `not-yet-valid`. */
int result_signer_load(struct result_signer *s, const char *key, const char *cert, int64_t at,
		       struct why *why) __attribute__((warn_unused_result));

/* Opens a signed result: signer by policy, in the role CERT_ATTESTATION. tre_id is "" where the
 * verdict is no and nobody is named: the evidence's signature was bad. */
int result_open(struct result *r, const char *text, size_t len, const struct cert_policy *policy,
		struct why *why) __attribute__((warn_unused_result));

#endif
