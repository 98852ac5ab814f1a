/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, requests and keys, PEM or DER. */
#include "lib/fuzz.h"

#include "pki/csr.h"
#include "pki/key.h"

static void run_cert(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	AUTO(X509) *cert = cert_parse(bytes, len, "input", &why);
	char name[TRE_ID_TEXT];
	BUF(url);

	if (!cert)
		return;
	(void)!cert_name(name, cert, &why);
	(void)cert_roles(cert);
	(void)!cert_ocsp_url(&url, cert, &why);
	(void)!cert_check(cert, fuzz_policy("ca", CERT_TRE), &why);
	if (X509_get0_pubkey(cert))
		(void)key_alg(X509_get0_pubkey(cert));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	char name[TRE_ID_TEXT];
	AUTO(EVP_PKEY) *requested = csr_open(name, sizeof(name), bytes, len, &why);
	AUTO(EVP_PKEY) *key = key_parse(bytes, len, &why);

	run_cert(bytes, len);
	MUST(!requested || key_alg(requested));
	MUST(!key || EVP_PKEY_get_size(key) > 0);
	return 0;
}
