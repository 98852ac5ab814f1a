/* SPDX-License-Identifier: Apache-2.0 */
#include "register/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FOR_EVER (INT64_C(1) << 60)
#define RUN "issue-run"
#define PART "issue-part"
#define ID_TEXT 96

void run_free(struct run *run)
{
	buf_free(&run->lines);
}

static void part_id(char id[static ID_TEXT], const struct run *run, uint64_t part)
{
	snprintf(id, ID_TEXT, "%.64s/%" PRIu64, run->name, part);
}

/* 1, 0, -1. */
static int find_part(json_t **part, const struct run *run, struct reg *r, uint64_t n,
		     struct why *why)
{
	char id[ID_TEXT];

	part_id(id, run, n);
	return reg_find(r, PART, id, 0, NULL, part, why);
}

static int count_parts(struct run *run, struct reg *r, struct why *why)
{
	for (;;) {
		AUTO(json_t) *part = NULL;
		uint64_t n;
		const int got = find_part(&part, run, r, run->parts + 1, why);

		if (got <= 0)
			return got;
		if (json_number(&n, part, "count", 1, UINT32_MAX, 0, why))
			return -1;
		run->done += n;
		run->parts++;
	}
}

static int begin(struct reg *r, void *ctx, struct why *why)
{
	const struct run *run = ctx;
	AUTO(json_t) *about = json_object();

	return json_put_text(about, "order", run->order, why) ||
			       reg_offer(r, RUN, run->name, run->name, about, FOR_EVER, why)
		       ? -1
		       : 0;
}

int run_open(struct run *run, struct reg *r, bool resume, struct why *why)
{
	AUTO(json_t) *about = NULL;
	const char *order;
	int known;

	if (!run->name)
		return 0;
	known = reg_find(r, RUN, run->name, 0, NULL, &about, why);
	if (known < 0)
		return -1;
	if (known && !resume)
		return why_refuse(why, "run-exists",
				  "%.64s was begun before: --resume goes on with it "
				  "(TR 33.812 5.1.3.4.1)",
				  run->name);
	if (!known && resume)
		return why_refuse(why, "run-unknown",
				  "%.64s was not begun in this register (TR 33.812 5.1.3.4.1)",
				  run->name);
	if (!known)
		return reg_transact(r, begin, run, why);
	order = json_text(about, "order", why);
	if (!order)
		return -1;
	if (strcmp(order, run->order) != 0)
		return why_refuse(why, "run-differs",
				  "%.64s was begun with other options or another list of TRE_ids "
				  "(TR 33.812 5.1.3.4.1)",
				  run->name);
	return count_parts(run, r, why);
}

static int note_part(const struct run *run, struct reg *r, uint64_t n, json_t *pcids,
		     struct why *why)
{
	AUTO(json_t) *part = json_object();
	struct why own = {0};
	char id[ID_TEXT];

	part_id(id, run, run->parts + 1);
	if (json_put_number(part, "count", n, why) ||
	    json_put(part, "pcids", json_incref(pcids), why))
		return -1;
	if (reg_offer(r, PART, id, id, part, FOR_EVER, &own) == 0)
		return 0;
	if (own.status == TOOL_NO)
		return why_busy(why, "another process works on the run %.64s", run->name);
	*why = own;
	return -1;
}

uint64_t run_next_size(const struct run *run)
{
	const uint64_t left = run->issue->count - run->done;

	return left < run->part_size ? left : run->part_size;
}

/* May be done again from the start. */
static int issue_part(struct reg *r, void *ctx, struct why *why)
{
	struct run *run = ctx;
	AUTO(json_t) *pcids = json_array();
	const uint64_t n = run_next_size(run);

	buf_clear(&run->lines);
	return (run->done == 0 && reg_issue_room(r, run->issue, run->issue->count, why)) ||
			       reg_issue(r, run->issue, run->done, n, &run->lines, pcids, why) ||
			       (run->name && note_part(run, r, n, pcids, why))
		       ? -1
		       : 0;
}

int run_issue(struct run *run, struct reg *r, struct why *why)
{
	const uint64_t n = run_next_size(run);

	if (reg_transact(r, issue_part, run, why))
		return -1;
	run->done += n;
	run->parts++;
	return 0;
}

int run_read(struct run *run, struct reg *r, uint64_t part, struct why *why)
{
	AUTO(json_t) *found = NULL;
	const int got = find_part(&found, run, r, part, why);

	buf_clear(&run->lines);
	if (got <= 0)
		return got ? -1 : why_sys(why, "a part of the run is gone");
	return reg_issued(r, json_object_get(found, "pcids"), &run->lines, why);
}
