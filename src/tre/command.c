/* SPDX-License-Identifier: Apache-2.0 */
/* An operator's signed commands over its own MCIMs: TR 33.812 5.1.2.3, 5.1.2.4. */
#include "base/hex.h"
#include "pki/note.h"
#include "tre/state.h"

#include <string.h>

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
	return tre_mcim_allow(t, m, "command", "operator", why) ? NULL : m;
}

/* What has expired is refused by its time, and forgotten. */
int tre_spend_jti(struct tre *t, const json_t *note, int64_t at, struct why *why)
{
	json_t *spent = json_object_get(t->s, "commands"), *exp;
	const char *jti = tre_text(note, "jti"), *old;
	void *next;

	if (!spent && json_put(t->s, "commands", spent = json_object(), why))
		return -1;
	if (json_object_get(spent, jti))
		return why_refuse(why, "note-replayed",
				  "this note was seen before (TR 33.812 5.1.2.4)");
	json_object_foreach_safe(spent, next, old, exp) if (json_integer_value(exp) <= at)
		json_object_del(spent, old);
	return json_put(spent, jti, json_incref(json_object_get(note, "exp")), why) ||
			       tre_save(t, why)
		       ? -1
		       : 0;
}

/* All operators that have an MCIM here may speak; each of its own alone. */
int tre_operator_trust(struct tre *t, const char *typ, const char *note, size_t len,
		       X509_STACK *trust, struct why *why)
{
	JWS(j);
	uint8_t md[32], want[32];
	json_t *m;
	size_t i;

	if (jws_open(&j, typ, note, len, why) || cert_sha256(md, j.cert, why))
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

static int read_file(struct tre *t, json_t *m, const json_t *note, struct buf *out, struct why *why)
{
	const char *file = json_text(note, "file", why);

	return !file || tre_mcim_read(t, m, file, "operator", out, why) ||
			       tre_note(t, "mcim-read",
					json_pack("{s:s, s:s}", "mcim", tre_text(m, "id"), "file",
						  file),
					why)
		       ? -1
		       : 0;
}

static int begin_share(struct tre *t, json_t *m, const json_t *note, struct buf *out,
		       struct why *why)
{
	const char *from = json_text(note, "from", why);

	(void)out;
	return from ? tre_mcim_share(t, m, from, why) : -1;
}

static int end_share(struct tre *t, json_t *m, const json_t *note, struct buf *out, struct why *why)
{
	(void)note;
	(void)out;
	return tre_mcim_share(t, m, NULL, why);
}

static int update(struct tre *t, json_t *m, const json_t *note, struct buf *out, struct why *why)
{
	BUF(blob);

	(void)out;
	return tre_mcim_allow(t, m, "update", "operator", why) ||
			       json_b64(&blob, note, "blob_b64", why) ||
			       tre_mcim_update(t, m, blob.bytes, blob.len, why)
		       ? -1
		       : 0;
}

static int change_state(struct tre *t, json_t *m, enum mcim_act a, struct why *why)
{
	if (tre_mcim_allow(t, m, a == ACT_DELETE ? "delete" : "block", "operator", why))
		return -1;
	if (a == ACT_UNBLOCK && strcmp(tre_text(m, "reason"), "replaced") == 0)
		return why_refuse(why, "wrong-state",
				  "an MCIM that was replaced comes back by revert alone (TR 33.812 "
				  "5.1.3.7.4.2)");
	/* the session ends first: 5.1.1.1 knows no step from Selected to Blocked or Retired */
	if (strcmp(tre_text(m, "state"), "selected") == 0 && (a == ACT_BLOCK || a == ACT_RETIRE) &&
	    tre_mcim_act(t, m, ACT_DESELECT, "operator", why))
		return -1;
	if (tre_mcim_act(t, m, a, "operator", why))
		return -1;
	if (a == ACT_DELETE)
		tre_mcim_forget(t, m);
	return 0;
}

/* Whoever bears an operator's name sees the MCIMs of its own certificate alone. */
static int list_own(struct tre *t, const json_t *note, X509 *signer, struct buf *out,
		    struct why *why)
{
	uint8_t md[32];
	char hex[65];

	if (cert_sha256(md, signer, why))
		return -1;
	hex_encode(hex, md, 32);
	return tre_list(t, tre_text(note, "iss"), hex, out, why);
}

static int obey(struct tre *t, const json_t *note, X509 *signer, struct buf *out, struct why *why)
{
	static const struct {
		const char *verb;
		int (*act)(struct tre *t, json_t *m, const json_t *note, struct buf *out,
			   struct why *why);
	} others[] = {{"update", update},
		      {"read", read_file},
		      {"share", begin_share},
		      {"unshare", end_share},
		      {NULL, NULL}};
	const char *verb = json_text(note, "command", why);
	size_t i = 0;
	json_t *m;
	int a;

	if (!verb)
		return -1;
	if (strcmp(verb, "list") == 0)
		return list_own(t, note, signer, out, why);
	while (others[i].verb && strcmp(verb, others[i].verb) != 0)
		i++;
	a = mcim_act_parse(verb);
	if (!others[i].verb && (a < 0 || a == ACT_SELECT || a == ACT_DESELECT))
		return why_input(why,
				 "command: want activate, block, unblock, retire, delete, update, "
				 "read, share, unshare or list, got '%.20s'",
				 verb);
	m = commanded(t, note, signer, why);
	if (!m)
		return -1;
	return others[i].verb ? others[i].act(t, m, note, out, why)
			      : change_state(t, m, (enum mcim_act)a, why);
}

/* The command's outcome; signed, it is a STATUS about the note, of a refusal too. */
static int answer(struct tre *t, const json_t *note, X509 *signer, struct tre_status *s,
		  struct buf *out, struct why *why)
{
	BUF(told);

	s->to = tre_text(note, "iss");
	s->result = "done";
	if (obey(t, note, signer, s->answer, why) == 0)
		return tre_status_put(t, s, &told, why) || tre_save(t, why) ||
				       buf_add(out, told.bytes, told.len, why)
			       ? -1
			       : 0;
	if (why->status == TOOL_NO)
		tre_status_refused(t, s, out, why);
	return -1;
}

int tre_command(struct tre *t, const char *note, size_t len, int64_t at, bool is_signed,
		struct buf *out, struct why *why)
{
	AUTO(X509_STACK) *trust = sk_X509_new_null();
	AUTO(X509) *signer = NULL;
	AUTO(json_t) *o = NULL;
	struct cert_policy policy = {.trust = trust, .at = at};
	const struct note_check check = {"command", tre_own_id(t), &policy, NULL, 0};
	BUF(lines);
	struct tre_status s = {.about = note, .len = len, .answer = &lines};

	if (!trust || tre_operator_trust(t, "m2m-command", note, len, trust, why))
		return -1;
	o = note_open(note, len, &check, &signer, why);
	if (!o || tre_spend_jti(t, o, at, why))
		return -1;
	if (is_signed)
		return answer(t, o, signer, &s, out, why);
	return obey(t, o, signer, out, why) || tre_save(t, why) ? -1 : 0;
}
