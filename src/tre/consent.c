/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's word before its MCIM is discarded, where the controls ask for it: TR 33.812 4.3.2,
 * threats 7 and 8. It answers a question of the TRE, and counts for that change alone. */
#include "base/when.h"
#include "pki/note.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <string.h>

static const char *change_of(const struct tre *t)
{
	return tre_text(json_object_get(t->s, "token"), "sha256");
}

/* Kept beside the MCIM: the question's hash, and for which of the owner's tokens ("": none). */
static int remember(struct tre *t, json_t *m, const struct buf *question, struct why *why)
{
	json_t *consent = json_object();
	uint8_t md[32];

	return json_put(m, "consent", consent, why) ||
			       ossl_sha256(md, question->bytes, question->len, why) ||
			       json_put_hex(consent, "asked", md, sizeof(md), why) ||
			       json_put_text(consent, "token_sha256", change_of(t), why) ||
			       tre_note(t, "consent-asked",
					json_pack("{s:s}", "mcim", tre_text(m, "id")), why)
		       ? -1
		       : 0;
}

int tre_consent_ask(struct tre *t, const char *mcim, int64_t at, struct buf *out, struct why *why)
{
	json_t *m = tre_mcim_known(t, mcim, why);
	AUTO(X509) *cert = m ? tre_cert(t, why) : NULL;
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	AUTO(json_t) *fields =
		json_pack("{s:s, s:s, s:s, s:s}", "tre_id", tre_own_id(t), "mcim", mcim, "state",
			  tre_text(m, "state"), "token_sha256", change_of(t));
	const struct note_spec spec = {
		"consent-request", tre_text(m, "operator"), fields, NULL, 0, at, 0};

	/* the answer is about the question as it is written, with its line's end */
	return !key || note_make(out, &spec, key, cert, why) || buf_add(out, "\n", 1, why) ||
			       remember(t, m, out, why) || tre_save(t, why)
		       ? -1
		       : 0;
}

static int check_answer(const json_t *m, const json_t *note, X509 *signer, struct why *why)
{
	const char *asked = tre_text(json_object_get(m, "consent"), "asked");
	uint8_t want[32], got[32];

	if (json_hex(want, 32, m, "operator_cert_sha256", why) || cert_sha256(got, signer, why))
		return -1;
	if (CRYPTO_memcmp(want, got, 32) != 0)
		return why_refuse(why, "wrong-operator",
				  "the MCIM is another operator's (TR 33.812 5.1.2.3)");
	return *asked && strcmp(tre_text(note, "about"), asked) == 0
		       ? 0
		       : why_refuse(why, "wrong-subject",
				    "the word is not about the TRE's last question (TR 33.812 "
				    "4.3.2)");
}

int tre_consent(struct tre *t, const char *mcim, const char *text, size_t len, int64_t at,
		struct why *why)
{
	json_t *m = tre_mcim_known(t, mcim, why);
	json_t *consent = json_object_get(m, "consent");
	AUTO(X509_STACK) *trust = sk_X509_new_null();
	AUTO(X509) *signer = NULL;
	AUTO(json_t) *note = NULL;
	struct cert_policy policy = {.trust = trust, .at = at};
	const struct note_check check = {"consent", tre_own_id(t), &policy, NULL, 0};

	if (!m || !trust || tre_operator_trust(t, "m2m-consent", text, len, trust, why))
		return -1;
	note = note_open(text, len, &check, &signer, why);
	if (!note || check_answer(m, note, signer, why) || tre_spend_jti(t, note, at, why) ||
	    json_put(consent, "until", json_incref(json_object_get(note, "exp")), why) ||
	    tre_note(t, "consent", json_pack("{s:s}", "mcim", mcim), why))
		return -1;
	json_object_del(consent, "asked");
	return tre_save(t, why);
}

bool tre_has_consent(const struct tre *t, const json_t *m, int64_t at)
{
	const json_t *consent = json_object_get(m, "consent");

	return json_integer_value(json_object_get(consent, "until")) > at &&
	       strcmp(tre_text(consent, "token_sha256"), change_of(t)) == 0;
}
