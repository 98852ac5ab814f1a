/* SPDX-License-Identifier: Apache-2.0 */
/* The ciphers and checksums of OTA packets: TS 102 225 (V9.0.0) 5.1.2, 5.1.3 and Annex B. */
#ifndef UICC_CRYPT_H
#define UICC_CRYPT_H

#include "uicc/keyset.h"

#define OTA_CHECK_MAX 8

/* Octets of a cipher's block: 8, or 16 for AES. */
size_t ota_block(enum ota_alg alg);

/* Ciphers or deciphers len octets in place, a multiple of the block, from an IV of zeros. */
int ota_cipher(bool encrypt, enum ota_alg alg, const struct ota_keyset *k, uint8_t *bytes,
	       size_t len, struct why *why) __attribute__((warn_unused_result));

/* Octets that a check has: 2, 4 or 8. */
size_t ota_check_len(enum ota_alg alg, const struct ota_keyset *k);

/* CRC, CBC-MAC (padded with zeros) or CMAC, cut to ota_check_len. */
int ota_check(uint8_t out[static OTA_CHECK_MAX], enum ota_alg alg, const struct ota_keyset *k,
	      const uint8_t *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
