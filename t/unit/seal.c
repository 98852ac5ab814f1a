/* SPDX-License-Identifier: Apache-2.0 */
/* tre/seal and tre/registry: the sealed state to the octet, its counter, a broken MCIM. */
#include "base/outfile.h"
#include "base/slurp.h"
#include "tre/state.h"

#include "ok.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE "state"
#define DEVICE "state.device"
#define SEALED STATE "/state.sealed"
#define COUNTER DEVICE "/counter"
#define MARK DEVICE "/locked-down"

static void put(const char *path, const void *bytes, size_t len)
{
	struct why why = {0};

	OK(outfile_put(path, OUTFILE_SECRET, bytes, len, &why) == 0);
}

static void get(struct buf *b, const char *path)
{
	struct why why = {0};

	buf_clear(b);
	OK(slurp(b, path, SLURP_LARGE, &why) == 0);
}

/* Whether the state opens; a mark of lock-down is asked for, and taken away again. */
static bool opens(void)
{
	struct why why = {0};
	AUTO(TRE) *t = tre_open(STATE, NULL, &why);

	if (t)
		return true;
	OK(why.status == TOOL_NO && strcmp(why.reason, "locked-down") == 0);
	OK(access(MARK, F_OK) == 0);
	/* for good: what was wrong may be mended, and it stays locked */
	OK(!(t = tre_open(STATE, NULL, &why)) && strcmp(why.reason, "locked-down") == 0);
	OK(unlink(MARK) == 0);
	return false;
}

static void test_octets(void)
{
	BUF(sealed);
	BUF(wrong);

	get(&sealed, SEALED);
	OK(sealed.len > 41 && memcmp(sealed.bytes, "TRES\x01\0\0\0\0\0\0\0\x01", 13) == 0);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.bytes[i] ^= 1;
		put(SEALED, sealed.bytes, sealed.len);
		OK(!opens());
		sealed.bytes[i] ^= 1;
	}
	for (size_t n = 0; n < sealed.len; n += 7) {
		put(SEALED, sealed.bytes, n);
		OK(!opens());
	}
	get(&wrong, SEALED);
	put(SEALED, sealed.bytes, sealed.len);
	OK(opens());
	OK(unlink(SEALED) == 0 && !opens());
	put(SEALED, sealed.bytes, sealed.len);
	OK(opens());
}

static void test_device(void)
{
	BUF(key);

	get(&key, DEVICE "/device.key");
	OK(key.len == 32);
	key.bytes[31] ^= 1;
	put(DEVICE "/device.key", key.bytes, 32);
	OK(!opens());
	key.bytes[31] ^= 1;
	put(DEVICE "/device.key", key.bytes, 31);
	OK(!opens());
	OK(unlink(DEVICE "/device.key") == 0 && !opens());
	put(DEVICE "/device.key", key.bytes, 32);
	put(COUNTER, "one\n", 4);
	OK(!opens());
	OK(unlink(COUNTER) == 0 && !opens());
	put(COUNTER, "1\n", 2);
	OK(opens());
}

/* A save is two writes: a crash between them leaves the state at c + 1, and the counter at c. */
static void test_counter(void)
{
	struct why why = {0};
	BUF(old);
	BUF(counter);

	get(&old, SEALED);
	{
		AUTO(TRE) *t = tre_open(STATE, NULL, &why);

		OK(t && t->counter == 1 && tre_save(t, &why) == 0 && t->counter == 2);
	}
	put(COUNTER, "1\n", 2);
	OK(opens());
	get(&counter, COUNTER);
	OK(strcmp(buf_text(&counter), "2\n") == 0);
	put(COUNTER, "3\n", 2);
	OK(!opens());
	put(COUNTER, "0\n", 2);
	OK(!opens());
	put(COUNTER, "2\n", 2);
	OK(opens());
	get(&counter, SEALED);
	put(SEALED, old.bytes, old.len); /* rolled back */
	OK(!opens());
	put(SEALED, counter.bytes, counter.len);
	OK(opens());
}

/* A crash of init: nothing was there, and init gets through; or all was there. */
static void test_init(void)
{
	struct why why = {0};
	AUTO(TRE) *t = NULL;

	OK(system("rm -rf " STATE " " DEVICE) == 0);
	t = tre_create(STATE, NULL, &why);
	OK(t && access(SEALED, F_OK) && access(COUNTER, F_OK) == 0);
	tre_close(t);
	OK(!(t = tre_open(STATE, NULL, &why)) && why.status == TOOL_INPUT);
	OK(access(MARK, F_OK) != 0);
	memset(&why, 0, sizeof(why));
	OK(tre_init(STATE, NULL, "ACME;0001", NULL, NULL, &why) == 0);
	put(COUNTER, "0\n", 2);
	OK(opens());
	OK(tre_init(STATE, NULL, "ACME;0001", NULL, NULL, &why) == -1);
	OK(strcmp(why.reason, "already-initialised") == 0);
}

static void test_modes(void)
{
	static const char *const files[] = {SEALED, STATE "/audit.jsonl", STATE "/lock", COUNTER,
					    DEVICE "/device.key"};
	struct stat st;

	OK(stat(STATE, &st) == 0 && (st.st_mode & 0777) == 0700);
	OK(stat(DEVICE, &st) == 0 && (st.st_mode & 0777) == 0700);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		OK(stat(files[i], &st) == 0 && (st.st_mode & 0777) == 0600);
}

/* An MCIM of which one octet is wrong: blocked at boot, for good (TR 33.812 5.1.2.3). */
static void test_mcim(void)
{
	static const char words[] =
		"{\"application\":\"usim\",\"imsi\":\"001020000000001\",\"k\":"
		"\"000102030405060708090a0b0c0d0e0f\",\"alg\":\"milenage\",\"opc\":"
		"\"101112131415161718191a1b1c1d1e1f\"}";
	struct why why = {0};
	AUTO(TRE) *t = tre_open(STATE, NULL, &why);
	AUTO(json_t) *o = json_parse(words, sizeof(words) - 1, "words", &why);
	json_t *m = json_pack("{s:s, s:s, s:s}", "id", "mcim-1", "operator", "sho-a", "state",
			      "selected");
	MCIM_BLOB(b);
	BUF(out);

	OK(t && o && mcim_blob_from_json(&b, o, &why) == 0 && tre_mcim_fill(m, &b, &why) == 0);
	OK(json_array_append(json_object_get(t->s, "mcims"), m) == 0);
	OK(tre_mcim_is_whole(m) && tre_boot(t, NULL, &out, &why) == 0);
	OK(strcmp(tre_text(m, "state"), "selected") == 0);
	OK(json_put_text(m, "der_b64", "MAA=", &why) == 0 && !tre_mcim_is_whole(m));
	OK(tre_boot(t, NULL, &out, &why) == 0);
	OK(strcmp(tre_text(m, "state"), "blocked") == 0);
	OK(strcmp(tre_text(m, "reason"), "integrity") == 0);
	OK(tre_mcim_act(t, m, ACT_UNBLOCK, "operator", &why) == -1);
	OK(strcmp(why.reason, "wrong-state") == 0 && strcmp(tre_text(m, "state"), "blocked") == 0);
	OK(tre_mcim_act(t, m, ACT_DELETE, "owner", &why) == 0);
	json_decref(m);
}

int main(void)
{
	char folder[] = "/tmp/seal-XXXXXX";
	const char *own = getenv("BATS_TEST_TMPDIR");
	struct why why = {0};

	OK(own ? chdir(own) == 0 : mkdtemp(folder) && chdir(folder) == 0);
	umask(0);
	OK(system("rm -rf " STATE " " DEVICE) == 0);
	OK(tre_init(STATE, NULL, "ACME;0001", NULL, NULL, &why) == 0);
	test_modes();
	test_octets();
	test_device();
	test_counter();
	test_init();
	test_mcim();
	OK(system("rm -rf " STATE " " DEVICE) == 0);
	if (!own)
		OK(rmdir(folder) == 0);
	return 0;
}
