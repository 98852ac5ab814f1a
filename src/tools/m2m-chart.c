/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-chart(1): the trace of a run as a sequence chart. */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "chart/chart.h"

#include <string.h>

static const struct tool tool = {
	"m2m-chart", "m2m-chart [--format text|mermaid] [--count] [-i RUN/trace.jsonl] [-o FILE]",
	"Draws the trace of a run of m2m-walk(1) as a sequence chart."};

static struct {
	const char *format, *in, *out;
	bool count;
} o;

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"format", 0, TOOL_TEXT, &o.format, "text|mermaid", "the form of the chart (text)"},
		{"count", 0, TOOL_FLAG, &o.count, NULL,
		 "count messages and octets instead, JSON Lines"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this trace instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	__attribute__((cleanup(chart_free))) struct chart c = {0};
	struct why why = {0};
	bool mermaid;
	BUF(out);

	secmem_init();
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
	mermaid = o.format && strcmp(o.format, "mermaid") == 0;
	if (o.format && !mermaid && strcmp(o.format, "text") != 0)
		tool_usage("--format: want text or mermaid, got '%s'", o.format);
	if (chart_load(&c, o.in, &why) || (o.count   ? chart_count(&out, &c, &why)
					   : mermaid ? chart_mermaid(&out, &c, &why)
						     : chart_text(&out, &c, &why)))
		return tool_fail(&why);
	return outfile_put(o.out, OUTFILE_PUBLIC, buf_text(&out), out.len, &why) ? tool_fail(&why)
										 : TOOL_OK;
}
