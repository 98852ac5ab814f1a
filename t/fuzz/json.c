/* SPDX-License-Identifier: Apache-2.0 */
/* JSON records: lines, strict JSON, and the acts of milenage(1) on their fields. */
#include "lib/fuzz.h"

#include "aka/aka_record.h"
#include "base/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	AUTO(RECORD_READER) *in = record_open(fuzz_file(bytes, len), RECORD_JSONL, &why);
	int got = in ? 1 : 0;

	while (got) {
		AUTO(json_t) *record = NULL;
		BUF(text);

		got = record_next(in, &record, &why);
		for (int act = AKA_ALL; got == 1 && act <= AKA_OPC; act++) {
			AUTO(json_t) *result = NULL;

			(void)!aka_record(&result, (enum aka_act)act, record, &why);
		}
		if (got == 1)
			MUST(json_append_line(&text, record, &why) == 0);
		MUST(why.status != TOOL_SYS);
	}
	return 0;
}
