/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the TRE alone: its state in memory, and how it becomes durable. */
#ifndef TRE_STATE_H
#define TRE_STATE_H

#include "aka/autn.h"
#include "mcim/blob.h"
#include "pki/cert.h"
#include "tre/acts.h"
#include "tre/lifecycle.h"

#include <stdbool.h>

/* Where TREs are kept instead of folders (tre/fleet.h): opened and made by their TRE_ids, saved,
 * and their audit records written behind those octets of it, and read. */
struct tre_keeper {
	struct tre *(*open)(void *ctx, const char *tre_id, struct why *why);
	struct tre *(*make)(void *ctx, const char *tre_id, struct why *why);
	int (*save)(void *ctx, struct tre *t, struct why *why);
	int (*put_audit)(void *ctx, const struct tre *t, int64_t at, const struct buf *lines,
			 struct why *why);
	int (*get_audit)(void *ctx, const struct tre *t, struct buf *text, struct why *why);
	void *ctx;
};
extern struct tre_keeper *tre_keeper; /* of this process; NULL: folders */

struct tre {
	struct tre_keeper *keeper; /* NULL: the folders */
	char *state;               /* folder of state.sealed, audit.jsonl and lock */
	char *device; /* folder of device.key, counter and, after tampering, locked-down */
	int lock;
	bool despite; /* opened though it is locked down: it is read, and nothing is saved */
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

/* A record for the audit: an event with details (owned, may be NULL), durable with the next save.
 */
int tre_note(struct tre *t, const char *event, json_t *details, struct why *why)
	__attribute__((warn_unused_result));

/* Shorthands over the state; texts are borrowed, "" where missing. */
const char *tre_text(const json_t *o, const char *field);
const char *tre_own_id(const struct tre *t);
EVP_PKEY *tre_key(const struct tre *t, bool for_encryption, struct why *why);
X509 *tre_cert(const struct tre *t, struct why *why);

/* The IMSI in use: the selected MCIM's, else the PCID; "" none. */
const char *tre_own_imsi(const struct tre *t);

/* A PIN in its holder, the owner's or a user's entry: refused with `wrong-pin`, `pin-blocked`; a
 * try is counted, durably, before it is made. */
int tre_pin_set(json_t *holder, const char *pin, struct why *why)
	__attribute__((warn_unused_result));
int tre_pin_check(struct tre *t, json_t *holder, const char *pin_file, struct why *why)
	__attribute__((warn_unused_result));
int tre_pin_blocked(const json_t *holder, struct why *why) __attribute__((warn_unused_result));

/* Whether w (tre/acts.h) may do what that right names, by its PIN or by the session that it began,
 * as long as its PIN is not blocked; a TRE without a PIN lets its owner. Refused with
 * `pin-required`, `session-lapsed`, `unknown-user`, `not-allowed` and as tre_pin_check. */
struct tre_who;
int tre_user_check(struct tre *t, const struct tre_who *w, const char *right, struct why *why)
	__attribute__((warn_unused_result));
/* The selection counts from `at` on, where controls limit it. */
int tre_mcim_used(const struct tre *t, json_t *m, int64_t at, struct why *why)
	__attribute__((warn_unused_result));
/* Adds `users` to info: name, rights and the tries that are left. */
int tre_users_show(const struct tre *t, json_t *info, struct why *why)
	__attribute__((warn_unused_result));

/* Appends the PIN of a file, without its line end. */
int tre_pin_read(struct buf *pin, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* One credential's K, OPc, constants and window, from its JSON; and the window back to it. */
int tre_credential(struct aka_key *key, struct sqn_window *w, const json_t *credential,
		   struct why *why) __attribute__((warn_unused_result));
int tre_window_put(struct tre *t, json_t *credential, const struct sqn_window *w, struct why *why)
	__attribute__((warn_unused_result));
/* Credentials with one K (an RO that becomes the SHO and keeps the IMSI, 5.1.3.6.3 step 8) have one
 * window, so that no SQN is taken twice (TS 33.102 6.3.3): tre_window_put gives it to each, and
 * this to a new MCIM. */
int tre_window_inherit(struct tre *t, json_t *m, struct why *why)
	__attribute__((warn_unused_result));

/* Whether the TRE's policy has that member as true; a number of it (0 where missing). */
bool tre_policy(const struct tre *t, const char *member);
int64_t tre_policy_number(const struct tre *t, const char *member);

/* ---- the registry of MCIMs ---- */

/* The first MCIM of that id, in that state, or whose member has that value (borrowed); NULL: none.
 */
json_t *tre_mcim(const struct tre *t, const char *id);
json_t *tre_mcim_in(const struct tre *t, const char *state);
json_t *tre_mcim_with(const struct tre *t, const char *member, const char *value);
/* tre_mcim, refused with `unknown-mcim`. */
json_t *tre_mcim_known(const struct tre *t, const char *id, struct why *why);

/* What the blob says into the registry's entry m. Only what can be run here: a USIM of Milenage. */
int tre_mcim_fill(json_t *m, const struct mcim_blob *b, struct why *why)
	__attribute__((warn_unused_result));
/* Whether the blob is for this TRE (efid 7, `wrong-tre`) and that operator (8, `wrong-operator`).
 */
int tre_mcim_bound(const struct tre *t, const struct mcim_blob *b,
		   const uint8_t operator_sha256[static 32], struct why *why)
	__attribute__((warn_unused_result));
/* Whether the entry's files are what was installed: TR 33.812 5.1.2.3. */
bool tre_mcim_is_whole(const json_t *m);
/* A step of the life cycle, with its record in the audit; `by` becomes the reason of a block. */
int tre_mcim_act(struct tre *t, json_t *m, enum mcim_act a, const char *by, struct why *why)
	__attribute__((warn_unused_result));
void tre_mcim_forget(struct tre *t, const json_t *m);

/* ---- security controls: 5.1.2.3, threats 7 and 8 ---- */

/* Whether the controls of the MCIM, of the TRE and of the subscriber leave that act
 * (mcim/controls.h) to `who` (owner, operator); where they say nothing, to both, but for share.
 * Refused with `not-allowed`. */
bool tre_mcim_allows(const struct tre *t, const json_t *m, const char *act, const char *who);
int tre_mcim_allow(const struct tre *t, const json_t *m, const char *act, const char *who,
		   struct why *why) __attribute__((warn_unused_result));
/* countersignature, pin: whether any of them wants it. */
bool tre_mcim_control(const struct tre *t, const json_t *m, const char *control);
/* Adds `controls`: the TRE's to info, with `subscriber_controls`, and each MCIM's to its entry
 * there, with the algorithm that it shares. */
int tre_controls_show(const struct tre *t, json_t *info, struct why *why)
	__attribute__((warn_unused_result));
/* Appends {mcim, efid, octets} of a file (4 hex digits); no keys (`not-allowed`), `unknown-file`.
 */
int tre_mcim_read(const struct tre *t, const json_t *m, const char *file, const char *who,
		  struct buf *out, struct why *why) __attribute__((warn_unused_result));
/* Whether m's operator has consented (tre_consent) to the change that is under way at that time. */
bool tre_has_consent(const struct tre *t, const json_t *m, int64_t at);
/* Pushes the signer of a note of that typ on trust, where it has an MCIM here; else refused with
 * `wrong-operator`. */
int tre_operator_trust(struct tre *t, const char *typ, const char *note, size_t len,
		       X509_STACK *trust, struct why *why) __attribute__((warn_unused_result));
/* m uses the algorithm of the MCIM of that id from now on (NULL: its own again). Refused with
 * `wrong-operator`, `wrong-state`, `not-allowed`, then and at each use. */
int tre_mcim_share(struct tre *t, json_t *m, const char *from, struct why *why)
	__attribute__((warn_unused_result));
/* The constants of the algorithm that m shares, where it does, into key. */
int tre_mcim_algorithm(const struct tre *t, const json_t *m, struct aka_key *key, struct why *why)
	__attribute__((warn_unused_result));
/* After the measurements of a boot: whether each component whose firmware was updated is what was
 * installed; what is not makes the TRE untrusted (tre_trusted, `wrong-measurement`) until a boot
 * finds it again. */
int tre_firmware_measured(struct tre *t, bool measured, struct why *why)
	__attribute__((warn_unused_result));
int tre_trusted(const struct tre *t, struct why *why) __attribute__((warn_unused_result));
/* Adds the version of each such component. */
int tre_firmware_versions(const struct tre *t, json_t *versions, struct why *why)
	__attribute__((warn_unused_result));
/* The policy of a file (NULL: an empty one), checked; owned, NULL is status 3. */
json_t *tre_policy_read(const char *file, struct why *why);
/* Adds the version of a policy that was updated. */
int tre_policy_show(const struct tre *t, json_t *versions, struct why *why)
	__attribute__((warn_unused_result));
/* Opens a note of that type of the maker whom the policy names, for this TRE or its vendor, about
 * those octets (NULL: about nothing that is looked at). Refused with `not-allowed` and the reasons
 * of note_open; owned. */
json_t *tre_maker_note(const struct tre *t, const char *type, const struct buf *about,
		       const struct buf *text, int64_t at, uint64_t *version, struct why *why);
/* Refused with `old-version`. */
int tre_newer(uint64_t version, int64_t there, struct why *why) __attribute__((warn_unused_result));

/* ---- the registry, continued ---- */

/* Appends to the array list what may be seen of each MCIM; as NULL: the owner's view. cert_sha256:
 * hex of that operator's certificate, which a name alone does not show; NULL: not known. */
int tre_mcim_view(const struct tre *t, json_t *list, const char *as, const char *cert_sha256,
		  bool with_imsi, struct why *why) __attribute__((warn_unused_result));

/* Whether an MCIMobj may be staged: TRE_id, nonce_B, token, and PuK_TRE(MCIM), whose files are
 * given with the SHA-256 of the operator's certificate. Refused with `wrong-tre`, `nonce-unknown`,
 * `nonce-replayed`, `no-token`, `token-reused`, `token-unknown`, `wrong-operator`, `wrong-knetver`,
 * and the reasons of mcim_unprotect. */
struct mcimobj;
int tre_mcimobj_check(struct tre *t, const struct mcimobj *o, struct mcim_blob *m,
		      uint8_t operator_sha256[static 32], struct why *why)
	__attribute__((warn_unused_result));

/* What is staged goes, and the notice about it. */
void tre_unstage(struct tre *t);

/* The files of an operator's update (a blob of tag 3) into its MCIM m. */
int tre_mcim_update(struct tre *t, json_t *m, const void *blob, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* A note to the TRE counts once, done or refused (`note-replayed`): durable before it is acted on.
 */
int tre_spend_jti(struct tre *t, const json_t *note, int64_t at, struct why *why)
	__attribute__((warn_unused_result));

/* A signed STATUS, appended: to whom, how it ended (reason and mcim may be NULL), about what. */
struct tre_status {
	const char *to, *result, *reason, *mcim;
	const void *about;
	size_t len;
	struct buf *answer; /* lines of a command's; NULL or empty: none */
};
int tre_status_put(struct tre *t, const struct tre_status *s, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));

/* That STATUS of what was refused with that reason; nothing is appended where it cannot be made. */
void tre_status_refused(struct tre *t, struct tre_status *s, struct buf *out,
			const struct why *why);

/* Remembers that STATUS, of an MCIMobj that was taken, with the next save; and appends it again for
 * the same MCIMobj, with a record in the audit and no other change, as long as the MCIM is there.
 */
int tre_told_put(struct tre *t, const struct tre_status *s, const struct buf *status,
		 struct why *why) __attribute__((warn_unused_result));
int tre_told_again(struct tre *t, const struct buf *document, enum tre_how how, struct buf *status,
		   bool *is_again, struct why *why) __attribute__((warn_unused_result));

/* The initial network-access credential {PCID, K}, a record, with its lifetime where it has one. */
int tre_access_set(struct tre *t, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* ---- anchors: who may send a bootstrap, who an MCIM ---- */

int tre_anchor_add(struct tre *t, const X509 *cert, const char *sho, const char *state,
		   bool bootstrap, bool mcim, struct why *why) __attribute__((warn_unused_result));
/* The certificates of the anchors with that role (`bootstrap`, `mcim`), or of the `current`
 * operator; owned. */
int tre_anchor_stack(struct tre *t, const char *role, X509_STACK **stack, struct why *why)
	__attribute__((warn_unused_result));
/* The pending ones go: another bootstrap came, or the change was called off. */
void tre_anchor_drop_pending(struct tre *t);
/* An MCIM came in beside the one in use: its operator is no longer pending, and not current. */
int tre_anchor_beside(struct tre *t, struct why *why) __attribute__((warn_unused_result));
/* The owner selected that operator's MCIM: it is the current one, and the former one beside it. */
int tre_anchor_follow(struct tre *t, const char *sho, struct why *why)
	__attribute__((warn_unused_result));
const char *tre_current_sho(const struct tre *t); /* "" none */

/* The change of operator is complete: the pending anchor takes the current one's place, and the
 * MCIM that was replaced is deleted. */
int tre_complete(struct tre *t, struct why *why) __attribute__((warn_unused_result));

/* TRE_info (m2m-files(5)) into o: of the MCIMs what `as`, with that certificate, may see (NULL:
 * all, without IMSIs). */
int tre_info_json(struct tre *t, json_t *o, const char *as, const char *cert_sha256,
		  struct why *why) __attribute__((warn_unused_result));

#endif
