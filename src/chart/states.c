/* SPDX-License-Identifier: Apache-2.0 */
/* What the parties' states were around a message: RUN/states.jsonl of m2m-walk --states. */
#include "base/record.h"
#include "chart/render.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_ROOM 512

int chart_states(json_t **states, const char *folder, struct why *why)
{
	AUTO(RECORD_READER) *r = NULL;
	char path[PATH_ROOM];
	json_t *o = NULL;
	struct stat st;
	int got;

	*states = json_array();
	if (!*states)
		return why_sys(why, "out of memory");
	if (!folder || snprintf(path, sizeof(path), "%s/states.jsonl", folder) >= PATH_ROOM ||
	    lstat(path, &st))
		return 0;
	if (!S_ISREG(st.st_mode)) /* a run may be somebody else's, and a link lead anywhere */
		return why_input(why, "%s: want a file, and no link", path);
	r = record_open(path, RECORD_JSONL, why);
	if (!r)
		return -1;
	while ((got = record_next(r, &o, why)) == 1)
		if (json_array_append_new(*states, o))
			return why_sys(why, "out of memory");
	return got;
}

static int collect(const char *text, size_t len, void *out)
{
	return chart_escape(out, text, len, NULL);
}

static int put_state(struct buf *out, const char *party, const char *when, const json_t *state,
		     struct why *why)
{
	if (buf_print(out, why, "<h3>%s, %s</h3>\n<pre tabindex=\"0\">", party, when))
		return -1;
	if (json_dump_callback(state, collect, out, JSON_INDENT(2) | JSON_ENCODE_ANY))
		return why_sys(why, "out of memory");
	return buf_print(out, why, "</pre>\n");
}

static int put_party(struct buf *out, const char *party, const json_t *before, const json_t *after,
		     struct why *why)
{
	const json_t *was = json_object_get(before, party), *is = json_object_get(after, party);

	if (was && is && json_equal(was, is))
		return put_state(out, party, "before and after the step", is, why);
	return (was && put_state(out, party, "before the step", was, why)) ||
			       (is && put_state(out, party, "after the step", is, why))
		       ? -1
		       : 0;
}

int chart_states_put(struct buf *out, const json_t *states, size_t number, const char *from,
		     const char *to, struct why *why)
{
	const json_t *before = NULL, *after = NULL, *o;
	size_t i;

	json_array_foreach (states, i, o) {
		const json_int_t crossed = json_integer_value(json_object_get(o, "messages"));

		if (crossed < (json_int_t)number)
			before = o;
		else if (!after)
			after = o;
	}
	if (put_party(out, from, before, after, why))
		return -1;
	return strcmp(from, to) == 0 ? 0 : put_party(out, to, before, after, why);
}
