/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out of a run, part by part. */
#include "pki/envelope.h"
#include "sho/issue.h"

#include <string.h>

/* The credentials of a part one by one, where the form is not theirs. */
static int each_record(struct sho_issue *i, struct buf *out, struct why *why)
{
	const char *line = buf_text(&i->run.lines), *end;

	for (; *line; line = end + 1) {
		AUTO(json_t) *record = NULL;

		end = strchr(line, '\n');
		record = json_parse(line, (size_t)(end - line), "credential", why);
		if (!record || (i->audits && audit_add(&i->audit, record, why)) ||
		    (out && export_record(out, i->form, &i->issue.plmn, record, why)))
			return -1;
	}
	return 0;
}

/* The part in the form that is wanted; a run for a recipient waits for its end. */
static int put_part(struct sho_issue *i, struct why *why)
{
	const struct buf *lines = &i->run.lines;
	const bool is_ours = i->form == EXPORT_JSONL;

	if ((i->audits || !is_ours) && each_record(i, is_ours ? NULL : &i->plain, why))
		return -1;
	if (i->batch)
		return transport_rows(i->batch, &i->plain, buf_text(lines), lines->len, why);
	return is_ours ? buf_add(&i->plain, lines->bytes, lines->len, why) : 0;
}

static int put_head(struct sho_issue *i, struct why *why)
{
	if (export_header(&i->plain, i->form, why))
		return -1;
	if (i->has_key && !(i->batch = transport_begin(&i->plain, &i->key, i->transport_form,
						       i->transport_index, why)))
		return -1;
	return 0;
}

static int put_foot(struct sho_issue *i, struct why *why)
{
	BUF(sealed);

	if (export_footer(&i->plain, i->form, why) ||
	    (i->batch && transport_end(i->batch, &i->plain, why)))
		return -1;
	if (!i->recipient)
		return 0;
	if (envelope_seal(&sealed, i->recipient, i->plain.bytes, i->plain.len, why))
		return -1;
	buf_clear(&i->plain);
	return buf_add(&i->plain, sealed.bytes, sealed.len, why);
}

static enum outfile_mode mode(const struct sho_issue *i)
{
	return i->recipient || i->has_key ? OUTFILE_PUBLIC : OUTFILE_SECRET;
}

static int flush(struct sho_issue *i, struct outfile *to, struct why *why)
{
	if (!to->is_open && outfile_open(to, NULL, mode(i), why))
		return -1;
	if (outfile_write(to, buf_text(&i->plain), i->plain.len, why))
		return -1;
	buf_clear(&i->plain);
	return 0;
}

static int issue_part(struct sho_issue *i, struct reg *r, struct why *why)
{
	return sho_issue_ids(i, i->run.done, run_next_size(&i->run), why) ||
			       run_issue(&i->run, r, why)
		       ? -1
		       : 0;
}

/* Nothing is written before what it says is in the register. */
static int all_parts(struct sho_issue *i, struct reg *r, struct outfile *to, struct progress *p,
		     struct why *why)
{
	const uint64_t known = i->run.parts;

	if (put_head(i, why))
		return -1;
	for (uint64_t n = 1; n <= known || i->run.done < i->issue.count; n++) {
		const uint64_t before = i->run.done;

		if (n <= known ? run_read(&i->run, r, n, why) : issue_part(i, r, why))
			return -1;
		if (put_part(i, why) || progress_add(p, i->run.done - before, why))
			return -1;
		if (!i->recipient && i->run.done < i->issue.count && flush(i, to, why))
			return -1;
	}
	progress_end(p);
	return put_foot(i, why) || flush(i, to, why) ? -1 : 0;
}

/* A file is opened before a number is taken; stdout when there is something for it. */
int sho_issue_run(struct sho_issue *i, struct reg *r, const char *out, struct why *why)
{
	const bool is_file = out && strcmp(out, "-") != 0;
	struct progress p;
	OUTFILE(to);

	if ((is_file && outfile_open(&to, out, mode(i), why)) ||
	    run_open(&i->run, r, i->resume, why))
		return -1;
	progress_start(&p, "credentials", i->run.done, i->issue.count, i->progress);
	return all_parts(i, r, &to, &p, why) || outfile_close(&to, why) ? -1 : 0;
}
