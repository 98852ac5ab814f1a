/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/exchange.h"

#include "base/outfile.h"
#include "base/record.h"
#include "base/slurp.h"
#include "pki/cert.h"
#include "pki/envelope.h"
#include "pki/key.h"
#include "register/bulk.h"
#include "register/fields.h"
#include "register/import.h"
#include "sho/exchange_batch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PART ((size_t)256 * 1024)

static int parse_form(enum export_form *form, const struct sho_exchange *x, struct why *why)
{
	*form = x->csv ? EXPORT_CSV : EXPORT_JSONL;
	if (!x->format)
		return 0;
	if (x->csv)
		return why_usage(why, "--csv or --format");
	if (export_parse(form, x->format, why))
		return -1;
	return x->table == REG_SUBSCRIBERS || *form <= EXPORT_CSV
		       ? 0
		       : why_usage(why, "--format %s is for subscribers", x->format);
}

/* ---- in ---- */

/* An envelope, whose first octet was read. */
static int open_envelope(struct buf *text, FILE *f, const struct sho_exchange *x, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	uint8_t part[4096];
	size_t n;
	BUF(in);

	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		if (buf_add(&in, part, n, why) ||
		    (in.len > SLURP_LARGE && why_input(why, "more than %zu octets", SLURP_LARGE)))
			return -1;
	if (ferror(f))
		return why_sys(why, "%s", strerror(errno));
	key = key_load(x->key, why);
	return key && envelope_open(text, key, NULL, in.bytes, in.len, why) == 0 ? 0 : -1;
}

static struct import *open_input(const struct sho_exchange *x, FILE *sealed, struct why *why)
{
	enum export_form form;
	BUF(text);

	if (parse_form(&form, x, why))
		return NULL;
	if (!sealed)
		return import_open(x->in, form, NULL, why);
	if (open_envelope(&text, sealed, x, why)) {
		why_in(why, "%s", slurp_name(x->in));
		return NULL;
	}
	return import_open(x->in, form, &text, why);
}

/* What an import goes through. */
struct intake {
	const struct import *in;
	sho_report *report;
	int *worst;
};

static void report_one(struct intake *i, const struct why *why)
{
	if (i->report(why) > *i->worst)
		*i->worst = why->status;
}

static void refused(void *ctx, size_t line, const struct why *why)
{
	struct intake *i = ctx;
	struct why own = *why;

	import_why(i->in, line, &own);
	report_one(i, &own);
}

/* The next record as a row, read by the quick way where the input has our fields. */
static int next_row(struct reg_row *row, enum reg_table table, struct import *in,
		    const struct reg_row_header *h, struct why *why)
{
	struct record_reader *reader = import_reader(in);
	AUTO(json_t) *record = NULL;
	int got;

	if (reader)
		return reg_row_next(row, table, h, reader, why);
	got = import_next(in, &record, why);
	return got == 1 && reg_row_of_record(row, table, record, why)
		       ? import_why(in, import_line(in), why)
		       : got;
}

static int import_records(struct reg *r, const struct sho_exchange *x, FILE *sealed,
			  /* NOLINTNEXTLINE(readability-non-const-parameter): through intake */
			  sho_report *report, int *worst, struct why *why)
{
	AUTO(IMPORT) *in = open_input(x, sealed, why);
	struct intake intake = {in, report, worst};
	AUTO(BULK) *bulk = in ? bulk_begin(r, x->table, false, refused, &intake, why) : NULL;
	struct reg_row_header header;
	REG_ROW(row);
	int got = 1;

	if (!bulk)
		return -1;
	reg_row_header(&header, x->table, x->csv ? RECORD_CSV : RECORD_JSONL, import_reader(in));
	while (got) {
		struct why own = {0};

		got = next_row(&row, x->table, in, &header, &own);
		if (got < 0 && (own.status == TOOL_SYS || own.status == TOOL_BUSY)) {
			*why = own;
			return -1;
		}
		if (got < 0)
			report_one(&intake, &own);
		if (got == 1 && bulk_add(bulk, &row, import_line(in), why))
			return -1;
	}
	return bulk_end(bulk, why);
}

/* A batch under a transport key starts as JSON does, and an envelope as DER. */
int sho_import(struct reg *r, const struct sho_exchange *x, sho_report *report, int *worst,
	       struct why *why)
{
	const bool is_file = x->in && strcmp(x->in, "-") != 0;
	FILE *f = NULL;
	int rc, c;

	if (!x->key)
		return import_records(r, x, NULL, report, worst, why);
	f = is_file ? fopen(x->in, "re") : stdin;
	if (!f)
		return errno == ENOENT ? why_input(why, "%s: %s", x->in, strerror(errno))
				       : why_sys(why, "%s: %s", x->in, strerror(errno));
	c = getc(f);
	ungetc(c, f);
	rc = c == '{' ? sho_import_batch(r, x, f, report, worst, why)
		      : import_records(r, x, f, report, worst, why);
	if (is_file)
		fclose(f);
	return rc;
}

/* ---- out ---- */

struct sink {
	struct reg *r;
	const struct sho_exchange *x;
	sho_report *report;
	int *worst;
	enum export_form form;
	struct plmn plmn;
	struct buf text; /* what waits */
	struct outfile out;
	bool is_sealed; /* all of it waits */
};

/* Parts of this size go out. */
static int drain(struct sink *s, size_t at_least, struct why *why)
{
	if (s->is_sealed || s->text.len < at_least)
		return 0;
	if (outfile_write(&s->out, buf_text(&s->text), s->text.len, why))
		return -1;
	s->text.len = 0; /* wiped at the end: what follows lies over it */
	return 0;
}

/* The PLMN that was given, which the IMSI must start with, or that of the IMSI's pool. */
static int find_plmn(struct sink *s, const json_t *record, struct why *why)
{
	const char *imsi = json_string_value(json_object_get(record, "imsi"));
	char text[PLMN_TEXT];

	if (!export_wants_plmn(s->form))
		return 0;
	if (!s->x->plmn && reg_pool_of(s->r, imsi, text, why))
		return why_in(why, "--plmn is wanted");
	if (plmn_parse(&s->plmn, s->x->plmn ? s->x->plmn : text, "--plmn", why))
		return -1;
	snprintf(text, sizeof(text), "%s%s", s->plmn.mcc, s->plmn.mnc);
	return strncmp(imsi, text, strlen(text)) == 0
		       ? 0
		       : why_input(why, "%.15s is not of %s-%s", imsi, s->plmn.mcc, s->plmn.mnc);
}

static enum record_form own_form(const struct sink *s)
{
	return s->form == EXPORT_CSV ? RECORD_CSV : RECORD_JSONL;
}

static int take(void *ctx, json_t *record, struct why *why)
{
	struct sink *s = ctx;
	struct why own = {0};

	if (s->x->table != REG_SUBSCRIBERS)
		return record_append(&s->text, own_form(s), reg_columns(s->x->table), record,
				     why) ||
				       drain(s, PART, why)
			       ? -1
			       : 0;
	if (find_plmn(s, record, &own) == 0 &&
	    export_record(&s->text, s->form, &s->plmn, record, &own) == 0)
		return drain(s, PART, why);
	if (own.status != TOOL_NO && own.status != TOOL_INPUT) {
		*why = own;
		return -1;
	}
	if (s->report(&own) > *s->worst)
		*s->worst = own.status;
	return 0;
}

static int take_text(void *ctx, const char *record, size_t len, struct why *why)
{
	struct sink *s = ctx;

	return buf_add(&s->text, record, len, why) || buf_add(&s->text, "\n", 1, why) ||
			       drain(s, PART, why)
		       ? -1
		       : 0;
}

static int export_all(struct sink *s, struct why *why)
{
	if (s->form == EXPORT_JSONL) /* as the register holds them */
		return reg_each_text(s->r, s->x->table, take_text, s, why) < 0 ? -1 : 0;
	if (s->x->table == REG_SUBSCRIBERS
		    ? export_header(&s->text, s->form, why)
		    : record_header(&s->text, own_form(s), reg_columns(s->x->table), why))
		return -1;
	if (reg_each(s->r, s->x->table, NULL, NULL, take, s, why) < 0)
		return -1;
	return s->x->table == REG_SUBSCRIBERS ? export_footer(&s->text, s->form, why) : 0;
}

static int export_sealed(struct sink *s, const char *path, struct why *why)
{
	AUTO(X509) *recipient = cert_load(s->x->recipient, why);
	BUF(sealed);

	return !recipient || export_all(s, why) ||
			       envelope_seal(&sealed, recipient, buf_text(&s->text), s->text.len,
					     why) ||
			       outfile_put(path, OUTFILE_PUBLIC, sealed.bytes, sealed.len, why)
		       ? -1
		       : 0;
}

static int export_parts(struct sink *s, const char *path, struct why *why)
{
	const bool has_secrets = s->x->table == REG_SUBSCRIBERS;

	return outfile_open(&s->out, path, has_secrets ? OUTFILE_SECRET : OUTFILE_PUBLIC, why) ||
			       export_all(s, why) || drain(s, 0, why) || outfile_close(&s->out, why)
		       ? -1
		       : 0;
}

int sho_export(const char *path, struct reg *r, const struct sho_exchange *x, sho_report *report,
	       /* NOLINTNEXTLINE(readability-non-const-parameter): through sink */
	       int *worst, struct why *why)
{
	struct sink s = {.r = r, .x = x, .report = report, .worst = worst};
	int rc;

	if (parse_form(&s.form, x, why))
		return -1;
	s.is_sealed = x->recipient != NULL;
	rc = s.is_sealed ? export_sealed(&s, path, why) : export_parts(&s, path, why);
	outfile_discard(&s.out);
	buf_free(&s.text);
	return rc;
}
