/* SPDX-License-Identifier: Apache-2.0 */
/* The SyncML package in XML, and the document that it carries. */
#include "lib/fuzz.h"

#include "dm/syncml.h"
#include "dm/wbxml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	BUF(document);
	BUF(cred);

	/* WBXML is another target's: a child for each input is slow */
	if (wbxml_language(bytes, len) == WBXML_NONE && syncml_is_package(bytes, len))
		(void)!syncml_unpack(&document, &cred, bytes, len, &why);
	return 0;
}
