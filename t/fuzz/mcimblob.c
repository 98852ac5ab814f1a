/* SPDX-License-Identifier: Apache-2.0 */
/* MCIMBLOB in strict DER, of which each value has one form alone, and in PER. */
#include "lib/fuzz.h"

#include "mcim/blob.h"

#include <string.h>

static void words(const struct mcim_blob *m, struct why *why)
{
	AUTO(json_t) *o = mcim_blob_to_json(m, why);

	MUST(!o || json_is_object(o));

	(void)!mcim_blob_complete(m, why);
	(void)mcim_blob_is_isim(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	MCIM_BLOB(m);
	MCIM_BLOB(u);
	BUF(der);

	if (mcim_blob_decode(&m, bytes, len, &why) == 0) {
		words(&m, &why);
		MUST(mcim_blob_encode(&der, &m, &why) == 0);
		MUST(der.len == len && memcmp(der.bytes, bytes, len) == 0);
	}
	if (mcim_blob_decode_uper(&u, bytes, len, &why) == 0)
		words(&u, &why);
	return 0;
}
