/* SPDX-License-Identifier: Apache-2.0 */
/* The DPF makes the MCIM by rules that the SHO signed, and tells the SHO its credentials: TR 33.812
 * 5.1.3.4.3, B.3. */
#ifndef SHO_RULES_H
#define SHO_RULES_H

#include "base/json.h"
#include "base/ossl.h"
#include "pcid/plmn.h"
#include "register/register.h"

/* The SHO's authorization of that kind: tre_id, tre_cert_pem, and rules_b64, a JSON object: plmn;
 * first and last, the MSINs that the DPF may give out; mcim (optional), files that each MCIM has
 * besides its identity. All is owned. */
struct rules {
	json_t *authorization; /* its claims */
	X509 *sho;             /* who signed it */
	X509 *tre;             /* Cert_TRE */
	json_t *mcim;          /* or NULL */
	struct plmn plmn;
	uint64_t first, last;
	char pool[PLMN_TEXT + 24]; /* what the DPF counts its numbers as */
	uint64_t expires;
};
void rules_free(struct rules *r);
#define RULES(name) __attribute__((cleanup(rules_free))) struct rules name = {0}

/* Whether the claims of an authorization have rules. */
bool rules_in(const json_t *authorization);

/* Opens the note in a file, of whom a certificate in trust may be, for `to` (NULL: whomever).
 * Refused with the reasons of note_open, and `wrong-tre` where tre_cert_pem is another's. Status 3
 * where the rules are none. */
int rules_open(struct rules *r, const char *note, X509_STACK *trust, const char *to, int64_t at,
	       struct why *why) __attribute__((warn_unused_result));

/* At the DPF, in the caller's transaction: an authorization makes one MCIM (`note-replayed`). The
 * next number within the rules is taken, and the register keeps it and no K. Appended: the MCIM for
 * the TRE, bound to the SHO's certificate; and the subscriber's record, sealed for that
 * certificate. Status 3 where the numbers are used up. */
int rules_make(struct rules *r, struct reg *reg, struct buf *blob, struct buf *sealed,
	       struct why *why) __attribute__((warn_unused_result));

/* Where the DPF provisions by rules, it provisions what it made by them, and nothing else: refused
 * with `wrong-subject`. In the caller's transaction. */
int rules_made(struct reg *reg, const json_t *authorization, const struct buf *blob,
	       struct why *why) __attribute__((warn_unused_result));

/* What a party has for it, in paths; NULL where nothing is said. */
struct rules_order {
	const char *authorization, *trust, *to, *db, *key, *at;
	const char *credentials; /* the DPF's second result; to the SHO it is the input */
	const char *out;
};
/* At the DPF: rules_open and rules_make, by its register. */
int rules_order_make(const struct rules_order *o, struct why *why)
	__attribute__((warn_unused_result));
/* At the SHO: the record that the DPF told is within the rules, and goes into the register, so that
 * the AuC serves it; and discovery too. Once (`note-replayed`). Refused: `beyond-rules`,
 * `wrong-tre`, `double-imsi`. Writes {imsi, tre_id}. */
int rules_order_take(const struct rules_order *o, struct why *why)
	__attribute__((warn_unused_result));

#endif
