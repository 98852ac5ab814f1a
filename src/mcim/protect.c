/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/protect.h"

#include "base/rng.h"
#include "pki/envelope.h"

#include <stdbool.h>
#include <string.h>

#define MAGIC "MCIM"
#define IV_LEN 16
#define BLOB_MAX ((size_t)1024 * 1024)

/* PIK and PCK in the order of TR 33.812 B.2.3.6: PuK_TRE(PIK|PCK). */
struct keys {
	uint8_t pik_pck[KEYBLOCK_SECRET_MAX];
};
DEFINE_WIPE(keys)

static size_t pck_len(enum mcim_suite suite)
{
	return suite == MCIM_SUITE_TR33812 ? 16 : 32;
}

static size_t mac_len(enum mcim_suite suite)
{
	return suite == MCIM_SUITE_TR33812 ? 20 : 32;
}

static EVP_MAC_CTX *hmac_of(struct keyblock_kit *kit, enum mcim_suite suite)
{
	EVP_MAC_CTX **ctx = &kit->hmac[suite == MCIM_SUITE_TR33812];
	AUTO(EVP_MAC) *hmac = *ctx ? NULL : EVP_MAC_fetch(NULL, "HMAC", NULL);
	char md[] = "SHA256", old[] = "SHA1";
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(
					     "digest", suite == MCIM_SUITE_TR33812 ? old : md, 0),
				     OSSL_PARAM_construct_end()};

	if (!hmac)
		return *ctx;
	*ctx = EVP_MAC_CTX_new(hmac);
	return *ctx && EVP_MAC_CTX_set_params(*ctx, params) == 1 ? *ctx : NULL;
}

/* MAC_PIK over every octet before it, and TRE_id behind them: the report's formula leaves the IV
 * and the names of the algorithms outside, and whoever changes those changes the plaintext. */
static int compute_mac(struct keyblock_kit *kit, uint8_t *mac, enum mcim_suite suite,
		       const uint8_t *pik, const void *bytes, size_t len, const char *tre_id,
		       struct why *why)
{
	static const uint8_t none[KEYBLOCK_PIK];
	EVP_MAC_CTX *ctx = hmac_of(kit, suite);
	size_t got = 0;

	if (!ctx || EVP_MAC_init(ctx, pik, KEYBLOCK_PIK, NULL) != 1 ||
	    EVP_MAC_update(ctx, bytes, len) != 1 ||
	    EVP_MAC_update(ctx, (const unsigned char *)tre_id, strlen(tre_id)) != 1 ||
	    EVP_MAC_final(ctx, mac, &got, mac_len(suite)) != 1 ||
	    EVP_MAC_init(ctx, none, sizeof(none), NULL) != 1) /* forgets PIK */
		return ossl_why(why, "HMAC");
	return 0;
}

static int cipher(struct keyblock_kit *kit, struct buf *out, int encrypt, enum mcim_suite suite,
		  const uint8_t *pck, const uint8_t *iv, const void *in, size_t len,
		  struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	const bool old = suite == MCIM_SUITE_TR33812;
	int n = 0;

	if (!kit->cbc[old])
		kit->cbc[old] = EVP_CIPHER_fetch(NULL, old ? "AES-128-CBC" : "AES-256-CBC", NULL);
	if (buf_reserve(out, len, why))
		return -1;
	if (!ctx || !kit->cbc[old] ||
	    EVP_CipherInit_ex2(ctx, kit->cbc[old], pck, iv, encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 ||
	    EVP_CipherUpdate(ctx, out->bytes + out->len, &n, in, (int)len) != 1 || n != (int)len)
		return ossl_why(why, "AES-CBC");
	out->len += len;
	out->bytes[out->len] = '\0';
	return 0;
}

static int protect_tr33812(struct keyblock_kit *kit, struct buf *b,
			   const struct mcim_target *target, const struct buf *data,
			   struct why *why)
{
	EVP_PKEY *puk = target->tre_key ? target->tre_key : X509_get0_pubkey(target->tre_cert);
	uint8_t header[KEYBLOCK_HEADER] = MAGIC;
	const size_t secret_len = KEYBLOCK_PIK + pck_len(target->suite);
	const int n = keyblock_size(puk, secret_len);
	uint8_t iv[IV_LEN], mac[32];
	SECRET(keys) k;
	BUF(out);

	if (n < 0)
		return why_input(why, "PuK_TRE: a key of this kind takes no blob");
	header[4] = MCIM_FORMAT_TR33812;
	header[5] = (uint8_t)target->suite;
	header[6] = (uint8_t)keyblock_transport(puk);
	header[8] = (uint8_t)(n >> 8);
	header[9] = (uint8_t)n;
	if (rng_key(k.pik_pck, sizeof(k.pik_pck), why) || rng_bytes(iv, sizeof(iv), why) ||
	    buf_add(&out, header, sizeof(header), why) ||
	    keyblock_seal(kit, &out, puk, header, target->tre_id, k.pik_pck, secret_len, why) ||
	    buf_add(&out, iv, sizeof(iv), why) ||
	    cipher(kit, &out, 1, target->suite, k.pik_pck + KEYBLOCK_PIK, iv, data->bytes,
		   data->len, why) ||
	    compute_mac(kit, mac, target->suite, k.pik_pck, out.bytes, out.len, target->tre_id,
			why) ||
	    buf_add(&out, mac, mac_len(target->suite), why))
		return -1;
	return buf_add(b, out.bytes, out.len, why);
}

int mcim_protect(struct keyblock_kit *kit, struct buf *b, const struct mcim_target *target,
		 enum mcim_tag tag, const void *payload, size_t len, struct why *why)
{
	BUF(data);

	if (mcim_data_encode(&data, tag, payload, len, why))
		return -1;
	if (target->format == MCIM_FORMAT_CMS && !target->tre_cert)
		return why_input(why, "CMS names its recipient: want Cert_TRE");
	if (target->format == MCIM_FORMAT_CMS)
		return envelope_seal(b, target->tre_cert, data.bytes, data.len, why);
	return protect_tr33812(kit, b, target, &data, why);
}

/* Where the parts of a blob lie; false where it is none of ours. */
struct parts {
	enum mcim_suite suite;
	unsigned transport;
	const uint8_t *block, *iv, *text, *mac;
	size_t block_len, text_len;
};

static bool split(struct parts *p, const uint8_t *blob, size_t len)
{
	size_t rest;

	if (len < KEYBLOCK_HEADER || len > BLOB_MAX || memcmp(blob, MAGIC, 4) != 0 ||
	    blob[4] != MCIM_FORMAT_TR33812 || blob[5] < 1 || blob[5] > 2 || blob[6] < 1 ||
	    blob[6] > 2 || blob[7] != 0)
		return false;
	p->suite = (enum mcim_suite)blob[5];
	p->transport = blob[6];
	p->block = blob + KEYBLOCK_HEADER;
	p->block_len = (size_t)blob[8] << 8 | blob[9];
	rest = len - KEYBLOCK_HEADER;
	if (rest < p->block_len + IV_LEN + mac_len(p->suite))
		return false;
	p->iv = p->block + p->block_len;
	p->text = p->iv + IV_LEN;
	p->text_len = rest - p->block_len - IV_LEN - mac_len(p->suite);
	p->mac = p->text + p->text_len;
	return p->text_len > 0 && p->text_len % 16 == 0;
}

static int mismatch(struct why *why)
{
	return why_refuse(why, "mac-mismatch", "the blob does not open (TR 33.812 B.2.3.6)");
}

/* A key block that does not open goes on with random PIK and PCK, and so ends at the MAC like any
 * other: from outside all failures are one. */
static int unprotect_tr33812(struct buf *data, EVP_PKEY *key, const char *tre_id,
			     const uint8_t *blob, size_t len, struct why *why)
{
	struct parts p = {0};
	uint8_t mac[32];
	KEYBLOCK_KIT(kit);
	SECRET(keys) k;

	if (!split(&p, blob, len))
		return mismatch(why);
	if (rng_key(k.pik_pck, sizeof(k.pik_pck), why) ||
	    keyblock_open(k.pik_pck, KEYBLOCK_PIK + pck_len(p.suite), key, p.transport, blob,
			  tre_id, p.block, p.block_len, why) ||
	    compute_mac(&kit, mac, p.suite, k.pik_pck, blob, (size_t)(p.mac - blob), tre_id, why))
		return -1;
	if (CRYPTO_memcmp(mac, p.mac, mac_len(p.suite)) != 0)
		return mismatch(why);
	return cipher(&kit, data, 0, p.suite, k.pik_pck + KEYBLOCK_PIK, p.iv, p.text, p.text_len,
		      why);
}

int mcim_unprotect(struct buf *payload, enum mcim_tag *tag, EVP_PKEY *key, const char *tre_id,
		   const void *blob, size_t len, struct why *why)
{
	const uint8_t *p = blob;
	BUF(data);

	if (len > 0 && *p == 0x30) {
		if (len > BLOB_MAX || envelope_open(&data, key, NULL, blob, len, NULL))
			return mismatch(why);
	} else if (unprotect_tr33812(&data, key, tre_id, blob, len, why)) {
		return -1;
	}
	return mcim_data_decode(payload, tag, data.bytes, data.len, why);
}

int mcim_protection_read(struct mcim_protection *p, const void *blob, size_t len, struct why *why)
{
	struct parts parts;

	*p = (struct mcim_protection){
		.encryption = "AES-256-GCM", .encryption_bits = 256, .integrity = ""};
	if (envelope_is(blob, len))
		return 0;
	if (!split(&parts, blob, len))
		return why_input(why, "want a blob of format tr33812 or cms (TR 33.812 B.2.3.6)");
	p->encryption = parts.suite == MCIM_SUITE_TR33812 ? "AES-128-CBC" : "AES-256-CBC";
	p->encryption_bits = (unsigned)pck_len(parts.suite) * 8;
	p->integrity = parts.suite == MCIM_SUITE_TR33812 ? "HMAC-SHA-1" : "HMAC-SHA-256";
	p->integrity_bits = KEYBLOCK_PIK * 8;
	memcpy(p->iv, parts.iv, IV_LEN);
	p->iv_len = IV_LEN;
	return 0;
}
