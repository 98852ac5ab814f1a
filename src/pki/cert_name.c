/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slurp.h"
#include "pki/cert.h"

#include <openssl/asn1t.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <string.h>

int cert_name(char name[static TRE_ID_TEXT], const X509 *cert, struct why *why)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	const int at = X509_NAME_get_index_by_NID((X509_NAME *)subject, NID_commonName, -1);
	unsigned char *text = NULL;
	int len = -1;

	if (at >= 0 && X509_NAME_get_index_by_NID((X509_NAME *)subject, NID_commonName, at) < 0)
		len = ASN1_STRING_to_UTF8(
			&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	name[0] = '\0';
	if (len > 0 && len < TRE_ID_TEXT && !memchr(text, 0, (size_t)len)) {
		memcpy(name, text, (size_t)len);
		name[len] = '\0';
	}
	OPENSSL_free(text);
	if (!name[0] || (tre_id_check(name, "name", NULL) && party_check(name, "name", NULL)))
		return why_refuse(why, "bad-certificate",
				  "the certificate has no name of the form of a TRE_id or an "
				  "operator (TR 33.812 B.2.2.1 NOTE 3)");
	return 0;
}

/* Without a decoder for any key: OpenSSL looks for one for nine tenths of a certificate's time, and
 * leaves the key as it stands where there is none. */
static OSSL_LIB_CTX *keyless;
static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

static void make_keyless(void)
{
	keyless = OSSL_LIB_CTX_new();
	if (keyless && !OSSL_PROVIDER_load(keyless, "null")) {
		OSSL_LIB_CTX_free(keyless);
		keyless = NULL;
	}
}

static X509 *parse_keyless(const char *pem, size_t len)
{
	AUTO(BIO) *in = len <= SLURP_DOCUMENT ? BIO_new_mem_buf(pem, (int)len) : NULL;
	unsigned char *der = NULL;
	const unsigned char *p;
	X509 *cert = NULL;
	long der_len;

	if (in && PEM_bytes_read_bio(&der, &der_len, NULL, PEM_STRING_X509, in, NULL, NULL) == 1) {
		p = der;
		cert = (X509 *)ASN1_item_d2i_ex(NULL, &p, der_len, ASN1_ITEM_rptr(X509), keyless,
						NULL);
		OPENSSL_free(der);
	}
	return cert;
}

int cert_name_in(char name[static TRE_ID_TEXT], const char *pem, size_t len, const char *what,
		 struct why *why)
{
	AUTO(X509) *cert = NULL;

	if (!CRYPTO_THREAD_run_once(&once, make_keyless) || !keyless)
		return why_sys(why, "out of memory");
	cert = parse_keyless(pem, len);
	if (!cert) {
		ossl_why(NULL, what);
		return why_input(why, "%s: want an X.509 certificate", what);
	}
	return cert_name(name, cert, why);
}
