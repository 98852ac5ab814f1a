/* SPDX-License-Identifier: Apache-2.0 */
/* WBXML, decoded in a child: that may die, and its parent may not. */
#include "lib/fuzz.h"

#include "dm/syncml.h"
#include "dm/wbxml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	BUF(xml);
	BUF(document);

	if (wbxml_language(bytes, len) == WBXML_NONE)
		return 0;
	if (wbxml_decode(&xml, bytes, len, &why)) {
		MUST(why.status == TOOL_INPUT && xml.len == 0);
	} else {
		(void)!syncml_unpack(&document, NULL, buf_text(&xml), xml.len, &why);
	}
	return 0;
}
