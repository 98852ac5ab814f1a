/* SPDX-License-Identifier: Apache-2.0 */
/* CMS AuthEnvelopedData. */
#include "lib/fuzz.h"

#include "pki/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const names[] = {"tre", "rsa"};

	for (size_t i = 0; i < 2; i++) {
		struct why why = {0};
		BUF(text);
		BUF(more);

		if (envelope_open(&text, fuzz_key(names[i]), NULL, bytes, len, &why))
			MUST(text.len == 0 && why.status == TOOL_NO);
		(void)!envelope_open(&more, fuzz_key(names[i]), fuzz_cert(names[i]), bytes, len,
				     &why);
	}
	return 0;
}
