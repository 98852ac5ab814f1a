/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's objects by scope, and its errors as sentences. */
#ifndef BASE_OSSL_H
#define BASE_OSSL_H

#include "base/auto.h"
#include "base/why.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ocsp.h>
#include <openssl/store.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>

typedef STACK_OF(X509) X509_STACK;

static inline void x509_stack_free(X509_STACK *s)
{
	sk_X509_pop_free(s, X509_free);
}

DEFINE_AUTO(ASN1_INTEGER, ASN1_INTEGER_free)
DEFINE_AUTO(ASN1_OBJECT, ASN1_OBJECT_free)
DEFINE_AUTO(ASN1_TIME, ASN1_TIME_free)
DEFINE_AUTO(BIGNUM, BN_clear_free)
DEFINE_AUTO(BIO, BIO_free_all)
DEFINE_AUTO(CMS_ContentInfo, CMS_ContentInfo_free)
DEFINE_AUTO(ECDSA_SIG, ECDSA_SIG_free)
DEFINE_AUTO(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
DEFINE_AUTO(EVP_CIPHER, EVP_CIPHER_free)
DEFINE_AUTO(EVP_KDF, EVP_KDF_free)
DEFINE_AUTO(EVP_KDF_CTX, EVP_KDF_CTX_free)
DEFINE_AUTO(EVP_MAC, EVP_MAC_free)
DEFINE_AUTO(EVP_MAC_CTX, EVP_MAC_CTX_free)
DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free)
DEFINE_AUTO(EVP_PKEY, EVP_PKEY_free)
DEFINE_AUTO(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
DEFINE_AUTO(OCSP_BASICRESP, OCSP_BASICRESP_free)
DEFINE_AUTO(OCSP_CERTID, OCSP_CERTID_free)
DEFINE_AUTO(OCSP_REQUEST, OCSP_REQUEST_free)
DEFINE_AUTO(OCSP_RESPONSE, OCSP_RESPONSE_free)
DEFINE_AUTO(OSSL_STORE_CTX, OSSL_STORE_close)
DEFINE_AUTO(OSSL_STORE_INFO, OSSL_STORE_INFO_free)
DEFINE_AUTO(X509, X509_free)
DEFINE_AUTO(X509_CRL, X509_CRL_free)
DEFINE_AUTO(X509_EXTENSION, X509_EXTENSION_free)
DEFINE_AUTO(X509_REQ, X509_REQ_free)
DEFINE_AUTO(X509_STACK, x509_stack_free)
DEFINE_AUTO(X509_STORE, X509_STORE_free)
DEFINE_AUTO(X509_STORE_CTX, X509_STORE_CTX_free)

/* "what: OpenSSL's reason", status 4; empties OpenSSL's error queue. Returns -1. */
int ossl_why(struct why *why, const char *what);

/* SHA-256 of bytes. */
int ossl_sha256(uint8_t md[static 32], const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
