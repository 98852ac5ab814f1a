/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/xmlsig.h"

#include "base/hex.h"
#include "pki/cert.h"
#include "pki/key.h"

#include <string.h>

#define DS "http://www.w3.org/2000/09/xmldsig#"
#define EXC_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define ENVELOPED DS "enveloped-signature"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"

static const char *method_of(const EVP_PKEY *key)
{
	const char *alg = key_alg(key);

	if (!alg)
		return "";
	if (strcmp(alg, "ec-p256") == 0)
		return "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
	if (strcmp(alg, "ec-p384") == 0)
		return "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
	return "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
}

/* ---- signing ---- */

static xmlNode *add(xmlNode *parent, const char *name, const char *algorithm, struct why *why)
{
	xmlNode *n = parent ? xml_add(parent, name, NULL, why) : NULL;

	if (n && algorithm &&
	    !xmlNewProp(n, (const xmlChar *)"Algorithm", (const xmlChar *)algorithm)) {
		why_sys(why, "XML: out of memory");
		return NULL;
	}
	return n;
}

static xmlNode *add_base64(xmlNode *parent, const char *name, const void *bytes, size_t len,
			   struct why *why)
{
	BUF(text);

	if (!parent || b64_append(&text, false, bytes, len, why))
		return NULL;
	return xml_add(parent, name, buf_text(&text), why);
}

static xmlNode *add_signed_info(xmlNode *sig, const uint8_t digest[32], const char *method,
				struct why *why)
{
	xmlNode *info = add(sig, "SignedInfo", NULL, why), *reference, *transforms;

	if (!add(info, "CanonicalizationMethod", EXC_C14N, why) ||
	    !add(info, "SignatureMethod", method, why))
		return NULL;
	reference = add(info, "Reference", NULL, why);
	if (!reference || !xmlNewProp(reference, (const xmlChar *)"URI", (const xmlChar *)""))
		return NULL;
	transforms = add(reference, "Transforms", NULL, why);
	if (!add(transforms, "Transform", ENVELOPED, why) ||
	    !add(transforms, "Transform", EXC_C14N, why) ||
	    !add(reference, "DigestMethod", SHA256, why) ||
	    !add_base64(reference, "DigestValue", digest, 32, why))
		return NULL;
	return info;
}

int xmlsig_sign(xmlDoc *doc, xmlNode *place, EVP_PKEY *key, X509 *cert, struct why *why)
{
	xmlNode *sig, *info, *x509;
	uint8_t digest[32];
	BUF(text);
	BUF(value);
	BUF(der);

	if (key_matches(key, cert, why) || xml_canonical(&text, doc, NULL, why) ||
	    ossl_sha256(digest, text.bytes, text.len, why))
		return -1;
	sig = xmlNewChild(place, NULL, (const xmlChar *)"Signature", NULL);
	if (!sig)
		return why_sys(why, "XML: out of memory");
	xmlSetNs(sig, xmlNewNs(sig, (const xmlChar *)DS, NULL));
	info = add_signed_info(sig, digest, method_of(key), why);
	buf_clear(&text);
	if (!info || xml_canonical_subtree(&text, doc, info, why) ||
	    key_sign(&value, key, text.bytes, text.len, why) || cert_der(&der, cert, why) ||
	    !add_base64(sig, "SignatureValue", value.bytes, value.len, why))
		return -1;
	x509 = add(add(sig, "KeyInfo", NULL, why), "X509Data", NULL, why);
	return add_base64(x509, "X509Certificate", der.bytes, der.len, why) ? 0 : -1;
}

/* ---- verifying: the tree is walked, and what is not in the profile is refused ---- */

static int outside(struct why *why, const char *what)
{
	return why_refuse(why, "bad-signature",
			  "the signature is outside the profile: %s (TR 33.812 B.2.5)", what);
}

static bool is_blank(const xmlNode *n)
{
	return n->type == XML_TEXT_NODE && xmlIsBlankNode((xmlNode *)n) == 1;
}

/* Whether the element has just these child elements in this order, blank text apart. */
static bool has_children(const xmlNode *element, const char *const names[], xmlNode *child[])
{
	size_t i = 0;

	for (xmlNode *n = element->children; n; n = n->next) {
		if (is_blank(n))
			continue;
		if (!names[i] || !xml_is(n, names[i], DS))
			return false;
		child[i++] = n;
	}
	return !names[i];
}

/* Whether the element has that one attribute and no other, and (where leaf) nothing inside. */
static bool has_attribute(const xmlNode *n, const char *name, const char *value, bool leaf)
{
	const xmlAttr *a = n ? n->properties : NULL;
	bool same;
	xmlChar *got;

	if (!a || a->next || a->ns || strcmp((const char *)a->name, name) != 0 ||
	    (leaf && n->children))
		return false;
	got = xmlNodeGetContent((const xmlNode *)a);
	same = got && strcmp((const char *)got, value) == 0;
	xmlFree(got);
	return same;
}

/* No attributes. A namespace that is declared and not used falls out of exclusive C14N. */
static bool is_plain(const xmlNode *n)
{
	return n && !n->properties;
}

static int count_signatures(const xmlNode *n)
{
	int count = 0;

	for (; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE)
			count += (strcmp((const char *)n->name, "Signature") == 0) +
				 count_signatures(n->children);
	return count;
}

static int read_base64(struct buf *b, const xmlNode *n, const char *what, struct why *why)
{
	char *text = is_plain(n) ? xml_text(n) : NULL;
	int rc;

	if (!text)
		return outside(why, what);
	rc = b64_decode(b, false, true, text, strlen(text), what, NULL);
	xml_text_free(text);
	return rc ? outside(why, what) : 0;
}

struct parts {
	xmlNode *sig, *info, *method;
	struct buf digest, value, cert;
};

static void parts_free(struct parts *p)
{
	buf_free(&p->digest);
	buf_free(&p->value);
	buf_free(&p->cert);
}

static int read_reference(struct parts *p, xmlNode *reference, struct why *why)
{
	static const char *const names[] = {"Transforms", "DigestMethod", "DigestValue", NULL};
	static const char *const two[] = {"Transform", "Transform", NULL};
	xmlNode *child[3], *transform[2];

	if (!has_attribute(reference, "URI", "", false) || !has_children(reference, names, child))
		return outside(why, "one Reference with URI \"\" is wanted");
	if (!is_plain(child[0]) || !has_children(child[0], two, transform) ||
	    !has_attribute(transform[0], "Algorithm", ENVELOPED, true) ||
	    !has_attribute(transform[1], "Algorithm", EXC_C14N, true))
		return outside(why,
			       "the enveloped and the exclusive C14N transform alone are wanted");
	if (!has_attribute(child[1], "Algorithm", SHA256, true))
		return outside(why, "SHA-256 is wanted");
	return read_base64(&p->digest, child[2], "DigestValue", why);
}

static int read_parts(struct parts *p, struct why *why)
{
	static const char *const names[] = {"SignedInfo", "SignatureValue", "KeyInfo", NULL};
	static const char *const info[] = {"CanonicalizationMethod", "SignatureMethod", "Reference",
					   NULL};
	static const char *const data[] = {"X509Data", NULL};
	static const char *const cert[] = {"X509Certificate", NULL};
	xmlNode *child[3], *in[3], *x509[1], *x[1];

	if (!is_plain(p->sig) || !has_children(p->sig, names, child))
		return outside(why, "SignedInfo, SignatureValue and KeyInfo alone are wanted");
	if (!is_plain(child[0]) || !has_children(child[0], info, in) ||
	    !has_attribute(in[0], "Algorithm", EXC_C14N, true))
		return outside(why, "SignedInfo with one Reference and exclusive C14N is wanted");
	if (!is_plain(child[2]) || !has_children(child[2], data, x509) || !is_plain(x509[0]) ||
	    !has_children(x509[0], cert, x))
		return outside(why, "KeyInfo with one X509Certificate is wanted");
	p->info = child[0];
	p->method = in[1];
	return read_reference(p, in[2], why) ||
			       read_base64(&p->value, child[1], "SignatureValue", why) ||
			       read_base64(&p->cert, x[0], "X509Certificate", why)
		       ? -1
		       : 0;
}

static int check(xmlDoc *doc, struct parts *p, X509 **signer, struct why *why)
{
	AUTO(X509) *cert = cert_parse_der(buf_text(&p->cert), p->cert.len, "X509Certificate", why);
	EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;
	uint8_t digest[32];
	BUF(text);
	BUF(info);

	if (!key)
		return -1;
	if (!has_attribute(p->method, "Algorithm", method_of(key), true))
		return outside(why, "the SignatureMethod is not that of the certificate's key");
	if (xml_canonical_subtree(&info, doc, p->info, why) ||
	    key_verify(key, p->value.bytes, p->value.len, info.bytes, info.len, why) ||
	    xml_canonical(&text, doc, p->sig, why) ||
	    ossl_sha256(digest, text.bytes, text.len, why))
		return -1;
	if (p->digest.len != 32 || CRYPTO_memcmp(digest, p->digest.bytes, 32) != 0)
		return why_refuse(
			why, "bad-signature",
			"the document is not the one that was signed (XML Signature 3.2.1)");
	*signer = STEAL(cert);
	return 0;
}

int xmlsig_verify(xmlDoc *doc, const xmlNode *place, X509 **signer, struct why *why)
{
	struct parts p = {0};
	int rc;

	p.sig = xml_first(place);
	if (!p.sig || !xml_is(p.sig, "Signature", DS) || xml_next(p.sig) ||
	    count_signatures(doc->children) != 1)
		return outside(why, "one Signature in its place is wanted");
	rc = read_parts(&p, why) || check(doc, &p, signer, why) ? -1 : 0;
	parts_free(&p);
	return rc;
}
