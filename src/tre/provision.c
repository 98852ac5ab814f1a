/* SPDX-License-Identifier: Apache-2.0 */
/* The MCIM comes in: TR 33.812 B.2.3.4 step 8, and the order of 5.1.3.7.4.2 steps 10 to 15. */
#include "base/when.h"
#include "dm/mcimobj.h"
#include "dm/syncml.h"
#include "pki/note.h"
#include "tre/state.h"

#include <stdio.h>
#include <string.h>

/* The registry's entry of a new MCIM, Installed: TR 33.812 5.1.1.1. */
static json_t *entry(struct tre *t, const struct mcim_blob *m, const char *sho,
		     const uint8_t sha256[32], struct why *why)
{
	AUTO(json_t) *o = json_object();
	const json_int_t n = json_integer_value(json_object_get(t->s, "mcim_count")) + 1;
	char id[32];

	snprintf(id, sizeof(id), "mcim-%" JSON_INTEGER_FORMAT, n);
	if (json_put(t->s, "mcim_count", json_integer(n), why) || json_put_text(o, "id", id, why) ||
	    json_put_text(o, "operator", sho, why) ||
	    json_put_text(o, "state", mcim_state_name(MCIM_INSTALLED), why) ||
	    json_put_hex(o, "operator_cert_sha256", sha256, 32, why) || tre_mcim_fill(o, m, why))
		return NULL;
	return STEAL(o);
}

/* What the staged entry keeps beside the MCIM: the document, for the STATUS's `about`. */
static int keep(struct tre *t, json_t *new, const struct mcimobj *o, const void *bytes, size_t len,
		struct why *why)
{
	json_t *token = json_object_get(t->s, "token");

	if (tre_mcim_with(t, "imsi", tre_text(new, "imsi")))
		return why_refuse(
			why, "wrong-state",
			"an MCIM with this IMSI is installed already (TR 33.812 5.1.1.1)");
	return (o->napdef && json_put(new, "napdef", json_incref(o->napdef), why)) ||
			       json_put(t->s, "staged", json_incref(new), why) ||
			       json_put_b64(t->s, "staged_document", bytes, len, why) ||
			       json_put(json_object_get(t->s, "nonce_b"), "spent", json_true(),
					why) ||
			       (o->token.len && json_put(token, "provisioned", json_true(), why)) ||
			       tre_note(t, "mcim-staged",
					json_pack("{s:s, s:s}", "mcim", tre_text(new, "id"),
						  "operator", tre_text(new, "operator")),
					why)
		       ? -1
		       : 0;
}

/* Everything that can be refused is, and the MCIM is kept whole beside the old one. The operator is
 * the one of the bootstrap, whoever's DPF signs: certificate = token's = efid 8. */
static int stage(struct tre *t, const struct mcimobj *o, const void *bytes, size_t len,
		 struct why *why)
{
	const json_t *b = json_object_get(t->s, "bootstrap");
	AUTO(json_t) *new = NULL;
	uint8_t operator_sha256[32];
	MCIM_BLOB(m);

	if (tre_mcimobj_check(t, o, &m, operator_sha256, why))
		return -1;
	new = entry(t, &m, tre_text(b, "sho"), operator_sha256, why);
	return !new || keep(t, new, o, bytes, len, why) ? -1 : 0;
}

/* Consent of all parties: 4.3.2, threats 7 and 8; and a notice that was sent wants its answer. */
static int check_consent(const struct tre *t, bool is_acknowledged, struct why *why)
{
	const json_t *old = tre_mcim_in(t, "selected");
	const bool is_owners = !old || tre_mcim_allows(t, old, "discard", "owner");

	if (old && !is_owners && !tre_mcim_allows(t, old, "discard", "operator"))
		return tre_mcim_allow(t, old, "discard", "owner", why);
	if (is_acknowledged || (old && tre_has_consent(t, old, when_now())) ||
	    (!json_object_get(t->s, "notice") && is_owners &&
	     !(old && tre_mcim_control(t, old, "countersignature"))))
		return 0;
	return why_refuse(why, "no-ack",
			  "the old operator's acknowledgement is wanted (TR 33.812 5.1.3.7.4.2 "
			  "step 12)");
}

/* The old MCIM is kept, blocked, until the new one has attached: there must be room for both. */
static int check_room(const struct tre *t, struct why *why)
{
	const int64_t room = tre_policy_number(t, "room");

	if (!room || (int64_t)json_array_size(json_object_get(t->s, "mcims")) < room)
		return 0;
	return why_refuse(why, "tre-full",
			  "the TRE has room for %lld MCIMs (TR 33.812 5.1.3.7.4.2 step 14)",
			  (long long)room);
}

/* Steps 13 and 14: the old MCIM is blocked, and the new one activated and selected, in one save. */
static int install(struct tre *t, bool is_acknowledged, struct why *why)
{
	json_t *new = json_object_get(t->s, "staged"), *old = tre_mcim_in(t, "selected");
	json_t *change = json_object();

	if (json_put(t->s, "change", change, why) || check_consent(t, is_acknowledged, why) ||
	    check_room(t, why))
		return -1;
	json_object_del(old, "consent"); /* for this change alone */
	if (old && (tre_mcim_act(t, old, ACT_DESELECT, "replaced", why) ||
		    tre_mcim_act(t, old, ACT_BLOCK, "replaced", why) ||
		    json_put_text(change, "old", tre_text(old, "id"), why)))
		return -1;
	if (tre_window_inherit(t, new, why) ||
	    json_array_append(json_object_get(t->s, "mcims"), new) ||
	    tre_mcim_act(t, new, ACT_ACTIVATE, "provision", why) ||
	    tre_mcim_act(t, new, ACT_SELECT, "provision", why) ||
	    json_put_text(change, "new", tre_text(new, "id"), why) ||
	    json_put_number(change, "since", (uint64_t)when_now(), why))
		return -1;
	tre_unstage(t);
	return 0;
}

/* Both credentials are present before the subscription changes: the owner selects (5.1.3.7.2). */
static int install_beside(struct tre *t, struct why *why)
{
	json_t *new = json_object_get(t->s, "staged");

	if (check_room(t, why) || tre_window_inherit(t, new, why) ||
	    json_array_append(json_object_get(t->s, "mcims"), new) ||
	    tre_mcim_act(t, new, ACT_ACTIVATE, "provision", why) || tre_anchor_beside(t, why))
		return -1;
	tre_unstage(t);
	json_object_del(t->s, "bootstrap");
	return 0;
}

static int take(struct tre *t, enum tre_how how, struct why *why)
{
	return how == TRE_STAGE    ? 0
	       : how == TRE_BESIDE ? install_beside(t, why)
				   : install(t, false, why);
}

/* The STATUS of step 15: signed with PrK_TRE, about the MCIMobj. */
int tre_status_put(struct tre *t, const struct tre_status *s, struct buf *out, struct why *why)
{
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	AUTO(json_t) *fields =
		json_pack("{s:s, s:s}", "tre_id", tre_own_id(t), "result", s->result);
	const struct note_spec spec = {"status", s->to, fields, s->about, s->len, when_now(), 0};

	if (!key || (s->reason && json_put_text(fields, "reason", s->reason, why)) ||
	    (s->mcim && json_put_text(fields, "mcim", s->mcim, why)) ||
	    (s->answer && s->answer->len &&
	     json_put_b64(fields, "answer_b64", s->answer->bytes, s->answer->len, why)) ||
	    note_make(out, &spec, key, cert, why))
		return -1;
	return buf_add(out, "\n", 1, why);
}

/* The STATUS of what was taken: made, and remembered, before the state is durable. */
static int tell(struct tre *t, const struct tre_status *s, struct buf *status, struct why *why)
{
	BUF(text);

	return tre_status_put(t, s, &text, why) || tre_told_put(t, s, &text, why) ||
			       tre_save(t, why) || buf_add(status, text.bytes, text.len, why)
		       ? -1
		       : 0;
}

void tre_status_refused(struct tre *t, struct tre_status *s, struct buf *status,
			const struct why *why)
{
	s->result = "refused";
	s->reason = why->reason;
	s->mcim = NULL;
	s->answer = NULL;
	if (tre_status_put(t, s, status, NULL))
		buf_clear(status);
}

int tre_stage(struct tre *t, const void *bytes, size_t len, enum tre_how how, struct buf *status,
	      struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	AUTO(X509) *signer = NULL;
	struct cert_policy policy = {.roles = CERT_MCIM | CERT_DPF, .at = when_now()};
	MCIMOBJ(o);
	BUF(document);
	char to[TRE_ID_TEXT], mcim[32];
	bool is_again;
	struct tre_status s = {
		.to = to, .result = how == TRE_STAGE ? "staged" : "installed", .mcim = mcim};

	if ((syncml_is_package(bytes, len) ? syncml_unpack(&document, NULL, bytes, len, why)
					   : buf_add(&document, bytes, len, why)) ||
	    tre_told_again(t, &document, how, status, &is_again, why))
		return -1;
	if (is_again)
		return 0;
	if (tre_anchor_stack(t, "mcim", &trust, why))
		return -1;
	policy.trust = trust;
	if (mcimobj_open(&o, bytes, len, &policy, &signer, why) || cert_name(to, signer, why))
		return -1;
	s.about = document.bytes;
	s.len = document.len;
	if (stage(t, &o, document.bytes, document.len, why) == 0) {
		json_t *staged = json_object_get(t->s, "staged");

		snprintf(mcim, sizeof(mcim), "%s", tre_text(staged, "id"));
		if (json_put_text(staged, "provisioned_by", to, why))
			return -1;
		if (take(t, how, why) == 0)
			return tell(t, &s, status, why);
	}
	/* the new operator hears why: its signature was right */
	if (why->status == TOOL_NO)
		tre_status_refused(t, &s, status, why);
	return -1;
}

void tre_unstage(struct tre *t)
{
	json_object_del(t->s, "staged");
	json_object_del(t->s, "staged_document");
	json_object_del(t->s, "notice");
}

/* Step 12: the old operator's acknowledgement of the notice that was sent. */
static int check_ack(struct tre *t, const char *ack, size_t len, struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	AUTO(json_t) *note = NULL;
	struct cert_policy policy = {.at = when_now()};
	const struct note_check check = {"ack", tre_own_id(t), &policy, NULL, 0};

	if (tre_anchor_stack(t, "current", &trust, why))
		return -1;
	policy.trust = trust;
	note = note_open(ack, len, &check, NULL, why);
	if (!note)
		return -1;
	return *tre_text(t->s, "notice") &&
			       strcmp(tre_text(note, "about"), tre_text(t->s, "notice")) == 0
		       ? 0
		       : why_refuse(why, "wrong-subject",
				    "the acknowledgement is not about the notice that was sent "
				    "(TR 33.812 5.1.3.7.4.2 step 12)");
}

int tre_commit(struct tre *t, const char *ack, size_t ack_len, struct buf *status, struct why *why)
{
	const json_t *staged = json_object_get(t->s, "staged");
	char to[TRE_ID_TEXT], mcim[32];
	struct tre_status s = {.to = to, .result = "installed", .mcim = mcim};
	BUF(document);

	if (!staged)
		return why_refuse(why, "wrong-state",
				  "no MCIM is staged (TR 33.812 5.1.3.7.4.2 step 10)");
	if ((ack && check_ack(t, ack, ack_len, why)) ||
	    json_b64(&document, t->s, "staged_document", why))
		return -1;
	s.about = document.bytes;
	s.len = document.len;
	snprintf(to, sizeof(to), "%s", tre_text(staged, "provisioned_by"));
	snprintf(mcim, sizeof(mcim), "%s", tre_text(staged, "id"));
	if (install(t, ack != NULL, why) == 0)
		return tell(t, &s, status, why);
	/* step 15: the DPF hears of what failed in installing */
	if (strcmp(why->reason, "tre-full") == 0)
		tre_status_refused(t, &s, status, why);
	return -1;
}
