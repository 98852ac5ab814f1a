/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/signed.h"

#include "dm/syncml.h"

int signed_close(struct buf *out, xmlDoc *doc, const char *path, EVP_PKEY *key, X509 *cert,
		 struct why *why)
{
	xmlNode *place;

	if (tnds_add(doc, path, "xml", NULL, &place, why) ||
	    xmlsig_sign(doc, place, key, cert, why))
		return -1;
	return xml_dump(out, doc, why);
}

xmlDoc *signed_open(struct tnds *t, const char *path, const void *bytes, size_t len,
		    const struct cert_policy *policy, X509 **signer, struct why *why)
{
	AUTO(xmlDoc) *doc = NULL;
	AUTO(X509) *cert = NULL;
	xmlNode *place;
	BUF(inner);

	if (syncml_is_package(bytes, len)) {
		if (syncml_unpack(&inner, NULL, bytes, len, why))
			return NULL;
		bytes = buf_text(&inner);
		len = inner.len;
	}
	doc = xml_parse(bytes, len, "document", why);
	if (!doc || tnds_read(t, doc, why))
		return NULL;
	if (!tnds_has(t, path)) {
		why_refuse(why, "bad-signature",
			   "no signature at %s: not signed, or another document (TR 33.812 B.2.3)",
			   path);
		return NULL;
	}
	place = tnds_value(t, path, "xml", why);
	if (!place || xmlsig_verify(doc, place, &cert, why) ||
	    (policy && cert_check(cert, policy, why)))
		return NULL;
	if (signer)
		*signer = STEAL(cert);
	return STEAL(doc);
}
