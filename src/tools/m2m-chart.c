/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-chart(1): the trace of a run as a sequence chart. */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "chart/render.h"

#include <stdio.h>
#include <string.h>

static const struct tool tool = {
	"m2m-chart",
	"m2m-chart [--format text|svg|png|mermaid|msc|html] [--count] [-i RUN/trace.jsonl] [-o "
	"FILE]\n"
	"m2m-chart --count [-o FILE] RUN...",
	"Draws the trace of a run of m2m-walk(1) as a sequence chart."};

static struct {
	const char *format, *in, *out;
	bool count;
} o;

enum form { FORM_TEXT, FORM_SVG, FORM_PNG, FORM_MERMAID, FORM_MSC, FORM_HTML, FORMS };
static const char *const forms[FORMS] = {"text", "svg", "png", "mermaid", "msc", "html"};

/* The folder of the trace; of stdin there is none. */
static const char *folder_of(char folder[static 512], const char *trace)
{
	const char *slash = trace ? strrchr(trace, '/') : NULL;

	if (!trace || strcmp(trace, "-") == 0)
		return NULL;
	snprintf(folder, 512, "%.*s", slash ? (int)(slash - trace) : 1, slash ? trace : ".");
	return folder;
}

static int draw(struct buf *out, const struct chart *c, enum form form, struct why *why)
{
	char folder[512];

	switch (form) {
	case FORM_SVG:
	case FORM_PNG: return chart_picture(out, c, forms[form], false, why);
	case FORM_MERMAID: return chart_mermaid(out, c, why);
	case FORM_MSC: return chart_msc(out, c, false, why);
	case FORM_HTML: return chart_html(out, c, folder_of(folder, o.in), why);
	default: return chart_text(out, c, why);
	}
}

static int count_runs(struct buf *out, char **runs, struct why *why)
{
	for (; *runs; runs++) {
		__attribute__((cleanup(chart_free))) struct chart c = {0};
		char path[512];

		if (snprintf(path, sizeof(path), "%s/trace.jsonl", *runs) >= (int)sizeof(path))
			return why_usage(why, "%.60s: this name is too long", *runs);
		if (chart_load(&c, path, why) || chart_interfaces(out, &c, why))
			return -1;
	}
	return 0;
}

static int run(char **runs, enum form form, struct buf *out, struct why *why)
{
	__attribute__((cleanup(chart_free))) struct chart c = {0};

	if (*runs)
		return count_runs(out, runs, why);
	return chart_load(&c, o.in, why) ||
			       (o.count ? chart_count(out, &c, why) : draw(out, &c, form, why))
		       ? -1
		       : 0;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"format", 0, TOOL_TEXT, &o.format, "FORMAT",
		 "text (default), svg, png, mermaid, msc or html"},
		{"count", 0, TOOL_FLAG, &o.count, NULL,
		 "count messages and octets instead, JSON Lines"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this trace instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	size_t form = 0;
	int first;
	BUF(out);

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (first != argc && (!o.count || o.in))
		tool_usage("RUN goes with --count, and without -i");
	while (o.format && form < FORMS && strcmp(o.format, forms[form]) != 0)
		form++;
	if (form == FORMS || (o.count && o.format))
		tool_usage(
			o.count ? "--count or --format, not both"
				: "--format: want text, svg, png, mermaid, msc or html, got '%s'",
			o.format);
	if (run(argv + first, (enum form)form, &out, &why) ||
	    outfile_put(o.out, OUTFILE_PUBLIC, buf_text(&out), out.len, &why))
		return tool_fail(&why);
	return TOOL_OK;
}
