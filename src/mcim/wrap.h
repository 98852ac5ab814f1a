/* SPDX-License-Identifier: Apache-2.0 */
/* One MCIM for one TRE: from its description to the protected blob (TR 33.812 B.2.3.6). */
#ifndef MCIM_WRAP_H
#define MCIM_WRAP_H

#include "base/json.h"
#include "base/ossl.h"

/* For whom, and how. All is borrowed; texts NULL: the default, which stands first. */
struct mcim_order {
	X509 *tre_cert;
	X509 *operator_cert; /* its digest goes in; NULL: none does */
	const char *tre_id;  /* that tre_cert must bear; NULL: any */
	const char *format;  /* tr33812, cms */
	const char *suite;   /* modern, tr33812 */
	const char *tag;     /* mcim, algorithm, update, bootstrap, access */
};

/* Appends the blob. bytes are a description for mcim, update and access, any JSON for bootstrap,
 * and octets for algorithm; what names them in messages. Refused with `wrong-tre`, `wrong-usage`,
 * `wrong-operator`; an unknown word is status 2, an MCIM that is not whole 3. */
int mcim_wrap(struct buf *blob, const struct mcim_order *order, const void *bytes, size_t len,
	      const char *what, struct why *why) __attribute__((warn_unused_result));

/* Appends the answer to a record of a batch, a JSON line: {tre_id, blob_b64} to {tre_cert_pem,
 * mcim} and, where they are given, tre_id, operator_cert_pem, format, suite and tag. */
int mcim_wrap_record(struct buf *out, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* The codings of a description, unprotected: MCIMBLOB in DER or unaligned PER (B.2.6), or the
 * description in its canonical form, a JSON line. bytes: a description, or DER. */
enum mcim_coding { MCIM_CODING_DER, MCIM_CODING_UPER, MCIM_CODING_JSON };
int mcim_code(struct buf *out, enum mcim_coding coding, const void *bytes, size_t len,
	      const char *what, struct why *why) __attribute__((warn_unused_result));

#endif
