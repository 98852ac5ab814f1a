/* SPDX-License-Identifier: Apache-2.0 */
/* The acts of the Trusted Environment, which an order (tre/tre.h) picks from: for the files of this
 * module alone. */
#ifndef TRE_ACTS_H
#define TRE_ACTS_H

#include "tre/tre.h"

/* Who asks: the owner (NULL) or a user, with the PIN in a file or (NULL) in its session, and when.
 */
struct tre_who {
	const char *user, *pin;
	int64_t at;
};

/* ---- manufacture: TR 33.812 B.2.2.1 ---- */

/* state must hold no TRE yet. pin_file and policy_file may be NULL. */
int tre_init(const char *state, const char *device, const char *tre_id, const char *pin_file,
	     const char *policy_file, struct why *why) __attribute__((warn_unused_result));
/* {PrK_TRE, PuK_TRE} inside; the request, PEM, is all that comes out. A key that is there stays,
 * and the request is for it (another alg: `file-exists`); with force another takes its place. */
int tre_keygen(struct tre *t, const char *alg, bool force, struct buf *csr, struct why *why)
	__attribute__((warn_unused_result));
/* The delivery note, JSON, is appended. */
int tre_personalize(struct tre *t, const struct tre_personal *p, struct buf *delivery_note,
		    struct why *why) __attribute__((warn_unused_result));

/* A renewed Cert_TRE in the old one's place (TR 33.812 5.1.3.5.8): for the same key and TRE_id, of
 * the same issuer (`untrusted-chain`), that begins and ends no earlier (`wrong-state`). The owner's
 * PIN is wanted where there is one. */
int tre_certify(struct tre *t, const char *cert, const struct tre_who *who, struct why *why)
	__attribute__((warn_unused_result));

/* The PVA is asked for one: a note of type certificate-request with TRE_info and csr_pem. */
int tre_certify_ask(struct tre *t, const char *to, int64_t at, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
/* Firmware that the maker signed: a note of type firmware about the image, with component and
 * version, for this TRE or its vendor. Refused with `not-allowed`, `old-version` and the reasons of
 * note_open; what boot measures must be it from then on. */
int tre_firmware(struct tre *t, const char *image, const struct buf *note,
		 const struct tre_who *who, struct why *why) __attribute__((warn_unused_result));
/* Another policy in the place of the TRE's: the maker's note of type policy, with version and
 * policy_b64. Refused as tre_firmware is. */
int tre_policy_take(struct tre *t, const struct buf *note, const struct tre_who *who,
		    struct why *why) __attribute__((warn_unused_result));

/* ---- in use; each appends one JSON line where it tells something ---- */
int tre_boot(struct tre *t, const char *components, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int tre_info(struct tre *t, struct buf *out, struct why *why) __attribute__((warn_unused_result));
/* as NULL: the owner's view; else what that operator may see. */
int tre_list(struct tre *t, const char *as, const char *cert_sha256, struct buf *out,
	     struct why *why) __attribute__((warn_unused_result));
/* The audit's records; verify: refused with `audit-broken` where they are not what was written. */
int tre_audit(struct tre *t, bool verify, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int tre_identity(struct tre *t, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
/* RES, CK, IK; or, with -1 and `sqn-out-of-range`, AUTS in out. The first success with a new MCIM
 * completes the change: the former operator's anchor and MCIM go. */
int tre_attach(struct tre *t, const uint8_t rand[static 16], const uint8_t autn[static 16],
	       int64_t at, struct buf *out, struct why *why) __attribute__((warn_unused_result));

/* Opens the state of a TRE, locked down or not, as far as the device's key opens it: for a last
 * word. */
struct tre *tre_open_despite(const char *state, const char *device, struct why *why);

/* A note of type tamper about what locked the TRE down and what is broken in it; `wrong-state`
 * where nothing is. Nothing is saved. */
int tre_report(struct tre *t, const char *to, int64_t at, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));

/* ---- provisioning: TR 33.812 B.2.3, 5.1.3.7.4.2 ---- */
int tre_token(struct tre *t, const char *to, X509 *to_cert, const struct tre_who *who,
	      struct buf *out, struct why *why) __attribute__((warn_unused_result));
int tre_bootstrap(struct tre *t, const void *bytes, size_t len, const struct tre_push *push,
		  struct buf *out, struct why *why) __attribute__((warn_unused_result));
/* Stage keeps the MCIM whole, and commit takes it into use; install is both; beside installs it,
 * and leaves the one in use selected (5.1.3.7.4.2, last paragraph). status gets the signed STATUS,
 * also where the MCIMobj's signature was right and the rest was refused. */
enum tre_how { TRE_STAGE, TRE_INSTALL, TRE_BESIDE };
int tre_stage(struct tre *t, const void *bytes, size_t len, enum tre_how how, struct buf *status,
	      struct why *why) __attribute__((warn_unused_result));
/* ack: the old operator's note about the discard notice, or NULL. */
int tre_commit(struct tre *t, const char *ack, size_t ack_len, struct buf *status, struct why *why)
	__attribute__((warn_unused_result));
int tre_discard(struct tre *t, const char *sho, struct buf *notice, struct why *why)
	__attribute__((warn_unused_result));

/* ---- the owner's and the operators' acts on MCIMs: TR 33.812 5.1.1.1, 5.1.2.3 ---- */
int tre_select(struct tre *t, const char *mcim, bool yes, const struct tre_who *who,
	       struct why *why) __attribute__((warn_unused_result));
/* One file of an MCIM, in hex; its own controls say whether the owner may. */
int tre_read(struct tre *t, const char *mcim, const char *file, const struct tre_who *who,
	     struct buf *out, struct why *why) __attribute__((warn_unused_result));
/* The M2ME subscriber's own controls, in the place of those before: read, update, share and pin;
 * the rest is not its to rule (status 3). They bind every MCIM. */
int tre_controls(struct tre *t, const json_t *controls, const struct tre_who *who, struct why *why)
	__attribute__((warn_unused_result));
/* at: too early (`too-early`) where the policy's revert_after is not over. */
int tre_revert(struct tre *t, int64_t at, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
/* An MCIM that wants its operator's countersignature goes by its consent alone (`no-consent`). */
int tre_pristine(struct tre *t, const struct tre_who *who, struct why *why)
	__attribute__((warn_unused_result));
/* 5.1.3.7.4.3 step 2: the RO's note of type reprovision, with the hash of the owner's token. */
int tre_reprovision(struct tre *t, const char *note, size_t len, int64_t at, struct why *why)
	__attribute__((warn_unused_result));
/* 5.1.3.7.4.3 NOTE 2: asks for a new initial credential (`too-early` where the old one does not
 * end soon); and takes one, in a note of type access of who may send a bootstrap. */
int tre_renew(struct tre *t, int64_t at, struct buf *request, struct why *why)
	__attribute__((warn_unused_result));
int tre_access(struct tre *t, const char *note, size_t len, int64_t at, struct buf *status,
	       struct why *why) __attribute__((warn_unused_result));
/* ---- users and their sessions: TR 33.812 6.1.2.3 threat 10 ---- */

/* The owner makes a user, or changes its PIN (in a file) or its rights (words with commas between);
 * with neither, the user goes. The name `owner` is the owner's: its PIN can be changed. */
int tre_user(struct tre *t, const char *name, const struct tre_who *owner, const char *new_pin,
	     const char *rights, struct why *why) __attribute__((warn_unused_result));
/* Until logout, boot, or the policy's inactivity is over, `who` needs no PIN. */
int tre_login(struct tre *t, const struct tre_who *who, struct why *why)
	__attribute__((warn_unused_result));
/* Whether the selected MCIM was not used for longer than controls allow: it is deselected then. */
int tre_lapse(struct tre *t, int64_t at, bool *lapsed, struct why *why)
	__attribute__((warn_unused_result));
int tre_logout(struct tre *t, struct why *why) __attribute__((warn_unused_result));

/* The question whether an MCIM may be discarded, a note of type consent-request; and the answer, a
 * note of type consent about the last question, for the owner's token of then. */
int tre_consent_ask(struct tre *t, const char *mcim, int64_t at, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int tre_consent(struct tre *t, const char *mcim, const char *note, size_t len, int64_t at,
		struct why *why) __attribute__((warn_unused_result));
/* is_signed: what it tells, and how it ended, in a STATUS about the note. */
int tre_command(struct tre *t, const char *note, size_t len, int64_t at, bool is_signed,
		struct buf *out, struct why *why) __attribute__((warn_unused_result));

#endif
