/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the TRE alone: its state in memory, and how it becomes durable. */
#ifndef TRE_STATE_H
#define TRE_STATE_H

#include "aka/autn.h"
#include "pki/cert.h"
#include "tre/tre.h"

#include <stdbool.h>

struct tre {
	char *state;  /* folder of state.sealed, audit.jsonl and lock */
	char *device; /* folder of device.key, counter and, after tampering, locked-down */
	int lock;
	uint64_t counter;
	uint8_t key[32];
	json_t *s;       /* the state: see m2m-files(5) */
	json_t *pending; /* audit records that the next save writes */
};

/* Makes the folders, the device's key and an empty state in memory; nothing is durable before the
 * first save. An existing state is refused (`already-initialised`). */
struct tre *tre_create(const char *state, const char *device, struct why *why);

/* Seals the state under counter + 1, and then moves the device's counter: the new state, or the
 * old one. Audit records go first; what a crash leaves behind of them is cut at the next save. */
int tre_save(struct tre *t, struct why *why) __attribute__((warn_unused_result));

/* Writes the records that wait, and chains them into the state; of tre_save. */
int tre_audit_write(struct tre *t, struct why *why) __attribute__((warn_unused_result));

/* Files of a folder: folder/name, to be freed; whether it is there; put it durably; append it to b.
 */
char *tre_path(const char *folder, const char *name);
bool tre_has(const char *folder, const char *name);
int tre_put(const char *folder, const char *name, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int tre_folders(const char *path, struct why *why) __attribute__((warn_unused_result));
int tre_file(struct buf *b, const char *folder, const char *name, size_t limit, struct why *why)
	__attribute__((warn_unused_result));

/* A record for the audit: an event with details (owned, may be NULL), durable with the next save.
 */
int tre_note(struct tre *t, const char *event, json_t *details, struct why *why)
	__attribute__((warn_unused_result));

/* Shorthands over the state; texts are borrowed, "" where missing. */
const char *tre_text(const json_t *o, const char *field);
const char *tre_own_id(const struct tre *t);
EVP_PKEY *tre_key(const struct tre *t, bool for_encryption, struct why *why);
X509 *tre_cert(const struct tre *t, struct why *why);

/* The MCIM of that id, or in that state (borrowed); NULL: none. */
json_t *tre_mcim(const struct tre *t, const char *id);
json_t *tre_mcim_in(const struct tre *t, const char *state);

/* PIN: refused with `pin-required`, `wrong-pin`, `pin-blocked`; a try is counted before it is made.
 */
int tre_pin_set(struct tre *t, const char *pin, struct why *why)
	__attribute__((warn_unused_result));
int tre_pin_check(struct tre *t, const char *pin_file, struct why *why)
	__attribute__((warn_unused_result));

/* Appends the PIN of a file, without its line end. */
int tre_pin_read(struct buf *pin, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* One credential's K, OPc, constants and window, from its JSON; and the window back to it. */
int tre_credential(struct aka_key *key, struct sqn_window *w, const json_t *credential,
		   struct why *why) __attribute__((warn_unused_result));
int tre_window_put(json_t *credential, const struct sqn_window *w, struct why *why)
	__attribute__((warn_unused_result));

/* A new anchor, with its roles: who may send a bootstrap, who an MCIM. */
int tre_anchor_add(struct tre *t, const X509 *cert, const char *sho, const char *state,
		   bool bootstrap, bool mcim, struct why *why) __attribute__((warn_unused_result));

/* TRE_info (m2m-files(5)) into o: of the MCIMs what `as` may see (NULL: all, without IMSIs). */
int tre_info_json(struct tre *t, json_t *o, const char *as, struct why *why)
	__attribute__((warn_unused_result));

/* The certificates of the anchors with that role (`bootstrap`, `mcim`); owned. */
int tre_anchor_stack(struct tre *t, const char *role, X509_STACK **stack, struct why *why)
	__attribute__((warn_unused_result));

/* The change of operator is complete: the pending anchor takes the current one's place, and the
 * MCIM that was replaced is deleted. */
int tre_complete(struct tre *t, struct why *why) __attribute__((warn_unused_result));

#endif
