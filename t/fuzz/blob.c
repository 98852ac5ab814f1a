/* SPDX-License-Identifier: Apache-2.0 */
/* The protected blob, of both transports: nothing is told apart up to the MAC. */
#include "lib/fuzz.h"

#include "mcim/protect.h"

#include <string.h>

static void run(const char *name, const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	enum mcim_tag tag;
	BUF(payload);

	if (mcim_unprotect(&payload, &tag, fuzz_key(name), FUZZ_TRE, bytes, len, &why))
		MUST(payload.len == 0 &&
		     (why.status == TOOL_INPUT || strcmp(why.reason, "mac-mismatch") == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct mcim_protection p;

	run("tre", bytes, len);
	run("rsa", bytes, len);
	(void)!mcim_protection_read(&p, bytes, len, NULL);
	return 0;
}
