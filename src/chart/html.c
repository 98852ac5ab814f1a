/* SPDX-License-Identifier: Apache-2.0 */
#include "base/party.h"
#include "base/slurp.h"
#include "chart/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	"'unsafe-inline'\">\n"
	"<title>%s</title>\n<style>\n"
	"body{font:16px/1.45 sans-serif;margin:1.5em auto;max-width:75em;padding:0 1em;"
	"color:#111;background:#fff}\n"
	"figure{margin:0;overflow-x:auto}\n"
	"svg{max-width:none}\n"
	"pre{font-size:13px;overflow-x:auto;white-space:pre;background:#f4f4f4;padding:.6em}\n"
	"summary{cursor:pointer;padding:.2em}\n"
	"summary:focus-visible{outline:3px solid #06c}\n"
	".refused summary{color:#b00000;font-weight:bold}\n"
	"h3{font-size:1em;margin:.6em 0 .2em}\n"
	"dl{margin:.3em 1em}dt{font-weight:bold;float:left;margin-right:.5em}dd{margin:0}\n"
	"@media print{details::details-content{content-visibility:visible;block-size:auto}"
	"details>pre{white-space:pre-wrap;overflow-wrap:anywhere}"
	"figure{overflow:visible}svg{max-width:100%%;height:auto}summary{break-after:avoid}}\n"
	"</style>\n</head>\n<body>\n<h1>%s</h1>\n";

static int put_text(struct buf *out, const json_t *o, const char *field, struct why *why)
{
	const char *v = chart_member(o, field);

	return chart_escape(out, v, strlen(v), why);
}

/* Each label is a link to its message, whose number is in its colour (msc.c). */
static int put_links(struct buf *out, const char *svg, struct why *why)
{
	static const char mark[] = "fill=\"#", end[] = "</text>";
	const char *from, *to;

	for (; (from = strstr(svg, "<text ")); svg = to + strlen(end)) {
		const char *fill = strstr(from, mark);
		unsigned long colour;

		to = strstr(from, end);
		if (!to)
			break;
		if (!fill || fill > to) {
			if (buf_add(out, svg, (size_t)(to - svg) + strlen(end), why))
				return -1;
			continue;
		}
		colour = strtoul(fill + strlen(mark), NULL, 16);
		if (buf_add(out, svg, (size_t)(from - svg), why) ||
		    buf_print(out, why, "<a href=\"#m%lu\">", colour & 0xffff) ||
		    buf_add(out, from, (size_t)(fill - from), why) ||
		    buf_print(out, why, "fill=\"%s\"", colour > 0xffff ? "#b00000" : "#003a8c") ||
		    buf_add(out, fill + strlen(mark) + 7, (size_t)(to - fill) - strlen(mark) - 7,
			    why) ||
		    buf_print(out, why, "%s</a>", end))
			return -1;
	}
	return buf_add(out, svg, strlen(svg), why);
}

/* The picture stands in the page itself: what is before <svg is for a file of its own. */
static int put_picture(struct buf *out, const struct chart *c, struct why *why)
{
	const char *svg;
	BUF(picture);

	if (chart_picture(&picture, c, "svg", true, why))
		return -1;
	svg = strstr(buf_text(&picture), "<svg");
	if (!svg)
		return why_sys(why, "mscgen made no picture");
	return buf_print(out, why,
			 "<figure aria-label=\"Sequence chart; each message follows as "
			 "text\">\n") ||
			       put_links(out, svg, why) || buf_print(out, why, "</figure>\n")
		       ? -1
		       : 0;
}

/* A file that the trace names is read below wire/ alone. */
static int put_file(struct buf *out, const char *folder, const char *file, struct why *why)
{
	struct why own = {0};
	BUF(bytes);

	if (!folder || strncmp(file, "wire/", 5) != 0 ||
	    slurp_within(&bytes, folder, "wire", file + 5, SLURP_DOCUMENT, &own))
		return buf_print(out, why, "<p>The message's file is not here.</p>\n");
	return buf_print(out, why, "<pre tabindex=\"0\">") ||
			       chart_message(out, (const uint8_t *)buf_text(&bytes), bytes.len,
					     why) ||
			       buf_print(out, why, "</pre>\n")
		       ? -1
		       : 0;
}

static int put_field(struct buf *out, const json_t *o, const char *name, const char *field,
		     struct why *why)
{
	if (!*chart_member(o, field))
		return 0;
	return buf_print(out, why, "<dt>%s</dt><dd>", name) || put_text(out, o, field, why) ||
			       buf_print(out, why, "</dd>\n")
		       ? -1
		       : 0;
}

static int put_message(struct buf *out, const json_t *o, size_t number, const char *folder,
		       const json_t *states, struct why *why)
{
	const char *outcome = chart_member(o, "outcome");
	const bool refused = *outcome && strcmp(outcome, "ok") != 0;

	if (buf_print(out, why, "<details%s>\n<summary id=\"s%zu\">%s %s: %s to %s: %s%s",
		      refused ? " class=\"refused\"" : "", number,
		      refused ? "Refused: step" : "Step", chart_member(o, "step"),
		      chart_member(o, "from"), chart_member(o, "to"), chart_member(o, "message"),
		      refused ? ": " : "") ||
	    (refused && put_text(out, o, "outcome", why)) ||
	    buf_print(out, why, "</summary>\n<dl id=\"m%zu\">\n", number) ||
	    put_field(out, o, "Procedure", "procedure", why) ||
	    put_field(out, o, "Clause", "clause", why) || put_field(out, o, "Time", "time", why) ||
	    put_field(out, o, "File", "file", why) || put_field(out, o, "SHA-256", "sha256", why) ||
	    buf_print(out, why, "<dt>Octets</dt><dd>%" JSON_INTEGER_FORMAT "</dd>\n</dl>\n",
		      json_integer_value(json_object_get(o, "bytes"))) ||
	    put_file(out, folder, chart_member(o, "file"), why) ||
	    chart_states_put(out, states, number, chart_member(o, "from"), chart_member(o, "to"),
			     why))
		return -1;
	return buf_print(out, why, "</details>\n");
}

/* The messages from c->first on, up to the next procedure's, and their chart; with all parties, in
 * the columns of the whole. */
static int put_part(struct buf *out, const struct chart *c, const char *folder,
		    const json_t *states, size_t *at, struct why *why)
{
	AUTO(json_t) *messages = json_array();
	struct chart part = *c;
	const char *name = chart_part(c, *at);
	size_t i = part.first = *at;

	do
		if (json_array_append(messages, json_array_get(c->messages, i)))
			return why_sys(why, "out of memory");
	while (++i < json_array_size(c->messages) && !*chart_part(c, i));
	part.messages = messages;
	if (buf_print(out, why, "<h2>%s</h2>\n", *name ? name : "Messages") ||
	    put_picture(out, &part, why))
		return -1;
	for (; *at < i; ++*at)
		if (put_message(out, json_array_get(c->messages, *at), *at + 1, folder, states,
				why))
			return -1;
	return 0;
}

int chart_html(struct buf *out, const struct chart *c, const char *folder, struct why *why)
{
	char title[128] = "A run";
	const size_t n = json_array_size(c->messages);
	const char *last = n ? chart_member(json_array_get(c->messages, n - 1), "procedure") : "";
	AUTO(json_t) *states = NULL;
	size_t at = 0;

	if (!n)
		return why_input(why, "the trace is empty: there is nothing to draw");
	/* the last message's: what stands before it led there */
	if (*last && party_check(last, "procedure", NULL) == 0)
		snprintf(title, sizeof(title), "%s", last);
	if (chart_states(&states, folder, why) || buf_print(out, why, head, title, title) ||
	    buf_print(out, why, "<main>\n"))
		return -1;
	while (at < n)
		if (put_part(out, c, folder, states, &at, why))
			return -1;
	return buf_print(out, why, "</main>\n</body>\n</html>\n");
}
