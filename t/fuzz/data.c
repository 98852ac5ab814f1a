/* SPDX-License-Identifier: Apache-2.0 */
/* data = tag | payload_length | payload | version | padding_data, and what a payload may be. */
#include "lib/fuzz.h"

#include "dm/bootstrap.h"
#include "mcim/data.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	SECRET(bootstrap_credentials) c;
	enum mcim_tag tag;
	BUF(payload);
	BUF(again);

	if (mcim_data_decode(&payload, &tag, bytes, len, &why))
		return 0;
	MUST(payload.len < len && *mcim_tag_name(tag));
	MUST(mcim_data_encode(&again, tag, payload.bytes, payload.len, &why) == 0);
	MUST(again.len == len && memcmp(again.bytes, bytes, len) == 0);
	if (tag == MCIM_TAG_BOOTSTRAP)
		(void)!bootstrap_credentials_decode(&c, buf_text(&payload), payload.len, &why);
	return 0;
}
