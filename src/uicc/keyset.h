/* SPDX-License-Identifier: Apache-2.0 */
/* OTA keys, and what the octets KIc and KID say about them: TS 102 225 (V9.0.0) 5.1.1 to 5.1.3. */
#ifndef UICC_KEYSET_H
#define UICC_KEYSET_H

#include "base/json.h"

#include <stdint.h>

enum ota_alg {
	OTA_IMPLICIT, /* "known implicitly": the key set says which */
	OTA_DES_CBC,
	OTA_3DES2_CBC, /* outer CBC with two keys */
	OTA_3DES3_CBC,
	OTA_DES_ECB, /* single DES, or 3DES where the key is longer */
	OTA_AES,     /* CBC; as checksum CMAC */
	OTA_CRC16,
	OTA_CRC32,
};

/* One key set. index 1 to 15 must be the one in KIc and KID; 0: any. weak: single DES, ECB, and
 * 3DES whose keys are equal may be used. cntr: the last counter that was used with it. */
struct ota_keyset {
	unsigned index;
	uint8_t kic[32], kid[32];
	size_t kic_len, kid_len;
	enum ota_alg kic_alg, kid_alg;
	unsigned cmac_len; /* 4 or 8 octets */
	uint64_t cntr;
	bool weak;
};
DEFINE_WIPE(ota_keyset)

#define OTA_CNTR_MAX UINT64_C(0xffffffffff)

/* {"index", "kic", "kid", "kic_alg", "kid_alg", "cmac_bytes", "cntr"}: keys in hex; algorithms
 * des-cbc, 3des2-cbc, 3des3-cbc, des-ecb, aes, crc16, crc32. Status 3. */
int ota_keyset_parse(struct ota_keyset *k, const json_t *o, struct why *why)
	__attribute__((warn_unused_result));
int ota_keyset_load(struct ota_keyset *k, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* The algorithm of an octet: refused with `unsupported` (reserved, proprietary), `wrong-key-index`,
 * `weak-algorithm`; status 3 where the key set's key has another length, or where it does not say
 * what is known implicitly. is_rc: KID is for a redundancy check. */
int ota_kic(enum ota_alg *alg, uint8_t kic, const struct ota_keyset *k, struct why *why)
	__attribute__((warn_unused_result));
int ota_kid(enum ota_alg *alg, uint8_t kid, bool is_rc, const struct ota_keyset *k, struct why *why)
	__attribute__((warn_unused_result));

#endif
