/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/mint.h"

#include "base/hex.h"
#include "base/party.h"
#include "pki/cert.h"
#include "pki/key.h"
#include "pki/mint_inside.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

void minted_free(struct minted *x)
{
	buf_free(&x->cert);
	buf_free(&x->key);
	buf_free(&x->public);
}

void mint_free(struct mint *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < TRE_ID_TEXT; i++)
		buf_free(&m->form[i].tbs);
	buf_free(&m->alg_id);
	buf_free(&m->pkcs8);
	EVP_PKEY_CTX_free(m->keygen);
	EVP_PKEY_CTX_free(m->sign);
	EVP_MD_CTX_free(m->md);
	EVP_MD_CTX_free(m->id_md);
	free(m);
}

static int start_keygen(struct mint *m, const char *alg, struct why *why)
{
	AUTO(EVP_PKEY) *sample = key_generate(alg, why);
	char group[32] = "";

	if (!sample)
		return -1;
	m->is_ec = EVP_PKEY_is_a(sample, "EC");
	m->public_len = m->is_ec ? 1 + 2 * (((size_t)EVP_PKEY_get_bits(sample) + 7) / 8)
				 : (size_t)EVP_PKEY_get_bits(sample) / 8;
	m->keygen = EVP_PKEY_CTX_new_from_name(NULL, m->is_ec ? "EC" : "RSA", NULL);
	if (!m->keygen || EVP_PKEY_keygen_init(m->keygen) != 1)
		return ossl_why(why, "key generation");
	if (!m->is_ec)
		return EVP_PKEY_CTX_set_rsa_keygen_bits(m->keygen, EVP_PKEY_get_bits(sample)) == 1
			       ? 0
			       : ossl_why(why, "key generation");
	if (EVP_PKEY_get_group_name(sample, group, sizeof(group), NULL) != 1 ||
	    EVP_PKEY_CTX_set_group_name(m->keygen, group) != 1)
		return ossl_why(why, "key generation");
	return mint_pkcs8_form(m, sample, why);
}

/* The issuer's algorithm: as issue_cert takes it. */
static int start_signing(struct mint *m, struct why *why)
{
	const char *alg = key_alg(m->spec.ca_key);
	const EVP_MD *md = alg && strcmp(alg, "ec-p384") == 0 ? EVP_sha384() : EVP_sha256();

	m->sign = EVP_PKEY_CTX_new_from_pkey(NULL, m->spec.ca_key, key_properties(m->spec.ca_key));
	m->md = EVP_MD_CTX_new();
	m->id_md = EVP_MD_CTX_new();
	if (!alg || !m->sign || !m->md || !m->id_md ||
	    EVP_DigestInit_ex2(m->id_md, EVP_sha1(), NULL) != 1 ||
	    EVP_PKEY_sign_init(m->sign) != 1 || EVP_PKEY_CTX_set_signature_md(m->sign, md) != 1 ||
	    EVP_DigestInit_ex2(m->md, md, NULL) != 1)
		return ossl_why(why, "certificate");
	return 0;
}

struct mint *mint_new(const struct issue *spec, enum issue_kind kind, const char *alg,
		      struct why *why)
{
	AUTO(MINT) *m = calloc(1, sizeof(*m));

	if (!m) {
		why_sys(why, "out of memory");
		return NULL;
	}
	m->spec = *spec;
	m->spec.kind = kind;
	if (start_keygen(m, alg, why) || start_signing(m, why))
		return NULL;
	return STEAL(m);
}

/* 16 octets, positive and without a 0 in front, so that each takes as much room (RFC 5280
 * 4.1.2.2): 126 random bits. */
static int new_serial(struct mint *m, struct minted *x, uint8_t serial[static MINT_SERIAL_LEN],
		      struct why *why)
{
	if (rng_pool_take(&m->serials, serial, MINT_SERIAL_LEN, why))
		return -1;
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
	hex_encode(x->serial, serial, MINT_SERIAL_LEN);
	for (char *p = x->serial; *p; p++)
		*p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
	return 0;
}

/* The parts that differ, into a copy of the form. */
static int fill(const struct mint *m, const struct mint_form *f, const struct minted *x,
		const uint8_t *serial, const char *name, struct buf *tbs, struct why *why)
{
	uint8_t *p;
	unsigned len = 0;

	if (buf_add(tbs, f->tbs.bytes, f->tbs.len, why))
		return -1;
	p = tbs->bytes;
	memcpy(p + f->serial, serial, MINT_SERIAL_LEN);
	for (size_t i = 0; name[i]; i++) /* as long as the form's */
		p[f->name + i] = (uint8_t)name[i];
	memcpy(p + f->public, x->public.bytes, x->public.len);
	if (EVP_DigestInit_ex2(m->id_md, NULL, NULL) != 1 ||
	    EVP_DigestUpdate(m->id_md, p + f->bits, f->bits_len) != 1 ||
	    EVP_DigestFinal_ex(m->id_md, p + f->key_id, &len) != 1)
		return ossl_why(why, "key identifier");
	return 0;
}

static int sign(struct mint *m, const struct buf *tbs, uint8_t *sig, size_t *sig_len,
		struct why *why)
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_DigestInit_ex2(m->md, NULL, NULL) != 1 ||
	    EVP_DigestUpdate(m->md, tbs->bytes, tbs->len) != 1 ||
	    EVP_DigestFinal_ex(m->md, md, &len) != 1 ||
	    EVP_PKEY_sign(m->sign, sig, sig_len, md, len) != 1)
		return ossl_why(why, "certificate");
	return 0;
}

/* SEQUENCE { tbs, algorithm, BIT STRING }; the tags and lengths are OpenSSL's. */
static int assemble(struct mint *m, struct minted *x, const struct buf *tbs, const uint8_t *sig,
		    size_t sig_len, struct why *why)
{
	const int bits = ASN1_object_size(0, (int)sig_len + 1, V_ASN1_BIT_STRING);
	const int inner = (int)(tbs->len + m->alg_id.len) + bits;
	const int whole = ASN1_object_size(1, inner, V_ASN1_SEQUENCE);
	unsigned char *p;

	if (buf_reserve(&x->cert, (size_t)whole, why))
		return -1;
	p = x->cert.bytes;
	ASN1_put_object(&p, 1, inner, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	memcpy(p, tbs->bytes, tbs->len);
	p += tbs->len;
	memcpy(p, m->alg_id.bytes, m->alg_id.len);
	p += m->alg_id.len;
	ASN1_put_object(&p, 0, (int)sig_len + 1, V_ASN1_BIT_STRING, V_ASN1_UNIVERSAL);
	*p++ = 0;
	memcpy(p, sig, sig_len);
	x->cert.len = (size_t)whole;
	return 0;
}

static int certify(struct mint *m, struct minted *x, const char *name, struct why *why)
{
	const struct mint_form *f = mint_form(m, strlen(name), why);
	uint8_t serial[MINT_SERIAL_LEN], sig[512];
	size_t sig_len = sizeof(sig);
	BUF(tbs);

	return !f || new_serial(m, x, serial, why) || fill(m, f, x, serial, name, &tbs, why) ||
			       sign(m, &tbs, sig, &sig_len, why) ||
			       assemble(m, x, &tbs, sig, sig_len, why)
		       ? -1
		       : 0;
}

/* Parsed, its signature verified, and its key that of the private key. */
static int check_sample(const struct mint *m, const struct minted *x, const char *name,
			struct why *why)
{
	AUTO(X509) *cert = cert_parse(x->cert.bytes, x->cert.len, "certificate", why);
	AUTO(EVP_PKEY) *key = cert ? key_parse(x->key.bytes, x->key.len, why) : NULL;
	char said[TRE_ID_TEXT];

	if (!key || cert_name(said, cert, why))
		return -1;
	if (X509_verify(cert, X509_get0_pubkey(m->spec.ca_cert)) != 1 || strcmp(said, name) != 0 ||
	    EVP_PKEY_eq(key, X509_get0_pubkey(cert)) != 1) {
		ossl_why(NULL, "certificate");
		return why_sys(why, "a certificate that was made does not verify");
	}
	return 0;
}

int mint_make(struct mint *m, struct minted *x, const char *name, struct why *why)
{
	EVP_PKEY *made = NULL;
	int rc;

	buf_clear(&x->cert);
	buf_clear(&x->key);
	buf_clear(&x->public);
	if (tre_id_check(name, "tre_id", why))
		return -1;
	if (EVP_PKEY_generate(m->keygen, &made) != 1)
		return ossl_why(why, "key generation");
	rc = mint_key_octets(m, x, made, why);
	EVP_PKEY_free(made);
	if (rc || certify(m, x, name, why))
		return -1;
	return m->made++ % MINT_SAMPLE == 0 ? check_sample(m, x, name, why) : 0;
}
