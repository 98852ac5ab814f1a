/* SPDX-License-Identifier: Apache-2.0 */
#include "register/kcv.h"

#include "base/hex.h"
#include "base/ossl.h"

#include <string.h>

int kcv_make(uint8_t kcv[static KCV_LEN], const uint8_t *key, size_t len, struct why *why)
{
	static const uint8_t zero[16];
	uint8_t mac[16];
	size_t n = 0;

	if (!EVP_Q_mac(NULL, "CMAC", NULL, len == 32 ? "AES-256-CBC" : "AES-128-CBC", NULL, key,
		       len, zero, sizeof(zero), mac, sizeof(mac), &n) ||
	    n != sizeof(mac))
		return ossl_why(why, "CMAC");
	memcpy(kcv, mac, KCV_LEN);
	return 0;
}

int kcv_of_record(uint8_t kcv[static KCV_LEN], const json_t *o, struct why *why)
{
	const char *text = json_string_value(json_object_get(o, "k"));
	BUF(k);

	if (!text)
		return 0;
	if (hex_decode_buf(&k, text, "k", why))
		return -1;
	if (k.len != 16 && k.len != 32)
		return why_input(why, "k: want 16 or 32 octets");
	return kcv_make(kcv, k.bytes, k.len, why) ? -1 : 1;
}
