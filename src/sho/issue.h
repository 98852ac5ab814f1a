/* SPDX-License-Identifier: Apache-2.0 */
/* A run of credentials {PCID, K}, for the makers of equipment: the Connectivity Credential Issuing
 * Function of TR 33.812 5.1.3.4.1. */
#ifndef SHO_ISSUE_H
#define SHO_ISSUE_H

#include "register/export.h"
#include "register/issue.h"
#include "register/transport.h"

#include <openssl/x509.h>

/* Texts and paths; NULL where nothing is said. */
struct sho_issue_order {
	const char *plmn, *count;
	const char *first, *share; /* 1 each */
	const char *tre_ids;       /* whom they are for, one a line */
	const char *alg;           /* milenage */
	const char *op;            /* in hex; without it OPc is random */
	bool no_key;               /* reserve the number alone */
	const char *format;        /* jsonl */
	const char *transport_key; /* seal each row, of jsonl, under this */
	const char *recipient;     /* or all of it for this certificate */
};

struct sho_issue {
	struct plmn plmn;
	struct issue issue;
	struct lines tre_ids;
	enum export_form form;
	uint8_t op[32]; /* OP of Milenage, or TOP of TUAK */
	bool has_key;
	struct transport_key key;
	X509 *recipient; /* owned */
};
void sho_issue_free(struct sho_issue *i); /* wipes all */
#define SHO_ISSUE(name) __attribute__((cleanup(sho_issue_free))) struct sho_issue name = {0}

/* Whatever can be wrong is found here, before a number is taken. */
int sho_issue_load(struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
	__attribute__((warn_unused_result));

/* In the caller's transaction. Appends the credentials, sealed where that is wanted; they go out
 * when the transaction is committed. */
int sho_issue_run(struct buf *out, struct sho_issue *i, struct reg *r, struct why *why)
	__attribute__((warn_unused_result));

#endif
