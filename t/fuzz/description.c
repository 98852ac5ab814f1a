/* SPDX-License-Identifier: Apache-2.0 */
/* The MCIM in words: what is taken is encoded, and the same words come back. */
#include "lib/fuzz.h"

#include "mcim/blob.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	AUTO(json_t) *words = json_parse(bytes, len, "input", &why);
	AUTO(json_t) *again = NULL;
	MCIM_BLOB(m);
	MCIM_BLOB(n);
	BUF(der);
	BUF(der2);

	if (!words || mcim_blob_from_json(&m, words, &why) || mcim_blob_encode(&der, &m, &why))
		return 0;
	again = mcim_blob_to_json(&m, &why);
	MUST(again && mcim_blob_from_json(&n, again, &why) == 0);
	MUST(mcim_blob_encode(&der2, &n, &why) == 0 && der.len == der2.len);
	MUST(memcmp(der.bytes, der2.bytes, der.len) == 0);
	(void)!mcim_blob_complete(&m, &why);
	return 0;
}
