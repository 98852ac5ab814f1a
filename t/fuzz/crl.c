/* SPDX-License-Identifier: Apache-2.0 */
/* A revocation list, PEM or DER. */
#include "lib/fuzz.h"

#include "pki/revocation.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	AUTO(CRL) *crl = crl_read(bytes, len, &why);

	if (crl)
		(void)!crl_check(crl, fuzz_cert("tre"), fuzz_cert("ca"), FUZZ_AT, &why);
	return 0;
}
