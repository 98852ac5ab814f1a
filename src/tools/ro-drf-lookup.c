/* SPDX-License-Identifier: Apache-2.0 */
/* ro-drf-lookup(1): where an M2ME finds its operator (TR 33.812 5.1.3.4.2, B.2.2.2). */
#include "base/lines.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "pcid/routes.h"
#include "register/register.h"

#include <string.h>

static const struct tool tool = {
	"ro-drf-lookup",
	"ro-drf-lookup --register DB [--by pcid|tre_id|imsi] [-o FILE] ID...|-\n"
	"ro-drf-lookup --routes FILE [-o FILE] IMSI...|-",
	"Looks up discovery records, or which operator an IMSI belongs to."};

static struct {
	const char *db, *by, *routes, *out;
} o;

struct sources {
	REG *reg;
	json_t *routes;
	struct buf out;
};

static int take(void *ctx, json_t *record, struct why *why)
{
	return json_append_line(ctx, record, why);
}

static int look_up(struct sources *s, const char *id, struct why *why)
{
	const char *field = o.by && strcmp(o.by, "tre_id") == 0 ? "tre_id" : "pcid";
	int n;

	if (s->routes)
		return routes_find(&s->out, s->routes, id, why);
	n = reg_each(s->reg, REG_DISCOVERY, field, id, take, &s->out, why);
	if (n == 0)
		return why_refuse(why, "unknown-pcid",
				  "%.64s is not in the register (TR 33.812 5.1.3.4.2)", id);
	return n < 0 ? -1 : 0;
}

/* One bad identity does not stop the rest. */
static int try(struct sources *s, const char *id, size_t line)
{
	struct why why = {0};

	if (look_up(s, id, &why) == 0)
		return TOOL_OK;
	if (line)
		why_in(&why, "stdin:%zu", line);
	return tool_fail(&why);
}

static int try_lines(struct sources *s)
{
	struct why why = {0};
	int worst = TOOL_OK;
	LINES(ids);

	if (lines_load(&ids, NULL, &why))
		return tool_fail(&why);
	for (const char *id; (id = lines_next(&ids));) {
		const int status = try(s, id, ids.line);

		worst = status > worst ? status : worst;
	}
	return worst;
}

static void sources_free(struct sources *s)
{
	reg_close(s->reg);
	json_decref(s->routes);
	buf_free(&s->out);
}

static int run(int argc, char **argv)
{
	__attribute__((cleanup(sources_free))) struct sources s = {0};
	struct why why = {0};
	int worst = TOOL_OK;

	if (o.routes ? !(s.routes = routes_load(o.routes, &why)) : !(s.reg = reg_open(o.db, &why)))
		return tool_fail(&why);
	for (int i = 0; i < argc; i++) {
		const int status = strcmp(argv[i], "-") == 0 ? try_lines(&s) : try(&s, argv[i], 0);

		worst = status > worst ? status : worst;
	}
	if (worst != TOOL_OK && s.out.len == 0)
		return worst;
	return outfile_put(o.out, OUTFILE_PUBLIC, buf_text(&s.out), s.out.len, &why)
		       ? tool_fail(&why)
		       : worst;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the register of the DRF"},
		{"by", 0, TOOL_TEXT, &o.by, "pcid|tre_id|imsi", "what an ID is (pcid)"},
		{"routes", 0, TOOL_TEXT, &o.routes, "FILE", "a table of PLMNs and operators"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (!o.db == !o.routes || first == argc)
		tool_usage("--register or --routes, and an ID are wanted");
	if (o.by && strcmp(o.by, "pcid") != 0 && strcmp(o.by, "tre_id") != 0 &&
	    strcmp(o.by, "imsi") != 0)
		tool_usage("--by: want pcid, tre_id or imsi");
	return run(argc - first, argv + first);
}
