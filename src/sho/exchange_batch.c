/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/exchange_batch.h"

#include "base/slurp.h"
#include "register/load.h"
#include "register/transport.h"

#include <stdlib.h>
#include <string.h>

#define LINE_ROOM (64 * 1024) /* a longer line is refused, without being kept */

struct batch {
	struct reg *r;
	struct transport *t;
	const char *name;
	size_t line;
	sho_report *report;
	int *worst;
};

/* What the register says of one record does not stop the others. */
static int load_row(struct batch *b, const struct buf *plain, struct why *why)
{
	AUTO(json_t) *record = json_parse(plain->bytes, plain->len, "credential", why);
	struct why own = {0};

	if (!record)
		return -1;
	if (reg_load(b->r, REG_SUBSCRIBERS, record, &own) == 0)
		return 0;
	if (own.status == TOOL_SYS || own.status == TOOL_BUSY) {
		*why = own;
		return -1;
	}
	why_in(&own, "%s:%zu", b->name, b->line);
	if (b->report(&own) > *b->worst)
		*b->worst = own.status;
	return 0;
}

static int take_line(struct batch *b, const char *line, bool is_last, struct why *why)
{
	size_t len = strlen(line);
	BUF(plain);
	int got;

	b->line++;
	if (!is_last && (!len || line[len - 1] != '\n'))
		return why_input(why, "%s:%zu: this line is too long, or no text", b->name,
				 b->line);
	while (len && strchr("\r\n", line[len - 1]))
		len--;
	if (!len)
		return 0;
	got = transport_line(b->t, &plain, line, len, why);
	if (got < 0)
		return why_in(why, "%s:%zu", b->name, b->line);
	return got ? load_row(b, &plain, why) : 0;
}

/* load_row writes on worst; NOLINTBEGIN(readability-non-const-parameter) */
int sho_import_batch(struct reg *r, const struct sho_exchange *x, FILE *in, sho_report *report,
		     int *worst, struct why *why)
{
	/* NOLINTEND(readability-non-const-parameter) */
	SECRET(transport_key) key = {0};
	AUTO(TRANSPORT) *t = NULL;
	struct batch b = {r, NULL, slurp_name(x->in), 0, report, worst};
	char *line = NULL;
	int rc = 0;

	if (x->table != REG_SUBSCRIBERS)
		return why_usage(why, "a batch under a transport key holds subscribers");
	if (transport_key_load(&key, x->key, why) || !(t = transport_reader(&key, why)) ||
	    reg_begin(r, why))
		return -1;
	b.t = t;
	line = malloc(LINE_ROOM);
	if (!line)
		return why_sys(why, "out of memory");
	while (rc == 0 && fgets(line, LINE_ROOM, in))
		rc = take_line(&b, line, feof(in), why);
	free(line);
	if (rc == 0 && ferror(in))
		rc = why_sys(why, "%s: it cannot be read", b.name);
	if (rc == 0 && transport_finish(t, why))
		rc = why_in(why, "%s", b.name);
	return rc || reg_commit(r, why) ? -1 : 0;
}
