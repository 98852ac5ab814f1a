/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the DRF, and its answers: one by one, or a stream of them. */
#ifndef REGISTER_ASK_H
#define REGISTER_ASK_H

#include "pcid/routes.h"
#include "register/register.h"

struct ask {
	struct reg *r;         /* what is asked, or */
	struct routes *routes; /* this */
	const char *by;        /* what an identity is: pcid, tre_id, imsi */
	enum record_form form; /* of the answers; of a stream's questions too, which may be bare */
	const char *out;       /* a file; NULL: stdout */
};

/* Tells of one question that is bad or refused (tool_fail); returns why's status. */
typedef int ask_report(const struct why *why);

/* Answers in order; the word - is a stream on stdin: an identity a line, a JSON object with one, or
 * (where the form has a header) a column of that name. What has come is answered before more is
 * waited for. *worst is the worst status; the file is not touched where there is no answer at
 * all. */
int ask_all(const struct ask *a, char *const words[], size_t n, ask_report *report, int *worst,
	    struct why *why) __attribute__((warn_unused_result));

#endif
