/* SPDX-License-Identifier: Apache-2.0 */
/* What a verified note does in the register of the party that it is for. */
#ifndef REGISTER_EFFECTS_H
#define REGISTER_EFFECTS_H

#include "register/publish.h"

#define REGISTRATION_LIFETIME (30 * 24 * 3600)

/* Spends the note (`note-replayed`), and does what it says, in a transaction of its own with what
 * is told of it. text is the note as it came. A type without effect is 0. registration: the DRF
 * learns where the M2ME finds its new operator (TR 33.812 B.2.3.2 step 2); completion: the old
 * operator deactivates (B.2.3.5 step 11); subscribing: the DRF learns the SHO; discard: the notice
 * is kept; activate: a waiting subscription begins; release: one ends (imsi), or a PCID goes back
 * to its pool (pcid). */
int reg_note_enter(struct reg *r, const char *type, const json_t *claims, const struct buf *text,
		   int64_t at, struct publication *told, struct why *why)
	__attribute__((warn_unused_result));

/* The same in the caller's transaction. */
int reg_note_enter_inside(struct reg *r, const char *type, const json_t *claims,
			  const struct buf *text, int64_t at, struct why *why)
	__attribute__((warn_unused_result));

#endif
