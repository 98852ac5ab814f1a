/* SPDX-License-Identifier: Apache-2.0 */
/* From the owner's token to the M2MEobj: TR 33.812 B.2.3.2 to B.2.3.4 step 5. */
#include "dm/bootstrap.h"

#include "base/hex.h"
#include "base/rng.h"
#include "base/when.h"
#include "dm/m2meobj.h"
#include "mcim/protect.h"
#include "pki/token.h"
#include "tre/state.h"

#include <stdio.h>
#include <string.h>

static const char *current_sho(const struct tre *t)
{
	size_t i;
	json_t *a;

	json_array_foreach (json_object_get(t->s, "anchors"), i, a) {
		if (strcmp(tre_text(a, "state"), "current") == 0)
			return tre_text(a, "sho");
	}
	return "";
}

int tre_token(struct tre *t, const char *to, X509 *to_cert, const char *pin_file, struct buf *out,
	      struct why *why)
{
	struct token k = {.seq = (uint64_t)json_integer_value(json_object_get(t->s, "token_seq")) +
				 1};
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	json_t *o = json_object();
	uint8_t jti[16];

	if (json_put(t->s, "token", o, why) || !key || party_check(to, "--to", why) ||
	    tre_pin_check(t, pin_file, why) || rng_bytes(jti, sizeof(jti), why) ||
	    cert_sha256(k.x5t_sha256, to_cert, why))
		return -1;
	snprintf(k.tre_id, sizeof(k.tre_id), "%s", tre_own_id(t));
	snprintf(k.new_sho, sizeof(k.new_sho), "%s", to);
	snprintf(k.cur_sho, sizeof(k.cur_sho), "%s", current_sho(t));
	if (!*k.cur_sho)
		return why_refuse(why, "wrong-state",
				  "there is no current operator (TR 33.812 B.2.2.1)");
	hex_encode(k.jti, jti, sizeof(jti));
	k.iat = when_now();
	k.exp = k.iat + TOKEN_LIFETIME;
	/* one token is outstanding: the new one takes the place of the one before */
	if (json_put(t->s, "token_seq", json_integer((json_int_t)k.seq), why) ||
	    json_put_number(o, "seq", k.seq, why) || json_put_text(o, "jti", k.jti, why) ||
	    json_put_text(o, "new", to, why) || json_put_text(o, "cur", k.cur_sho, why) ||
	    json_put_hex(o, "x5t", k.x5t_sha256, 32, why) ||
	    json_put_number(o, "exp", (uint64_t)k.exp, why) ||
	    token_make(out, &k, key, cert, why) || buf_add(out, "\n", 1, why) ||
	    tre_note(t, "token", json_pack("{s:s, s:I}", "to", to, "seq", (json_int_t)k.seq), why))
		return -1;
	return tre_save(t, why);
}

int tre_anchor_stack(struct tre *t, const char *role, X509_STACK **stack, struct why *why)
{
	size_t i;
	json_t *a;

	*stack = sk_X509_new_null();
	json_array_foreach (json_object_get(t->s, "anchors"), i, a) {
		const char *pem = tre_text(a, "cert_pem");
		X509 *cert = json_is_true(json_object_get(a, role))
				     ? cert_parse(pem, strlen(pem), "anchor", why)
				     : NULL;

		if (cert && (!*stack || !sk_X509_push(*stack, cert))) {
			X509_free(cert);
			return why_sys(why, "out of memory");
		}
	}
	return *stack ? 0 : why_sys(why, "out of memory");
}

static bool was_seen(const struct tre *t, const char *nonce)
{
	size_t i;
	json_t *v;

	json_array_foreach (json_object_get(t->s, "seen"), i, v) {
		if (strcmp(json_string_value(v), nonce) == 0)
			return true;
	}
	return false;
}

/* What the bootstrap says in the clear must be what the new operator encrypted: the current one,
 * who carries it, cannot put his own server or certificate in. */
static int check_binding(struct tre *t, const struct bootstrap *b,
			 const struct bootstrap_credentials *c, struct why *why)
{
	const json_t *token = json_object_get(t->s, "token");
	uint8_t md[32], x5t[32];
	char nonce[2 * NONCE_LEN + 1];

	if (cert_sha256(md, b->sho_cert ? b->sho_cert : b->server_cert, why))
		return -1;
	if (CRYPTO_memcmp(md, c->sho_cert_sha256, 32) != 0 ||
	    strcmp(b->server_url, c->server_url) != 0)
		return why_refuse(why, "wrong-operator",
				  "server or certificate are not what the new operator said (TR "
				  "33.812 B.2.3.3)");
	hex_encode(nonce, c->nonce_a, NONCE_LEN);
	if (was_seen(t, nonce))
		return why_refuse(why, "nonce-replayed",
				  "nonce_A was seen before (TR 33.812 B.2.3.3)");
	if (!token)
		return json_is_true(json_object_get(json_object_get(t->s, "policy"),
						    "pristine_without_token")) &&
				       !tre_mcim_in(t, "selected")
			       ? 0
			       : why_refuse(why, "no-token",
					    "the owner asked for no change (TR 33.812 B.2.3.2)");
	if (json_hex(x5t, 32, token, "x5t", why))
		return -1;
	if (CRYPTO_memcmp(md, x5t, 32) != 0)
		return why_refuse(
			why, "wrong-operator",
			"the owner's token names another certificate (TR 33.812 B.2.3.2)");
	return 0;
}

static int accept(struct tre *t, const struct bootstrap *b, const struct bootstrap_credentials *c,
		  struct why *why)
{
	json_t *o = json_object(), *anchors = json_object_get(t->s, "anchors");
	char nonce[2 * NONCE_LEN + 1];

	hex_encode(nonce, c->nonce_a, NONCE_LEN);
	for (size_t i = json_array_size(anchors); i-- > 0;)
		if (strcmp(tre_text(json_array_get(anchors, i), "state"), "pending") == 0)
			json_array_remove(anchors, i);
	return json_put(t->s, "bootstrap", o, why) || json_put_text(o, "nonce_a", nonce, why) ||
			       json_put_text(o, "username", c->username, why) ||
			       json_put_text(o, "password", c->password, why) ||
			       json_put_text(o, "server_url", c->server_url, why) ||
			       json_put_text(o, "sho", b->sho, why) ||
			       json_array_append_new(json_object_get(t->s, "seen"),
						     json_string(nonce)) ||
			       tre_anchor_add(t, b->sho_cert ? b->sho_cert : b->server_cert, b->sho,
					      "pending", false, true, why) ||
			       (b->sho_cert && tre_anchor_add(t, b->server_cert, b->sho,
							      "pending-dpf", false, true, why)) ||
			       tre_note(t, "bootstrap", json_pack("{s:s}", "sho", b->sho), why)
		       ? -1
		       : 0;
}

static int open_credentials(struct tre *t, const struct bootstrap *b, struct why *why)
{
	AUTO(EVP_PKEY) *key = tre_key(t, true, why);
	SECRET(bootstrap_credentials) c = {0};
	enum mcim_tag tag;
	BUF(payload);

	if (!key || mcim_unprotect(&payload, &tag, key, tre_own_id(t), b->credentials.bytes,
				   b->credentials.len, why))
		return -1;
	if (tag != MCIM_TAG_BOOTSTRAP)
		return why_input(why, "the blob of the bootstrap has tag %s (TR 33.812 B.2.3.6)",
				 mcim_tag_name(tag));
	if (bootstrap_credentials_decode(&c, payload.bytes, payload.len, why) ||
	    check_binding(t, b, &c, why))
		return -1;
	return accept(t, b, &c, why);
}

int tre_bootstrap(struct tre *t, const void *bytes, size_t len, struct buf *out, struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	AUTO(json_t) *o = json_object();
	struct cert_policy policy = {.roles = CERT_DRF, .at = when_now()};
	BOOTSTRAP(b);

	if (tre_anchor_stack(t, "bootstrap", &trust, why))
		return -1;
	policy.trust = trust;
	if (bootstrap_open(&b, bytes, len, &policy, NULL, why))
		return -1;
	if (strcmp(b.tre_id, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre", "the bootstrap is for %s (TR 33.812 B.2.3.3)",
				  b.tre_id);
	if (!b.is_napdef_only && open_credentials(t, &b, why))
		return -1;
	if (b.napdef && json_put(t->s, "napdef", json_incref(b.napdef), why))
		return -1;
	if (b.is_napdef_only && tre_note(t, "napdef", NULL, why))
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
	json_t *nonce = json_object();
	M2MEOBJ(own);
	struct m2meobj *o = object ? object : &own;
	char hex[2 * NONCE_LEN + 1];

	if (json_put(t->s, "nonce_b", nonce, why))
		return -1;
	if (!b)
		return why_refuse(why, "no-bootstrap",
				  "no bootstrap was accepted (TR 33.812 B.2.3.4 step 5)");
	cert = tre_cert(t, why);
	key = cert ? tre_key(t, false, why) : NULL;
	o->tre_info = json_object();
	snprintf(o->username, sizeof(o->username), "%s", tre_text(b, "username"));
	if (!key || json_hex(o->nonce_a, NONCE_LEN, b, "nonce_a", why) ||
	    rng_bytes(o->nonce_b, NONCE_LEN, why) ||
	    tre_info_json(t, o->tre_info, tre_text(b, "sho"), why) ||
	    m2meobj_prove(o, tre_text(b, "password"), tre_own_id(t), why))
		return -1;
	hex_encode(hex, o->nonce_b, NONCE_LEN);
	/* nonce_B is remembered before it is told */
	if (m2meobj_make(document, o, key, cert, why) || json_put_text(nonce, "value", hex, why) ||
	    (url &&
	     buf_add(url, tre_text(b, "server_url"), strlen(tre_text(b, "server_url")), why)) ||
	    tre_note(t, "m2meobj", NULL, why))
		return -1;
	return tre_save(t, why);
}
