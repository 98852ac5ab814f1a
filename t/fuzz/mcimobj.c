/* SPDX-License-Identifier: Apache-2.0 */
/* MCIMobj: as it came, and signed here where it is a tree without a signature. */
#include "lib/fuzz.h"

#include "dm/mcimobj.h"

static void run(const void *bytes, size_t len)
{
	struct why why = {0};
	MCIMOBJ(o);

	(void)!mcimobj_open(&o, bytes, len, fuzz_policy("sho", CERT_DPF | CERT_MCIM), NULL, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	BUF(document);

	run(bytes, len);
	if (fuzz_sign_xml(&document, bytes, len, "M2ME/Prov/XMLsignatureID", "sho") == 0)
		run(document.bytes, document.len);
	return 0;
}
