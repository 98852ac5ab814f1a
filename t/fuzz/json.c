/* SPDX-License-Identifier: Apache-2.0 */
/* JSON records: lines, as jansson alone reads them, and strict JSON that is written again. */
#include "lib/fuzz.h"

#include "base/record.h"
#include "base/secmem.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	AUTO(RECORD_READER) *in = record_open(fuzz_file(bytes, len), RECORD_JSONL, &why);
	int got = in ? 1 : 0;

	while (got) {
		AUTO(json_t) *record = NULL;
		AUTO(json_t) *again = NULL;
		AUTO(json_t) *same = NULL;
		char *line, *dumped;
		size_t n;
		BUF(text);

		got = record_text(in, &line, &n, &why);
		if (got == 1) {
			same = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
			got = record_parse(in, &record, &why) ? -1 : 1;
		}
		MUST(why.status != TOOL_SYS);
		MUST(json_is_object(same) ? json_equal(same, record) : !record);
		if (got != 1)
			continue;
		MUST(json_append(&text, record, &why) == 0);
		dumped = json_dumps(record, JSON_COMPACT);
		MUST(dumped && strcmp(dumped, buf_text(&text)) == 0);
		secmem_free(dumped);
		again = json_parse(text.bytes, text.len, "again", &why);
		MUST(again && json_equal(again, record));
	}
	return 0;
}
