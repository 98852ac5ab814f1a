/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/exchange.h"

#include "base/record.h"
#include "base/slurp.h"
#include "pki/cert.h"
#include "pki/envelope.h"
#include "pki/key.h"
#include "register/fields.h"
#include "register/import.h"
#include "register/load.h"
#include "sho/exchange_batch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
		if (buf_add(&in, part, n, why) || in.len > SLURP_LARGE)
			return why_input(why, "more than %zu octets", SLURP_LARGE);
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

static int import_records(struct reg *r, const struct sho_exchange *x, FILE *sealed,
			  sho_report *report, int *worst, struct why *why)
{
	AUTO(IMPORT) *in = open_input(x, sealed, why);
	int got;

	if (!in || reg_begin(r, why))
		return -1;
	do {
		AUTO(json_t) *record = NULL;
		struct why own = {0};

		got = import_next(in, &record, &own);
		if (got == 1 && reg_load(r, x->table, record, &own))
			got = import_why(in, &own);
		if (got < 0 && (own.status == TOOL_SYS || own.status == TOOL_BUSY)) {
			*why = own;
			return -1;
		}
		if (got < 0 && report(&own) > *worst)
			*worst = own.status;
	} while (got);
	return reg_commit(r, why);
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
	struct buf *out;
};

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
		       : why_input(why, "%.15s is not of %s", imsi, s->x->plmn);
}

static int take(void *ctx, json_t *record, struct why *why)
{
	struct sink *s = ctx;
	struct why own = {0};

	if (s->x->table != REG_SUBSCRIBERS)
		return record_append(s->out, s->form == EXPORT_CSV ? RECORD_CSV : RECORD_JSONL,
				     reg_columns(s->x->table), record, why);
	if (find_plmn(s, record, &own) == 0 &&
	    export_record(s->out, s->form, &s->plmn, record, &own) == 0)
		return 0;
	if (own.status != TOOL_NO && own.status != TOOL_INPUT) {
		*why = own;
		return -1;
	}
	if (s->report(&own) > *s->worst)
		*s->worst = own.status;
	return 0;
}

static int export_all(struct sink *s, struct why *why)
{
	if (s->x->table == REG_SUBSCRIBERS
		    ? export_header(s->out, s->form, why)
		    : record_header(s->out, s->form == EXPORT_CSV ? RECORD_CSV : RECORD_JSONL,
				    reg_columns(s->x->table), why))
		return -1;
	if (reg_each(s->r, s->x->table, NULL, NULL, take, s, why) < 0)
		return -1;
	return s->x->table == REG_SUBSCRIBERS ? export_footer(s->out, s->form, why) : 0;
}

int sho_export(struct buf *out, struct reg *r, const struct sho_exchange *x, sho_report *report,
	       int *worst, struct why *why)
{
	AUTO(X509) *recipient = NULL;
	BUF(text);
	struct sink s = {.r = r, .x = x, .report = report, .out = x->recipient ? &text : out};

	s.worst = worst;
	if (parse_form(&s.form, x, why) ||
	    (x->recipient && !(recipient = cert_load(x->recipient, why))) || export_all(&s, why))
		return -1;
	return recipient ? envelope_seal(out, recipient, buf_text(&text), text.len, why) : 0;
}
