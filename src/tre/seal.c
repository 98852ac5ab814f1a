/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed state: AES-256-GCM under the device's key, with a counter (m2m-files(5)). */
#include "base/num.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/slurp.h"
#include "tre/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "TRES"
#define HEADER (4 + 1 + 8) /* magic, version, counter */
#define DEVICE 16          /* the device's identity: the first octets of its key's SHA-256 */
#define NONCE 12
#define TAG 16
#define STATE_MAX ((size_t)4 * 1024 * 1024)

struct tre_keeper *tre_keeper;

void tre_close(struct tre *t)
{
	if (!t)
		return;
	json_decref(t->s);
	json_decref(t->pending);
	OPENSSL_cleanse(t->key, sizeof(t->key));
	if (t->lock >= 0)
		close(t->lock);
	free(t->state);
	free(t->device);
	free(t);
}

/* Tampering locks the TRE down for good: TR 33.812 5.1.2.2 [t4 cm5, t6 cm5]. */
static int lock_down(const char *device, const char *what, struct why *why)
{
	struct why ignored = {0};

	if (device && !tre_has(device, "locked-down") &&
	    tre_put(device, "locked-down", what, strlen(what), &ignored))
		return why_refuse(why, "locked-down",
				  "%s, and that cannot be written down (TR 33.812 5.1.2.2)", what);
	return why_refuse(why, "locked-down", "%s (TR 33.812 5.1.2.2)", what);
}

static bool has_scheme(const char *uri)
{
	const size_t n =
		strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n > 0 && uri[n] == ':';
}

static struct tre *new_tre(const char *state, const char *device, struct why *why)
{
	AUTO(TRE) *t = calloc(1, sizeof(*t));
	const size_t room = strlen(state) + sizeof(".device");

	if (!t) {
		why_sys(why, "out of memory");
		return NULL;
	}
	t->lock = -1;
	t->pending = json_array();
	t->state = strdup(state);
	t->device = device ? strdup(device) : malloc(room);
	if (t->device && !device)
		snprintf(t->device, room, "%s.device", state);
	if (!t->state || !t->device || !t->pending) {
		why_sys(why, "out of memory");
		return NULL;
	}
	if (device && has_scheme(device)) {
		why_usage(why,
			  "--device: want a folder; PrK_TRE may be in a TPM (personalize --key)");
		return NULL;
	}
	return STEAL(t);
}

static int put_counter(struct tre *t, uint64_t counter, struct why *why)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64 "\n", counter);
	if (tre_put(t->device, "counter", text, strlen(text), why))
		return -1;
	t->counter = counter;
	return 0;
}

static int get_counter(struct tre *t, struct why *why)
{
	BUF(text);

	if (tre_file(&text, t->device, "counter", 32, why))
		return -1;
	if (text.len && text.bytes[text.len - 1] == '\n')
		text.bytes[--text.len] = '\0';
	return num_parse(&t->counter, buf_text(&text), 0, UINT64_MAX - 1, "counter", why);
}

struct tre *tre_create(const char *state, const char *device, struct why *why)
{
	AUTO(TRE) *t = tre_keeper ? NULL : new_tre(state, device, why);

	if (tre_keeper)
		return tre_keeper->make(tre_keeper->ctx, state, why);
	if (!t || tre_folders(t->state, why) || tre_folders(t->device, why) || tre_lock(t, why))
		return NULL;
	if (tre_has(t->device, "locked-down")) {
		lock_down(t->device, "this TRE is locked down", why);
		return NULL;
	}
	if (tre_has(t->state, "state.sealed") ||
	    (tre_has(t->device, "counter") && (get_counter(t, why) || t->counter > 0))) {
		why_refuse(why, "already-initialised",
			   "%s: there is a TRE already (TR 33.812 B.2.2.1)", state);
		return NULL;
	}
	/* the device counts from 0, so that a crash behind the first seal is like any other */
	if (rng_key(t->key, sizeof(t->key), why) ||
	    tre_put(t->device, "device.key", t->key, sizeof(t->key), why) || put_counter(t, 0, why))
		return NULL;
	t->s = json_object();
	return STEAL(t);
}

/* The associated data: header | device. The state of one device is none in another. */
static int gcm(int encrypt, const uint8_t key[32], const uint8_t *nonce,
	       const uint8_t header[HEADER], uint8_t *out, const uint8_t *in, size_t len,
	       uint8_t tag[TAG])
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	uint8_t device[32];
	int n = 0, last = 0;

	if (ossl_sha256(device, key, 32, NULL))
		return 0;
	return ctx && EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), key, nonce, encrypt, NULL) == 1 &&
	       (encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1) &&
	       EVP_CipherUpdate(ctx, NULL, &n, header, HEADER) == 1 &&
	       EVP_CipherUpdate(ctx, NULL, &n, device, DEVICE) == 1 &&
	       EVP_CipherUpdate(ctx, out, &n, in, (int)len) == 1 && n == (int)len &&
	       EVP_CipherFinal_ex(ctx, out + n, &last) == 1 &&
	       (!encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);
}

static void put_header(uint8_t header[HEADER], uint64_t counter)
{
	for (size_t i = 0; i < 4; i++)
		header[i] = (uint8_t)MAGIC[i];
	header[4] = 1;
	for (int i = 0; i < 8; i++)
		header[5 + i] = (uint8_t)(counter >> (56 - 8 * i));
}

/* Opens the sealed octets, and tells the counter in them. */
static int unseal(struct tre *t, const struct buf *sealed, uint64_t *counter)
{
	const uint8_t *p = sealed->bytes;
	uint8_t header[HEADER], tag[TAG];
	size_t len;
	BUF(text);

	if (sealed->len < HEADER + NONCE + TAG)
		return -1;
	*counter = 0;
	for (int i = 0; i < 8; i++)
		*counter = *counter << 8 | p[5 + i];
	put_header(header, *counter);
	if (memcmp(header, p, HEADER) != 0)
		return -1;
	len = sealed->len - HEADER - NONCE - TAG;
	memcpy(tag, p + sealed->len - TAG, TAG);
	if (buf_reserve(&text, len, NULL) ||
	    !gcm(0, t->key, p + HEADER, header, text.bytes, p + HEADER + NONCE, len, tag))
		return -1;
	t->s = json_parse(text.bytes, len, "state", NULL);
	return t->s ? 0 : -1;
}

/* A file that is malformed was changed. */
static int was_changed(const struct tre *t, const char *what, struct why *why)
{
	return why->status == TOOL_INPUT ? lock_down(t->device, what, why) : -1;
}

/* A file that is missing is gone, where its TRE is (or was) there. */
static int is_gone(const struct tre *t, bool there, const char *what, struct why *why)
{
	return there ? lock_down(t->device, what, why)
		     : why_input(why, "%s: no TRE is here", t->state);
}

/* The key and the counter, of the device alone. */
static int load_device(struct tre *t, bool sealed_there, struct why *why)
{
	BUF(key);

	if (!tre_has(t->device, "device.key"))
		return is_gone(t, sealed_there, "the device's key is gone", why);
	if (tre_file(&key, t->device, "device.key", SLURP_DOCUMENT, why))
		return was_changed(t, "the device's key was changed", why);
	if (key.len != sizeof(t->key))
		return lock_down(t->device, "the device's key was changed", why);
	memcpy(t->key, key.bytes, sizeof(t->key));
	if (t->despite) /* the counter may be what was tampered with */
		return 0;
	if (!tre_has(t->device, "counter"))
		return is_gone(t, sealed_there, "the device's counter is gone", why);
	return get_counter(t, why) ? was_changed(t, "the device's counter was changed", why) : 0;
}

static int load(struct tre *t, struct why *why)
{
	const bool sealed_there = tre_has(t->state, "state.sealed");
	uint64_t counter;
	BUF(sealed);

	if (!t->despite && tre_has(t->device, "locked-down"))
		return why_refuse(why, "locked-down",
				  "this TRE is locked down (TR 33.812 5.1.2.2)");
	if (load_device(t, sealed_there, why))
		return -1;
	if (!sealed_there) /* a counter of 0: init did not get through */
		return is_gone(t, t->counter != 0, "the sealed state is gone", why);
	if (tre_file(&sealed, t->state, "state.sealed", STATE_MAX, why))
		return was_changed(t, "the sealed state was changed", why);
	if (unseal(t, &sealed, &counter))
		return lock_down(t->device, "the sealed state was changed, or is another device's",
				 why);
	if (t->despite)
		return 0;
	/* a crash between the two writes of a save is no lock-down, and an old copy is */
	if (counter != t->counter && counter != t->counter + 1)
		return lock_down(t->device, "the sealed state was rolled back", why);
	return counter == t->counter ? 0 : put_counter(t, counter, why);
}

static struct tre *open_as(const char *state, const char *device, bool despite, struct why *why)
{
	AUTO(TRE) *t = tre_keeper ? NULL : new_tre(state, device, why);
	struct stat st;

	if (tre_keeper)
		return tre_keeper->open(tre_keeper->ctx, state, why);
	if (!t)
		return NULL;
	t->despite = despite;
	if (stat(state, &st) || !S_ISDIR(st.st_mode)) {
		why_input(why, "%s: no TRE is here", state);
		return NULL;
	}
	return tre_lock(t, why) || load(t, why) ? NULL : STEAL(t);
}

struct tre *tre_open(const char *state, const char *device, struct why *why)
{
	return open_as(state, device, false, why);
}

struct tre *tre_open_despite(const char *state, const char *device, struct why *why)
{
	return open_as(state, device, true, why);
}

int tre_save(struct tre *t, struct why *why)
{
	uint8_t header[HEADER], nonce[NONCE], tag[TAG];
	BUF(text);
	BUF(sealed);

	if (t->despite)
		return why_refuse(why, "locked-down", "nothing is saved (TR 33.812 5.1.2.2)");
	if (t->keeper)
		return t->keeper->save(t->keeper->ctx, t, why);
	if (tre_audit_write(t, why))
		return -1;
	put_header(header, t->counter + 1);
	if (json_append(&text, t->s, why))
		return -1;
	if (text.len > STATE_MAX - HEADER - NONCE - TAG)
		return why_sys(why, "%s: the state is full", t->state);
	if (rng_bytes(nonce, NONCE, why) || buf_add(&sealed, header, HEADER, why) ||
	    buf_add(&sealed, nonce, NONCE, why) || buf_reserve(&sealed, text.len + TAG, why))
		return -1;
	if (!gcm(1, t->key, nonce, header, sealed.bytes + sealed.len, text.bytes, text.len, tag))
		return ossl_why(why, "AES-256-GCM");
	sealed.len += text.len;
	if (buf_add(&sealed, tag, TAG, why) ||
	    tre_put(t->state, "state.sealed", sealed.bytes, sealed.len, why))
		return -1;
	return put_counter(t, t->counter + 1, why);
}
