/* SPDX-License-Identifier: Apache-2.0 */
#include "register/transport.h"

#include "base/hex.h"
#include "base/json.h"
#include "base/ossl.h"
#include "base/rng.h"
#include "base/slurp.h"
#include "register/fields.h"
#include "register/kcv.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>

#define BATCH_LEN 16
#define NONCE_OCTETS 12
#define TAG_LEN 16
#define MAC_LEN 32
#define IMSI_MAX 15

static const char *const secret_fields[] = {"k", "opc", "topc", "ota_keys", NULL};
static const char *const row_fields[] = {"batch", "row", "nonce", "sealed", "kcv", "tk", NULL};

/* The keys of one batch. */
struct batch {
	uint8_t number[BATCH_LEN];
	uint8_t row_key[32], mac_key[32];
	uint8_t tk[KCV_LEN];
};
DEFINE_WIPE(batch)

int transport_key_load(struct transport_key *key, const char *path, struct why *why)
{
	BUF(text);

	if (slurp(&text, path, 256, why))
		return -1;
	while (text.len && strchr("\r\n", text.bytes[text.len - 1]))
		text.bytes[--text.len] = '\0';
	if (hex_decode(key->octets, sizeof(key->octets), buf_text(&text), "transport key", why))
		return why_in(why, "%s", slurp_name(path));
	return 0;
}

/* HKDF-SHA-256 (RFC 5869) of the transport key, salted with the batch's number. */
static int derive(uint8_t out[static 32], const struct transport_key *key, const uint8_t *number,
		  const char *info, struct why *why)
{
	AUTO(EVP_KDF) *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	AUTO(EVP_KDF_CTX) *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, sizeof(digest) - 1),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)key->octets, 32),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)number, BATCH_LEN),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, strlen(info)),
		OSSL_PARAM_END};

	return ctx && EVP_KDF_derive(ctx, out, 32, params) > 0 ? 0 : ossl_why(why, "HKDF");
}

static int batch_init(struct batch *b, const struct transport_key *key, struct why *why)
{
	return derive(b->row_key, key, b->number, "m2m transport row", why) ||
			       derive(b->mac_key, key, b->number, "m2m transport trailer", why) ||
			       kcv_make(b->tk, key->octets, 32, why)
		       ? -1
		       : 0;
}

static int batch_mac(uint8_t mac[static MAC_LEN], const struct batch *b, const void *lines,
		     size_t len, struct why *why)
{
	size_t n = 0;

	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, b->mac_key, 32, lines, len, mac, MAC_LEN,
		       &n) ||
	    n != MAC_LEN)
		return ossl_why(why, "HMAC");
	return 0;
}

static void row_octets(uint8_t *out, size_t len, uint64_t row)
{
	for (; len; row >>= 8)
		out[--len] = (uint8_t)row;
}

/* AES-256-GCM, in place; the tag stands behind the text. A wrong tag is refused. */
static int crypt(bool seal, const struct batch *b, uint64_t row, const char *imsi, uint8_t *bytes,
		 size_t len, struct why *why)
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	uint8_t nonce[NONCE_OCTETS], aad[BATCH_LEN + 4 + IMSI_MAX], *tag = bytes + len;
	const size_t digits = strlen(imsi);
	int n;

	row_octets(nonce, sizeof(nonce), row);
	memcpy(aad, b->number, BATCH_LEN);
	row_octets(aad + BATCH_LEN, 4, row);
	memcpy(aad + BATCH_LEN + 4, imsi, digits);
	if (!ctx ||
	    EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), b->row_key, nonce, seal, NULL) <= 0 ||
	    EVP_CipherUpdate(ctx, NULL, &n, aad, (int)(BATCH_LEN + 4 + digits)) <= 0 ||
	    EVP_CipherUpdate(ctx, bytes, &n, bytes, (int)len) <= 0 ||
	    (!seal && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) <= 0))
		return ossl_why(why, "AES-GCM");
	if (EVP_CipherFinal_ex(ctx, tag, &n) <= 0)
		return why_refuse(why, "mac-mismatch",
				  "row %llu of the batch does not open (TR 33.812 5.1.3.4.1)",
				  (unsigned long long)row);
	if (seal && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, tag) <= 0)
		return ossl_why(why, "AES-GCM");
	return 0;
}

/* The secret fields as an object of their own, and their JSON with room for a tag. */
static int take_secrets(struct buf *text, json_t *o, struct why *why)
{
	AUTO(json_t) *secrets = json_object();

	for (size_t i = 0; secret_fields[i]; i++) {
		json_t *v = json_object_get(o, secret_fields[i]);

		if (v && (json_put(secrets, secret_fields[i], json_incref(v), why) ||
			  json_object_del(o, secret_fields[i])))
			return -1;
	}
	return json_append(text, secrets, why) || buf_reserve(text, TAG_LEN, why) ? -1 : 0;
}

static int seal_row(struct buf *out, const struct batch *b, uint64_t row, json_t *o,
		    struct why *why)
{
	const char *imsi = json_text(o, "imsi", why);
	uint8_t nonce[NONCE_OCTETS], kcv[KCV_LEN];
	int has_k;
	BUF(text);

	if (!imsi || strlen(imsi) > IMSI_MAX || (has_k = kcv_of_record(kcv, o, why)) < 0 ||
	    take_secrets(&text, o, why) || crypt(true, b, row, imsi, text.bytes, text.len, why))
		return -1;
	row_octets(nonce, sizeof(nonce), row);
	return json_put_hex(o, "batch", b->number, BATCH_LEN, why) ||
			       json_put_number(o, "row", row, why) ||
			       json_put_hex(o, "nonce", nonce, sizeof(nonce), why) ||
			       json_put_hex(o, "sealed", text.bytes, text.len + TAG_LEN, why) ||
			       (has_k && json_put_hex(o, "kcv", kcv, KCV_LEN, why)) ||
			       json_put_hex(o, "tk", b->tk, KCV_LEN, why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}

int transport_seal(struct buf *out, const struct transport_key *key, const char *lines, size_t len,
		   struct why *why)
{
	AUTO(json_t) *trailer = json_object();
	SECRET(batch) b = {0};
	const size_t from = out->len;
	uint64_t rows = 0;
	uint8_t mac[MAC_LEN];

	if (rng_bytes(b.number, BATCH_LEN, why) || batch_init(&b, key, why))
		return -1;
	for (const char *end; len; len -= (size_t)(end + 1 - lines), lines = end + 1) {
		AUTO(json_t) *o = NULL;

		end = memchr(lines, '\n', len);
		if (!end)
			return why_input(why, "the last credential's line does not end");
		o = json_parse(lines, (size_t)(end - lines), "credential", why);
		if (!o || seal_row(out, &b, ++rows, o, why))
			return -1;
	}
	return batch_mac(mac, &b, out->bytes + from, out->len - from, why) ||
			       json_put_hex(trailer, "batch", b.number, BATCH_LEN, why) ||
			       json_put_number(trailer, "rows", rows, why) ||
			       json_put_hex(trailer, "mac", mac, MAC_LEN, why) ||
			       json_append_line(out, trailer, why)
		       ? -1
		       : 0;
}

static int wrong(struct why *why, const char *what)
{
	return why_refuse(why, "mac-mismatch", "%s (TR 33.812 5.1.3.4.1)", what);
}

/* The trailer says how many rows there are, and its MAC that they are as they were sealed. */
static int check_trailer(struct batch *b, const struct transport_key *key, const char *lines,
			 size_t len, const char *trailer, uint64_t *rows, struct why *why)
{
	static const char *const fields[] = {"batch", "rows", "mac", NULL};
	AUTO(json_t) *o = json_parse(trailer, (size_t)(lines + len - trailer), "trailer", NULL);
	uint8_t mac[MAC_LEN], want[MAC_LEN];

	if (!o || json_only(o, fields, NULL) || json_hex(b->number, BATCH_LEN, o, "batch", NULL) ||
	    json_hex(mac, MAC_LEN, o, "mac", NULL) ||
	    json_number(rows, o, "rows", 0, UINT32_MAX, UINT64_MAX, NULL))
		return wrong(why, "the batch does not end with its trailer");
	if (batch_init(b, key, why) || batch_mac(want, b, lines, (size_t)(trailer - lines), why))
		return -1;
	if (CRYPTO_memcmp(mac, want, MAC_LEN) != 0)
		return wrong(why, "the batch was altered, or this is not its transport key");
	return 0;
}

/* Clear and sealed fields together again, in the order of the table. */
static int join(struct buf *out, const json_t *clear, const json_t *secrets, struct why *why)
{
	AUTO(json_t) *whole = json_object();
	const char *const *columns = reg_columns(REG_SUBSCRIBERS);

	if (json_only(secrets, secret_fields, why) || json_only(clear, columns, why))
		return -1;
	for (size_t i = 0; columns[i]; i++) {
		json_t *v = json_object_get(secrets, columns[i]);

		if (!v)
			v = json_object_get(clear, columns[i]);
		if (v && json_put(whole, columns[i], json_incref(v), why))
			return -1;
	}
	return json_append_line(out, whole, why);
}

static int open_row(struct buf *out, const struct batch *b, uint64_t row, json_t *o,
		    struct why *why)
{
	AUTO(json_t) *secrets = NULL;
	const char *imsi = json_text(o, "imsi", why), *sealed = json_text(o, "sealed", why);
	uint8_t number[BATCH_LEN], kcv[KCV_LEN], said[KCV_LEN];
	uint64_t said_row;
	int has_k;
	BUF(text);

	if (!imsi || !sealed || strlen(imsi) > IMSI_MAX ||
	    json_hex(number, BATCH_LEN, o, "batch", why) ||
	    json_number(&said_row, o, "row", 1, UINT32_MAX, 0, why) ||
	    hex_decode_buf(&text, sealed, "sealed", why))
		return -1;
	if (memcmp(number, b->number, BATCH_LEN) != 0 || said_row != row || text.len < TAG_LEN)
		return wrong(why, "a row stands in the wrong place");
	text.len -= TAG_LEN;
	if (crypt(false, b, row, imsi, text.bytes, text.len, why) ||
	    !(secrets = json_parse(text.bytes, text.len, "sealed", why)) ||
	    (has_k = kcv_of_record(kcv, secrets, why)) < 0)
		return -1;
	if (has_k &&
	    (json_hex(said, KCV_LEN, o, "kcv", NULL) || CRYPTO_memcmp(said, kcv, KCV_LEN) != 0))
		return wrong(why, "kcv: not that of K");
	for (size_t i = 0; row_fields[i]; i++)
		json_object_del(o, row_fields[i]);
	return join(out, o, secrets, why);
}

int transport_open(struct buf *out, const struct transport_key *key, const char *lines, size_t len,
		   struct why *why)
{
	SECRET(batch) b = {0};
	const char *trailer, *end;
	uint64_t rows, row = 0;
	BUF(plain);

	while (len && strchr("\r\n", lines[len - 1]))
		len--;
	trailer = len ? memrchr(lines, '\n', len) : NULL;
	trailer = trailer ? trailer + 1 : lines;
	if (check_trailer(&b, key, lines, len, trailer, &rows, why))
		return -1;
	for (; lines < trailer; lines = end + 1) {
		AUTO(json_t) *o = NULL;

		end = memchr(lines, '\n', (size_t)(trailer - lines));
		o = json_parse(lines, (size_t)(end - lines), "row", why);
		if (!o || open_row(&plain, &b, ++row, o, why))
			return -1;
	}
	if (row != rows)
		return wrong(why, "the trailer counts other rows");
	return buf_add(out, buf_text(&plain), plain.len, why);
}
