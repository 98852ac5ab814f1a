/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/crypt.h"

#include "base/ossl.h"

#include <openssl/core_names.h>
#include <string.h>

struct des_key {
	uint8_t octets[24];
};
DEFINE_WIPE(des_key)

size_t ota_block(enum ota_alg alg)
{
	return alg == OTA_AES ? 16 : 8;
}

/* Single DES is DES-EDE3 with K|K|K, and 3DES with two keys K1|K2|K1. */
static void des_key(uint8_t out[24], const uint8_t *key, size_t len)
{
	for (size_t i = 0; i < 24; i++)
		out[i] = key[i % len];
}

static const EVP_CIPHER *cipher(enum ota_alg alg, size_t len)
{
	if (alg != OTA_AES)
		return alg == OTA_DES_ECB ? EVP_des_ede3_ecb() : EVP_des_ede3_cbc();
	return len == 16 ? EVP_aes_128_cbc() : len == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

static int crypt(bool encrypt, enum ota_alg alg, const uint8_t *key, size_t key_len, uint8_t *bytes,
		 size_t len, struct why *why)
{
	static const uint8_t iv[16];
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	SECRET(des_key) des = {{0}};
	int n = 0;

	if (alg != OTA_AES) {
		des_key(des.octets, key, key_len);
		key = des.octets;
	}
	if (!ctx ||
	    EVP_CipherInit_ex2(ctx, cipher(alg, key_len), key, alg == OTA_DES_ECB ? NULL : iv,
			       encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 ||
	    EVP_CipherUpdate(ctx, bytes, &n, bytes, (int)len) != 1 || n != (int)len)
		return ossl_why(why, "OTA cipher");
	return 0;
}

int ota_cipher(bool encrypt, enum ota_alg alg, const struct ota_keyset *k, uint8_t *bytes,
	       size_t len, struct why *why)
{
	return len ? crypt(encrypt, alg, k->kic, k->kic_len, bytes, len, why) : 0;
}

/* ISO/IEC 13239: both reflected, with all ones at the start and inverted at the end. */
static uint32_t crc(uint32_t polynomial, uint32_t ones, const uint8_t *bytes, size_t len)
{
	uint32_t v = ones;

	for (size_t i = 0; i < len; i++) {
		v ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			v = v & 1 ? v >> 1 ^ polynomial : v >> 1;
	}
	return v ^ ones;
}

size_t ota_check_len(enum ota_alg alg, const struct ota_keyset *k)
{
	switch (alg) {
	case OTA_CRC16: return 2;
	case OTA_CRC32: return 4;
	case OTA_AES: return k->cmac_len;
	default: return 8;
	}
}

static int cmac(uint8_t out[16], const struct ota_keyset *k, const uint8_t *bytes, size_t len,
		struct why *why)
{
	AUTO(EVP_MAC) *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	AUTO(EVP_MAC_CTX) *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	char name[] = "AES-128-CBC";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0),
		OSSL_PARAM_construct_end()};
	size_t n = 0;

	if (k->kid_len > 16)
		memcpy(name + 4, k->kid_len == 24 ? "192" : "256", 3);
	if (!ctx || EVP_MAC_init(ctx, k->kid, k->kid_len, params) != 1 ||
	    EVP_MAC_update(ctx, bytes, len) != 1 || EVP_MAC_final(ctx, out, &n, 16) != 1)
		return ossl_why(why, "CMAC");
	return 0;
}

static int cbc_mac(uint8_t out[static OTA_CHECK_MAX], enum ota_alg alg, const struct ota_keyset *k,
		   const uint8_t *bytes, size_t len, struct why *why)
{
	static const uint8_t zeros[8];
	BUF(padded);

	if (buf_add(&padded, bytes, len, why) || buf_add(&padded, zeros, (8 - len % 8) % 8, why) ||
	    crypt(true, alg, k->kid, k->kid_len, padded.bytes, padded.len, why))
		return -1;
	memcpy(out, padded.bytes + padded.len - 8, 8);
	return 0;
}

int ota_check(uint8_t out[static OTA_CHECK_MAX], enum ota_alg alg, const struct ota_keyset *k,
	      const uint8_t *bytes, size_t len, struct why *why)
{
	uint8_t full[16] = {0};
	uint32_t v;

	if (alg == OTA_CRC16 || alg == OTA_CRC32) {
		v = alg == OTA_CRC16 ? crc(0x8408, 0xffff, bytes, len) << 16
				     : crc(0xedb88320, 0xffffffff, bytes, len);
		for (int i = 0; i < 4; i++)
			out[i] = (uint8_t)(v >> (24 - 8 * i));
		return 0;
	}
	if (alg != OTA_AES)
		return cbc_mac(out, alg, k, bytes, len, why);
	if (cmac(full, k, bytes, len, why))
		return -1;
	memcpy(out, full, OTA_CHECK_MAX);
	return 0;
}
