/* SPDX-License-Identifier: Apache-2.0 */
/* Bulk provisioning (TR 33.812 4.3.2): the operators' acts of B.2.3 for many equipments, a request
 * and an outcome a line (register/ledger.h). */
#ifndef SHO_BATCH_H
#define SHO_BATCH_H

#include "dm/carry.h"
#include "pki/note_order.h"
#include "pva/verify.h"
#include "register/ledger.h"
#include "sho/provision.h"
#include "sho/subscribe.h"

/* Each does what the tool does for one. l's in, out, resume and report are filled in. Papers are
 * paths and texts: who signs, whom it trusts, and its register; NULL where there is none, or now.
 */
struct sho_papers {
	const char *key, *cert, *trust, *db, *at;
};

/* {tre_id, tre_cert_pem, token} and, where they are given, enc_cert_pem, current_sho, knetver (an
 * array) to {registration, mcim, tre_cert_pem} (that which encrypts). The order says the rest; r
 * and at are filled in too. */
int sho_batch_subscribe(const struct ledger *l, const struct sho_order *order, int *worst,
			struct why *why) __attribute__((warn_unused_result));

/* As mcim_wrap_record, of records with a tre_id. */
int sho_batch_wrap(const struct ledger *l, int *worst, struct why *why)
	__attribute__((warn_unused_result));

/* {tre_id, server_url, server_cert_pem} and, where they are given, sho, sho_cert_pem,
 * credentials_b64 and napdef, to {bootstrap}, or {bootstrap_b64} of what is no text. */
int sho_batch_bootstrap(const struct ledger *l, const struct sho_papers *papers,
			const struct carry *carry, int *worst, struct why *why)
	__attribute__((warn_unused_result));

/* {tre_id, bootstrap} or {tre_id, bootstrap_b64} to what carry_words says of it. */
int sho_batch_tell(const struct ledger *l, const struct sho_papers *papers, const char *signer,
		   const struct carry *carry, int *worst, struct why *why)
	__attribute__((warn_unused_result));

/* {tre_id, m2meobj} or {tre_id, cert_pem} to {verdict, result}: the outcome is the verdict. What
 * they are held against is the case's, which has no evidence; require 0: as pva-verify(1); to: whom
 * results are for. */
int sho_batch_validate(const struct ledger *l, const struct sho_papers *papers,
		       const struct pva_case *common, unsigned require, const char *to, int *worst,
		       struct why *why) __attribute__((warn_unused_result));

/* {tre_id, blob_b64, result} and, where they are given, authorization, token and napdef, to
 * {mcimobj}. */
int sho_batch_provision(const struct ledger *l, const struct sho_papers *papers, int *worst,
			struct why *why) __attribute__((warn_unused_result));

/* {tre_id, note} and, where the note is about a message, about, to {claims}; with a register (db)
 * the note is spent, and done what it says. The order says the rest. */
int sho_batch_notes(const struct ledger *l, const struct note_order *order, const char *db,
		    int *worst, struct why *why) __attribute__((warn_unused_result));

/* For these files: the parts of a request. 1: appended, 0: missing, -1. */
int sho_batch_text(struct buf *b, const json_t *o, const char *field, struct why *why)
	__attribute__((warn_unused_result));
X509 *sho_batch_cert(const json_t *o, const char *field, struct why *why)
	__attribute__((warn_unused_result));
int sho_batch_tre(const char *said, const char *is, struct why *why)
	__attribute__((warn_unused_result));

#endif
