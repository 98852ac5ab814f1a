/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's token: as it came, and signed here where it is claims alone. */
#include "lib/fuzz.h"

#include "pki/token.h"

static void run(const char *text, size_t len)
{
	struct why why = {0};
	struct token t = {0};

	if (token_open(&t, text, len, fuzz_policy("ca", CERT_TRE), &why) == 0)
		MUST(*t.tre_id && *t.new_sho && *t.cur_sho && t.exp > FUZZ_AT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	BUF(text);

	run((const char *)bytes, len);
	if (fuzz_sign_jws(&text, bytes, len, "m2m-token", "tre") == 0)
		run(buf_text(&text), text.len);
	return 0;
}
