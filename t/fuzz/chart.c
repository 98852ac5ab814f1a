/* SPDX-License-Identifier: Apache-2.0 */
/* A trace, and its charts. */
#include "lib/fuzz.h"

#include "chart/chart.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	struct chart c = {.parties = 0};
	BUF(text);
	BUF(mermaid);
	BUF(count);

	if (chart_load(&c, fuzz_file(bytes, len), &why) == 0)
		MUST(chart_text(&text, &c, &why) == 0 && chart_mermaid(&mermaid, &c, &why) == 0 &&
		     chart_count(&count, &c, &why) == 0);
	chart_free(&c);
	return 0;
}
