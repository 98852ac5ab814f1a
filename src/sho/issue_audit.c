/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tool.h"
#include "sho/issue.h"

#include <stdio.h>

static int put_report(struct audit *audit, bool to_stderr, const char *out, struct why *why)
{
	AUTO(json_t) *report = audit_report(audit, why);
	BUF(line);

	if (!report || json_append_line(&line, report, why))
		return -1;
	if (to_stderr)
		fprintf(stderr, "%s: audit: %s", tool_name(), buf_text(&line));
	else if (outfile_put(out, OUTFILE_PUBLIC, line.bytes, line.len, why))
		return -1;
	return audit_verdict(report, why);
}

int sho_issue_order(const struct sho_issue_order *o, const char *db, const char *out,
		    struct why *why)
{
	SHO_ISSUE(i);
	AUTO(REG) *r = NULL;
	BUF(plan);

	if (sho_issue_load(&i, o, why))
		return -1;
	if (o->dry_run) {
		if (sho_issue_try(&plan, &i, db, why))
			return -1;
		fprintf(stderr, "%s: dry run: nothing was issued\n", tool_name());
		return outfile_put(out, OUTFILE_PUBLIC, plan.bytes, plan.len, why);
	}
	r = reg_open(db, why);
	return !r || sho_issue_run(&i, r, out, why) ||
			       (o->audit && put_report(&i.audit, true, NULL, why))
		       ? -1
		       : 0;
}

int sho_issue_audit(const char *db, const char *plmn, const char *out, struct why *why)
{
	AUTO(REG) *r = NULL;
	struct plmn home;
	char prefix[PLMN_TEXT] = "";
	AUDIT(audit);

	if (plmn) {
		if (plmn_parse(&home, plmn, "--plmn", why))
			return -1;
		snprintf(prefix, sizeof(prefix), "%s%s", home.mcc, home.mnc);
	}
	r = reg_open(db, why);
	return !r || audit_register(&audit, r, prefix, why) || put_report(&audit, false, out, why)
		       ? -1
		       : 0;
}
