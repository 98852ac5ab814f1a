/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner and the operators may do to MCIMs: TR 33.812 5.1.1.1, 5.1.2.3, 5.1.3.7.2. */
#include "base/when.h"
#include "pki/note.h"
#include "tre/lifecycle.h"
#include "tre/state.h"

#include <string.h>

static int act_on(struct tre *t, json_t *m, enum mcim_act a, const char *who, struct why *why)
{
	enum mcim_state next = MCIM_INSTALLED;
	const int now = mcim_state_parse(tre_text(m, "state"));

	if (now < 0)
		return why_refuse(why, "wrong-state", "the MCIM has no state");
	if (a == ACT_UNBLOCK && strcmp(tre_text(m, "reason"), "integrity") == 0)
		return why_refuse(
			why, "wrong-state",
			"an MCIM whose integrity is broken stays blocked (TR 33.812 5.1.2.3)");
	if (mcim_next(&next, (enum mcim_state)now, a, why) ||
	    json_put_text(m, "state", mcim_state_name(next), why) ||
	    tre_note(t, "mcim-state",
		     json_pack("{s:s, s:s, s:s}", "mcim", tre_text(m, "id"), "state",
			       mcim_state_name(next), "by", who),
		     why))
		return -1;
	if (a == ACT_BLOCK && json_put_text(m, "reason", who, why))
		return -1;
	if (a == ACT_UNBLOCK)
		json_object_del(m, "reason");
	return 0;
}

static int forget(struct tre *t, const json_t *m)
{
	json_t *all = json_object_get(t->s, "mcims");

	for (size_t i = 0; i < json_array_size(all); i++)
		if (json_array_get(all, i) == m)
			return json_array_remove(all, i);
	return 0;
}

static json_t *known(struct tre *t, const char *id, struct why *why)
{
	json_t *m = tre_mcim(t, id);

	if (!m)
		why_refuse(why, "unknown-mcim", "%.64s is not in the registry (TR 33.812 5.1.2.3)",
			   id);
	return m;
}

int tre_select(struct tre *t, const char *mcim, bool yes, const char *pin_file, struct why *why)
{
	json_t *m = known(t, mcim, why), *now = tre_mcim_in(t, "selected");

	if (!m || tre_pin_check(t, pin_file, why))
		return -1;
	/* at most one is selected: the session with the other one ends */
	if (yes && now && now != m && act_on(t, now, ACT_DESELECT, "owner", why))
		return -1;
	if (act_on(t, m, yes ? ACT_SELECT : ACT_DESELECT, "owner", why))
		return -1;
	return tre_save(t, why);
}

int tre_revert(struct tre *t, struct buf *out, struct why *why)
{
	const json_t *change = json_object_get(t->s, "change");
	json_t *new = *tre_text(change, "new") ? tre_mcim(t, tre_text(change, "new")) : NULL;
	json_t *old = *tre_text(change, "old") ? tre_mcim(t, tre_text(change, "old")) : NULL;

	if (!new)
		return why_refuse(why, "wrong-state",
				  "no change is under way (TR 33.812 B.2.3.4 NOTE 4)");
	if (act_on(t, new, ACT_DESELECT, "revert", why) ||
	    act_on(t, new, ACT_BLOCK, "revert", why) ||
	    (old && (act_on(t, old, ACT_UNBLOCK, "revert", why) ||
		     act_on(t, old, ACT_SELECT, "revert", why))))
		return -1;
	json_object_del(t->s, "change");
	return tre_note(t, "reverted", NULL, why) || tre_save(t, why) || tre_identity(t, out, why)
		       ? -1
		       : 0;
}

int tre_pristine(struct tre *t, const char *pin_file, struct why *why)
{
	static const char *const gone[] = {"change",  "staged", "bootstrap", "token",
					   "nonce_b", "notice", "napdef"};
	const char *pem = tre_text(t->s, "factory_cert_pem");
	AUTO(X509) *cert = NULL;

	if (tre_pin_check(t, pin_file, why))
		return -1;
	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		json_object_del(t->s, gone[i]);
	if (json_put(t->s, "mcims", json_array(), why) ||
	    json_put(t->s, "anchors", json_array(), why))
		return -1;
	cert = *pem ? cert_parse(pem, strlen(pem), "anchor", why) : NULL;
	if (cert &&
	    tre_anchor_add(t, cert, tre_text(t->s, "factory_sho"), "current", true, false, why))
		return -1;
	return tre_note(t, "pristine", NULL, why) || tre_save(t, why) ? -1 : 0;
}

int tre_renew(struct tre *t, struct buf *request, struct why *why)
{
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	const char *pcid = tre_text(json_object_get(t->s, "access"), "imsi");
	AUTO(json_t) *fields = json_pack("{s:s, s:s}", "tre_id", tre_own_id(t), "pcid", pcid);
	const char *to = tre_text(t->s, "factory_sho");
	const struct note_spec spec = {"renewal", to, fields, NULL, 0, when_now(), 0};

	if (!key)
		return -1;
	if (!*to || !*pcid)
		return why_refuse(
			why, "wrong-state",
			"there is no initial credential to renew (TR 33.812 5.1.3.7.4.3)");
	if (note_make(request, &spec, key, cert, why) || buf_add(request, "\n", 1, why) ||
	    tre_note(t, "renewal-asked", NULL, why))
		return -1;
	return tre_save(t, why);
}

/* The MCIM of the command is that of the operator whose certificate signed it. */
static json_t *commanded(struct tre *t, const json_t *note, X509 *signer, struct why *why)
{
	const char *id = json_text(note, "mcim", why);
	json_t *m = id ? tre_mcim(t, id) : NULL;
	uint8_t want[32], got[32];

	if (!id || cert_sha256(got, signer, why))
		return NULL;
	if (!m || json_hex(want, 32, m, "operator_cert_sha256", NULL) ||
	    CRYPTO_memcmp(want, got, 32) != 0) {
		why_refuse(why, "wrong-operator",
			   "no MCIM of this operator has that name (TR 33.812 5.1.2.3)");
		return NULL;
	}
	return m;
}

static int spend_jti(struct tre *t, const char *jti, struct why *why)
{
	json_t *seen = json_object_get(t->s, "seen"), *v;
	size_t i;

	json_array_foreach (seen, i, v) {
		if (strcmp(json_string_value(v), jti) == 0)
			return why_refuse(why, "note-replayed",
					  "this command was seen before (TR 33.812 5.1.2.4)");
	}
	return json_array_append_new(seen, json_string(jti)) ? why_sys(why, "out of memory") : 0;
}

/* All operators that have an MCIM here may speak; each of its own alone. */
static int command_trust(struct tre *t, const char *note, size_t len, X509_STACK *trust,
			 struct why *why)
{
	JWS(j);
	uint8_t md[32], want[32];
	json_t *m;
	size_t i;

	if (jws_open(&j, "m2m-command", note, len, why) || cert_sha256(md, j.cert, why))
		return -1;
	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (json_hex(want, 32, m, "operator_cert_sha256", NULL) == 0 &&
		    CRYPTO_memcmp(want, md, 32) == 0) {
			if (!sk_X509_push(trust, j.cert))
				return why_sys(why, "out of memory");
			j.cert = NULL;
			return 0;
		}
	}
	return why_refuse(why, "wrong-operator", "the signer has no MCIM here (TR 33.812 5.1.2.3)");
}

int tre_command(struct tre *t, const char *note, size_t len, int64_t at, struct buf *out,
		struct why *why)
{
	AUTO(X509_STACK) *trust = sk_X509_new_null();
	AUTO(X509) *signer = NULL;
	AUTO(json_t) *o = NULL;
	struct cert_policy policy = {.trust = trust, .at = at};
	const struct note_check check = {"command", tre_own_id(t), &policy, NULL, 0};
	const char *verb;
	json_t *m;
	int a;

	if (!trust || command_trust(t, note, len, trust, why))
		return -1;
	o = note_open(note, len, &check, &signer, why);
	verb = o ? json_text(o, "command", why) : NULL;
	if (!verb || spend_jti(t, tre_text(o, "jti"), why))
		return -1;
	if (strcmp(verb, "list") == 0)
		return tre_save(t, why) || tre_list(t, tre_text(o, "iss"), out, why) ? -1 : 0;
	a = mcim_act_parse(verb);
	if (a < 0 || a == ACT_SELECT || a == ACT_DESELECT)
		return why_input(why,
				 "command: want activate, block, unblock, retire, delete or list, "
				 "got '%.20s'",
				 verb);
	m = commanded(t, o, signer, why);
	if (!m)
		return -1;
	/* a blocked session ends first: 5.1.1.1 knows no step from Selected to Blocked */
	if (strcmp(tre_text(m, "state"), "selected") == 0 && (a == ACT_BLOCK || a == ACT_RETIRE) &&
	    act_on(t, m, ACT_DESELECT, "operator", why))
		return -1;
	if (act_on(t, m, (enum mcim_act)a, "operator", why))
		return -1;
	if (a == ACT_DELETE)
		forget(t, m);
	return tre_save(t, why);
}
