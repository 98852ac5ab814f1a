/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a register, in and out, sealed or not. */
#ifndef SHO_EXCHANGE_H
#define SHO_EXCHANGE_H

#include "register/export.h"

/* Texts and paths; NULL where nothing is said. */
struct sho_exchange {
	enum reg_table table;
	bool csv;
	const char *format;    /* jsonl, or csv; another's is of subscribers alone */
	const char *in;        /* import: a file, NULL: stdin */
	const char *key;       /* import: what opens it: a private key, or a transport key */
	const char *plmn;      /* export: the home PLMN; that of the IMSI's pool */
	const char *recipient; /* export: seal it for this certificate */
};

/* Tells of one record that is bad or refused (tool_fail); returns why's status. */
typedef int sho_report(const struct why *why);

/* A file takes all in one transaction; a server in several (register/bulk.h). A sealed input is
 * opened whole, and nothing of it is loaded where any part is not right. A bad record is reported
 * with its line, and the others are done: *worst is the worst of their statuses. -1: what is not
 * done yet is not done. */
int sho_import(struct reg *r, const struct sho_exchange *x, sho_report *report, int *worst,
	       struct why *why) __attribute__((warn_unused_result));

/* Writes the table (path NULL: to stdout), as of one moment, sealed where that is wanted. A record
 * that the form cannot hold is reported, and the others are there. */
int sho_export(const char *path, struct reg *r, const struct sho_exchange *x, sho_report *report,
	       int *worst, struct why *why) __attribute__((warn_unused_result));

#endif
