/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an MCIMobj, each verified before it goes in: TR 33.812 B.2.3.4 steps 6 and 7. */
#ifndef SHO_PROVISION_H
#define SHO_PROVISION_H

#include "dm/mcimobj.h"
#include "register/publish.h"

/* Fill in trust and at, take the parts in this order, and mcimobj_make(&object) is what goes to the
 * TRE. */
struct sho_provision {
	X509_STACK *trust; /* owned: who may sign the result, and the authorization */
	int64_t at;
	struct mcimobj object;
	json_t *authorization; /* owned, or NULL: the claims of the SHO's note */
	X509 *sho;             /* owned, or NULL: who authorized */
};
void sho_provision_free(struct sho_provision *p);
#define SHO_PROVISION(name) \
	__attribute__((cleanup(sho_provision_free))) struct sho_provision name = {0}

/* nonce_B and TRE_id, of a signed result that says yes. Refused with `validation-failed` and the
 * reasons of result_open; status 3 where the result has no nonce_B. */
int sho_take_result(struct sho_provision *p, const struct buf *result, struct why *why)
	__attribute__((warn_unused_result));

/* 5.1.3.6.3 step 15: where the DPF, whose certificate dpf is, is not the SHO's, the SHO authorises
 * it to provision the MCIM in object.blob to this TRE; or to make one by rules (sho/rules.h), which
 * sho_spend then looks for. Refused with `wrong-tre` and the reasons of note_open. */
int sho_take_authorization(struct sho_provision *p, const struct buf *note, X509 *dpf,
			   struct why *why) __attribute__((warn_unused_result));

/* The token must be this TRE's, and for the SHO: who authorized, or dpf's owner. That PrK_TRE
 * signed it, the TRE checks. Refused with `wrong-tre`, `wrong-operator`. */
int sho_take_token(struct sho_provision *p, const struct buf *token, X509 *dpf, struct why *why)
	__attribute__((warn_unused_result));

/* All of that from files; NULL: there is none of that kind. */
struct sho_parts {
	const char *mcim, *result, *result_trust, *authorization, *token, *napdef;
};
int sho_provision_load(struct sho_provision *p, const struct sho_parts *parts, X509 *dpf,
		       struct why *why) __attribute__((warn_unused_result));

/* In a transaction of its own with the MCIMobj: nonce_B, and the authorization where there is one,
 * count once. Refused with `nonce-replayed`, `note-replayed`, `wrong-subject` (not made by the
 * rules). The same parts in the same form (any word) get the same MCIMobj where a crash kept it
 * from its name. r NULL: nothing is spent. */
int sho_spend(struct sho_provision *p, struct reg *r, struct publication *mcimobj, const char *form,
	      struct why *why) __attribute__((warn_unused_result));
/* The same in the caller's transaction. */
int sho_spend_inside(struct reg *r, void *provision, struct why *why)
	__attribute__((warn_unused_result));

/* Where there is no register: status 2 for what was made by rules, which only a register knows. */
int sho_spend_nowhere(const struct sho_provision *p, struct why *why)
	__attribute__((warn_unused_result));

#endif
