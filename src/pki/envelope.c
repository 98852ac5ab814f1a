/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/envelope.h"

#include <openssl/rsa.h>
#include <string.h>

#define TAG_LEN 16

/* OAEP with SHA-256, or X9.63 with SHA-256: OpenSSL's own defaults are PKCS #1 v1.5 and SHA-1. */
static int set_transport(CMS_RecipientInfo *ri, X509 *recipient, struct why *why)
{
	EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
	int ok;

	if (EVP_PKEY_is_a(X509_get0_pubkey(recipient), "RSA"))
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
		     EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) > 0 &&
		     EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) > 0;
	else
		ok = EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0;
	return ok ? 0 : ossl_why(why, "CMS");
}

int envelope_seal(struct buf *b, X509 *recipient, const void *bytes, size_t len, struct why *why)
{
	AUTO(CMS_ContentInfo) *cms = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());
	CMS_RecipientInfo *ri;
	BIO *chain;
	unsigned char *der = NULL;
	int n, rc;

	if (!cms || CMS_set_detached(cms, 0) != 1)
		return ossl_why(why, "CMS");
	ri = CMS_add1_recipient_cert(cms, recipient, CMS_USE_KEYID | CMS_KEY_PARAM);
	if (!ri || set_transport(ri, recipient, why))
		return ossl_why(why, "CMS: the certificate's key takes no envelope");
	chain = CMS_dataInit(cms, NULL);
	if (!chain || BIO_write(chain, bytes, (int)len) != (int)len || BIO_flush(chain) != 1 ||
	    CMS_dataFinal(cms, chain) != 1) {
		BIO_free_all(chain);
		return ossl_why(why, "CMS");
	}
	BIO_free_all(chain);
	n = i2d_CMS_ContentInfo(cms, &der);
	if (n < 0)
		return ossl_why(why, "CMS");
	rc = buf_add(b, der, (size_t)n, why);
	OPENSSL_free(der);
	return rc;
}

/* A walk over DER, one element at a time: OpenSSL itself takes tags that were cut. */
struct der {
	const unsigned char *p, *end;
};

static bool der_next(struct der *d, int want_tag, int want_class, struct der *inside)
{
	const unsigned char *p = d->p;
	long len;
	int tag, class, rc;

	if (p >= d->end)
		return false;
	rc = ASN1_get_object(&p, &len, &tag, &class, d->end - p);
	if (rc & 0x81 || tag != want_tag ||
	    class != want_class) /* an error, or indefinite length */
		return false;
	*inside = (struct der){p, p + len};
	d->p = p + len;
	return true;
}

static bool der_is(const struct der *d, const void *bytes, size_t len)
{
	return (size_t)(d->end - d->p) == len && memcmp(d->p, bytes, len) == 0;
}

/* An AlgorithmIdentifier that is SHA-256; NULL may stand there or not (RFC 4055 2.1). */
static bool is_sha256(struct der d)
{
	static const unsigned char sha256[] = {0x60, 0x86, 0x48, 0x01, 0x65,
					       0x03, 0x04, 0x02, 0x01};
	struct der alg, x;

	return der_next(&d, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &alg) && d.p == d.end &&
	       der_next(&alg, V_ASN1_OBJECT, V_ASN1_UNIVERSAL, &x) &&
	       der_is(&x, sha256, sizeof(sha256)) &&
	       (alg.p == alg.end || (der_next(&alg, V_ASN1_NULL, V_ASN1_UNIVERSAL, &x) &&
				     x.p == x.end && alg.p == alg.end));
}

/* RSAES-OAEP-params (RFC 4055 4.1): SHA-256, MGF1 with SHA-256, and no label. */
static bool is_oaep_sha256(struct der d)
{
	static const unsigned char mgf1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08};
	struct der params, hash, mask, alg, x;

	return der_next(&d, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &params) && d.p == d.end &&
	       der_next(&params, 0, V_ASN1_CONTEXT_SPECIFIC, &hash) && is_sha256(hash) &&
	       der_next(&params, 1, V_ASN1_CONTEXT_SPECIFIC, &mask) && params.p == params.end &&
	       der_next(&mask, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &alg) && mask.p == mask.end &&
	       der_next(&alg, V_ASN1_OBJECT, V_ASN1_UNIVERSAL, &x) &&
	       der_is(&x, mgf1, sizeof(mgf1)) && is_sha256(alg);
}

/* KeyTransRecipientInfo: version 0 or 2, rid, { RSAES-OAEP, ... }, key. PKCS #1 v1.5 would be an
 * oracle.
 */
static bool transport_is_ours(struct der ri)
{
	static const unsigned char oaep[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07};
	struct der x, alg;

	return der_next(&ri, V_ASN1_INTEGER, V_ASN1_UNIVERSAL, &x) &&
	       (der_is(&x, "\x02", 1) || der_is(&x, "", 1)) &&
	       (der_next(&ri, 0, V_ASN1_CONTEXT_SPECIFIC, &x) ||
		der_next(&ri, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &x)) &&
	       der_next(&ri, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &alg) &&
	       der_next(&alg, V_ASN1_OBJECT, V_ASN1_UNIVERSAL, &x) &&
	       der_is(&x, oaep, sizeof(oaep)) && is_oaep_sha256(alg);
}

/* KeyAgreeRecipientInfo: version 3, [0] originator, [1] ukm, { dhSinglePass-stdDH-sha256kdf, ... },
 * and one encrypted key. */
static bool agreement_is_ours(struct der ri)
{
	static const unsigned char sha256kdf[] = {0x2b, 0x81, 0x04, 0x01, 0x0b, 0x01};
	struct der x, alg, keys, originator, point;

	if (!der_next(&ri, V_ASN1_INTEGER, V_ASN1_UNIVERSAL, &x) || !der_is(&x, "\x03", 1) ||
	    !der_next(&ri, 0, V_ASN1_CONTEXT_SPECIFIC, &originator) ||
	    !der_next(&originator, 1, V_ASN1_CONTEXT_SPECIFIC, &point) ||
	    !der_next(&point, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &x) ||
	    !der_next(&point, V_ASN1_BIT_STRING, V_ASN1_UNIVERSAL, &x) || point.p != point.end ||
	    x.p == x.end || *x.p != 0) /* whole octets, or one point has two codings */
		return false;
	(void)der_next(&ri, 1, V_ASN1_CONTEXT_SPECIFIC, &x);
	return der_next(&ri, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &alg) &&
	       der_next(&alg, V_ASN1_OBJECT, V_ASN1_UNIVERSAL, &x) &&
	       der_is(&x, sha256kdf, sizeof(sha256kdf)) &&
	       der_next(&ri, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &keys) && ri.p == ri.end &&
	       der_next(&keys, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &x) && keys.p == keys.end;
}

/* RFC 5083, RFC 5084: ContentInfo { authEnvelopedData, [0] { version 0, one RecipientInfo, { data,
 * { aes256-GCM, { nonce, ICVlen 16 } }, [0] ciphertext }, mac of 16 octets } } and nothing more. */
bool envelope_is(const void *bytes, size_t len)
{
	static const unsigned char auth_enveloped[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
						       0x01, 0x09, 0x10, 0x01, 0x17};
	static const unsigned char data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
	static const unsigned char aes256_gcm[] = {0x60, 0x86, 0x48, 0x01, 0x65,
						   0x03, 0x04, 0x01, 0x2e};
	struct der all = {bytes, (const unsigned char *)bytes + len};
	struct der ci, type, explicit0, body, v, set, eci, alg, params, x;

	if (!der_next(&all, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &ci) || all.p != all.end ||
	    !der_next(&ci, V_ASN1_OBJECT, V_ASN1_UNIVERSAL, &type) ||
	    !der_is(&type, auth_enveloped, sizeof(auth_enveloped)) ||
	    !der_next(&ci, 0, V_ASN1_CONTEXT_SPECIFIC, &explicit0) || ci.p != ci.end ||
	    !der_next(&explicit0, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &body) ||
	    !der_next(&body, V_ASN1_INTEGER, V_ASN1_UNIVERSAL, &v) || !der_is(&v, "", 1) ||
	    !der_next(&body, V_ASN1_SET, V_ASN1_UNIVERSAL, &set) ||
	    !der_next(&body, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &eci))
		return false;
	/* one recipient: a key transport is a SEQUENCE, a key agreement [1] */
	if (der_next(&set, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &x) ? !transport_is_ours(x)
	    : der_next(&set, 1, V_ASN1_CONTEXT_SPECIFIC, &x)      ? !agreement_is_ours(x)
								  : true)
		return false;
	if (set.p != set.end || !der_next(&eci, V_ASN1_OBJECT, V_ASN1_UNIVERSAL, &x) ||
	    !der_is(&x, data, sizeof(data)) ||
	    !der_next(&eci, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &alg) ||
	    !der_next(&eci, 0, V_ASN1_CONTEXT_SPECIFIC, &x) || eci.p != eci.end ||
	    !der_next(&alg, V_ASN1_OBJECT, V_ASN1_UNIVERSAL, &x) ||
	    !der_is(&x, aes256_gcm, sizeof(aes256_gcm)) ||
	    !der_next(&alg, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, &params) || alg.p != alg.end ||
	    !der_next(&params, V_ASN1_OCTET_STRING, V_ASN1_UNIVERSAL, &x) || x.end - x.p != 12 ||
	    !der_next(&params, V_ASN1_INTEGER, V_ASN1_UNIVERSAL, &x) || !der_is(&x, "\x10", 1))
		return false;
	return params.p == params.end &&
	       der_next(&body, V_ASN1_OCTET_STRING, V_ASN1_UNIVERSAL, &x) &&
	       x.end - x.p == TAG_LEN && body.p == body.end;
}

/* SHA-1 of the public key's bits: the usual subject key identifier (RFC 5280 4.2.1.2). */
static bool key_id_is(EVP_PKEY *key, const ASN1_OCTET_STRING *id)
{
	X509_PUBKEY *pub = NULL;
	const unsigned char *bits = NULL;
	uint8_t md[20];
	int len = 0;
	const bool same = X509_PUBKEY_set(&pub, key) == 1 &&
			  X509_PUBKEY_get0_param(NULL, &bits, &len, NULL, pub) == 1 &&
			  EVP_Digest(bits, (size_t)len, md, NULL, EVP_sha1(), NULL) == 1 &&
			  ASN1_STRING_length(id) == (int)sizeof(md) &&
			  memcmp(ASN1_STRING_get0_data(id), md, sizeof(md)) == 0;

	X509_PUBKEY_free(pub);
	return same;
}

/* Without a certificate OpenSSL does not look at the recipient's identifier, which would leave its
 * octets free: a key identifier must be that of the key. */
static bool names_key(CMS_ContentInfo *cms, EVP_PKEY *key)
{
	CMS_RecipientInfo *ri = sk_CMS_RecipientInfo_value(CMS_get0_RecipientInfos(cms), 0);
	ASN1_OCTET_STRING *id = NULL;

	if (ri && CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_TRANS) {
		if (CMS_RecipientInfo_ktri_get0_signer_id(ri, &id, NULL, NULL) != 1)
			return false;
	} else if (ri && CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_AGREE) {
		CMS_RecipientEncryptedKey *rek =
			sk_CMS_RecipientEncryptedKey_value(CMS_RecipientInfo_kari_get0_reks(ri), 0);

		if (!rek ||
		    CMS_RecipientEncryptedKey_get0_id(rek, &id, NULL, NULL, NULL, NULL) != 1)
			return false;
	} else {
		return false;
	}
	return !id || key_id_is(key, id);
}

int envelope_open(struct buf *b, EVP_PKEY *key, X509 *cert, const void *der, size_t len,
		  struct why *why)
{
	const unsigned char *p = der;
	AUTO(CMS_ContentInfo) *cms =
		envelope_is(der, len) ? d2i_CMS_ContentInfo(NULL, &p, (long)len) : NULL;
	AUTO(BIO) *out = BIO_new(BIO_s_secmem());
	char *text;
	long n;
	int opened;

	if (!out)
		return ossl_why(why, "CMS");
	/* at a bad tag the plaintext is in out already: it counts only where 1 came back */
	opened = cms && (cert || names_key(cms, key)) &&
		 CMS_decrypt(cms, key, cert, NULL, out, 0) == 1;
	ossl_why(NULL, "CMS");
	if (!opened)
		return why_refuse(why, "mac-mismatch", "the envelope does not open (RFC 5083)");
	n = BIO_get_mem_data(out, &text);
	return buf_add(b, text, (size_t)n, why);
}
