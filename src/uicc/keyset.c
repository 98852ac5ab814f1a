/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/keyset.h"

#include "base/hex.h"

#include <string.h>

#define NO_ALG ((enum ota_alg)(OTA_CRC32 + 1)) /* reserved, or proprietary */

static const char *const alg_names[] = {NULL,      "des-cbc", "3des2-cbc", "3des3-cbc",
					"des-ecb", "aes",     "crc16",     "crc32"};

static int parse_alg(enum ota_alg *alg, const json_t *o, const char *field, struct why *why)
{
	const char *text;

	*alg = OTA_IMPLICIT;
	if (json_text_opt(&text, o, field, why))
		return -1;
	if (!text)
		return 0;
	for (unsigned i = OTA_DES_CBC; i <= OTA_CRC32; i++)
		if (strcmp(alg_names[i], text) == 0) {
			*alg = (enum ota_alg)i;
			return 0;
		}
	return why_input(
		why, "%s: want des-cbc, 3des2-cbc, 3des3-cbc, des-ecb, aes, crc16 or crc32", field);
}

static int parse_key(uint8_t key[static 32], size_t *len, const json_t *o, const char *field,
		     struct why *why)
{
	const char *text;

	*len = 0;
	if (json_text_opt(&text, o, field, why))
		return -1;
	if (!text)
		return 0;
	*len = strlen(text) / 2;
	if (*len != 8 && *len != 16 && *len != 24 && *len != 32)
		return why_input(why, "%s: want a key of 8, 16, 24 or 32 octets in hex", field);
	return hex_decode(key, *len, text, field, why);
}

int ota_keyset_parse(struct ota_keyset *k, const json_t *o, struct why *why)
{
	static const char *const fields[] = {"index",   "kic",        "kid",  "kic_alg",
					     "kid_alg", "cmac_bytes", "cntr", NULL};
	uint64_t index, cmac;
	uint8_t cntr[5] = {0};

	*k = (struct ota_keyset){0};
	if (json_only(o, fields, why) || json_number(&index, o, "index", 1, 15, 0, why) ||
	    parse_key(k->kic, &k->kic_len, o, "kic", why) ||
	    parse_key(k->kid, &k->kid_len, o, "kid", why) ||
	    parse_alg(&k->kic_alg, o, "kic_alg", why) ||
	    parse_alg(&k->kid_alg, o, "kid_alg", why) ||
	    json_number(&cmac, o, "cmac_bytes", 4, 8, 8, why) ||
	    (json_object_get(o, "cntr") && json_hex(cntr, 5, o, "cntr", why)))
		return -1;
	if (cmac != 4 && cmac != 8)
		return why_input(why, "cmac_bytes: want 4 or 8 (TS 102 225 5.1.3.2)");
	if (k->kic_alg >= OTA_CRC16)
		return why_input(why, "kic_alg: a CRC is no cipher (TS 102 225 5.1.2)");
	k->index = (unsigned)index;
	k->cmac_len = (unsigned)cmac;
	for (int i = 0; i < 5; i++)
		k->cntr = k->cntr << 8 | cntr[i];
	return 0;
}

int ota_keyset_load(struct ota_keyset *k, const char *path, struct why *why)
{
	AUTO(json_t) *o = json_load(path, why);

	if (!o)
		return -1;
	return ota_keyset_parse(k, o, why) ? why_in(why, "%s", path) : 0;
}

/* ---- the octets ---- */

static bool is_weak(enum ota_alg alg, const uint8_t *key, size_t len)
{
	if (alg == OTA_DES_CBC || alg == OTA_DES_ECB)
		return true;
	if (alg != OTA_3DES2_CBC && alg != OTA_3DES3_CBC)
		return false;
	return CRYPTO_memcmp(key, key + 8, 8) == 0 ||
	       (len == 24 && CRYPTO_memcmp(key + 8, key + 16, 8) == 0);
}

static bool fits(enum ota_alg alg, size_t len)
{
	switch (alg) {
	case OTA_DES_CBC: return len == 8;
	case OTA_3DES2_CBC: return len == 16;
	case OTA_3DES3_CBC: return len == 24;
	case OTA_DES_ECB: return len == 8 || len == 16 || len == 24;
	case OTA_AES: return len == 16 || len == 24 || len == 32;
	default: return true;
	}
}

static int check_key(enum ota_alg alg, const char *octet, const uint8_t *key, size_t len,
		     const struct ota_keyset *k, struct why *why)
{
	if (!fits(alg, len))
		return why_input(why, "%s: a key of %zu octets is none for %s", octet, len,
				 alg_names[alg]);
	if (!k->weak && is_weak(alg, key, len))
		return why_refuse(why, "weak-algorithm",
				  "%s: single DES, ECB and repeated keys are not used unless asked "
				  "for (TS 102 225 5.1.2)",
				  octet);
	return 0;
}

static int check_index(const char *octet, uint8_t value, const struct ota_keyset *k,
		       struct why *why)
{
	return k->index && k->index != value >> 4
		       ? why_refuse(why, "wrong-key-index",
				    "%s names key %u, and this key set is %u (TS 102 225 5.1.2)",
				    octet, value >> 4, k->index)
		       : 0;
}

/* Bits 4 to 1 of KIc or KID: which algorithm of DES or AES. */
static enum ota_alg low_bits(uint8_t octet)
{
	static const enum ota_alg des[] = {OTA_DES_CBC, OTA_3DES2_CBC, OTA_3DES3_CBC, OTA_DES_ECB};

	switch (octet & 3) {
	case 0: return OTA_IMPLICIT;
	case 1: return des[octet >> 2 & 3];
	case 2: return octet >> 2 & 3 ? NO_ALG : OTA_AES;
	default: return NO_ALG;
	}
}

static int unsupported(const char *octet, uint8_t value, struct why *why)
{
	return why_refuse(why, "unsupported",
			  "%s %02x: reserved, or a proprietary algorithm (TS 102 225 5.1.2, 5.1.3)",
			  octet, value);
}

static int implicit(enum ota_alg *alg, const char *octet, enum ota_alg known, struct why *why)
{
	if (*alg != OTA_IMPLICIT)
		return 0;
	*alg = known;
	return known ? 0
		     : why_input(why,
				 "%s: the algorithm is known implicitly, and the key set does not "
				 "say which",
				 octet);
}

int ota_kic(enum ota_alg *alg, uint8_t kic, const struct ota_keyset *k, struct why *why)
{
	*alg = low_bits(kic);
	if (*alg == NO_ALG)
		return unsupported("KIc", kic, why);
	return implicit(alg, "KIc", k->kic_alg, why) || check_index("KIc", kic, k, why) ||
			       check_key(*alg, "KIc", k->kic, k->kic_len, k, why)
		       ? -1
		       : 0;
}

int ota_kid(enum ota_alg *alg, uint8_t kid, bool is_rc, const struct ota_keyset *k, struct why *why)
{
	*alg = low_bits(kid);
	if (is_rc && (kid & 3) == 1)
		*alg = (kid >> 2 & 3) == 0 ? OTA_CRC16 : (kid >> 2 & 3) == 1 ? OTA_CRC32 : NO_ALG;
	if (*alg == NO_ALG || (!is_rc && *alg == OTA_DES_ECB) || (is_rc && *alg == OTA_AES))
		return unsupported("KID", kid, why);
	if (implicit(alg, "KID", k->kid_alg, why))
		return -1;
	if (is_rc != (*alg >= OTA_CRC16) || *alg == OTA_DES_ECB)
		return why_input(why, "KID: the key set's algorithm is none for %s",
				 is_rc ? "a redundancy check" : "a cryptographic checksum");
	if (is_rc)
		return 0;
	return check_index("KID", kid, k, why) || check_key(*alg, "KID", k->kid, k->kid_len, k, why)
		       ? -1
		       : 0;
}
