/* SPDX-License-Identifier: Apache-2.0 */
/* One platform before the verifier: what it shows, what it is held against, and the checks in their
 * order (TR 33.812 B.2.3.4 steps 5 and 6; of a certificate alone, 5.1.3.5.8). */
#ifndef PVA_VERIFY_H
#define PVA_VERIFY_H

#include "pva/appraise.h"
#include "pva/revocation.h"
#include "register/register.h"

/* Where the case's papers are: paths, each NULL where there is none, but ocsp as in pva_revocation
 * and db as in pva_case. */
struct pva_papers {
	const char *trust, *db, *offered, *reference, *ocsp, *answer, *crl;
};

/* Fill in what it is held against, show the evidence, and verify. All but texts is owned. */
struct pva_case {
	X509_STACK *trust;  /* Cert_PVA */
	const char *tre_id; /* that is expected; NULL: any */
	const char *db;  /* the register, opened for a platform whose chain is right; NULL: none */
	json_t *offered; /* without a register: nonce_a, username, password; NULL: unknown */
	json_t *reference; /* what pva_measurements wants; NULL: the register's, or none */
	struct pva_revocation revocation;
	int64_t at;
	unsigned require; /* of pva_checks_parse: what must pass */
	/* the evidence */
	X509 *cert;
	bool is_certificate; /* alone, without an M2MEobj */
	struct m2meobj object;
	/* what was found */
	REG *reg;
	bool is_inside; /* reg was given, and is the caller's */
	json_t *equipment;
	struct appraisal appraisal;
	struct result result; /* all but the verdict, which pva_conclude fills in */
};
void pva_case_free(struct pva_case *c);
#define PVA_CASE(name) __attribute__((cleanup(pva_case_free))) struct pva_case name = {0}

int pva_case_load(struct pva_case *c, const struct pva_papers *papers, struct why *why)
	__attribute__((warn_unused_result));

/* A TRE's certificate alone; taken. */
int pva_show_certificate(struct pva_case *c, X509 *cert, struct why *why)
	__attribute__((warn_unused_result));
/* An M2MEobj, whose signature is checked here. Where that is bad, nothing that stands in it counts:
 * no other check is made, and the result names nobody. */
int pva_show_m2meobj(struct pva_case *c, const struct buf *m2meobj, struct why *why)
	__attribute__((warn_unused_result));

/* Makes the checks until one fails, which is no failure of this function: first those that change
 * nothing, and may ask a responder. */
int pva_examine(struct pva_case *c, struct why *why) __attribute__((warn_unused_result));

/* Then the others, in a transaction of the caller's where c->reg is there, and the verdict; where
 * that is no, *verdict says why. nonce_A is spent only for a platform that passed all that stands
 * before, and where every check that is required can be made. It may be called again from the
 * start. */
int pva_decide(struct pva_case *c, struct why *verdict, struct why *why)
	__attribute__((warn_unused_result));

/* pva_decide, and the result in a file (NULL: stdout), for `to` (NULL: the signer): nonce_A is not
 * spent where that cannot be written. */
int pva_tell(struct pva_case *c, const struct result_signer *signer, const char *to,
	     const char *path, struct why *verdict, struct why *why)
	__attribute__((warn_unused_result));

#endif
