/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sealed.h"

#include "base/auto.h"
#include "base/folder.h"
#include "base/num.h"
#include "base/rng.h"
#include "base/sealed_gcm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER 13 /* magic, version, counter */
#define DEVICE 32 /* the device: the SHA-256 of its key */
#define LOCK_SECONDS 10

void sealed_close(struct sealed *s)
{
	if (s->lock >= 0)
		close(s->lock);
	free(s->state);
	free(s->device);
	OPENSSL_cleanse(s, sizeof(*s));
	s->lock = -1;
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

static int take_lock(struct sealed *s, struct why *why)
{
	s->lock = folder_lock(s->state, LOCK_SECONDS, "it", why);
	return s->lock < 0 ? -1 : 0;
}

static int put_counter(struct sealed *s, uint64_t counter, struct why *why)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64 "\n", counter);
	if (folder_put(s->device, "counter", text, strlen(text), why))
		return -1;
	s->counter = counter;
	return 0;
}

static int get_counter(struct sealed *s, struct why *why)
{
	BUF(text);

	if (folder_get(&text, s->device, "counter", 32, why))
		return -1;
	if (text.len && text.bytes[text.len - 1] == '\n')
		text.bytes[--text.len] = '\0';
	return num_parse(&s->counter, buf_text(&text), 0, UINT64_MAX - 1, "counter", why);
}

int sealed_create(struct sealed *s, const char *state, const char *device, const char *magic,
		  struct why *why)
{
	if (start(s, state, device, magic, why) || folder_make(s->state, why) ||
	    folder_make(s->device, why) || take_lock(s, why))
		return -1;
	if (folder_has(s->state, "state.sealed"))
		return why_refuse(why, "already-initialised", "%s: there is one already", state);
	return rng_key(s->key, sizeof(s->key), why) ||
			       folder_put(s->device, "device.key", s->key, sizeof(s->key), why) ||
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

static struct sealing sealing_as(const struct sealed *s, const uint8_t *header, size_t header_len)
{
	return (struct sealing){s->key, header, header_len, DEVICE};
}

/* 1, 0 where it is not this device's, -1. */
static int unseal(const struct sealed *s, const struct buf *sealed, uint64_t *counter,
		  struct buf *bytes, struct why *why)
{
	const uint8_t *p = sealed->bytes;
	uint8_t header[HEADER];
	const struct sealing as = sealing_as(s, header, HEADER);

	if (sealed->len < HEADER)
		return 0;
	*counter = 0;
	for (int i = 0; i < 8; i++)
		*counter = *counter << 8 | p[5 + i];
	put_header(s, header, *counter);
	return memcmp(header, p, HEADER) == 0
		       ? sealed_gcm_open(bytes, &as, p + HEADER, sealed->len - HEADER, why)
		       : 0;
}

static int locked_down(const struct sealed *s, const char *what, struct why *why)
{
	return why_refuse(why, "locked-down", "%s: %s (TR 33.812 5.1.2.2)", s->state, what);
}

static int load(struct sealed *s, struct buf *bytes, struct why *why)
{
	uint64_t counter;
	int opened;
	BUF(key);
	BUF(sealed);

	if (!folder_has(s->state, "state.sealed"))
		return folder_has(s->device, "counter") && (get_counter(s, why) || s->counter)
			       ? locked_down(s, "the sealed state is gone", why)
			       : why_input(why, "%s: no sealed state is here", s->state);
	if (folder_get(&key, s->device, "device.key", 64, why) || key.len != sizeof(s->key) ||
	    get_counter(s, why))
		return locked_down(s, "the device's key or counter is gone, or changed", why);
	memcpy(s->key, key.bytes, sizeof(s->key));
	opened = folder_get(&sealed, s->state, "state.sealed", SEALED_MAX, why)
			 ? 0
			 : unseal(s, &sealed, &counter, bytes, why);
	if (opened <= 0)
		return opened < 0 ? -1
				  : locked_down(s, "the state was changed, or is another device's",
						why);
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
	const struct sealing as = sealing_as(s, header, HEADER);
	BUF(sealed);

	if (len > SEALED_MAX - HEADER - NONCE - TAG)
		return why_sys(why, "%s: the state is full", s->state);
	put_header(s, header, s->counter + 1);
	return buf_add(&sealed, header, HEADER, why) ||
			       sealed_gcm_add(&sealed, &as, bytes, len, why) ||
			       folder_put(s->state, "state.sealed", sealed.bytes, sealed.len, why)
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
	struct sealing as;
	BUF(header);

	if (part_header(s, name, &header, why))
		return -1;
	as = sealing_as(s, header.bytes, header.len);
	return sealed_gcm_add(out, &as, bytes, len, why);
}

int sealed_part_open(const struct sealed *s, const char *name, const void *part, size_t len,
		     struct buf *out, struct why *why)
{
	struct sealing as;
	int opened;
	BUF(header);

	if (part_header(s, name, &header, why))
		return -1;
	as = sealing_as(s, header.bytes, header.len);
	opened = sealed_gcm_open(out, &as, part, len, why);
	if (opened == 0)
		return locked_down(s, "a part of the state was changed", why);
	return opened < 0 ? -1 : 0;
}
