/* SPDX-License-Identifier: Apache-2.0 */
/* A signed DM document, whichever of the three it is: made, and opened. */
#ifndef DM_SIGNED_H
#define DM_SIGNED_H

#include "dm/tnds.h"
#include "dm/xmlsig.h"
#include "pki/cert.h"

/* Signs the tree in the leaf at path, and appends the document. */
int signed_close(struct buf *out, xmlDoc *doc, const char *path, EVP_PKEY *key, X509 *cert,
		 struct why *why) __attribute__((warn_unused_result));

/* Parses the document, or the one that a SyncML package carries; verifies its signature in the leaf
 * at path and, where policy is given, its signer. The tree borrows from the document, which the
 * caller frees; signer, owned, may be NULL where policy is given. */
xmlDoc *signed_open(struct tnds *t, const char *path, const void *bytes, size_t len,
		    const struct cert_policy *policy, X509 **signer, struct why *why);

#endif
