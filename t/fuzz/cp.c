/* SPDX-License-Identifier: Apache-2.0 */
/* The provisioning document: in words, what it carries, and whether it agrees with it. */
#include "lib/fuzz.h"

#include "base/xml.h"
#include "dm/cp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	AUTO(json_t) *words = NULL;
	BOOTSTRAP(b);
	BOOTSTRAP(inside);
	BUF(xml);
	BUF(document);

	/* WBXML is another target's: a child for each input is slow */
	if (!xml_root_is(bytes, len, "wap-provisioningdoc") || buf_add(&xml, bytes, len, &why))
		return 0;
	words = cp_to_json(&xml, &why);
	(void)cp_is_signed(&xml);
	if (cp_unpack(&document, &xml, &why) == 0) {
		b.napdef = json_pack("{s:s, s:s}", "napid", "m2m", "apn", "iot");
		(void)!cp_agrees(&xml, &b, &document, &why);
		(void)!bootstrap_open(&inside, buf_text(&document), document.len, NULL, NULL, &why);
	}
	return 0;
}
