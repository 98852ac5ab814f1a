/* SPDX-License-Identifier: Apache-2.0 */
#include "tre/state.h"

#include "base/hex.h"
#include "base/rng.h"
#include "base/slurp.h"
#include "pki/key.h"

#include <openssl/core_names.h>
#include <string.h>

#define PIN_TRIES 3
#define PIN_ROUNDS 20000

const char *tre_text(const json_t *o, const char *field)
{
	const char *text = json_string_value(json_object_get(o, field));

	return text ? text : "";
}

const char *tre_own_id(const struct tre *t)
{
	return tre_text(t->s, "tre_id");
}

EVP_PKEY *tre_key(const struct tre *t, bool for_encryption, struct why *why)
{
	const char *pem = tre_text(t->s, "enc_prk");

	if (!for_encryption || !*pem)
		pem = tre_text(t->s, "prk");
	if (!*pem) {
		why_refuse(why, "wrong-state", "the TRE has no key yet (TR 33.812 B.2.2.1)");
		return NULL;
	}
	return key_parse(pem, strlen(pem), why);
}

X509 *tre_cert(const struct tre *t, struct why *why)
{
	const char *pem = tre_text(t->s, "cert_pem");

	if (!*pem) {
		why_refuse(why, "wrong-state",
			   "the TRE is not personalized yet (TR 33.812 B.2.2.1)");
		return NULL;
	}
	return cert_parse(pem, strlen(pem), "Cert_TRE", why);
}

json_t *tre_mcim(const struct tre *t, const char *id)
{
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (strcmp(tre_text(m, "id"), id) == 0)
			return m;
	}
	return NULL;
}

json_t *tre_mcim_in(const struct tre *t, const char *state)
{
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (strcmp(tre_text(m, "state"), state) == 0)
			return m;
	}
	return NULL;
}

struct pin_hash {
	uint8_t md[32];
};
DEFINE_WIPE(pin_hash)

static int hash_pin(struct pin_hash *h, const char *pin, const uint8_t salt[16], struct why *why)
{
	return PKCS5_PBKDF2_HMAC(pin, (int)strlen(pin), salt, 16, PIN_ROUNDS, EVP_sha256(), 32,
				 h->md) == 1
		       ? 0
		       : ossl_why(why, "PIN");
}

int tre_pin_set(struct tre *t, const char *pin, struct why *why)
{
	json_t *o = json_object();
	SECRET(pin_hash) h;
	uint8_t salt[16];

	if (json_put(t->s, "pin", o, why) || rng_bytes(salt, sizeof(salt), why) ||
	    hash_pin(&h, pin, salt, why) || json_put_hex(o, "salt", salt, sizeof(salt), why) ||
	    json_put_hex(o, "hash", h.md, sizeof(h.md), why))
		return -1;
	return json_put_number(o, "left", PIN_TRIES, why);
}

int tre_pin_read(struct buf *pin, const char *path, struct why *why)
{
	if (slurp(pin, path, 256, why))
		return -1;
	while (pin->len && strchr("\r\n", pin->bytes[pin->len - 1]))
		pin->bytes[--pin->len] = '\0';
	if (pin->len < 4 || strlen(buf_text(pin)) != pin->len)
		return why_input(why, "%s: want a PIN of at least 4 characters", slurp_name(path));
	return 0;
}

int tre_pin_check(struct tre *t, const char *pin_file, struct why *why)
{
	json_t *o = json_object_get(t->s, "pin");
	SECRET(pin_hash) want, got;
	uint8_t salt[16];
	uint64_t left;
	BUF(pin);

	if (!o)
		return 0;
	if (!pin_file)
		return why_refuse(why, "pin-required",
				  "the owner's PIN is wanted (TR 33.812 5.1.2.2)");
	if (tre_pin_read(&pin, pin_file, why) ||
	    json_number(&left, o, "left", 0, PIN_TRIES, 0, why) ||
	    json_hex(salt, sizeof(salt), o, "salt", why) || json_hex(want.md, 32, o, "hash", why))
		return -1;
	if (left == 0)
		return why_refuse(why, "pin-blocked", "too many wrong PINs (TR 33.812 5.1.2.2)");
	/* the try is counted, durably, before it is made */
	if (json_put_number(o, "left", left - 1, why) || tre_note(t, "pin-tried", NULL, why) ||
	    tre_save(t, why) || hash_pin(&got, buf_text(&pin), salt, why))
		return -1;
	if (CRYPTO_memcmp(got.md, want.md, 32) != 0)
		return why_refuse(why, "wrong-pin",
				  "the PIN is wrong, %d tries are left (TR 33.812 5.1.2.2)",
				  (int)left - 1);
	return json_put_number(o, "left", PIN_TRIES, why);
}

int tre_credential(struct aka_key *key, struct sqn_window *w, const json_t *credential,
		   struct why *why)
{
	const json_t *seq = json_object_get(credential, "seq");
	uint64_t ind_bits, delta, limit;

	milenage_constants(key);
	if (json_hex(key->k, 16, credential, "k", why) ||
	    json_hex(key->opc, 16, credential, "opc", why) ||
	    json_number(&ind_bits, credential, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    json_number(&delta, credential, "delta", 0, SQN_MAX, SQN_DELTA, why) ||
	    json_number(&limit, credential, "limit", 0, SQN_MAX, 0, why))
		return -1;
	for (size_t i = 0; i < 5 && json_object_get(credential, "c"); i++) {
		const char *c =
			json_string_value(json_array_get(json_object_get(credential, "c"), i));

		key->r[i] = (uint8_t)json_integer_value(
			json_array_get(json_object_get(credential, "r"), i));
		if (!c || hex_decode(key->c[i], 16, c, "c", why))
			return why_input(why, "aka: want five r and five c");
	}
	sqn_window_init(w);
	w->ind_bits = (unsigned)ind_bits;
	w->delta = delta;
	w->limit = limit;
	for (size_t i = 0; i < SQN_SLOTS && i < json_array_size(seq); i++)
		w->seq[i] = (uint64_t)json_integer_value(json_array_get(seq, i));
	return 0;
}

int tre_window_put(json_t *credential, const struct sqn_window *w, struct why *why)
{
	json_t *seq = json_array();

	for (size_t i = 0; i < (size_t)1 << w->ind_bits; i++)
		json_array_append_new(seq, json_integer((json_int_t)w->seq[i]));
	return json_put(credential, "seq", seq, why);
}
