/* SPDX-License-Identifier: Apache-2.0 */
/* A CA's index of what it certified, in the form of openssl-ca(1), which `openssl ocsp -index`
 * reads; and the CRL out of it. Many processes may use one index. */
#ifndef PKI_INDEX_H
#define PKI_INDEX_H

#include "base/buf.h"
#include "base/ossl.h"

/* Appends the line of a certificate, valid, to rows. */
int index_row(struct buf *rows, X509 *cert, struct why *why) __attribute__((warn_unused_result));

/* Status 3 with the line where the file is no index, before anything is done; one that is missing
 * is none yet. */
int index_check(const char *path, struct why *why) __attribute__((warn_unused_result));

/* Adds rows to the file, which is made where it is missing: all or nothing, and durable. A lock
 * held over 10 s: status 5. */
int index_add(const char *path, const struct buf *rows, struct why *why)
	__attribute__((warn_unused_result));

/* The same with the lines of a file, as one whole; where its first line is there, all of it is, and
 * nothing is added. */
int index_add_file(const char *path, const char *file, struct why *why)
	__attribute__((warn_unused_result));

/* keyCompromise and the other words of RFC 5280 5.3.1, as openssl writes them; NULL: no reason
 * is given. Refused: `unknown-certificate` (not in the index), `already-revoked` (with another
 * reason; with the same, nothing changes). */
int index_revoke(const char *path, X509 *cert, const char *reason, int64_t at, struct why *why)
	__attribute__((warn_unused_result));

/* The reasons that index_revoke takes, in the order of RFC 5280 5.3.1's numbers; ends with NULL. */
extern const char *const index_reasons[];

/* Calls each with every revoked certificate's serial number in hex and TIME[,REASON]. */
int index_each_revoked(const char *path,
		       int (*each)(void *ctx, const char *serial, const char *when,
				   struct why *why),
		       void *ctx, struct why *why) __attribute__((warn_unused_result));

/* The CRL of all that is revoked, for that many days, in PEM. Its number is the time. */
int crl_make(struct buf *pem, const char *index, EVP_PKEY *ca_key, X509 *ca_cert, int64_t at,
	     uint64_t days, struct why *why) __attribute__((warn_unused_result));

/* For the files of this module. */

/* A descriptor to close, or -1. */
int index_lock(const char *path, struct why *why) __attribute__((warn_unused_result));

/* openssl-ca(1): status, expiry, revocation[,reason], serial, file, subject, with tabs between. */
enum {
	INDEX_STATUS,
	INDEX_EXPIRY,
	INDEX_REVOKED,
	INDEX_SERIAL,
	INDEX_FILE,
	INDEX_SUBJECT,
	INDEX_FIELDS
};
struct index_line {
	const char *at[INDEX_FIELDS];
	size_t len[INDEX_FIELDS];
};
/* A line without its end. Status 3, without the file's name, where openssl-ca(1) writes none such.
 */
int index_line(struct index_line *l, const char *at, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
