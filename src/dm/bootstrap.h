/* SPDX-License-Identifier: Apache-2.0 */
/* The bootstrap of TR 33.812 B.2.3.3: {{Server URL, Cert_SHO[i+1], PuK_TRE(username/password,
 * nonce_A)}, signature_SHO[i]}, as OMA DM (DMAcc, ConnMO) or OMA CP. */
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
	char server_url[BOOTSTRAP_URL]; /* of the DPF */
	char sho[TRE_ID_TEXT];          /* SHO[i+1]'s identity: the name in server_cert, or what
					 * --sho said; "" none */
	X509 *server_cert;              /* Cert_SHO[i+1], the DPF's; owned */
	X509 *sho_cert;         /* where the DPF is not the SHO's: the SHO's; owned, or NULL */
	struct buf credentials; /* PuK_TRE(username/password, nonce_A), a blob of tag 4 */
	json_t *napdef;         /* owned, or NULL */
	char mcim_context[BOOTSTRAP_URL]; /* the contexts of B.2.3.3 NOTE 1; "" none */
	char m2m_context[BOOTSTRAP_URL];
};
void bootstrap_free(struct bootstrap *b);
#define BOOTSTRAP(name) __attribute__((cleanup(bootstrap_free))) struct bootstrap name = {0}

enum bootstrap_profile { BOOTSTRAP_DM, BOOTSTRAP_CP };

/* NETWPIN and USERPIN of OMA CP (secure push, B.2.2.1 NOTE 2): the key of the HMAC over the WBXML
 * body. For NETWPIN the IMSI's digits, for USERPIN the PIN's. */
enum bootstrap_sec { BOOTSTRAP_SEC_NONE, BOOTSTRAP_SEC_NETWPIN, BOOTSTRAP_SEC_USERPIN };

struct bootstrap_form {
	enum bootstrap_profile profile;
	bool is_wbxml;
	bool is_push; /* with the WSP push header (content type, SEC and MAC) before the WBXML */
	enum bootstrap_sec sec;
	const char *pin;
};

/* Makes the signed document in the form asked for, appended to out. key NULL is allowed with a
 * pin alone (secure push without a certificate). */
int bootstrap_make(struct buf *out, const struct bootstrap *b, const struct bootstrap_form *form,
		   EVP_PKEY *key, X509 *cert, struct why *why) __attribute__((warn_unused_result));

/* Tells the form from the octets, checks the MAC where there is one (a pin is needed then; wrong:
 * `mac-mismatch`), then the signature, then the signer by policy, and reads the values from the
 * tree that it verified. signer (owned) may be NULL. Without a signature: `bad-signature`, unless
 * policy is NULL and the MAC was right. Not yet checked: that it is for this TRE, its nonce. */
int bootstrap_open(struct bootstrap *b, const void *bytes, size_t len,
		   const struct cert_policy *policy, enum bootstrap_sec sec, const char *pin,
		   X509 **signer, struct why *why) __attribute__((warn_unused_result));

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
