/* SPDX-License-Identifier: Apache-2.0 */
/* From the owner's token to the M2MEobj: TR 33.812 B.2.3.2 to B.2.3.4 step 5. */
#include "dm/bootstrap.h"

#include "base/hex.h"
#include "base/rng.h"
#include "base/when.h"
#include "dm/m2meobj.h"
#include "dm/push.h"
#include "mcim/protect.h"
#include "pki/token.h"
#include "tre/state.h"

#include <stdio.h>
#include <string.h>

/* Who the new operator is: what the owner names, and the certificate's name, are one. */
static int name_parties(struct token *k, const struct tre *t, const char *to, X509 *to_cert,
			struct why *why)
{
	char name[TRE_ID_TEXT];

	if (party_check(to, "--to", why) || cert_name(name, to_cert, why))
		return -1;
	if (strcmp(name, to) != 0)
		return why_refuse(why, "wrong-operator",
				  "the certificate is %s's (TR 33.812 B.2.3.2)", name);
	snprintf(k->tre_id, sizeof(k->tre_id), "%s", tre_own_id(t));
	snprintf(k->new_sho, sizeof(k->new_sho), "%s", to);
	snprintf(k->cur_sho, sizeof(k->cur_sho), "%s", tre_current_sho(t));
	return *k->cur_sho ? 0
			   : why_refuse(why, "wrong-state",
					"there is no current operator (TR 33.812 B.2.2.1)");
}

/* One token is outstanding: the new one takes the place of the one before, and what was begun under
 * that is over: an MCIM that waits for its commit, and the notice to the old operator, whose answer
 * was consent to that change and to no other. */
static int remember_token(struct tre *t, const struct token *k, const struct buf *text,
			  struct why *why)
{
	json_t *o = json_object();
	uint8_t md[32];

	tre_unstage(t);
	return json_put(t->s, "token", o, why) || ossl_sha256(md, text->bytes, text->len, why) ||
			       json_put_number(t->s, "token_seq", k->seq, why) ||
			       json_put_number(o, "seq", k->seq, why) ||
			       json_put_text(o, "jti", k->jti, why) ||
			       json_put_text(o, "new", k->new_sho, why) ||
			       json_put_text(o, "cur", k->cur_sho, why) ||
			       json_put_hex(o, "x5t", k->x5t_sha256, 32, why) ||
			       json_put_hex(o, "sha256", md, 32, why) ||
			       json_put_number(o, "exp", (uint64_t)k->exp, why) ||
			       tre_note(t, "token",
					json_pack("{s:s, s:I}", "to", k->new_sho, "seq",
						  (json_int_t)k->seq),
					why)
		       ? -1
		       : 0;
}

int tre_token(struct tre *t, const char *to, X509 *to_cert, const struct tre_who *who,
	      struct buf *out, struct why *why)
{
	struct token k = {.iat = who->at};
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	uint8_t jti[16];

	if (!key || tre_user_check(t, who, "token", why) || name_parties(&k, t, to, to_cert, why) ||
	    rng_bytes(jti, sizeof(jti), why) || cert_sha256(k.x5t_sha256, to_cert, why))
		return -1;
	hex_encode(k.jti, jti, sizeof(jti));
	k.seq = (uint64_t)json_integer_value(json_object_get(t->s, "token_seq")) + 1;
	k.exp = k.iat + TOKEN_LIFETIME;
	if (token_make(out, &k, key, cert, why) || remember_token(t, &k, out, why) ||
	    buf_add(out, "\n", 1, why))
		return -1;
	return tre_save(t, why);
}

static int check_unseen(const struct tre *t, const uint8_t nonce[NONCE_LEN], const char *clause,
			struct why *why)
{
	char hex[2 * NONCE_LEN + 1];
	size_t i;
	json_t *v;

	hex_encode(hex, nonce, NONCE_LEN);
	json_array_foreach (json_object_get(t->s, "seen"), i, v)
		if (strcmp(json_string_value(v), hex) == 0)
			return why_refuse(why, "nonce-replayed",
					  "its nonce was seen before (TR 33.812 %s)", clause);
	return 0;
}

static int remember_nonce(struct tre *t, const uint8_t nonce[NONCE_LEN])
{
	char hex[2 * NONCE_LEN + 1];

	hex_encode(hex, nonce, NONCE_LEN);
	return json_array_append_new(json_object_get(t->s, "seen"), json_string(hex));
}

/* What the bootstrap says in the clear must be what the new operator encrypted: the current one,
 * who carries it, cannot put his own server or certificate in. */
static int check_binding(const struct tre *t, const struct bootstrap *b,
			 const struct bootstrap_credentials *c, const uint8_t sho_sha256[32],
			 struct why *why)
{
	if (CRYPTO_memcmp(sho_sha256, c->sho_cert_sha256, 32) != 0 ||
	    strcmp(b->server_url, c->server_url) != 0)
		return why_refuse(why, "wrong-operator",
				  "server or certificate are not what the new operator said (TR "
				  "33.812 B.2.3.3)");
	return check_unseen(t, c->nonce_a, "B.2.3.3", why);
}

/* The owner asked for this change: one token is outstanding, and names this certificate. */
static int check_wanted(const struct tre *t, const uint8_t sho_sha256[32], struct why *why)
{
	const json_t *token = json_object_get(t->s, "token");
	uint8_t x5t[32];

	if (json_object_get(t->s, "change"))
		return why_refuse(
			why, "wrong-state",
			"a change is under way: attach, or revert, first (TR 33.812 B.2.3.5)");
	if (!token || json_is_true(json_object_get(token, "provisioned")))
		return tre_policy(t, "pristine_without_token") &&
				       json_array_size(json_object_get(t->s, "mcims")) == 0
			       ? 0
			       : why_refuse(why, "no-token",
					    "the owner asked for no change (TR 33.812 B.2.3.2)");
	if (json_hex(x5t, 32, token, "x5t", why))
		return -1;
	if (CRYPTO_memcmp(sho_sha256, x5t, 32) != 0)
		return why_refuse(
			why, "wrong-operator",
			"the owner's token names another certificate (TR 33.812 B.2.3.2)");
	return 0;
}

/* Cert_SHO[i+1] becomes an anchor, for an MCIM alone; what an older bootstrap began is over. */
static int accept(struct tre *t, const struct bootstrap *b, const struct bootstrap_credentials *c,
		  const uint8_t sho_sha256[32], struct why *why)
{
	json_t *o = json_object();
	const X509 *sho = b->sho_cert ? b->sho_cert : b->server_cert;

	tre_anchor_drop_pending(t);
	tre_unstage(t);
	json_object_del(t->s, "nonce_b");
	return json_put(t->s, "bootstrap", o, why) ||
			       json_put_hex(o, "nonce_a", c->nonce_a, NONCE_LEN, why) ||
			       json_put_text(o, "username", c->username, why) ||
			       json_put_text(o, "password", c->password, why) ||
			       json_put_text(o, "server_url", c->server_url, why) ||
			       json_put_text(o, "sho", b->sho, why) ||
			       json_put_hex(o, "sho_cert_sha256", sho_sha256, 32, why) ||
			       remember_nonce(t, c->nonce_a) ||
			       tre_anchor_add(t, sho, b->sho, "pending", false, true, why) ||
			       (b->sho_cert && tre_anchor_add(t, b->server_cert, b->sho,
							      "pending-dpf", false, true, why)) ||
			       tre_note(t, "bootstrap", json_pack("{s:s}", "sho", b->sho), why)
		       ? -1
		       : 0;
}

static int open_credentials(struct tre *t, const struct bootstrap *b, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	SECRET(bootstrap_credentials) c = {0};
	uint8_t sho_sha256[32];
	enum mcim_tag tag;
	BUF(payload);

	if (b->credentials.len == 0)
		return why_refuse(why, "nonce-unknown",
				  "the bootstrap carries no nonce_A (TR 33.812 B.2.3.3)");
	key = tre_key(t, true, why);
	if (!key || mcim_unprotect(&payload, &tag, key, tre_own_id(t), b->credentials.bytes,
				   b->credentials.len, why))
		return -1;
	if (tag != MCIM_TAG_BOOTSTRAP)
		return why_input(why, "the blob of the bootstrap has tag %s (TR 33.812 B.2.3.6)",
				 mcim_tag_name(tag));
	if (bootstrap_credentials_decode(&c, payload.bytes, payload.len, why) ||
	    cert_sha256(sho_sha256, b->sho_cert ? b->sho_cert : b->server_cert, why) ||
	    check_binding(t, b, &c, sho_sha256, why) || check_wanted(t, sho_sha256, why))
		return -1;
	return accept(t, b, &c, sho_sha256, why);
}

/* The body of a push whose MAC is right, or what came without one. */
static int open_push(struct tre *t, const struct tre_push *push, struct buf *body,
		     const void *bytes, size_t len, struct why *why)
{
	SECRET(push_key) k = {0};
	const bool wants_mac = push->netwpin || push->userpin;

	if (push->netwpin && push_key_set(&k, PUSH_NETWPIN, tre_own_imsi(t), why))
		return -1;
	if (push->userpin && push_key_load(&k, PUSH_USERPIN, push->userpin, why))
		return -1;
	return push_open(body, wants_mac ? &k : NULL, bytes, len, why);
}

/* TR 33.812 B.2.2.1 NOTE 2: where Cert_SHO[0] was not installed, and the maker's policy names the
 * operator with which secure push is agreed, the right MAC speaks for the signer of that name. */
static int open_unanchored(const struct tre *t, struct bootstrap *b, const struct buf *body,
			   struct why *why)
{
	AUTO(X509_STACK) *self = NULL;
	AUTO(X509) *signer = NULL;
	struct cert_policy policy = {
		.roles = CERT_DRF,
		.name = tre_text(json_object_get(t->s, "policy"), "secure_push"),
		.name_reason = "wrong-operator",
		.at = when_now()};

	if (bootstrap_open(b, buf_text(body), body->len, NULL, &signer, why) ||
	    !(self = cert_alone(signer, why)))
		return -1;
	policy.trust = self;
	return cert_check(signer, &policy, why);
}

static int open_bootstrap(struct tre *t, const struct tre_push *push, struct bootstrap *b,
			  const void *bytes, size_t len, struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	struct cert_policy policy = {.roles = CERT_DRF, .at = when_now()};
	BUF(body);

	if (open_push(t, push, &body, bytes, len, why) ||
	    tre_anchor_stack(t, "bootstrap", &trust, why))
		return -1;
	if (sk_X509_num(trust) == 0 && (push->netwpin || push->userpin) &&
	    *tre_text(json_object_get(t->s, "policy"), "secure_push"))
		return open_unanchored(t, b, &body, why);
	policy.trust = trust;
	return bootstrap_open(b, buf_text(&body), body.len, &policy, NULL, why);
}

int tre_bootstrap(struct tre *t, const void *bytes, size_t len, const struct tre_push *push,
		  struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	BOOTSTRAP(b);

	if (open_bootstrap(t, push, &b, bytes, len, why))
		return -1;
	if (strcmp(b.tre_id, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre", "the bootstrap is for %s (TR 33.812 B.2.3.3)",
				  b.tre_id);
	if (!b.is_napdef_only && open_credentials(t, &b, why))
		return -1;
	if (b.is_napdef_only && (check_unseen(t, b.nonce, "B.2.2.2", why) ||
				 remember_nonce(t, b.nonce) || tre_note(t, "napdef", NULL, why)))
		return -1;
	if (b.napdef && json_put(t->s, "napdef", json_incref(b.napdef), why))
		return -1;
	if (tre_save(t, why) ||
	    (!b.is_napdef_only && (json_put_text(o, "sho", b.sho, why) ||
				   json_put_text(o, "server_url", b.server_url, why))) ||
	    (b.napdef && json_put(o, "napdef", json_incref(b.napdef), why)))
		return -1;
	return json_append_line(out, o, why);
}

int tre_m2meobj(struct tre *t, struct buf *document, struct m2meobj *object, struct buf *url,
		struct why *why)
{
	const json_t *b = json_object_get(t->s, "bootstrap");
	AUTO(X509) *cert = NULL;
	AUTO(EVP_PKEY) *key = NULL;
	json_t *nonce;
	M2MEOBJ(own);
	struct m2meobj *o = object ? object : &own;
	char hex[2 * NONCE_LEN + 1];

	if (!b)
		return why_refuse(why, "no-bootstrap",
				  "no bootstrap was accepted (TR 33.812 B.2.3.4 step 5)");
	cert = tre_cert(t, why);
	key = cert ? tre_key(t, false, why) : NULL;
	o->tre_info = json_object();
	snprintf(o->username, sizeof(o->username), "%s", tre_text(b, "username"));
	if (!key || json_hex(o->nonce_a, NONCE_LEN, b, "nonce_a", why) ||
	    rng_bytes(o->nonce_b, NONCE_LEN, why) ||
	    tre_info_json(t, o->tre_info, tre_text(b, "sho"), tre_text(b, "sho_cert_sha256"),
			  why) ||
	    m2meobj_prove(o, tre_text(b, "password"), tre_own_id(t), why))
		return -1;
	hex_encode(hex, o->nonce_b, NONCE_LEN);
	nonce = json_pack("{s:s}", "value", hex); /* remembered before it is told */
	if (m2meobj_make(document, o, key, cert, why) || json_put(t->s, "nonce_b", nonce, why) ||
	    (url &&
	     buf_add(url, tre_text(b, "server_url"), strlen(tre_text(b, "server_url")), why)) ||
	    tre_note(t, "m2meobj", NULL, why))
		return -1;
	return tre_save(t, why);
}
