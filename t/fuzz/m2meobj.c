/* SPDX-License-Identifier: Apache-2.0 */
/* M2MEobj: as it came, and signed here where it is a tree without a signature. */
#include "lib/fuzz.h"

#include "dm/m2meobj.h"
#include "pva/appraise.h"

static void run(const void *bytes, size_t len)
{
	struct why why = {0};
	AUTO(X509) *signer = NULL;
	AUTO(json_t) *reference = json_pack("[{s:s, s:s}]", "component", "boot", "sha256", "00");
	uint8_t md[32];
	M2MEOBJ(o);

	if (m2meobj_open(&o, &signer, md, bytes, len, &why) == 0)
		(void)!pva_measurements(o.tre_info, reference, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	BUF(document);

	run(bytes, len);
	if (fuzz_sign_xml(&document, bytes, len, "M2ME/TRE/XMLsignatureID", "tre") == 0)
		run(document.bytes, document.len);
	return 0;
}
