/* SPDX-License-Identifier: Apache-2.0 */
/* CSV and TSV: what was read comes back from what is written of it. */
#include "lib/fuzz.h"

#include "base/record.h"

static void check(const json_t *record, enum record_form form, struct why *why)
{
	static const char *const columns[] = {"imsi", "k", "opc", "amf", "sqn", "alg", "a", NULL};
	AUTO(RECORD_READER) *in = NULL;
	AUTO(json_t) *again = NULL;
	BUF(text);

	MUST(record_header(&text, form, columns, why) == 0);
	MUST(record_append(&text, form, columns, record, why) == 0);
	in = record_open(fuzz_file(text.bytes, text.len), form, why);
	if (!in || record_next(in, &again, why) != 1)
		return; /* longer than a line may be */
	for (size_t i = 0; columns[i]; i++)
		MUST(json_equal(json_object_get(again, columns[i]),
				json_object_get(record, columns[i])) ||
		     !json_object_get(again, columns[i]) == !json_object_get(record, columns[i]));
}

static void run(const uint8_t *bytes, size_t len, enum record_form form)
{
	struct why why = {0};
	AUTO(RECORD_READER) *in = record_open(fuzz_file(bytes, len), form, &why);
	json_t *record;
	int got = in ? 1 : 0;
	AUTO(json_t) *last = NULL;

	while (got) {
		record = NULL;
		got = record_next(in, &record, &why);
		MUST((got == 1) == (record != NULL) && why.status != TOOL_SYS);
		if (!record)
			continue;
		json_decref(last);
		last = record;
	}
	if (last)
		check(last, form, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	run(bytes, len, RECORD_CSV);
	run(bytes, len, RECORD_TSV);
	return 0;
}
