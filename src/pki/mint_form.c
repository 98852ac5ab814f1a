/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/key.h"
#include "pki/mint_inside.h"

#include <openssl/core_names.h>
#include <string.h>

/* Where part stands in whole, once and no more. */
static int find(size_t *at, const struct buf *whole, const void *part, size_t len, struct why *why)
{
	const uint8_t *p = memmem(whole->bytes, whole->len, part, len);
	size_t behind;

	if (!p)
		return why_sys(why, "certificate: its form is not as expected");
	*at = (size_t)(p - whole->bytes);
	behind = *at + 1;
	if (memmem(whole->bytes + behind, whole->len - behind, part, len))
		return why_sys(why, "certificate: its form is not as expected");
	return 0;
}

static int put_der(struct buf *b, int len, unsigned char **der, struct why *why)
{
	int rc = len > 0 ? buf_add(b, *der, (size_t)len, why) : ossl_why(why, "certificate");

	OPENSSL_free(*der);
	return rc;
}

static int public_octets(struct buf *b, const struct mint *m, const EVP_PKEY *key, struct why *why)
{
	BIGNUM *n = NULL;
	size_t len = 0;
	int ok;

	if (buf_reserve(b, m->public_len, why))
		return -1;
	if (m->is_ec) {
		ok = EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, b->bytes,
						     m->public_len, &len) == 1 &&
		     len == m->public_len && b->bytes[0] == 4;
	} else {
		ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		     BN_num_bytes(n) == (int)m->public_len &&
		     BN_bn2binpad(n, b->bytes, (int)m->public_len) > 0;
		BN_free(n);
	}
	if (!ok)
		return ossl_why(why, "public key");
	b->len = m->public_len;
	return 0;
}

/* ---- certificates ---- */

/* A serial number of the length that all have: a quarter of issue_cert's. */
static X509 *sample_cert(struct mint *m, EVP_PKEY *key, const char *name, struct why *why)
{
	m->spec.name = name;
	for (;;) {
		AUTO(X509) *cert = issue_cert(&m->spec, key, why);

		if (!cert || ASN1_STRING_length(X509_get0_serialNumber(cert)) == MINT_SERIAL_LEN) {
			const uint8_t *serial =
				cert ? ASN1_STRING_get0_data(X509_get0_serialNumber(cert)) : NULL;

			if (!cert || (serial[0] >= 0x40 && serial[0] < 0x80))
				return STEAL(cert);
		}
	}
}

static int cut(struct mint_form *f, struct mint *m, X509 *cert, const struct buf *public,
	       struct why *why)
{
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(cert);
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(cert);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	unsigned char *tbs = NULL, *alg = NULL;
	const X509_ALGOR *algor;

	if (put_der(&f->tbs, i2d_re_X509_tbs(cert, &tbs), &tbs, why))
		return -1;
	X509_get0_signature(NULL, &algor, cert);
	if (!m->alg_id.len && put_der(&m->alg_id, i2d_X509_ALGOR(algor, &alg), &alg, why))
		return -1;
	f->bits_len = (size_t)ASN1_STRING_length(bits);
	return !id ||
			       find(&f->serial, &f->tbs, ASN1_STRING_get0_data(serial),
				    MINT_SERIAL_LEN, why) ||
			       find(&f->name, &f->tbs, m->spec.name, strlen(m->spec.name), why) ||
			       find(&f->key_id, &f->tbs, ASN1_STRING_get0_data(id),
				    (size_t)ASN1_STRING_length(id), why) ||
			       find(&f->bits, &f->tbs, ASN1_STRING_get0_data(bits), f->bits_len,
				    why) ||
			       find(&f->public, &f->tbs, public->bytes, public->len, why)
		       ? -1
		       : 0;
}

const struct mint_form *mint_form(struct mint *m, size_t name_len, struct why *why)
{
	struct mint_form *f = &m->form[name_len];
	AUTO(EVP_PKEY) *key = NULL;
	AUTO(X509) *cert = NULL;
	char name[TRE_ID_TEXT] = "", *semicolon;
	BUF(public);

	if (f->tbs.len)
		return f;
	/* a name that stands nowhere else: the issuer's has another length, or another text */
	memset(name, '-', name_len);
	semicolon = name + name_len / 2;
	*name = 'z';
	name[name_len - 1] = 'z';
	*semicolon = ';';
	if (EVP_PKEY_generate(m->keygen, &key) != 1) {
		ossl_why(why, "key generation");
		return NULL;
	}
	cert = sample_cert(m, key, name, why);
	if (!cert || public_octets(&public, m, key, why) || cut(f, m, cert, &public, why)) {
		buf_free(&f->tbs);
		return NULL;
	}
	return f;
}

/* ---- private keys ---- */

static int pkcs8(struct buf *b, const EVP_PKEY *key, struct why *why)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	const int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	int rc = len > 0 ? buf_add(b, der, (size_t)len, why) : ossl_why(why, "private key");

	PKCS8_PRIV_KEY_INFO_free(info);
	OPENSSL_clear_free(der, len > 0 ? (size_t)len : 0);
	return rc;
}

static int private_octets(uint8_t *out, size_t len, const EVP_PKEY *key, struct why *why)
{
	BIGNUM *n = NULL;
	const bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &n) == 1 &&
			BN_bn2binpad(n, out, (int)len) > 0;

	BN_clear_free(n);
	return ok ? 0 : ossl_why(why, "private key");
}

int mint_pkcs8_form(struct mint *m, EVP_PKEY *sample, struct why *why)
{
	uint8_t secret[66];
	int rc;
	BUF(public);

	m->private_len = (m->public_len - 1) / 2;
	if (pkcs8(&m->pkcs8, sample, why) || public_octets(&public, m, sample, why) ||
	    private_octets(secret, m->private_len, sample, why))
		return -1;
	rc = find(&m->private_at, &m->pkcs8, secret, m->private_len, why) ||
	     find(&m->public_at, &m->pkcs8, public.bytes, public.len, why);
	OPENSSL_cleanse(secret, sizeof(secret));
	return rc ? -1 : 0;
}

int mint_key_octets(struct mint *m, struct minted *x, EVP_PKEY *key, struct why *why)
{
	if (public_octets(&x->public, m, key, why))
		return -1;
	if (!m->is_ec)
		return pkcs8(&x->key, key, why);
	if (buf_add(&x->key, m->pkcs8.bytes, m->pkcs8.len, why) ||
	    private_octets(x->key.bytes + m->private_at, m->private_len, key, why))
		return -1;
	memcpy(x->key.bytes + m->public_at, x->public.bytes, x->public.len);
	return 0;
}
