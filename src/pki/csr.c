/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/csr.h"

#include "pki/key.h"

#include <openssl/pem.h>
#include <stdbool.h>

int csr_make(struct buf *pem, EVP_PKEY *key, const char *name, struct why *why)
{
	AUTO(X509_REQ) *req = X509_REQ_new();
	AUTO(BIO) *out = BIO_new(BIO_s_mem());
	X509_NAME *subject = req ? X509_REQ_get_subject_name(req) : NULL;
	AUTO(EVP_MD_CTX) *signer = NULL;
	char *text;
	long len;

	if (!out || !subject || X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
				       -1, -1, 0) != 1 ||
	    X509_REQ_set_pubkey(req, key) != 1 || !(signer = key_signer(key, why)) ||
	    X509_REQ_sign_ctx(req, signer) <= 0 || PEM_write_bio_X509_REQ(out, req) != 1)
		return ossl_why(why, "certificate signing request");
	len = BIO_get_mem_data(out, &text);
	return buf_add(pem, text, (size_t)len, why);
}

/* SP 800-56A 5.6.2.3, SP 800-56B 6.4.2: a point on the curve; a modulus and exponent of that form.
 */
static bool public_is_sound(EVP_PKEY *key)
{
	AUTO(EVP_PKEY_CTX) *ctx = EVP_PKEY_CTX_new(key, NULL);

	return ctx && EVP_PKEY_public_check(ctx) == 1;
}

EVP_PKEY *csr_open(char *name, size_t name_room, const void *bytes, size_t len, struct why *why)
{
	AUTO(BIO) *in = BIO_new_mem_buf(bytes, (int)len);
	AUTO(X509_REQ) *req = in ? PEM_read_bio_X509_REQ(in, NULL, NULL, NULL) : NULL;
	AUTO(EVP_PKEY) *key = req ? X509_REQ_get_pubkey(req) : NULL;
	bool right;

	if (!key || !key_alg(key)) {
		ossl_why(NULL, "request");
		why_input(why,
			  "want a certificate signing request in PEM, of a key that is used here");
		return NULL;
	}
	if (key_exponent_check(key, why))
		return NULL;
	right = X509_REQ_verify(req, key) == 1 && public_is_sound(key);
	ossl_why(NULL, "request");
	if (!right) {
		why_refuse(why, "bad-signature",
			   "the request is not signed with its own key (TR 33.812 B.2.2.1)");
		return NULL;
	}
	if (X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(req), NID_commonName, name,
				      (int)name_room) <= 0)
		name[0] = '\0';
	return STEAL(key);
}
