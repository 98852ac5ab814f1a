/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sealed.h"

#include "base/auto.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/sealed_gcm.h"
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
	    !sealed_gcm(0, s->key, p + HEADER, header, HEADER, bytes->bytes + bytes->len,
			p + HEADER + NONCE, len, tag))
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
			       : why_input(why, "%s: no sealed state is here", s->state);
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
		return why_input(why, "%s: no sealed state is here", state);
	return take_lock(s, why) || load(s, bytes, why) ? -1 : 0;
}

int sealed_save(struct sealed *s, const void *bytes, size_t len, struct why *why)
{
	uint8_t header[HEADER];
	BUF(sealed);

	if (len > SEALED_MAX - HEADER - NONCE - TAG)
		return why_sys(why, "%s: the state is full", s->state);
	put_header(s, header, s->counter + 1);
	return buf_add(&sealed, header, HEADER, why) ||
			       sealed_gcm_add(&sealed, s->key, header, HEADER, bytes, len, why) ||
			       put(s->state, "state.sealed", sealed.bytes, sealed.len, why)
		       ? -1
		       : put_counter(s, s->counter + 1, why);
}

/* ---- parts of a state that stand elsewhere ---- */

#define PART_VERSION 2 /* so that a part is no state */

static int part_header(const struct sealed *s, const char *name, struct buf *header,
		       struct why *why)
{
	const uint8_t version = PART_VERSION;

	return buf_add(header, s->magic, 4, why) || buf_add(header, &version, 1, why) ||
			       buf_add(header, name, strlen(name), why)
		       ? -1
		       : 0;
}

int sealed_part(const struct sealed *s, const char *name, const void *bytes, size_t len,
		struct buf *out, struct why *why)
{
	BUF(header);

	return part_header(s, name, &header, why) || sealed_gcm_add(out, s->key, header.bytes,
								    header.len, bytes, len, why)
		       ? -1
		       : 0;
}

int sealed_part_open(const struct sealed *s, const char *name, const void *part, size_t len,
		     struct buf *out, struct why *why)
{
	const uint8_t *p = part;
	uint8_t tag[TAG];
	BUF(header);

	if (part_header(s, name, &header, why))
		return -1;
	if (len < NONCE + TAG)
		return locked_down(s, "a part of the state was changed", why);
	memcpy(tag, p + len - TAG, TAG);
	len -= NONCE + TAG;
	if (buf_reserve(out, len, why))
		return -1;
	if (!sealed_gcm(0, s->key, p, header.bytes, header.len, out->bytes + out->len, p + NONCE,
			len, tag))
		return locked_down(s, "a part of the state was changed", why);
	out->len += len;
	out->bytes[out->len] = '\0';
	return 0;
}
