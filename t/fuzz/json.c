/* SPDX-License-Identifier: Apache-2.0 */
/* JSON records: lines, and strict JSON that is written again. */
#include "lib/fuzz.h"

#include "base/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	AUTO(RECORD_READER) *in = record_open(fuzz_file(bytes, len), RECORD_JSONL, &why);
	int got = in ? 1 : 0;

	while (got) {
		AUTO(json_t) *record = NULL;
		AUTO(json_t) *again = NULL;
		BUF(text);

		got = record_next(in, &record, &why);
		MUST(why.status != TOOL_SYS);
		if (got != 1)
			continue;
		MUST(json_append_line(&text, record, &why) == 0);
		again = json_parse(text.bytes, text.len, "again", &why);
		MUST(again && json_equal(again, record));
	}
	return 0;
}
