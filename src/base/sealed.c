/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sealed.h"

#include "base/num.h"
#include "base/ossl.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEADER 13 /* magic, version, counter */
#define NONCE 12
#define TAG 16
#define LOCK_TRIES 100

void sealed_close(struct sealed *s)
{
	if (s->lock >= 0)
		close(s->lock);
	free(s->state);
	free(s->device);
	OPENSSL_cleanse(s, sizeof(*s));
	s->lock = -1;
}

static char *path_in(const char *folder, const char *name)
{
	const size_t room = strlen(folder) + strlen(name) + 2;
	char *path = malloc(room);

	if (path)
		snprintf(path, room, "%s/%s", folder, name);
	return path;
}

static int put(const char *folder, const char *name, const void *bytes, size_t len, struct why *why)
{
	char *path = path_in(folder, name);
	const int rc = path ? outfile_put(path, OUTFILE_SECRET, bytes, len, why)
			    : why_sys(why, "out of memory");

	free(path);
	return rc;
}

static int get(struct buf *b, const char *folder, const char *name, size_t limit, struct why *why)
{
	char *path = path_in(folder, name);
	const int rc = path ? slurp(b, path, limit, why) : why_sys(why, "out of memory");

	free(path);
	return rc;
}

static bool has(const char *folder, const char *name)
{
	char *path = path_in(folder, name);
	const bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

static int make_folder(const char *path, struct why *why)
{
	if (mkdir(path, 0700) == 0)
		return chmod(path, 0700) ? why_sys(why, "%s: %s", path, strerror(errno))
					 : outfile_sync_folder(path, why);
	return errno == EEXIST ? 0 : why_sys(why, "%s: %s", path, strerror(errno));
}

static int take_lock(struct sealed *s, struct why *why)
{
	char *path = path_in(s->state, "lock");
	const struct timespec pause = {0, 100000000};

	s->lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	free(path);
	if (s->lock < 0)
		return why_sys(why, "%s: %s", s->state, strerror(errno));
	for (int i = 0; flock(s->lock, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK)
			return why_sys(why, "%s: %s", s->state, strerror(errno));
		if (i == LOCK_TRIES)
			return why_busy(why, "%s: another command has it", s->state);
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int start(struct sealed *s, const char *state, const char *device, const char *magic,
		 struct why *why)
{
	const size_t room = strlen(state) + sizeof(".device");

	s->lock = -1;
	memcpy(s->magic, magic, sizeof(s->magic));
	s->state = strdup(state);
	s->device = device ? strdup(device) : malloc(room);
	if (s->device && !device)
		snprintf(s->device, room, "%s.device", state);
	return s->state && s->device ? 0 : why_sys(why, "out of memory");
}

static int put_counter(struct sealed *s, uint64_t counter, struct why *why)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64 "\n", counter);
	if (put(s->device, "counter", text, strlen(text), why))
		return -1;
	s->counter = counter;
	return 0;
}

static int get_counter(struct sealed *s, struct why *why)
{
	BUF(text);

	if (get(&text, s->device, "counter", 32, why))
		return -1;
	if (text.len && text.bytes[text.len - 1] == '\n')
		text.bytes[--text.len] = '\0';
	return num_parse(&s->counter, buf_text(&text), 0, UINT64_MAX - 1, "counter", why);
}

int sealed_create(struct sealed *s, const char *state, const char *device, const char *magic,
		  struct why *why)
{
	if (start(s, state, device, magic, why) || make_folder(s->state, why) ||
	    make_folder(s->device, why) || take_lock(s, why))
		return -1;
	if (has(s->state, "state.sealed"))
		return why_refuse(why, "already-initialised", "%s: there is one already", state);
	return rng_key(s->key, sizeof(s->key), why) ||
			       put(s->device, "device.key", s->key, sizeof(s->key), why) ||
			       put_counter(s, 0, why)
		       ? -1
		       : 0;
}

/* The associated data are header | SHA-256 of the key. */
static int gcm(int encrypt, const struct sealed *s, const uint8_t *nonce,
	       const uint8_t header[HEADER], uint8_t *out, const uint8_t *in, size_t len,
	       uint8_t tag[TAG])
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	uint8_t device[32];
	int n = 0, last = 0;

	if (ossl_sha256(device, s->key, 32, NULL))
		return 0;
	return ctx &&
	       EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), s->key, nonce, encrypt, NULL) == 1 &&
	       (encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1) &&
	       EVP_CipherUpdate(ctx, NULL, &n, header, HEADER) == 1 &&
	       EVP_CipherUpdate(ctx, NULL, &n, device, sizeof(device)) == 1 &&
	       EVP_CipherUpdate(ctx, out, &n, in, (int)len) == 1 && n == (int)len &&
	       EVP_CipherFinal_ex(ctx, out + n, &last) == 1 &&
	       (!encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);
}

static void put_header(const struct sealed *s, uint8_t header[HEADER], uint64_t counter)
{
	memcpy(header, s->magic, 4);
	header[4] = 1;
	for (int i = 0; i < 8; i++)
		header[5 + i] = (uint8_t)(counter >> (56 - 8 * i));
}

static int unseal(const struct sealed *s, const struct buf *sealed, uint64_t *counter,
		  struct buf *bytes)
{
	const uint8_t *p = sealed->bytes;
	uint8_t header[HEADER], tag[TAG];
	size_t len;

	if (sealed->len < HEADER + NONCE + TAG)
		return -1;
	*counter = 0;
	for (int i = 0; i < 8; i++)
		*counter = *counter << 8 | p[5 + i];
	put_header(s, header, *counter);
	if (memcmp(header, p, HEADER) != 0)
		return -1;
	len = sealed->len - HEADER - NONCE - TAG;
	memcpy(tag, p + sealed->len - TAG, TAG);
	if (buf_reserve(bytes, len, NULL) ||
	    !gcm(0, s, p + HEADER, header, bytes->bytes + bytes->len, p + HEADER + NONCE, len, tag))
		return -1;
	bytes->len += len;
	bytes->bytes[bytes->len] = '\0';
	return 0;
}

static int locked_down(const struct sealed *s, const char *what, struct why *why)
{
	return why_refuse(why, "locked-down", "%s: %s (TR 33.812 5.1.2.2)", s->state, what);
}

static int load(struct sealed *s, struct buf *bytes, struct why *why)
{
	uint64_t counter;
	BUF(key);
	BUF(sealed);

	if (!has(s->state, "state.sealed"))
		return has(s->device, "counter") && (get_counter(s, why) || s->counter)
			       ? locked_down(s, "the sealed state is gone", why)
			       : why_input(why, "%s: nothing is here", s->state);
	if (get(&key, s->device, "device.key", 64, why) || key.len != sizeof(s->key) ||
	    get_counter(s, why))
		return locked_down(s, "the device's key or counter is gone, or changed", why);
	memcpy(s->key, key.bytes, sizeof(s->key));
	if (get(&sealed, s->state, "state.sealed", SEALED_MAX, why) ||
	    unseal(s, &sealed, &counter, bytes))
		return locked_down(s, "the state was changed, or is another device's", why);
	if (counter != s->counter && counter != s->counter + 1)
		return locked_down(s, "the state was rolled back", why);
	return counter == s->counter ? 0 : put_counter(s, counter, why);
}

int sealed_open(struct sealed *s, const char *state, const char *device, const char *magic,
		struct buf *bytes, struct why *why)
{
	struct stat st;

	if (start(s, state, device, magic, why))
		return -1;
	if (stat(state, &st) || !S_ISDIR(st.st_mode))
		return why_input(why, "%s: nothing is here", state);
	return take_lock(s, why) || load(s, bytes, why) ? -1 : 0;
}

int sealed_save(struct sealed *s, const void *bytes, size_t len, struct why *why)
{
	uint8_t header[HEADER], nonce[NONCE], tag[TAG];
	BUF(sealed);

	if (len > SEALED_MAX - HEADER - NONCE - TAG)
		return why_sys(why, "%s: the state is full", s->state);
	put_header(s, header, s->counter + 1);
	if (rng_bytes(nonce, NONCE, why) || buf_add(&sealed, header, HEADER, why) ||
	    buf_add(&sealed, nonce, NONCE, why) || buf_reserve(&sealed, len + TAG, why))
		return -1;
	if (!gcm(1, s, nonce, header, sealed.bytes + sealed.len, bytes, len, tag))
		return ossl_why(why, "AES-256-GCM");
	sealed.len += len;
	if (buf_add(&sealed, tag, TAG, why) ||
	    put(s->state, "state.sealed", sealed.bytes, sealed.len, why))
		return -1;
	return put_counter(s, s->counter + 1, why);
}
