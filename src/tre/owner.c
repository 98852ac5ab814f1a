/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner, and the M2ME itself, may do: TR 33.812 5.1.3.7.2, 5.1.3.7.4.2, 5.1.3.7.4.3. */
#include "base/hex.h"
#include "base/when.h"
#include "pki/note.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <string.h>

/* Step 11: the notice that the old operator's credentials will be discarded, signed with PrK_TRE;
 * having seen a token is not enough to make one. */
int tre_discard(struct tre *t, const char *sho, struct buf *notice, struct why *why)
{
	json_t *token = json_object_get(t->s, "token");
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	AUTO(json_t) *fields = json_pack("{s:s, s:s}", "tre_id", tre_own_id(t), "token_sha256",
					 tre_text(token, "sha256"));
	const struct note_spec spec = {"discard", sho, fields, NULL, 0, when_now(), 0};
	uint8_t md[32];

	if (!key || party_check(sho, "--operator", why))
		return -1;
	if (!json_object_get(t->s, "staged") || !token)
		return why_refuse(why, "wrong-state",
				  "no MCIM is staged (TR 33.812 5.1.3.7.4.2 step 11)");
	if (json_is_true(json_object_get(token, "discarded")))
		return why_refuse(why, "token-reused",
				  "the notice was sent before (TR 33.812 5.1.3.7.4.2 step 11)");
	if (strcmp(sho, tre_text(token, "cur")) != 0)
		return why_refuse(why, "wrong-operator",
				  "the current operator is %s (TR 33.812 5.1.3.7.4.2 step 11)",
				  tre_text(token, "cur"));
	/* the acknowledgement is about the notice as it is written, with its line's end */
	if (note_make(notice, &spec, key, cert, why) || buf_add(notice, "\n", 1, why) ||
	    ossl_sha256(md, notice->bytes, notice->len, why) ||
	    json_put_hex(t->s, "notice", md, 32, why) ||
	    json_put(token, "discarded", json_true(), why) ||
	    tre_note(t, "discard-notice", json_pack("{s:s}", "to", sho), why))
		return -1;
	return tre_save(t, why);
}

int tre_select(struct tre *t, const char *mcim, bool yes, const struct tre_who *who,
	       struct why *why)
{
	json_t *m = tre_mcim_known(t, mcim, why), *now = tre_mcim_in(t, "selected");

	if (!m || tre_user_check(t, who, "select", why))
		return -1;
	if (tre_mcim_control(t, m, "pin") && !json_object_get(t->s, "pin"))
		return why_refuse(why, "pin-required",
				  "this MCIM wants a PIN, and the TRE has none (TR 33.812 "
				  "5.1.2.3)");
	if (tre_mcim_allow(t, m, "select", "owner", why))
		return -1;
	/* at most one is selected: the session with the other one ends */
	if (yes && now && now != m && tre_mcim_act(t, now, ACT_DESELECT, "owner", why))
		return -1;
	if (tre_mcim_act(t, m, yes ? ACT_SELECT : ACT_DESELECT, "owner", why) ||
	    (yes && (tre_anchor_follow(t, tre_text(m, "operator"), why) ||
		     tre_mcim_used(t, m, who->at, why))))
		return -1;
	return tre_save(t, why);
}

/* The old MCIM is what it was before the change; one that its operator has retired or deleted
 * since, or that is broken, is not. */
static int bring_back(struct tre *t, json_t *old, struct why *why)
{
	if (!old || strcmp(tre_text(old, "state"), "blocked") != 0 ||
	    strcmp(tre_text(old, "reason"), "integrity") == 0)
		return 0;
	return tre_mcim_act(t, old, ACT_UNBLOCK, "revert", why) ||
			       tre_mcim_act(t, old, ACT_SELECT, "revert", why)
		       ? -1
		       : 0;
}

/* The new MCIM, where its operator has not deleted it, is blocked. */
static int put_away(struct tre *t, json_t *new, struct why *why)
{
	if (strcmp(tre_text(new, "state"), "selected") == 0 &&
	    tre_mcim_act(t, new, ACT_DESELECT, "revert", why))
		return -1;
	return strcmp(tre_text(new, "state"), "activated") == 0
		       ? tre_mcim_act(t, new, ACT_BLOCK, "revert", why)
		       : 0;
}

/* B.2.3.4 NOTE 4: back to what was used before, the PCID where no MCIM of then is left, where the
 * new network cannot be reached. No operator's command to its own MCIM takes that away. */
int tre_revert(struct tre *t, int64_t at, struct buf *out, struct why *why)
{
	const json_t *change = json_object_get(t->s, "change");
	json_t *new = *tre_text(change, "new") ? tre_mcim(t, tre_text(change, "new")) : NULL;
	json_t *old = *tre_text(change, "old") ? tre_mcim(t, tre_text(change, "old")) : NULL;
	const int64_t since = json_integer_value(json_object_get(change, "since"));

	if (!change)
		return why_refuse(why, "wrong-state",
				  "no change is under way (TR 33.812 B.2.3.4 NOTE 4)");
	if (at < since + tre_policy_number(t, "revert_after"))
		return why_refuse(why, "too-early",
				  "the time to attach with the new MCIM is not over (TR 33.812 "
				  "B.2.3.4 NOTE 4)");
	if (put_away(t, new, why) || bring_back(t, old, why))
		return -1;
	json_object_del(t->s, "change");
	json_object_del(t->s, "bootstrap");
	json_object_del(t->s, "nonce_b");
	json_object_del(t->s, "told");
	tre_anchor_drop_pending(t);
	return tre_note(t, "reverted", NULL, why) || tre_save(t, why) || tre_identity(t, out, why)
		       ? -1
		       : 0;
}

/* Consent of all parties: 4.3.2, threats 7 and 8. */
static int check_delete(const struct tre *t, const json_t *m, int64_t at, struct why *why)
{
	if (tre_mcim_allow(t, m, "delete", "owner", why))
		return -1;
	return !tre_mcim_control(t, m, "countersignature") || tre_has_consent(t, m, at)
		       ? 0
		       : why_refuse(why, "no-consent",
				    "%s goes with its operator's consent alone (TR 33.812 4.3.2)",
				    tre_text(m, "id"));
}

/* 5.1.3.7.4.3: every MCIM goes, and the factory's anchor and the PCID are what is left. The window
 * of the PCID's SQN, and the nonces that were seen, stay; and the owner's token that was not used
 * yet: step 1 comes before step 3. */
static int go_pristine(struct tre *t, int64_t at, struct why *why)
{
	static const char *const gone[] = {"change",  "staged", "staged_document", "bootstrap",
					   "nonce_b", "notice", "napdef",          "told"};
	const char *pem = tre_text(t->s, "factory_cert_pem");
	AUTO(X509) *cert = NULL;
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (check_delete(t, m, at, why) ||
		    (strcmp(tre_text(m, "state"), "selected") == 0 &&
		     tre_mcim_act(t, m, ACT_DESELECT, "owner", why)) ||
		    tre_mcim_act(t, m, ACT_DELETE, "owner", why))
			return -1;
	}
	for (i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		json_object_del(t->s, gone[i]);
	if (json_is_true(json_object_get(json_object_get(t->s, "token"), "provisioned")))
		json_object_del(t->s, "token");
	if (json_put(t->s, "mcims", json_array(), why) ||
	    json_put(t->s, "anchors", json_array(), why) ||
	    (*pem && !(cert = cert_parse(pem, strlen(pem), "anchor", why))) ||
	    (cert &&
	     tre_anchor_add(t, cert, tre_text(t->s, "factory_sho"), "current", true, false, why)))
		return -1;
	return tre_note(t, "pristine", NULL, why) || tre_save(t, why) ? -1 : 0;
}

int tre_read(struct tre *t, const char *mcim, const char *file, const struct tre_who *who,
	     struct buf *out, struct why *why)
{
	const json_t *m = tre_mcim_known(t, mcim, why);

	return !m || tre_user_check(t, who, "read", why) ||
			       tre_mcim_read(t, m, file, "owner", out, why) ||
			       tre_note(t, "mcim-read",
					json_pack("{s:s, s:s}", "mcim", mcim, "file", file), why) ||
			       tre_save(t, why)
		       ? -1
		       : 0;
}

int tre_pristine(struct tre *t, const struct tre_who *who, struct why *why)
{
	return tre_user_check(t, who, "pristine", why) || go_pristine(t, who->at, why) ? -1 : 0;
}

/* The RO's order names the token in which the owner asked for the change: nobody else's wish, and
 * no old one, takes an MCIM away. */
static int check_order(struct tre *t, const json_t *order, struct why *why)
{
	const json_t *token = json_object_get(t->s, "token");
	const char *sha256 = json_text(order, "token_sha256", why);

	if (!sha256)
		return -1;
	if (!*tre_text(token, "sha256") || json_is_true(json_object_get(token, "provisioned")) ||
	    strcmp(sha256, tre_text(token, "sha256")) != 0)
		return why_refuse(why, "token-unknown",
				  "the order is not about the owner's outstanding token (TR 33.812 "
				  "5.1.3.7.4.3 step 2)");
	return 0;
}

int tre_reprovision(struct tre *t, const char *note, size_t len, int64_t at, struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	AUTO(json_t) *order = NULL;
	struct cert_policy policy = {.at = at};
	const struct note_check check = {"reprovision", tre_own_id(t), &policy, NULL, 0};

	if (tre_anchor_stack(t, "bootstrap", &trust, why))
		return -1;
	policy.trust = trust;
	order = note_open(note, len, &check, NULL, why);
	return !order || check_order(t, order, why) || tre_spend_jti(t, order, at, why) ||
			       go_pristine(t, at, why)
		       ? -1
		       : 0;
}
