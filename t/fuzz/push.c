/* SPDX-License-Identifier: Apache-2.0 */
/* The push over SMS, with and without its MAC, and what it carries. */
#include "lib/fuzz.h"

#include "dm/push.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	SECRET(push_key) k = {0};
	BUF(body);
	BUF(secured);
	BUF(again);
	BUF(pdu);

	(void)!push_open(&body, NULL, bytes, len, &why);
	MUST(body.len <= len && push_key_set(&k, PUSH_USERPIN, "4711", &why) == 0);
	(void)!push_open(&secured, &k, bytes, len, &why);
	MUST(push_pack(&pdu, PUSH_CP, &k, bytes, len, &why) == 0);
	MUST(push_open(&again, &k, pdu.bytes, pdu.len, &why) == 0 && again.len == len);
	return 0;
}
