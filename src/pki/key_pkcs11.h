/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in PKCS #11 tokens, by libp11: the OpenSSL of the time has no provider for them that all
 * have. The library is loaded when the first such key is named. */
#ifndef PKI_KEY_PKCS11_H
#define PKI_KEY_PKCS11_H

#include "base/ossl.h"

/* The private key that a URI of RFC 7512 names: token, serial, manufacturer, model, object, id, and
 * module-path (p11-kit's proxy without it) and pin-source, a file whose first line is the PIN. A
 * PIN in the URI itself is status 2: everybody sees it. Status 4 where the token does not do as
 * asked; refused with `wrong-pin`, `unknown-key`. It never leaves the token. Owned; the token stays
 * open as long as the process runs. */
EVP_PKEY *key_pkcs11(const char *uri, struct why *why);

#endif
