/* SPDX-License-Identifier: Apache-2.0 */
/* One MCIM for one TRE: from its description to the protected blob (TR 33.812 B.2.3.6). */
#ifndef MCIM_WRAP_H
#define MCIM_WRAP_H

#include "base/json.h"
#include "base/ossl.h"
#include "mcim/keyblock.h"

/* For whom, and how. All is borrowed; texts NULL: the default, which stands first. */
struct mcim_order {
	X509 *tre_cert;                 /* Cert_TRE; or NULL, and PuK_TRE alone stands in */
	EVP_PKEY *tre_key;              /* for tre_id: format tr33812 alone */
	const uint8_t *operator_sha256; /* 32 octets: the operator's certificate; NULL: none */
	const char *tre_id;             /* that tre_cert must bear; NULL: any */
	const char *format;             /* tr33812, cms */
	const char *suite;              /* modern, tr33812 */
	const char *tag;                /* mcim, algorithm, update, bootstrap, access */
};

/* Appends the blob. bytes are a description for mcim, update and access, any JSON for bootstrap,
 * and octets for algorithm; what names them in messages. Refused with `wrong-tre`, `wrong-usage`,
 * `wrong-operator`; an unknown word is status 2, an MCIM that is not whole 3. */
int mcim_wrap(struct keyblock_kit *kit, struct buf *blob, const struct mcim_order *order,
	      const void *bytes, size_t len, const char *what, struct why *why)
	__attribute__((warn_unused_result));
/* The same of a description that is parsed. */
int mcim_wrap_words(struct keyblock_kit *kit, struct buf *blob, const struct mcim_order *order,
		    const json_t *words, struct why *why) __attribute__((warn_unused_result));

/* One after the other, and what a thread keeps between them. A record: {tre_cert_pem, mcim} and,
 * where they are given, tre_id, operator_cert_pem, format, suite and tag; point or modulus,
 * key_from_raw()'s in hex, and tre_id may stand in for the certificate. Its answer, a JSON line, is
 * appended: {tre_id, blob_b64}. */
struct mcim_wrapper;
typedef struct mcim_wrapper MCIM_WRAPPER;
struct mcim_wrapper *mcim_wrapper_new(struct why *why);
void mcim_wrapper_free(struct mcim_wrapper *w);
DEFINE_AUTO(MCIM_WRAPPER, mcim_wrapper_free)
int mcim_wrap_record(struct mcim_wrapper *w, struct buf *out, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* A file of records, by several threads (0: the cores), with the answers in the same order. A bad
 * line is reported, and the others are done; *worst is the worst status. */
int mcim_wrap_batch(const char *in, const char *out, unsigned jobs, int *worst, struct why *why)
	__attribute__((warn_unused_result));

/* The codings of a description, unprotected: MCIMBLOB in DER or unaligned PER (B.2.6), or the
 * description in its canonical form, a JSON line. bytes: a description, or DER. */
enum mcim_coding { MCIM_CODING_DER, MCIM_CODING_UPER, MCIM_CODING_JSON };
int mcim_code(struct buf *out, enum mcim_coding coding, const void *bytes, size_t len,
	      const char *what, struct why *why) __attribute__((warn_unused_result));

#endif
