/* SPDX-License-Identifier: Apache-2.0 */
/* The audit record, chained by hashes. */
#include "base/folder.h"
#include "lib/fuzz.h"

#include "tre/state.h"

#include <unistd.h>

static char folder[64];

static void end(void)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/audit.jsonl", folder);
	unlink(path);
	rmdir(folder);
}

static void run(struct tre *t, bool verify)
{
	struct why why = {0};
	BUF(out);

	if (tre_audit(t, verify, &out, &why))
		MUST(why.status == TOOL_NO && out.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char head[] =
		"4fb0e0d9b5bd9fcf0c9ba1ecba5a0a5aaf2b8a9c0d7ad1ac2a5ee3bd90f86d6f";
	struct tre t = {.state = folder, .lock = -1};
	struct why why = {0};

	if (!*folder) {
		snprintf(folder, sizeof(folder), "%s/fuzz-audit-XXXXXX",
			 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		MUST(mkdtemp(folder) && atexit(end) == 0);
	}
	MUST(folder_put(folder, "audit.jsonl", bytes, len, &why) == 0);
	t.s = json_pack("{s:I, s:I, s:s}", "audit_len", (json_int_t)len, "audit_seq", (json_int_t)1,
			"audit_head", head);
	run(&t, true);
	run(&t, false);
	json_decref(t.s);
	return 0;
}
