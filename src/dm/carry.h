/* SPDX-License-Identifier: Apache-2.0 */
/* The forms in which a signed bootstrap goes over the air: bare, in a SyncML package, around it an
 * OMA CP document, as WBXML, in a push (TR 33.812 B.2.2.1 NOTE 2, B.2.3.3). */
#ifndef DM_CARRY_H
#define DM_CARRY_H

#include "dm/bootstrap.h"
#include "dm/push.h"

/* All false: bare. */
struct carry {
	bool is_cp;
	bool is_syncml; /* not of a CP document */
	bool is_wbxml;
	bool is_push;               /* of WBXML; of DM that is a SyncML package */
	const struct push_key *pin; /* the push's MAC; borrowed; NULL: none */
};

/* profile: "dm", which NULL is too, or "cp". Sets what else is implied: a MAC stands in a push, a
 * push carries WBXML, and of DM that is a SyncML package. Status 2 where it does not fit together.
 */
int carry_complete(struct carry *c, const char *profile, bool has_pin, struct why *why)
	__attribute__((warn_unused_result));

/* Appends the document, of that bootstrap, as it goes over the air. */
int carry_pack(struct buf *out, const struct carry *c, const struct bootstrap *b,
	       const struct buf *document, struct why *why) __attribute__((warn_unused_result));

/* Appends what came over the air, a file's (NULL: stdin), in words, a JSON line: by an operator
 * (signer, NULL: any) whom certificates in a file stand for (trust, NULL: none), at a time (NULL:
 * now). With trust, or a signature, bootstrap_to_json and the member signer, as bootstrap_open
 * checks them; a CP document without one, which a PIN alone speaks for, as cp_to_json. With a PIN
 * its member sec names the method; of c nothing but the PIN counts. Refused with the reasons of
 * push_open and bootstrap_open. */
int carry_tell_file(struct buf *out, const struct carry *c, const char *in, const char *trust,
		    const char *signer, const char *at, struct why *why)
	__attribute__((warn_unused_result));

#endif
