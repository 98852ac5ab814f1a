/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: reading, names, roles, chains. Never the system's trust. */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include "base/buf.h"
#include "base/ossl.h"
#include "base/party.h"

#include <stdbool.h>

#define CERT_ROLE_ARC "2.25.77576945905551609480103690806099059944"

/* Roles, each an extended key usage of the toolkit's own under 2.25 (m2m-files(5) has the arc). */
enum cert_role {
	CERT_TRE = 1,          /* signs M2MEobj, tokens, statuses */
	CERT_DRF = 2,          /* signs bootstraps and registrations */
	CERT_DPF = 4,          /* signs MCIMobj on behalf of a SHO */
	CERT_MCIM = 8,         /* an operator: signs MCIMobj and commands */
	CERT_ATTESTATION = 16, /* a PVA: signs attestation results */
	CERT_MAKER = 32        /* the equipment's maker: signs firmware */
};

/* One certificate of a PEM (or DER) file; what stands behind it is not looked at. Owned; who else
 * reads the same octets may share it. */
X509 *cert_load(const char *path, struct why *why);
X509 *cert_parse(const void *bytes, size_t len, const char *what, struct why *why);
/* DER alone: where a format says so, PEM would be a second form of the same. */
X509 *cert_parse_der(const void *bytes, size_t len, const char *what, struct why *why);
/* All certificates of a PEM file of at most 64 (a trust file, or a chain). Owned. */
X509_STACK *cert_load_all(const char *path, struct why *why);

/* A stack of this certificate alone: to trust nobody else. Owned; cert stays the caller's. */
X509_STACK *cert_alone(X509 *cert, struct why *why);

int cert_pem(struct buf *b, const X509 *cert, struct why *why) __attribute__((warn_unused_result));
int cert_der(struct buf *b, const X509 *cert, struct why *why) __attribute__((warn_unused_result));
int cert_sha256(uint8_t md[static 32], const X509 *cert, struct why *why)
	__attribute__((warn_unused_result));

/* The one common name: a TRE_id or an operator's identity. Refused (`bad-certificate`) where there
 * is none, more than one, or another than that form. */
int cert_name(char name[static TRE_ID_TEXT], const X509 *cert, struct why *why)
	__attribute__((warn_unused_result));
/* That of one in PEM that is wanted for nothing else: in a tenth of cert_parse's time, for its key
 * is not decoded. Status 3 where it is no certificate. */
int cert_name_in(char name[static TRE_ID_TEXT], const char *pem, size_t len, const char *what,
		 struct why *why) __attribute__((warn_unused_result));

/* The object identifier of one role. */
const char *cert_role_oid(enum cert_role role);

/* Roles in the extended key usage; 0 where there is none. */
unsigned cert_roles(const X509 *cert);

/* Refuses (`wrong-usage`) to sign or name what nobody would take from a certificate with none of
 * these roles. */
int cert_has_role(const X509 *cert, unsigned roles, struct why *why)
	__attribute__((warn_unused_result));

/* Whether cert may act in one of these roles at that time: it is bytewise one of trust, or chains
 * to one of them (path built from chain, which may be NULL); its time is right; digitalSignature;
 * one of roles in its extended key usage; and its name is name, where name is not NULL. A
 * certificate that is no CA trusts itself alone. Refused with `untrusted-chain`, `expired`,
 * `not-yet-valid`, `wrong-usage` or `wrong-name` (the latter as name_reason, where not NULL, such
 * as `wrong-operator`). */
struct cert_policy {
	X509_STACK *trust;
	X509_STACK *chain;
	unsigned roles;
	const char *name;
	const char *name_reason;
	int64_t at;
	bool for_encryption; /* keyEncipherment or keyAgreement, in the place of digitalSignature */
};
int cert_check(X509 *cert, const struct cert_policy *policy, struct why *why)
	__attribute__((warn_unused_result));

/* The OCSP address in the certificate, or "" where it has none. */
int cert_ocsp_url(struct buf *b, X509 *cert, struct why *why) __attribute__((warn_unused_result));

#endif
