/* SPDX-License-Identifier: Apache-2.0 */
/* A run of credentials {PCID, K}, for the makers of equipment: the Connectivity Credential Issuing
 * Function of TR 33.812 5.1.3.4.1. */
#ifndef SHO_ISSUE_H
#define SHO_ISSUE_H

#include "base/outfile.h"
#include "base/progress.h"
#include "register/audit.h"
#include "register/export.h"
#include "register/run.h"
#include "register/transport.h"
#include "sho/tre_ids.h"

#include <openssl/x509.h>

/* Texts and paths; NULL where nothing is said. */
struct sho_issue_order {
	const char *plmn, *count;
	const char *first, *last; /* MSIN: 1, and the PLMN's last */
	const char *msin;         /* a template in the place of both */
	const char *iccid;        /* a template */
	const char *share;        /* 1 */
	const char *tre_ids;      /* whom they are for */
	const char *alg;          /* milenage */
	const char *op;           /* in hex; without it OPc is random */
	bool no_key;              /* reserve the number alone */
	const char *format;       /* jsonl */
	const char *transport_key, *transport_form, *transport_index;
	const char *recipient; /* or all of it for this certificate */
	const char *run;       /* its name */
	bool resume, dry_run, audit, progress;
};

struct sho_issue {
	struct issue issue;
	struct run run;
	struct tre_ids tre_ids;
	bool has_ids;
	enum export_form form;
	uint8_t op[32]; /* OP of Milenage, or TOP of TUAK */
	bool has_key;
	struct transport_key key;
	enum transport_form transport_form;
	uint64_t transport_index;
	struct transport *batch;
	X509 *recipient; /* owned */
	struct buf plain;
	struct audit audit;
	bool resume, audits, progress;
};
void sho_issue_free(struct sho_issue *i); /* wipes all */
#define SHO_ISSUE(name)                                                    \
	__attribute__((cleanup(sho_issue_free))) struct sho_issue name = { \
		.tre_ids = {.roll = {.in = {.fd = -1}}}}

/* Whatever can be wrong is found here, before a number is taken. */
int sho_issue_load(struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
	__attribute__((warn_unused_result));

/* The TRE_ids, if any, for n credentials from the from-th on. */
int sho_issue_ids(struct sho_issue *i, uint64_t from, uint64_t n, struct why *why)
	__attribute__((warn_unused_result));

/* By parts, each a transaction of its own; a part is written when it is committed, those of a run
 * that goes on first. With a name, status 5 after a signal or a lost register leaves nothing lost.
 */
int sho_issue_run(struct sho_issue *i, struct reg *r, const char *out, struct why *why)
	__attribute__((warn_unused_result));

/* The same, undone again: what would be issued, as a JSON object, and nothing changes. A register
 * that is not there is not made. */
int sho_issue_try(struct buf *out, struct sho_issue *i, const char *db, struct why *why)
	__attribute__((warn_unused_result));

/* All of it: loads, issues or tries, and audits what came out, with the findings on stderr. */
int sho_issue_order(const struct sho_issue_order *o, const char *db, const char *out,
		    struct why *why) __attribute__((warn_unused_result));

/* Of all that is in the register, or of one PLMN (NULL: all); the findings to out. Refused with
 * `audit-failed`. */
int sho_issue_audit(const char *db, const char *plmn, const char *out, struct why *why)
	__attribute__((warn_unused_result));

#endif
