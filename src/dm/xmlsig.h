/* SPDX-License-Identifier: Apache-2.0 */
/* The strict XML signature profile of m2m-files(5): one enveloped ds:Signature over the document
 * that it stands in, URI "", enveloped-signature and exclusive C14N alone, RSA or ECDSA with
 * SHA-256 or better, the signer's certificate in X509Data, and nothing else. */
#ifndef DM_XMLSIG_H
#define DM_XMLSIG_H

#include "base/ossl.h"
#include "base/xml.h"

/* Appends a ds:Signature over doc as child of place, an element of doc. */
int xmlsig_sign(xmlDoc *doc, xmlNode *place, EVP_PKEY *key, X509 *cert, struct why *why)
	__attribute__((warn_unused_result));

/* Checks that doc's one ds:Signature is a child of place, is in the profile and is right under the
 * certificate that it carries, which is given to the caller (owned) and is not yet trusted:
 * cert_check says whether it is. Refused with `bad-signature`; outside the profile `bad-signature`
 * too, with what is not allowed. */
int xmlsig_verify(xmlDoc *doc, const xmlNode *place, X509 **signer, struct why *why)
	__attribute__((warn_unused_result));

#endif
