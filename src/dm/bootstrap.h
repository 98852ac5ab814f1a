/* SPDX-License-Identifier: Apache-2.0 */
/* The bootstrap of TR 33.812 B.2.3.3: {{Server URL, Cert_SHO[i+1], PuK_TRE(username/password,
 * nonce_A)}, signature_SHO[i]}, as OMA DM (DMAcc, ConnMO). */
#ifndef DM_BOOTSTRAP_H
#define DM_BOOTSTRAP_H

#include "base/buf.h"
#include "base/json.h"
#include "base/ossl.h"
#include "base/party.h"
#include "pki/cert.h"

#include <stdbool.h>

#define NONCE_LEN 16 /* octets of nonce_A and nonce_B */
#define BOOTSTRAP_URL 512

struct bootstrap {
	char tre_id[TRE_ID_TEXT];
	bool is_napdef_only;            /* B.2.2.2: connectivity, and nothing of a new operator */
	uint8_t nonce[NONCE_LEN];       /* where it is so: an older one does not come back */
	char server_url[BOOTSTRAP_URL]; /* of the DPF */
	/* SHO[i+1]'s identity: the name in sho_cert, or else in server_cert; "" none */
	char sho[TRE_ID_TEXT];
	X509 *server_cert; /* Cert_SHO[i+1], the DPF's; owned */
	X509 *sho_cert;    /* where the DPF is not the SHO's: the SHO's; owned, or NULL */
	/* PuK_TRE(username/password, nonce_A), a blob of tag 4; empty: none */
	struct buf credentials;
	json_t *napdef;                   /* owned, or NULL */
	char mcim_context[BOOTSTRAP_URL]; /* the contexts of B.2.3.3 NOTE 1; "" none */
	char m2m_context[BOOTSTRAP_URL];
};
void bootstrap_free(struct bootstrap *b);
#define BOOTSTRAP(name) __attribute__((cleanup(bootstrap_free))) struct bootstrap name = {0}

/* An https:// or http:// URL that fits. Status 3. */
int bootstrap_url_check(const char *url, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* Makes the signed document, appended to out. */
int bootstrap_make(struct buf *out, const struct bootstrap *b, EVP_PKEY *key, X509 *cert,
		   struct why *why) __attribute__((warn_unused_result));

/* Opens a document, or the SyncML package or provisioning document that carries it: signature,
 * signer by policy, and then the values of the tree that was verified. signer (owned) may be NULL
 * where policy is given; without policy the signature is right, and the signer anybody. Not yet
 * checked: that it is for this TRE, and its nonce. */
int bootstrap_open(struct bootstrap *b, const void *bytes, size_t len,
		   const struct cert_policy *policy, X509 **signer, struct why *why)
	__attribute__((warn_unused_result));

/* The same as a JSON object, for --verify to print; credentials as credentials_b64, certificates
 * as server_cert_pem and sho_cert_pem. */
json_t *bootstrap_to_json(const struct bootstrap *b, struct why *why);

/* Payload of the blob of tag 4: username, password, nonce_a, server_url, sho_cert_sha256 (of
 * Cert_SHO[i+1]): JSON, and strict on reading. */
struct bootstrap_credentials {
	char username[TRE_ID_TEXT];
	char password[65];
	uint8_t nonce_a[NONCE_LEN];
	char server_url[BOOTSTRAP_URL];
	uint8_t sho_cert_sha256[32];
};
DEFINE_WIPE(bootstrap_credentials)
int bootstrap_credentials_encode(struct buf *b, const struct bootstrap_credentials *c,
				 struct why *why) __attribute__((warn_unused_result));
int bootstrap_credentials_decode(struct bootstrap_credentials *c, const void *json, size_t len,
				 struct why *why) __attribute__((warn_unused_result));

#endif
