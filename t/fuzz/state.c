/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed state: octets that somebody changed, and the JSON that a TRE of another version
 * sealed. */
#include "base/folder.h"
#include "lib/fuzz.h"

#include "tre/state.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], device[96];

static void make(void)
{
	struct why why = {0};
	const char *shm = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	snprintf(folder, sizeof(folder), "%s/fuzz-state-XXXXXX", shm);
	MUST(mkdtemp(folder));
	snprintf(device, sizeof(device), "%s/device", folder);
	MUST(tre_init(folder, device, FUZZ_TRE, NULL, NULL, &why) == 0);
}

static void end(void)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	MUST(system(command) == 0);
}

static void open_it(void)
{
	struct why why = {0};
	AUTO(TRE) *t = tre_open(folder, device, &why);
	char mark[128];
	BUF(info);
	BUF(list);
	BUF(seen);
	BUF(identity);

	MUST(t || strcmp(why.reason, "locked-down") == 0);
	snprintf(mark, sizeof(mark), "%s/locked-down", device);
	unlink(mark);
	if (!t)
		return;
	(void)!tre_info(t, &info, &why);
	(void)!tre_list(t, NULL, NULL, &list, &why);
	(void)!tre_list(t, "sho-a", NULL, &seen, &why);
	(void)!tre_identity(t, &identity, &why);
}

/* Seals the JSON as the TRE itself does. */
static int seal(const uint8_t *bytes, size_t len, const struct buf *good)
{
	struct why why = {0};
	AUTO(TRE) *t = NULL;
	AUTO(json_t) *s = json_parse(bytes, len, "input", &why);

	if (!s)
		return -1;
	MUST(folder_put(folder, "state.sealed", good->bytes, good->len, &why) == 0);
	MUST(folder_put(device, "counter", "1\n", 2, &why) == 0);
	t = tre_open(folder, device, &why);
	MUST(t);
	json_decref(t->s);
	t->s = STEAL(s);
	MUST(tre_save(t, &why) == 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct buf good;
	struct why why = {0};

	if (!*folder) {
		make();
		atexit(end);
		MUST(folder_get(&good, folder, "state.sealed", SIZE_MAX / 2, &why) == 0);
	}
	MUST(folder_put(folder, "state.sealed", bytes, len, &why) == 0);
	open_it();
	if (seal(bytes, len, &good) == 0)
		open_it();
	return 0;
}
