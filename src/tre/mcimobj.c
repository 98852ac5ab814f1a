/* SPDX-License-Identifier: Apache-2.0 */
/* What an MCIMobj must be before the MCIM is kept: TR 33.812 B.2.3.4 step 8. */
#include "dm/mcimobj.h"
#include "base/hex.h"
#include "base/when.h"
#include "mcim/protect.h"
#include "pki/token.h"
#include "tre/state.h"

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
	AUTO(X509) *own = tre_cert(t, why);
	AUTO(X509_STACK) *trust = own ? cert_alone(own, why) : NULL;
	const struct cert_policy policy = {.trust = trust,
					   .name = tre_own_id(t),
					   .name_reason = "wrong-tre",
					   .at = when_now()};

	return trust ? token_open(k, buf_text(&o->token), o->token.len, &policy, why) : -1;
}

/* The owner's consent: the one outstanding token, for the certificate that signed the MCIMobj. */
static int check_token(struct tre *t, const struct mcimobj *o, const uint8_t operator_sha256[32],
		       struct why *why)
{
	const json_t *token = json_object_get(t->s, "token");
	struct token k = {0};

	/* where the owner has said whom it wants, nobody comes in without that word */
	if (o->token.len == 0)
		return tre_policy(t, "pristine_without_token") &&
				       (!token ||
					json_is_true(json_object_get(token, "provisioned"))) &&
				       json_array_size(json_object_get(t->s, "mcims")) == 0
			       ? 0
			       : why_refuse(why, "no-token",
					    "an authorization token is wanted (TR 33.812 B.2.3.4 "
					    "step 7)");
	if (open_token(t, o, &k, why))
		return -1;
	/* counted by the TRE itself: an older number was used, or another took its place */
	if (k.seq < (uint64_t)json_integer_value(json_object_get(t->s, "token_seq")) ||
	    json_is_true(json_object_get(token, "provisioned")))
		return why_refuse(
			why, "token-reused",
			"the token was used before, or another took its place (TR 33.812 B.2.3.2)");
	if (!token || strcmp(tre_text(token, "jti"), k.jti) != 0 ||
	    (uint64_t)json_integer_value(json_object_get(token, "seq")) != k.seq)
		return why_refuse(why, "token-unknown",
				  "the token is not the outstanding one (TR 33.812 B.2.3.2)");
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
				  "the MCIM holds no K_NetVer of this TRE (TR 33.812 v0.3.0 "
				  "5.2.2.3.3.6)");
}

/* PuK_TRE(MCIM): MAC first, then that it is for this TRE and of that operator. */
static int open_blob(struct tre *t, struct mcim_blob *m, const struct mcimobj *o,
		     const uint8_t operator_sha256[32], struct why *why)
{
	AUTO(EVP_PKEY) *key = tre_key(t, true, why);
	enum mcim_tag tag;
	BUF(payload);

	if (!key ||
	    mcim_unprotect(&payload, &tag, key, tre_own_id(t), o->blob.bytes, o->blob.len, why))
		return -1;
	if (tag != MCIM_TAG_MCIM)
		return why_input(why,
				 "the blob has tag %s, and an MCIM is wanted (TR 33.812 B.2.3.6)",
				 mcim_tag_name(tag));
	return mcim_blob_decode(m, payload.bytes, payload.len, why) ||
			       tre_mcim_bound(t, m, operator_sha256, why) ||
			       check_knetver(t, m, why)
		       ? -1
		       : 0;
}

int tre_mcimobj_check(struct tre *t, const struct mcimobj *o, struct mcim_blob *m,
		      uint8_t operator_sha256[static 32], struct why *why)
{
	const json_t *b = json_object_get(t->s, "bootstrap");

	if (strcmp(o->tre_id, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre",
				  "the MCIMobj is for %s (TR 33.812 B.2.3.4 step 8)", o->tre_id);
	return check_nonce(t, o, why) || json_hex(operator_sha256, 32, b, "sho_cert_sha256", why) ||
			       check_token(t, o, operator_sha256, why) ||
			       open_blob(t, m, o, operator_sha256, why)
		       ? -1
		       : 0;
}
