/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/render.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* mscgen writes no links into an SVG: the number of the message goes through in its label's colour,
 * which chart_html takes out again. number: 0 for none. */
static int put_arrow(struct buf *out, const json_t *o, size_t number, struct why *why)
{
	const char *refusal = chart_refusal(o);
	char style[96] = "";

	if (refusal || number)
		snprintf(style, sizeof(style), "%s, textcolour=\"#%s%04zx\"",
			 refusal ? ", linecolour=\"#b00000\"" : "", refusal ? "b0" : "00",
			 number & 0xffff);
	return buf_print(out, why, "  \"%s\"=>\"%s\" [label=\"%s %s%s%s\"%s];\n",
			 chart_member(o, "from"), chart_member(o, "to"), chart_member(o, "step"),
			 chart_member(o, "message"), refusal ? ": " : "", refusal ? refusal : "",
			 style);
}

int chart_msc(struct buf *out, const struct chart *c, bool numbered, struct why *why)
{
	const json_t *o;
	size_t i;

	if (buf_print(out, why, "msc {\n  width=\"%zu\";\n", 140 * (c->parties ? c->parties : 1)))
		return -1;
	for (i = 0; i < c->parties; i++)
		if (buf_print(out, why, "%s\"%s\"%s", i ? ", " : "  ", c->party[i],
			      i + 1 == c->parties ? ";\n" : ""))
			return -1;
	json_array_foreach (c->messages, i, o) {
		const char *part = chart_part(c, i);

		if ((*part && buf_print(out, why, "  --- [label=\"%s\"];\n", part)) ||
		    put_arrow(out, o, numbered ? c->first + i + 1 : 0, why))
			return -1;
	}
	return buf_print(out, why, "}\n");
}

/* In the child: mscgen with both files in place of its streams. */
static void become_mscgen(int in, int result, const char *form)
{
	const int nowhere = open("/dev/null", O_WRONLY);

	if (dup2(in, 0) >= 0 && dup2(result, 1) >= 0 && nowhere >= 0 && dup2(nowhere, 2) >= 0)
		execlp("mscgen", "mscgen", "-T", form, "-i", "-", "-o", "-", (char *)NULL);
	_exit(errno == ENOENT ? 127 : 126);
}

static int read_all(struct buf *out, FILE *f, struct why *why)
{
	char chunk[8192];
	size_t n;

	rewind(f);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		if (buf_add(out, chunk, n, why))
			return -1;
	return ferror(f) ? why_sys(why, "mscgen: %s", strerror(errno)) : 0;
}

static int run_mscgen(FILE *in, FILE *result, const char *form, struct why *why)
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0)
		become_mscgen(fileno(in), fileno(result), form);
	if (child < 0)
		return why_sys(why, "fork: %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return why_sys(why, "mscgen: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return why_sys(why, "mscgen is not installed (Debian's mscgen)");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0
		       ? 0
		       : why_sys(why, "mscgen could not draw the chart");
}

static void close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

int chart_picture(struct buf *out, const struct chart *c, const char *form, bool numbered,
		  struct why *why)
{
	__attribute__((cleanup(close_file))) FILE *in = tmpfile();
	__attribute__((cleanup(close_file))) FILE *result = tmpfile();
	BUF(msc);

	if (!c->parties)
		return why_input(why, "the trace is empty: there is nothing to draw");
	if (!in || !result)
		return why_sys(why, "a temporary file: %s", strerror(errno));
	if (chart_msc(&msc, c, numbered, why))
		return -1;
	if (fwrite(msc.bytes, 1, msc.len, in) != msc.len || fflush(in) || fseek(in, 0, SEEK_SET))
		return why_sys(why, "a temporary file: %s", strerror(errno));
	return run_mscgen(in, result, form, why) || read_all(out, result, why) ? -1 : 0;
}
