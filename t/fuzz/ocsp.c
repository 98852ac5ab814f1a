/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a responder. */
#include "lib/fuzz.h"

#include "pki/revocation.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const uint8_t nonce[OCSP_NONCE];
	struct why why = {0};

	(void)!ocsp_check(bytes, len, fuzz_cert("tre"), fuzz_cert("ca"), NULL, FUZZ_AT, &why);
	MUST(ocsp_check(bytes, len, fuzz_cert("tre"), fuzz_cert("ca"), nonce, FUZZ_AT, &why));
	return 0;
}
