/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed state: AES-256-GCM under the device's key, with a counter (m2m-files(5)). */
#include "base/folder.h"
#include "base/num.h"
#include "base/rng.h"
#include "base/sealed_gcm.h"
#include "base/slurp.h"
#include "tre/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "TRES"
#define HEADER (4 + 1 + 8) /* magic, version, counter */
#define DEVICE 16          /* the device's identity: the first octets of its key's SHA-256 */
#define LOCK_SECONDS 5
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

	if (device && !folder_has(device, "locked-down") &&
	    folder_put(device, "locked-down", what, strlen(what), &ignored))
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
	if (folder_put(t->device, "counter", text, strlen(text), why))
		return -1;
	t->counter = counter;
	return 0;
}

static int get_counter(struct tre *t, struct why *why)
{
	BUF(text);

	if (folder_get(&text, t->device, "counter", 32, why))
		return -1;
	if (text.len && text.bytes[text.len - 1] == '\n')
		text.bytes[--text.len] = '\0';
	return num_parse(&t->counter, buf_text(&text), 0, UINT64_MAX - 1, "counter", why);
}

static int take_lock(struct tre *t, struct why *why)
{
	t->lock = folder_lock(t->state, LOCK_SECONDS, "the TRE", why);
	return t->lock < 0 ? -1 : 0;
}

struct tre *tre_create(const char *state, const char *device, struct why *why)
{
	AUTO(TRE) *t = tre_keeper ? NULL : new_tre(state, device, why);

	if (tre_keeper)
		return tre_keeper->make(tre_keeper->ctx, state, why);
	if (!t || folder_make_all(t->state, why) || folder_make_all(t->device, why) ||
	    take_lock(t, why))
		return NULL;
	if (folder_has(t->device, "locked-down")) {
		lock_down(t->device, "this TRE is locked down", why);
		return NULL;
	}
	if (folder_has(t->state, "state.sealed") ||
	    (folder_has(t->device, "counter") && (get_counter(t, why) || t->counter > 0))) {
		why_refuse(why, "already-initialised",
			   "%s: there is a TRE already (TR 33.812 B.2.2.1)", state);
		return NULL;
	}
	/* the device counts from 0, so that a crash behind the first seal is like any other */
	if (rng_key(t->key, sizeof(t->key), why) ||
	    folder_put(t->device, "device.key", t->key, sizeof(t->key), why) ||
	    put_counter(t, 0, why))
		return NULL;
	t->s = json_object();
	return STEAL(t);
}

static void put_header(uint8_t header[HEADER], uint64_t counter)
{
	for (size_t i = 0; i < 4; i++)
		header[i] = (uint8_t)MAGIC[i];
	header[4] = 1;
	for (int i = 0; i < 8; i++)
		header[5 + i] = (uint8_t)(counter >> (56 - 8 * i));
}

static struct sealing sealing_as(const struct tre *t, const uint8_t header[HEADER])
{
	return (struct sealing){t->key, header, HEADER, DEVICE};
}

/* Opens the sealed octets, and tells the counter in them. 1; 0 where they are not this device's;
 * -1. */
static int unseal(struct tre *t, const struct buf *sealed, uint64_t *counter, struct why *why)
{
	const uint8_t *p = sealed->bytes;
	uint8_t header[HEADER];
	const struct sealing as = sealing_as(t, header);
	int opened;
	BUF(text);

	if (sealed->len < HEADER)
		return 0;
	*counter = 0;
	for (int i = 0; i < 8; i++)
		*counter = *counter << 8 | p[5 + i];
	put_header(header, *counter);
	if (memcmp(header, p, HEADER) != 0)
		return 0;
	opened = sealed_gcm_open(&text, &as, p + HEADER, sealed->len - HEADER, why);
	if (opened <= 0)
		return opened;
	t->s = json_parse(text.bytes, text.len, "state", NULL);
	return t->s != NULL;
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

	if (!folder_has(t->device, "device.key"))
		return is_gone(t, sealed_there, "the device's key is gone", why);
	if (folder_get(&key, t->device, "device.key", SLURP_DOCUMENT, why))
		return was_changed(t, "the device's key was changed", why);
	if (key.len != sizeof(t->key))
		return lock_down(t->device, "the device's key was changed", why);
	memcpy(t->key, key.bytes, sizeof(t->key));
	if (t->despite) /* the counter may be what was tampered with */
		return 0;
	if (!folder_has(t->device, "counter"))
		return is_gone(t, sealed_there, "the device's counter is gone", why);
	return get_counter(t, why) ? was_changed(t, "the device's counter was changed", why) : 0;
}

static int load(struct tre *t, struct why *why)
{
	const bool sealed_there = folder_has(t->state, "state.sealed");
	uint64_t counter;
	int opened;
	BUF(sealed);

	if (!t->despite && folder_has(t->device, "locked-down"))
		return why_refuse(why, "locked-down",
				  "this TRE is locked down (TR 33.812 5.1.2.2)");
	if (load_device(t, sealed_there, why))
		return -1;
	if (!sealed_there) /* a counter of 0: init did not get through */
		return is_gone(t, t->counter != 0, "the sealed state is gone", why);
	if (folder_get(&sealed, t->state, "state.sealed", STATE_MAX, why))
		return was_changed(t, "the sealed state was changed", why);
	opened = unseal(t, &sealed, &counter, why);
	if (opened < 0) /* memory is short: that is no tampering */
		return -1;
	if (opened == 0)
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
	return take_lock(t, why) || load(t, why) ? NULL : STEAL(t);
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
	uint8_t header[HEADER];
	const struct sealing as = sealing_as(t, header);
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
	if (buf_add(&sealed, header, HEADER, why) ||
	    sealed_gcm_add(&sealed, &as, text.bytes, text.len, why) ||
	    folder_put(t->state, "state.sealed", sealed.bytes, sealed.len, why))
		return -1;
	return put_counter(t, t->counter + 1, why);
}
