/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed state: AES-256-GCM under the device's key, with its monotonic counter (m2m-files(5)).
 */
#include "base/hex.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/slurp.h"
#include "base/when.h"
#include "tre/state.h"

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

#define MAGIC "TRES"
#define HEADER (4 + 1 + 8) /* magic, version, counter: the associated data */
#define NONCE 12
#define TAG 16
#define STATE_MAX ((size_t)4 * 1024 * 1024)
#define LOCK_TRIES 50

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

static char *join(const char *folder, const char *name)
{
	const size_t room = strlen(folder) + strlen(name) + 2;
	char *path = malloc(room);

	if (path)
		snprintf(path, room, "%s/%s", folder, name);
	return path;
}

static int put_file(const char *folder, const char *name, const void *bytes, size_t len,
		    struct why *why)
{
	char *path = join(folder, name);
	int rc = path ? outfile_put(path, OUTFILE_SECRET, bytes, len, why)
		      : why_sys(why, "out of memory");

	free(path);
	return rc;
}

static int get_file(struct buf *b, const char *folder, const char *name, size_t limit,
		    struct why *why)
{
	char *path = join(folder, name);
	int rc = path ? slurp(b, path, limit, why) : why_sys(why, "out of memory");

	free(path);
	return rc;
}

static bool is_there(const char *folder, const char *name)
{
	char *path = join(folder, name);
	const bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

/* Tampering locks the TRE down for good: TR 33.812 5.1.2.2 [t4 cm5, t6 cm5]. */
static int lock_down(const char *device, const char *what, struct why *why)
{
	struct why ignored = {0};

	if (device && !is_there(device, "locked-down") &&
	    put_file(device, "locked-down", what, strlen(what), &ignored))
		return why_refuse(why, "locked-down",
				  "%s, and that cannot be written down (TR 33.812 5.1.2.2)", what);
	return why_refuse(why, "locked-down", "%s (TR 33.812 5.1.2.2)", what);
}

static int take_lock(struct tre *t, struct why *why)
{
	char *path = join(t->state, "lock");
	const struct timespec pause = {0, 100000000};

	t->lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	free(path);
	if (t->lock < 0)
		return why_sys(why, "%s: %s", t->state, strerror(errno));
	for (int i = 0; flock(t->lock, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK)
			return why_sys(why, "%s: %s", t->state, strerror(errno));
		if (i == LOCK_TRIES)
			return why_busy(why, "%s: another command has the TRE", t->state);
		nanosleep(&pause, NULL);
	}
	return 0;
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
	if (strchr(t->device, ':')) {
		why_usage(why, "--device: want a folder");
		return NULL;
	}
	return STEAL(t);
}

static int make_folders(const char *path, struct why *why)
{
	char *copy = strdup(path);
	int rc = copy ? 0 : -1;

	for (char *p = copy; !rc && p && (p = strchr(p + 1, '/'));) {
		*p = '\0';
		rc = mkdir(copy, 0700) && errno != EEXIST;
		*p = '/';
	}
	if (!rc)
		rc = mkdir(path, 0700) && errno != EEXIST;
	free(copy);
	return rc ? why_sys(why, "%s: %s", path, strerror(errno)) : 0;
}

struct tre *tre_create(const char *state, const char *device, struct why *why)
{
	AUTO(TRE) *t = new_tre(state, device, why);

	if (!t || make_folders(t->state, why) || make_folders(t->device, why) || take_lock(t, why))
		return NULL;
	if (is_there(t->state, "state.sealed") || is_there(t->device, "counter")) {
		why_refuse(why, "already-initialised",
			   "%s: there is a TRE already (TR 33.812 B.2.2.1)", state);
		return NULL;
	}
	if (rng_key(t->key, sizeof(t->key), why) ||
	    put_file(t->device, "device.key", t->key, sizeof(t->key), why))
		return NULL;
	t->s = json_object();
	return STEAL(t);
}

static int gcm(int encrypt, const uint8_t *key, const uint8_t *nonce, const uint8_t header[HEADER],
	       uint8_t *out, const uint8_t *in, size_t len, uint8_t tag[TAG])
{
	AUTO(EVP_CIPHER_CTX) *ctx = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;

	return ctx && EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), key, nonce, encrypt, NULL) == 1 &&
	       (encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1) &&
	       EVP_CipherUpdate(ctx, NULL, &n, header, HEADER) == 1 &&
	       EVP_CipherUpdate(ctx, out, &n, in, (int)len) == 1 && n == (int)len &&
	       EVP_CipherFinal_ex(ctx, out + n, &last) == 1 &&
	       (!encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);
}

static void put_header(uint8_t header[HEADER], uint64_t counter)
{
	memcpy(header, MAGIC, 4);
	header[4] = 1;
	for (int i = 0; i < 8; i++)
		header[5 + i] = (uint8_t)(counter >> (56 - 8 * i));
}

static int put_counter(struct tre *t, uint64_t counter, struct why *why)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64 "\n", counter);
	if (put_file(t->device, "counter", text, strlen(text), why))
		return -1;
	t->counter = counter;
	return 0;
}

static int get_counter(struct tre *t, struct why *why)
{
	BUF(text);

	if (get_file(&text, t->device, "counter", 32, why))
		return -1;
	if (text.len && text.bytes[text.len - 1] == '\n')
		text.bytes[--text.len] = '\0';
	return num_parse(&t->counter, buf_text(&text), 1, UINT64_MAX - 1, "counter", why);
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

/* Counter c or c + 1 opens: a crash between the two writes of a save is no lock-down, and an old
 * copy is. */
static int load(struct tre *t, struct why *why)
{
	uint64_t counter;
	BUF(key);
	BUF(sealed);

	if (is_there(t->device, "locked-down"))
		return why_refuse(why, "locked-down",
				  "this TRE is locked down (TR 33.812 5.1.2.2)");
	if (!is_there(t->device, "device.key"))
		return why_input(why, "%s: no TRE is here", t->state);
	if (get_file(&key, t->device, "device.key", sizeof(t->key), why))
		return -1;
	if (key.len != sizeof(t->key))
		return lock_down(t->device, "the device's key was changed", why);
	memcpy(t->key, key.bytes, sizeof(t->key));
	if (!is_there(t->device, "counter")) /* the first save of init did not get through */
		return is_there(t->state, "state.sealed")
			       ? lock_down(t->device, "the device's counter is gone", why)
			       : why_input(why, "%s: no TRE is here", t->state);
	if (get_counter(t, why))
		return lock_down(t->device, "the device's counter was changed", why);
	if (!is_there(t->state, "state.sealed"))
		return lock_down(t->device, "the sealed state is gone", why);
	if (get_file(&sealed, t->state, "state.sealed", STATE_MAX, why))
		return why->status == TOOL_INPUT
			       ? lock_down(t->device, "the sealed state was changed", why)
			       : -1;
	if (unseal(t, &sealed, &counter))
		return lock_down(t->device, "the sealed state was changed, or is another device's",
				 why);
	if (counter != t->counter && counter != t->counter + 1)
		return lock_down(t->device, "the sealed state was rolled back", why);
	return counter == t->counter ? 0 : put_counter(t, counter, why);
}

struct tre *tre_open(const char *state, const char *device, struct why *why)
{
	AUTO(TRE) *t = new_tre(state, device, why);
	struct stat st;

	if (!t)
		return NULL;
	if (stat(state, &st) || !S_ISDIR(st.st_mode)) {
		why_input(why, "%s: no TRE is here", state);
		return NULL;
	}
	return take_lock(t, why) || load(t, why) ? NULL : STEAL(t);
}

/* ---- the audit record, chained by hashes: TR 33.812 5.1.2.2 [t8 cm9] ---- */

int tre_note(struct tre *t, const char *event, json_t *details, struct why *why)
{
	AUTO(json_t) *own = details;
	json_t *o = json_object();

	if (json_array_append_new(t->pending, o) || json_put_text(o, "event", event, why))
		return -1;
	return own && json_put(o, "details", json_incref(own), why) ? -1 : 0;
}

/* hash = SHA-256 of the record's own JSON without its hash, which holds the hash before it. */
static int chain(json_t *record, char hash[65], struct why *why)
{
	uint8_t md[32];
	BUF(text);

	if (json_append(&text, record, why) || ossl_sha256(md, text.bytes, text.len, why))
		return -1;
	hex_encode(hash, md, 32);
	return json_put_text(record, "hash", hash, why);
}

static int audit_lines(struct tre *t, struct buf *lines, struct why *why)
{
	json_int_t seq = json_integer_value(json_object_get(t->s, "audit_seq"));
	char hash[65], when[WHEN_TEXT];
	size_t i;
	json_t *o;

	snprintf(hash, sizeof(hash), "%s", tre_text(t->s, "audit_head"));
	when_format(when, when_now());
	json_array_foreach (t->pending, i, o) {
		AUTO(json_t) *record = json_pack("{s:I, s:s}", "seq", ++seq, "time", when);

		if (!record || json_object_update(record, o) ||
		    json_put_text(record, "previous", hash, why) || chain(record, hash, why) ||
		    json_append_line(lines, record, why))
			return -1;
	}
	return json_put(t->s, "audit_seq", json_integer(seq), why) ||
			       json_put_text(t->s, "audit_head", hash, why)
		       ? -1
		       : 0;
}

static int write_audit(struct tre *t, const struct buf *lines, struct why *why)
{
	const json_int_t old = json_integer_value(json_object_get(t->s, "audit_len"));
	char *path = join(t->state, "audit.jsonl");
	const int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	int rc = fd < 0 || ftruncate(fd, old) ||
		 pwrite(fd, lines->bytes, lines->len, old) != (ssize_t)lines->len || fsync(fd);

	if (rc)
		why_sys(why, "audit.jsonl: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	if (rc)
		return -1;
	return json_put(t->s, "audit_len", json_integer(old + (json_int_t)lines->len), why);
}

int tre_save(struct tre *t, struct why *why)
{
	uint8_t header[HEADER], nonce[NONCE], tag[TAG];
	BUF(text);
	BUF(sealed);
	BUF(lines);

	if (json_array_size(t->pending) &&
	    (audit_lines(t, &lines, why) || write_audit(t, &lines, why)))
		return -1;
	json_array_clear(t->pending);
	put_header(header, t->counter + 1);
	if (json_append(&text, t->s, why) || rng_bytes(nonce, NONCE, why) ||
	    buf_add(&sealed, header, HEADER, why) || buf_add(&sealed, nonce, NONCE, why) ||
	    buf_reserve(&sealed, text.len + TAG, why))
		return -1;
	if (!gcm(1, t->key, nonce, header, sealed.bytes + sealed.len, text.bytes, text.len, tag))
		return ossl_why(why, "AES-256-GCM");
	sealed.len += text.len;
	if (buf_add(&sealed, tag, TAG, why) ||
	    put_file(t->state, "state.sealed", sealed.bytes, sealed.len, why))
		return -1;
	return put_counter(t, t->counter + 1, why);
}

static int broken(size_t line, struct why *why)
{
	return why_refuse(
		why, "audit-broken",
		"record %zu of the audit is not the one that was written (TR 33.812 5.1.2.2)",
		line);
}

/* Each record's hash covers it and the one before; the last is the head in the sealed state. */
static int verify_lines(const struct tre *t, char *text, struct why *why)
{
	char hash[65] = "";
	size_t line = 0;

	for (char *next; *text; text = next) {
		AUTO(json_t) *o = NULL;
		char want[65], got[65];

		line++;
		next = strchr(text, '\n');
		if (!next)
			return broken(line, why);
		o = json_parse(text, (size_t)(next - text), "audit", NULL);
		next++;
		if (!o || strcmp(tre_text(o, "previous"), hash) != 0)
			return broken(line, why);
		snprintf(got, sizeof(got), "%s", tre_text(o, "hash"));
		json_object_del(o, "hash");
		if (chain(o, want, why))
			return -1;
		if (strcmp(got, want) != 0)
			return broken(line, why);
		memcpy(hash, want, sizeof(hash));
	}
	return strcmp(hash, tre_text(t->s, "audit_head")) == 0 ? 0 : broken(line + 1, why);
}

int tre_audit(struct tre *t, bool verify, struct buf *out, struct why *why)
{
	const json_int_t len = json_integer_value(json_object_get(t->s, "audit_len"));
	BUF(text);

	if (get_file(&text, t->state, "audit.jsonl", SLURP_LARGE, why))
		return why->status == TOOL_INPUT ? broken(1, why) : -1;
	if ((json_int_t)text.len < len)
		return broken((size_t)json_integer_value(json_object_get(t->s, "audit_seq")), why);
	/* what a crash left behind the last save is not of the record */
	text.len = (size_t)len;
	text.bytes[text.len] = '\0';
	if (verify && verify_lines(t, (char *)text.bytes, why))
		return -1;
	return buf_add(out, text.bytes, text.len, why);
}
