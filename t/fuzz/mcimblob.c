/* SPDX-License-Identifier: Apache-2.0 */
/* MCIMBLOB in strict DER. */
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

/* Each value has one form; the order of the files is free on the way in. */
static void again(const struct mcim_blob *m, size_t len, struct why *why)
{
	MCIM_BLOB(n);
	BUF(der);
	BUF(der2);

	MUST(mcim_blob_encode(&der, m, why) == 0 && der.len == len);
	MUST(mcim_blob_decode(&n, der.bytes, der.len, why) == 0);
	MUST(mcim_blob_encode(&der2, &n, why) == 0 && der2.len == len);
	MUST(memcmp(der.bytes, der2.bytes, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	MCIM_BLOB(m);

	if (mcim_blob_decode(&m, bytes, len, &why) == 0) {
		words(&m, &why);
		again(&m, len, &why);
	}
	return 0;
}
