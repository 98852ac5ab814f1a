/* SPDX-License-Identifier: Apache-2.0 */
/* The attestation result: as it came, and signed here where it is claims alone. */
#include "lib/fuzz.h"

#include "pva/result.h"

static void run(const char *text, size_t len)
{
	struct why why = {0};
	RESULT(r);
	BUF(words);

	if (result_open(&r, text, len, fuzz_policy("pva", CERT_ATTESTATION), &why) == 0)
		MUST(result_make(&words, &r, NULL, 0, NULL, NULL, &why) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	BUF(text);

	run((const char *)bytes, len);
	if (fuzz_sign_jws(&text, bytes, len, "m2m-result", "pva") == 0)
		run(buf_text(&text), text.len);
	return 0;
}
