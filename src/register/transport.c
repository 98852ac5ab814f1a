/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "base/slurp.h"
#include "register/transport_inside.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#define NONCE 12

const char *const transport_forms[] = {"aes-256-gcm", "aes-kw", "aes-ecb", NULL};
const char *const transport_secrets[] = {"k", "opc", "topc", "ota_keys", NULL};

int transport_form_parse(enum transport_form *form, const char *name, struct why *why)
{
	for (int i = 0; transport_forms[i]; i++)
		if (strcmp(transport_forms[i], name) == 0) {
			*form = (enum transport_form)i;
			return 0;
		}
	return why_usage(why, "want aes-256-gcm, aes-kw or aes-ecb, got '%.20s'", name);
}

int transport_key_load(struct transport_key *key, const char *path, struct why *why)
{
	BUF(octets);

	if (slurp_hex_buf(&octets, path, "transport key", why))
		return -1;
	if (octets.len != 32 && octets.len != 16)
		return why_input(why, "%s: transport key: want 64 hex digits, or 32",
				 slurp_name(path));
	memcpy(key->octets, octets.bytes, octets.len);
	key->len = octets.len;
	return 0;
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	EVP_MAC_CTX_free(t->mac);
	EVP_MAC_CTX_free(t->cmac[0]);
	EVP_MAC_CTX_free(t->cmac[1]);
	EVP_CIPHER_CTX_free(t->cipher);
	OPENSSL_cleanse(t, sizeof(*t));
	free(t);
}

/* HKDF-SHA-256 (RFC 5869) of the transport key, salted with the batch's number. */
static int derive(uint8_t out[static 32], const struct transport *t, const char *info,
		  struct why *why)
{
	AUTO(EVP_KDF) *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	AUTO(EVP_KDF_CTX) *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, sizeof(digest) - 1),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)t->key.octets, t->key.len),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)t->batch, TRANSPORT_BATCH),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, strlen(info)),
		OSSL_PARAM_END};

	return ctx && EVP_KDF_derive(ctx, out, 32, params) > 0 ? 0 : ossl_why(why, "HKDF");
}

static int cmac_new(EVP_MAC_CTX **ctx, size_t len, struct why *why)
{
	AUTO(EVP_MAC) *cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	char name[] = "AES-128-CBC", name256[] = "AES-256-CBC";
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(
					     OSSL_MAC_PARAM_CIPHER, len == 32 ? name256 : name, 0),
				     OSSL_PARAM_END};

	*ctx = cmac ? EVP_MAC_CTX_new(cmac) : NULL;
	return *ctx && EVP_MAC_CTX_set_params(*ctx, params) == 1 ? 0 : ossl_why(why, "CMAC");
}

/* The first octets of CMAC(key, 16 zero octets): says which key it is, and not the key; the zero
 * block under plain AES would be the H of a GCM under the same key. */
int transport_check_value(struct transport *t, uint8_t kcv[static TRANSPORT_KCV],
			  const uint8_t *key, size_t len, struct why *why)
{
	static const uint8_t zero[16];
	EVP_MAC_CTX **ctx = &t->cmac[len == 32];
	uint8_t mac[16];
	size_t n = 0;

	if ((!*ctx && cmac_new(ctx, len, why)) || EVP_MAC_init(*ctx, key, len, NULL) != 1 ||
	    EVP_MAC_update(*ctx, zero, sizeof(zero)) != 1 ||
	    EVP_MAC_final(*ctx, mac, &n, sizeof(mac)) != 1 || n != sizeof(mac))
		return ossl_why(why, "CMAC");
	memcpy(kcv, mac, TRANSPORT_KCV);
	return 0;
}

int transport_kcv(struct transport *t, uint8_t kcv[static TRANSPORT_KCV], const json_t *o,
		  struct why *why)
{
	const char *text = json_string_value(json_object_get(o, "k"));
	BUF(k);

	if (!text)
		return 0;
	if (hex_decode_buf(&k, text, "k", why))
		return -1;
	if (k.len != 16 && k.len != 32)
		return why_input(why, "k: want 16 or 32 octets");
	return transport_check_value(t, kcv, k.bytes, k.len, why) ? -1 : 1;
}

int transport_keys(struct transport *t, struct why *why)
{
	AUTO(EVP_MAC) *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, sizeof(digest) - 1),
		OSSL_PARAM_END};

	if (derive(t->row_key, t, "m2m transport row", why) ||
	    derive(t->mac_key, t, "m2m transport trailer", why) ||
	    transport_check_value(t, t->tk, t->key.octets, t->key.len, why))
		return -1;
	EVP_MAC_CTX_free(t->mac);
	t->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	if (!t->mac || EVP_MAC_init(t->mac, t->mac_key, 32, params) != 1 ||
	    (!t->cipher && !(t->cipher = EVP_CIPHER_CTX_new())))
		return ossl_why(why, "HMAC");
	t->rows = 0;
	t->is_open = true;
	return 0;
}

int transport_count(struct transport *t, const void *bytes, size_t len, struct why *why)
{
	return EVP_MAC_update(t->mac, bytes, len) == 1 ? 0 : ossl_why(why, "HMAC");
}

int transport_mac(uint8_t mac[static TRANSPORT_MAC], struct transport *t, struct why *why)
{
	size_t n = 0;

	return EVP_MAC_final(t->mac, mac, &n, TRANSPORT_MAC) == 1 && n == TRANSPORT_MAC
		       ? 0
		       : ossl_why(why, "HMAC");
}

void transport_row_octets(uint8_t *out, size_t len, uint64_t row)
{
	for (; len; row >>= 8)
		out[--len] = (uint8_t)row;
}

int transport_gcm(struct transport *t, bool seal, const void *clear, size_t clear_len,
		  uint8_t *bytes, size_t len, struct why *why)
{
	uint8_t nonce[NONCE], head[TRANSPORT_BATCH + 4], *tag = bytes + len;
	EVP_CIPHER_CTX *ctx = t->cipher;
	int n;

	transport_row_octets(nonce, sizeof(nonce), t->rows);
	memcpy(head, t->batch, TRANSPORT_BATCH);
	transport_row_octets(head + TRANSPORT_BATCH, 4, t->rows);
	if (EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), t->row_key, nonce, seal, NULL) <= 0 ||
	    EVP_CipherUpdate(ctx, NULL, &n, head, sizeof(head)) <= 0 ||
	    EVP_CipherUpdate(ctx, NULL, &n, clear, (int)clear_len) <= 0 ||
	    EVP_CipherUpdate(ctx, bytes, &n, bytes, (int)len) <= 0 ||
	    (!seal && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TRANSPORT_TAG, tag) <= 0))
		return ossl_why(why, "AES-GCM");
	if (EVP_CipherFinal_ex(ctx, tag, &n) <= 0)
		return why_refuse(why, "mac-mismatch",
				  "row %llu of the batch does not open (TR 33.812 5.1.3.4.1)",
				  (unsigned long long)t->rows);
	if (seal && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TRANSPORT_TAG, tag) <= 0)
		return ossl_why(why, "AES-GCM");
	return 0;
}

static const EVP_CIPHER *wrapping(const struct transport *t)
{
	if (t->form == TRANSPORT_KW)
		return t->key.len == 32 ? EVP_aes_256_wrap() : EVP_aes_128_wrap();
	return t->key.len == 32 ? EVP_aes_256_ecb() : EVP_aes_128_ecb();
}

int transport_wrap(struct transport *t, bool seal, uint8_t *out, const uint8_t *in, size_t len,
		   struct why *why)
{
	int n = 0, last = 0;

	EVP_CIPHER_CTX_set_flags(t->cipher, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_CipherInit_ex2(t->cipher, wrapping(t), t->key.octets, NULL, seal, NULL) <= 0 ||
	    EVP_CIPHER_CTX_set_padding(t->cipher, 0) <= 0)
		return ossl_why(why, "AES");
	if (EVP_CipherUpdate(t->cipher, out, &n, in, (int)len) <= 0 ||
	    EVP_CipherFinal_ex(t->cipher, out + n, &last) <= 0) {
		ossl_why(NULL, "AES");
		return why_refuse(why, "mac-mismatch",
				  "row %llu of the batch does not open (RFC 3394 2.2.3)",
				  (unsigned long long)t->rows);
	}
	return n + last;
}

int transport_row_mac(uint8_t mac[static TRANSPORT_ROW_MAC], const struct transport *t,
		      const void *text, size_t len, struct why *why)
{
	uint8_t whole[TRANSPORT_MAC];
	size_t n = 0;
	BUF(bound);

	if (buf_add(&bound, t->batch, TRANSPORT_BATCH, why) || buf_reserve(&bound, 4, why))
		return -1;
	transport_row_octets(bound.bytes + bound.len, 4, t->rows);
	bound.len += 4;
	if (buf_add(&bound, text, len, why))
		return -1;
	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, t->mac_key, 32, bound.bytes, bound.len,
		       whole, sizeof(whole), &n) ||
	    n != sizeof(whole))
		return ossl_why(why, "HMAC");
	memcpy(mac, whole, TRANSPORT_ROW_MAC);
	return 0;
}

/* Inside a string of JSON the quotes of a name would be escaped: it is found where it is one. */
size_t transport_clear(const char *line, size_t len, const char *field)
{
	char name[32];
	const char *at;

	snprintf(name, sizeof(name), ",\"%s\":", field);
	at = memmem(line, len, name, strlen(name));
	return at ? (size_t)(at - line) : 0;
}
