/* SPDX-License-Identifier: Apache-2.0 */
/* The protection of data for one TRE: TR 33.812 B.2.3.6 as m2m-files(5) sets it out, or CMS. */
#ifndef MCIM_PROTECT_H
#define MCIM_PROTECT_H

#include "base/buf.h"
#include "base/ossl.h"
#include "mcim/data.h"
#include "mcim/keyblock.h"

enum mcim_format { MCIM_FORMAT_TR33812 = 1, MCIM_FORMAT_CMS = 2 };
enum mcim_suite { MCIM_SUITE_TR33812 = 1, MCIM_SUITE_MODERN = 2 };

/* What B.2.5's leaves say of a blob: Encryption algorithm, Encryption key length and so on. Names
 * such as AES-256-CBC, HMAC-SHA-256; lengths in bits; for CMS AES-256-GCM, and "" and 0 for
 * integrity. iv_len 0 where there is none. */
struct mcim_protection {
	const char *encryption;
	unsigned encryption_bits;
	const char *integrity;
	unsigned integrity_bits;
	uint8_t iv[16];
	size_t iv_len;
};

/* For whom, and how. */
struct mcim_target {
	X509 *tre_cert;
	EVP_PKEY *tre_key; /* PuK_TRE alone, where there is no certificate: not for CMS */
	const char *tre_id;
	enum mcim_format format;
	enum mcim_suite suite; /* of MCIM_FORMAT_TR33812 */
};
/* Encodes data(tag, payload) and protects it for the target's key and TRE_id; appended. */
int mcim_protect(struct keyblock_kit *kit, struct buf *b, const struct mcim_target *target,
		 enum mcim_tag tag, const void *payload, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Opens either format, told by its first octets; the payload is appended, its tag given. Whatever
 * is wrong up to and including the MAC is refused with `mac-mismatch`; behind it, status 3. */
int mcim_unprotect(struct buf *payload, enum mcim_tag *tag, EVP_PKEY *key, const char *tre_id,
		   const void *blob, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* What the blob's header says, without a key; status 3 where it is no blob. */
int mcim_protection_read(struct mcim_protection *p, const void *blob, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
