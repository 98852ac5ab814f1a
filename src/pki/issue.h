/* SPDX-License-Identifier: Apache-2.0 */
/* Issuing certificates: the PVA's CA, operators, TREs (TR 33.812 B.2.2.1). */
#ifndef PKI_ISSUE_H
#define PKI_ISSUE_H

#include "base/ossl.h"

#include <stdint.h>

/* What the certificate is for; all of it goes into its key usage. */
enum issue_kind {
	ISSUE_CA,      /* certifies, signs CRLs and OCSP responses */
	ISSUE_BOTH,    /* signs, and takes envelopes */
	ISSUE_SIGN,    /* signs alone, the first pair of B.2.2.1 NOTE 4 */
	ISSUE_ENCRYPT, /* takes envelopes alone, the second pair */
};

struct issue {
	enum issue_kind kind;
	const char *name; /* the common name */
	unsigned roles;   /* of cert_role */
	const char *ocsp_url;
	EVP_PKEY *ca_key; /* with ca_cert NULL: self-signed with it */
	X509 *ca_cert;
	int64_t not_before;
	uint64_t days;
};

/* A certificate with a random serial number of 128 bits over the public half of key. Owned. */
X509 *issue_cert(const struct issue *spec, EVP_PKEY *key, struct why *why);

/* Loads the issuer's key and certificate: a CA's (`bad-certificate`), and a pair (status 3). */
int issue_load_ca(EVP_PKEY **key, X509 **cert, const char *key_uri, const char *cert_path,
		  struct why *why) __attribute__((warn_unused_result));

/* A comma-separated list of drf, dpf, mcim, attestation, maker; status 2. */
int issue_roles(unsigned *roles, const char *list, struct why *why)
	__attribute__((warn_unused_result));

#endif
