/* SPDX-License-Identifier: Apache-2.0 */
/* The MCIM comes in: TR 33.812 B.2.3.4 step 8, and the order of 5.1.3.7.4.2 steps 10 to 15. */
#include "base/hex.h"
#include "base/when.h"
#include "dm/mcimobj.h"
#include "mcim/blob.h"
#include "mcim/protect.h"
#include "pki/note.h"
#include "pki/token.h"
#include "tre/lifecycle.h"
#include "tre/state.h"

#include <stdio.h>
#include <string.h>

/* nonce_B: the one that is outstanding, not used before. */
static int check_nonce(struct tre *t, const struct mcimobj *o, struct why *why)
{
	const json_t *n = json_object_get(t->s, "nonce_b");
	uint8_t want[NONCE_LEN];

	if (!*tre_text(n, "value"))
		return why_refuse(why, "nonce-unknown",
				  "no nonce_B is outstanding (TR 33.812 B.2.3.4 step 8)");
	if (json_hex(want, NONCE_LEN, n, "value", why))
		return -1;
	if (CRYPTO_memcmp(want, o->nonce_b, NONCE_LEN) != 0)
		return why_refuse(why, "nonce-unknown",
				  "nonce_B is not the outstanding one (TR 33.812 B.2.3.4 step 8)");
	return json_is_true(json_object_get(n, "spent"))
		       ? why_refuse(why, "nonce-replayed",
				    "nonce_B was used before (TR 33.812 B.2.3.4 step 8)")
		       : 0;
}

static int open_token(struct tre *t, const struct mcimobj *o, struct token *k, struct why *why)
{
	AUTO(X509_STACK) *trust = sk_X509_new_null();
	X509 *own = tre_cert(t, why);
	struct cert_policy policy = {.trust = trust,
				     .name = tre_own_id(t),
				     .name_reason = "wrong-tre",
				     .at = when_now()};

	if (!own || !trust || !sk_X509_push(trust, own)) {
		X509_free(own);
		return -1;
	}
	return token_open(k, buf_text(&o->token), o->token.len, &policy, why);
}

/* The owner's consent: the one outstanding token, for the certificate that signed the MCIMobj. */
static int check_token(struct tre *t, const struct mcimobj *o, const uint8_t operator_sha256[32],
		       struct why *why)
{
	const json_t *token = json_object_get(t->s, "token");
	struct token k = {0};

	if (o->token.len == 0)
		return json_is_true(json_object_get(json_object_get(t->s, "policy"),
						    "pristine_without_token")) &&
				       json_array_size(json_object_get(t->s, "mcims")) == 0
			       ? 0
			       : why_refuse(why, "no-token",
					    "an authorization token is wanted (TR 33.812 B.2.3.4 "
					    "step 7)");
	if (open_token(t, o, &k, why))
		return -1;
	if (!token || strcmp(tre_text(token, "jti"), k.jti) != 0 ||
	    (uint64_t)json_integer_value(json_object_get(token, "seq")) != k.seq)
		return why_refuse(why, "token-reused",
				  "the token is not the outstanding one (TR 33.812 B.2.3.2)");
	if (json_is_true(json_object_get(token, "provisioned")))
		return why_refuse(why, "token-reused",
				  "the token was used before (TR 33.812 B.2.3.2)");
	if (CRYPTO_memcmp(k.x5t_sha256, operator_sha256, 32) != 0)
		return why_refuse(
			why, "wrong-operator",
			"the token names another operator's certificate (TR 33.812 B.2.3.2)");
	return 0;
}

/* Whether one of the keys in the blob is one of the TRE's; every pair is compared. */
static int check_knetver(const struct tre *t, const struct mcim_blob *m, struct why *why)
{
	const json_t *own = json_object_get(t->s, "knetver"), *v;
	const struct mcim_file *f = mcim_blob_file(m, MCIM_KNETVER);
	unsigned found = 0;
	size_t i;

	if (json_array_size(own) == 0)
		return 0;
	json_array_foreach (own, i, v) {
		uint8_t key[32];

		if (hex_decode(key, 32, json_string_value(v), "knetver", why))
			return -1;
		for (size_t at = 0; f && at + 32 <= f->len; at += 32)
			found |= CRYPTO_memcmp(key, f->bytes + at, 32) == 0;
		OPENSSL_cleanse(key, sizeof(key));
	}
	return found ? 0
		     : why_refuse(why, "wrong-knetver",
				  "the MCIM holds no K_NetVer of this TRE (TR 33.812 5.2.2.3.3.6)");
}

static int check_blob(const struct tre *t, const struct mcim_blob *m,
		      const uint8_t operator_sha256[32], struct why *why)
{
	const struct mcim_file *id = mcim_blob_file(m, MCIM_TRE_ID),
			       *op = mcim_blob_file(m, MCIM_OPERATOR);
	const char *own = tre_own_id(t);

	if (mcim_blob_complete(m, why))
		return -1;
	if (!id || id->len != strlen(own) || memcmp(id->bytes, own, id->len) != 0)
		return why_refuse(why, "wrong-tre",
				  "the MCIM is for another TRE (TR 33.812 B.2.3.6)");
	if (!op || op->len != 32 || CRYPTO_memcmp(op->bytes, operator_sha256, 32) != 0)
		return why_refuse(why, "wrong-operator",
				  "the MCIM is another operator's (TR 33.812 B.2.3.4 step 8)");
	if (mcim_blob_is_isim(m))
		return why_input(why, "an ISIM has no IMSI to attach with: a USIM is wanted here");
	return check_knetver(t, m, why);
}

/* The registry's entry of a new MCIM, Installed: TR 33.812 5.1.1.1. */
static json_t *entry(struct tre *t, const struct mcim_blob *m, const char *sho,
		     const uint8_t sha256[32], struct why *why)
{
	AUTO(json_t) *o = json_object();
	AUTO(json_t) *words = mcim_blob_to_json(m, why);
	const json_t *aka = json_object_get(words, "aka");
	const json_int_t n = json_integer_value(json_object_get(t->s, "mcim_count")) + 1;
	uint8_t md[32];
	char id[24];
	BUF(der);

	snprintf(id, sizeof(id), "mcim-%d", (int)n);
	if (!words || mcim_blob_encode(&der, m, why) || ossl_sha256(md, der.bytes, der.len, why) ||
	    json_put(t->s, "mcim_count", json_integer(n), why) || json_put_text(o, "id", id, why) ||
	    json_put_text(o, "operator", sho, why) || json_put_text(o, "state", "installed", why) ||
	    json_put_text(o, "imsi", tre_text(words, "imsi"), why) ||
	    json_put_text(o, "k", tre_text(words, "k"), why) ||
	    json_put_text(o, "opc", tre_text(words, "opc"), why) ||
	    json_put_hex(o, "operator_cert_sha256", sha256, 32, why) ||
	    (aka && json_object_update(o, (json_t *)aka)) ||
	    json_put_b64(o, "der_b64", der.bytes, der.len, why) ||
	    json_put_hex(o, "sha256", md, 32, why))
		return NULL;
	return STEAL(o);
}

static json_t *with_imsi(const struct tre *t, const char *imsi)
{
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (strcmp(tre_text(m, "imsi"), imsi) == 0)
			return m;
	}
	return NULL;
}

/* Everything that can be refused is, and the MCIM is kept whole beside the old one. */
static int stage(struct tre *t, const struct mcimobj *o, X509 *signer, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	MCIM_BLOB(m);
	uint8_t operator_sha256[32];
	char sho[TRE_ID_TEXT];
	enum mcim_tag tag;
	json_t *new;
	BUF(payload);

	if (strcmp(o->tre_id, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre",
				  "the MCIMobj is for %s (TR 33.812 B.2.3.4 step 8)", o->tre_id);
	if (cert_sha256(operator_sha256, signer, why) || cert_name(sho, signer, why) ||
	    check_nonce(t, o, why) || check_token(t, o, operator_sha256, why))
		return -1;
	key = tre_key(t, true, why);
	if (!key ||
	    mcim_unprotect(&payload, &tag, key, tre_own_id(t), o->blob.bytes, o->blob.len, why))
		return -1;
	if (tag != MCIM_TAG_MCIM)
		return why_input(why,
				 "the blob has tag %s, and an MCIM is wanted (TR 33.812 B.2.3.6)",
				 mcim_tag_name(tag));
	if (mcim_blob_decode(&m, payload.bytes, payload.len, why) ||
	    check_blob(t, &m, operator_sha256, why))
		return -1;
	new = entry(t, &m, sho, operator_sha256, why);
	if (!new || json_put(t->s, "staged", new, why))
		return -1;
	if (with_imsi(t, tre_text(new, "imsi"))) {
		json_object_del(t->s, "staged");
		return why_refuse(
			why, "wrong-state",
			"an MCIM with this IMSI is installed already (TR 33.812 5.1.1.1)");
	}
	if (o->napdef && json_put(new, "napdef", json_incref(o->napdef), why))
		return -1;
	return json_put(json_object_get(t->s, "nonce_b"), "spent", json_true(), why) ||
			       (o->token.len && json_put(json_object_get(t->s, "token"),
							 "provisioned", json_true(), why)) ||
			       tre_note(t, "mcim-staged", json_pack("{s:s}", "operator", sho), why)
		       ? -1
		       : 0;
}

static int act(json_t *m, enum mcim_act a, struct why *why)
{
	enum mcim_state next = MCIM_INSTALLED;
	const int now = mcim_state_parse(tre_text(m, "state"));

	if (now < 0 || mcim_next(&next, (enum mcim_state)now, a, why))
		return -1;
	return json_put_text(m, "state", mcim_state_name(next), why);
}

/* Steps 13 and 14: the old MCIM is blocked, and the new one activated and selected, in one save. */
static int install(struct tre *t, struct why *why)
{
	json_t *new = json_object_get(t->s, "staged"), *old = tre_mcim_in(t, "selected");
	json_t *change = json_object();

	if (json_put(t->s, "change", change, why))
		return -1;
	if (old && (act(old, ACT_DESELECT, why) || act(old, ACT_BLOCK, why) ||
		    json_put_text(old, "reason", "replaced", why) ||
		    json_put_text(change, "old", tre_text(old, "id"), why)))
		return -1;
	if (act(new, ACT_ACTIVATE, why) || act(new, ACT_SELECT, why) ||
	    json_put_text(change, "new", tre_text(new, "id"), why) ||
	    json_put_number(change, "since", (uint64_t)when_now(), why) ||
	    json_array_append(json_object_get(t->s, "mcims"), new) ||
	    tre_note(t, "mcim-installed", json_pack("{s:s}", "mcim", tre_text(new, "id")), why))
		return -1;
	json_object_del(t->s, "staged");
	return 0;
}

/* The STATUS of step 15: signed with PrK_TRE, about the MCIMobj. */
static int put_status(struct tre *t, const char *to, const char *result, const char *reason,
		      const void *about, size_t len, struct buf *out, struct why *why)
{
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	AUTO(json_t) *fields = json_pack("{s:s, s:s}", "tre_id", tre_own_id(t), "result", result);
	const struct note_spec spec = {"status", to, fields, about, len, when_now(), 0};

	if (!key || (reason && json_put_text(fields, "reason", reason, why)) ||
	    note_make(out, &spec, key, cert, why))
		return -1;
	return buf_add(out, "\n", 1, why);
}

int tre_stage(struct tre *t, const void *bytes, size_t len, bool commit, struct buf *status,
	      struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	AUTO(X509) *signer = NULL;
	struct cert_policy policy = {.roles = CERT_MCIM | CERT_DPF, .at = when_now()};
	MCIMOBJ(o);
	char sho[TRE_ID_TEXT];

	if (tre_anchor_stack(t, "mcim", &trust, why))
		return -1;
	policy.trust = trust;
	if (mcimobj_open(&o, bytes, len, &policy, &signer, why) || cert_name(sho, signer, why))
		return -1;
	if (stage(t, &o, signer, why) || (commit && install(t, why))) {
		struct why ignored = {0};

		if (why->status == TOOL_NO &&
		    put_status(t, sho, "refused", why->reason, bytes, len, status, &ignored))
			buf_clear(status);
		return -1;
	}
	return tre_save(t, why) || put_status(t, sho, commit ? "installed" : "staged", NULL, bytes,
					      len, status, why)
		       ? -1
		       : 0;
}

int tre_commit(struct tre *t, const char *ack, size_t ack_len, struct buf *status, struct why *why)
{
	const json_t *staged = json_object_get(t->s, "staged");
	AUTO(X509_STACK) *trust = NULL;
	AUTO(json_t) *note = NULL;
	struct cert_policy policy = {.roles = CERT_DRF | CERT_MCIM, .at = when_now()};
	const struct note_check check = {"ack", tre_own_id(t), &policy, NULL, 0};
	char sho[TRE_ID_TEXT];

	if (!staged)
		return why_refuse(why, "wrong-state", "no MCIM is staged (TR 33.812 5.1.3.7.4.2)");
	if (json_object_get(t->s, "notice") && !ack)
		return why_refuse(why, "no-ack",
				  "the old operator's acknowledgement is wanted (TR 33.812 "
				  "5.1.3.7.4.2 step 12)");
	if (tre_anchor_stack(t, "bootstrap", &trust, why))
		return -1;
	policy.trust = trust;
	if (ack && !(note = note_open(ack, ack_len, &check, NULL, why)))
		return -1;
	if (note && strcmp(tre_text(note, "about"), tre_text(t->s, "notice")) != 0)
		return why_refuse(
			why, "wrong-subject",
			"the acknowledgement is about another notice (TR 33.812 5.1.3.7.4.2)");
	snprintf(sho, sizeof(sho), "%s", tre_text(staged, "operator"));
	if (install(t, why))
		return -1;
	json_object_del(t->s, "notice");
	return tre_save(t, why) || put_status(t, sho, "installed", NULL, NULL, 0, status, why) ? -1
											       : 0;
}

int tre_discard(struct tre *t, const char *sho, struct buf *notice, struct why *why)
{
	json_t *token = json_object_get(t->s, "token");
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	AUTO(json_t) *fields = json_pack("{s:s, s:s}", "tre_id", tre_own_id(t), "token_jti",
					 tre_text(token, "jti"));
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
	if (note_make(notice, &spec, key, cert, why) ||
	    ossl_sha256(md, notice->bytes, notice->len, why) ||
	    json_put_hex(t->s, "notice", md, 32, why) ||
	    json_put(token, "discarded", json_true(), why) || buf_add(notice, "\n", 1, why) ||
	    tre_note(t, "discard-notice", json_pack("{s:s}", "to", sho), why))
		return -1;
	return tre_save(t, why);
}
