/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ossl.h"

#include <openssl/err.h>

int ossl_why(struct why *why, const char *what)
{
	const unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return why_sys(why, "%s: %s", what, reason ? reason : "OpenSSL failed");
}

int ossl_sha256(uint8_t md[static 32], const void *bytes, size_t len, struct why *why)
{
	if (EVP_Digest(bytes, len, md, NULL, EVP_sha256(), NULL) != 1)
		return ossl_why(why, "SHA-256");
	return 0;
}
