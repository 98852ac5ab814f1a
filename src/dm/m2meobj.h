/* SPDX-License-Identifier: Apache-2.0 */
/* M2MEobj: {{TRE_info, nonce_A, nonce_B}, signature_M2ME}, TR 33.812 B.2.3.4 step 5 and B.2.5. */
#ifndef DM_M2MEOBJ_H
#define DM_M2MEOBJ_H

#include "dm/bootstrap.h"

struct m2meobj {
	json_t *tre_info; /* owned: tre_id, type, vendor, versions, boot_counter, measurements,
			     mcims */
	uint8_t nonce_a[NONCE_LEN];
	uint8_t nonce_b[NONCE_LEN];
	/* Who asks, proven: username, and HMAC-SHA-256 keyed with the bootstrap's password over
	 * nonce_A | nonce_B | TRE_id. Stands under Ext, and in SyncHdr's Cred where there is one.
	 */
	char username[TRE_ID_TEXT];
	uint8_t proof[32];
};
void m2meobj_free(struct m2meobj *o);
#define M2MEOBJ(name) __attribute__((cleanup(m2meobj_free))) struct m2meobj name = {0}

/* o->proof from the password. */
int m2meobj_prove(struct m2meobj *o, const char *password, const char *tre_id, struct why *why)
	__attribute__((warn_unused_result));

int m2meobj_make(struct buf *out, const struct m2meobj *o, EVP_PKEY *key, X509 *cert,
		 struct why *why) __attribute__((warn_unused_result));

/* Opens a document, or the SyncML package (XML or WBXML) that carries it: signature right under
 * the certificate that it carries (owned, unchecked: the appraisal is pva/'s), values from the
 * verified tree. evidence_sha256 is of the signed document's octets, and is there where the
 * signature is refused (`bad-signature`) too. */
int m2meobj_open(struct m2meobj *o, X509 **signer, uint8_t evidence_sha256[static 32],
		 const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
