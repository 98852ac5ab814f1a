/* SPDX-License-Identifier: Apache-2.0 */
/* PINs, of the owner and of users: TR 33.812 5.1.2.2 [t10 cm1, cm6]. */
#include "base/hex.h"
#include "base/rng.h"
#include "base/slurp.h"
#include "tre/state.h"

#include <string.h>

#define PIN_TRIES 3
#define PIN_ROUNDS 20000

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

int tre_pin_set(json_t *holder, const char *pin, struct why *why)
{
	SECRET(pin_hash) h = {{0}};
	uint8_t salt[16];

	return rng_bytes(salt, sizeof(salt), why) || hash_pin(&h, pin, salt, why) ||
			       json_put_hex(holder, "salt", salt, sizeof(salt), why) ||
			       json_put_hex(holder, "hash", h.md, sizeof(h.md), why) ||
			       json_put_number(holder, "left", PIN_TRIES, why)
		       ? -1
		       : 0;
}

int tre_pin_read(struct buf *pin, const char *path, struct why *why)
{
	if (slurp(pin, path, 256, why))
		return -1;
	buf_trim(pin);
	/* another file in its place costs no try */
	if (pin->len < 4 || strcspn(buf_text(pin), "\r\n") != pin->len)
		return why_input(why, "%s: want a PIN of at least 4 characters, in one line",
				 slurp_name(path));
	return 0;
}

int tre_pin_blocked(const json_t *holder, struct why *why)
{
	return json_integer_value(json_object_get(holder, "left")) > 0
		       ? 0
		       : why_refuse(why, "pin-blocked", "too many wrong PINs (TR 33.812 5.1.2.2)");
}

int tre_pin_check(struct tre *t, json_t *holder, const char *pin_file, struct why *why)
{
	SECRET(pin_hash) want = {{0}}, got = {{0}};
	uint8_t salt[16];
	uint64_t left;
	BUF(pin);

	if (tre_pin_read(&pin, pin_file, why) ||
	    json_number(&left, holder, "left", 0, PIN_TRIES, 0, why) ||
	    json_hex(salt, sizeof(salt), holder, "salt", why) ||
	    json_hex(want.md, 32, holder, "hash", why) || tre_pin_blocked(holder, why))
		return -1;
	/* the try is counted, durably, before it is made */
	if (json_put_number(holder, "left", left - 1, why) || tre_note(t, "pin-tried", NULL, why) ||
	    tre_save(t, why) || hash_pin(&got, buf_text(&pin), salt, why))
		return -1;
	if (CRYPTO_memcmp(got.md, want.md, 32) != 0)
		return why_refuse(why, "wrong-pin",
				  "the PIN is wrong, %d %s left (TR 33.812 5.1.2.2)", (int)left - 1,
				  left == 2 ? "try is" : "tries are");
	return json_put_number(holder, "left", PIN_TRIES, why) || tre_save(t, why) ? -1 : 0;
}
