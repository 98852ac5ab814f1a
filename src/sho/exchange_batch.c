/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/exchange_batch.h"

#include "base/slurp.h"
#include "register/bulk.h"
#include "register/transport.h"

#include <stdlib.h>
#include <string.h>

#define LINE_ROOM (64 * 1024) /* a longer line is refused, without being kept */

struct batch {
	struct bulk *bulk;
	struct transport *t;
	struct reg_row row;
	const char *name;
	size_t line;
	sho_report *report;
	int *worst;
};

static void tell(struct batch *b, size_t line, struct why *why)
{
	why_in(why, "%s:%zu", b->name, line);
	if (b->report(why) > *b->worst)
		*b->worst = why->status;
}

static void refused(void *ctx, size_t line, const struct why *why)
{
	struct why own = *why;

	tell(ctx, line, &own);
}

/* What is wrong with one record does not stop the others. */
static int load_row(struct batch *b, const struct buf *plain, struct why *why)
{
	static const struct reg_row_header json_lines;
	AUTO(json_t) *record = NULL;
	struct why own = {0};

	if (!reg_row_of_line(&b->row, REG_SUBSCRIBERS, &json_lines, buf_text(plain),
			     plain->len - 1)) {
		record = json_parse(plain->bytes, plain->len, "credential", why);
		if (!record)
			return -1;
		if (reg_row_of_record(&b->row, REG_SUBSCRIBERS, record, &own)) {
			if (own.status == TOOL_SYS) {
				*why = own;
				return -1;
			}
			tell(b, b->line, &own);
			return 0;
		}
	}
	return bulk_add(b->bulk, &b->row, b->line, why);
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

static int take_lines(struct batch *b, FILE *in, struct why *why)
{
	char *line = malloc(LINE_ROOM);
	int rc = 0;

	if (!line)
		return why_sys(why, "out of memory");
	while (rc == 0 && fgets(line, LINE_ROOM, in))
		rc = take_line(b, line, feof(in), why);
	free(line);
	if (rc == 0 && ferror(in))
		rc = why_sys(why, "%s: it cannot be read", b->name);
	if (rc == 0 && transport_finish(b->t, why))
		rc = why_in(why, "%s", b->name);
	return rc;
}

/* report writes on worst; NOLINTBEGIN(readability-non-const-parameter) */
int sho_import_batch(struct reg *r, const struct sho_exchange *x, FILE *in, sho_report *report,
		     int *worst, struct why *why)
{
	/* NOLINTEND(readability-non-const-parameter) */
	SECRET(transport_key) key = {0};
	AUTO(TRANSPORT) *t = NULL;
	AUTO(BULK) *bulk = NULL;
	struct batch b = {.name = slurp_name(x->in), .report = report, .worst = worst};
	int rc;

	if (x->table != REG_SUBSCRIBERS)
		return why_usage(why, "a batch under a transport key holds subscribers");
	if (transport_key_load(&key, x->key, why) || !(t = transport_reader(&key, why)) ||
	    !(bulk = bulk_begin(r, x->table, true, refused, &b, why)))
		return -1;
	b.t = t;
	b.bulk = bulk;
	rc = take_lines(&b, in, why);
	reg_row_free(&b.row);
	return rc || bulk_end(bulk, why) ? -1 : 0;
}
