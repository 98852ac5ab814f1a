/* SPDX-License-Identifier: Apache-2.0 */
/* The bootstrap: as it came, and signed here where it is a tree without a signature. */
#include "lib/fuzz.h"

#include "dm/bootstrap.h"

static void run(const void *bytes, size_t len)
{
	struct why why = {0};
	AUTO(json_t) *words = NULL;
	BOOTSTRAP(b);

	if (bootstrap_open(&b, bytes, len, fuzz_policy("sho", CERT_DRF), NULL, &why))
		return;
	words = bootstrap_to_json(&b, &why);
	MUST(words || why.status == TOOL_INPUT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	BUF(document);

	run(bytes, len);
	if (fuzz_sign_xml(&document, bytes, len, "M2ME/Bootstrap/XMLsignatureID", "sho") == 0)
		run(document.bytes, document.len);
	return 0;
}
