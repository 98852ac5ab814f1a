/* SPDX-License-Identifier: Apache-2.0 */
/* A revocation list, PEM or DER. */
#include "lib/fuzz.h"

#include "pki/revocation.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};

	(void)!crl_check(bytes, len, fuzz_cert("tre"), fuzz_cert("ca"), FUZZ_AT, &why);
	return 0;
}
