/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/subscribe.h"

#include "base/hex.h"
#include "base/rng.h"
#include "mcim/protect.h"
#include "pki/key.h"
#include "pki/note.h"
#include "register/effects.h"
#include "sho/kept.h"
#include "sho/words.h"

#include <stdio.h>
#include <string.h>

void sho_order_free(struct sho_order *o)
{
	EVP_PKEY_free(o->key);
	X509_free(o->cert);
	X509_free(o->tre_cert);
	X509_free(o->enc_cert);
	x509_stack_free(o->trust);
	buf_free(&o->token);
	lines_free(&o->knetver);
	OPENSSL_cleanse(o, sizeof(*o));
}

/* ---- the order ---- */

/* Who subscribes: the names, the key, and the certificate's name agree. */
static int check_operator(struct sho_order *o, struct why *why)
{
	char name[TRE_ID_TEXT];

	if (party_check(o->name, "--name", why) || party_check(o->current, "--current-sho", why) ||
	    (o->drf && party_check(o->drf, "--drf", why)) ||
	    (o->url && bootstrap_url_check(o->url, "--server-url", why)) ||
	    key_matches(o->key, o->cert, why) || cert_name(name, o->cert, why))
		return -1;
	if (strcmp(name, o->name) != 0)
		return why_refuse(why, "wrong-operator",
				  "the certificate is %s's (TR 33.812 B.2.3.2)", name);
	if (o->url)
		snprintf(o->dpf_url, sizeof(o->dpf_url), "%s", o->url);
	else
		snprintf(o->dpf_url, sizeof(o->dpf_url), "https://dpf.%s/", o->name);
	return 0;
}

/* The TRE by Cert_PVA, and the certificate to encrypt for: of the same TRE and maker. */
static int check_tre(const struct sho_order *o, char name[static TRE_ID_TEXT], struct why *why)
{
	const struct cert_policy by_pva = {.trust = o->trust, .roles = CERT_TRE, .at = o->at};
	const struct cert_policy same = {.trust = o->trust,
					 .roles = CERT_TRE,
					 .name = name,
					 .name_reason = "wrong-tre",
					 .at = o->at,
					 .for_encryption = true};

	return cert_check(o->tre_cert, &by_pva, why) || cert_name(name, o->tre_cert, why) ||
			       cert_check(o->enc_cert, &same, why)
		       ? why_in(why, "Cert_TRE")
		       : 0;
}

/* The token by the TRE: for this operator's certificate. */
static int check_token(struct sho_order *o, const char *tre_id, struct why *why)
{
	const struct cert_policy own = {
		.trust = o->trust, .name = tre_id, .name_reason = "wrong-tre", .at = o->at};
	uint8_t md[32];

	if (token_open(&o->permit, buf_text(&o->token), o->token.len, &own, why))
		return why_in(why, "token");
	if (cert_sha256(md, o->cert, why))
		return -1;
	if (strcmp(o->permit.new_sho, o->name) != 0 || memcmp(md, o->permit.x5t_sha256, 32) != 0)
		return why_refuse(why, "wrong-operator",
				  "the token is for another operator (TR 33.812 B.2.3.2)");
	if (strcmp(o->permit.cur_sho, o->current) != 0)
		return why_refuse(
			why, "wrong-operator",
			"the token says that %s is the current operator (TR 33.812 B.2.3.2)",
			o->permit.cur_sho);
	return 0;
}

int sho_order_check(struct sho_order *o, struct why *why)
{
	char tre_id[TRE_ID_TEXT];

	return check_operator(o, why) || check_tre(o, tre_id, why) || check_token(o, tre_id, why)
		       ? -1
		       : 0;
}

/* ---- the register ---- */

/* username, password and nonce_A of a new DM session. */
static int make_credentials(struct bootstrap_credentials *c, const struct sho_order *o,
			    struct why *why)
{
	uint8_t octets[16];
	char user[17];

	if (rng_bytes(c->nonce_a, NONCE_LEN, why) || rng_bytes(octets, 8, why))
		return -1;
	hex_encode(user, octets, 8);
	snprintf(c->username, sizeof(c->username), "m2me-%s", user);
	if (rng_key(octets, sizeof(octets), why))
		return -1;
	hex_encode(c->password, octets, sizeof(octets));
	OPENSSL_cleanse(octets, sizeof(octets));
	snprintf(c->server_url, sizeof(c->server_url), "%s", o->dpf_url);
	return cert_sha256(c->sho_cert_sha256, o->cert, why);
}

static int offer_credentials(struct reg *r, const struct bootstrap_credentials *c,
			     const struct sho_order *o, struct why *why)
{
	AUTO(json_t) *attached = json_object();
	char nonce[2 * NONCE_LEN + 1];

	hex_encode(nonce, c->nonce_a, NONCE_LEN);
	return json_put_text(attached, "username", c->username, why) ||
			       json_put_text(attached, "password", c->password, why) ||
			       reg_offer(r, "nonce_a", nonce, o->permit.tre_id, attached,
					 o->at + REGISTRATION_LIFETIME, why)
		       ? -1
		       : 0;
}

static int enter_equipment(struct reg *r, const struct sho_order *o, struct why *why)
{
	AUTO(json_t) *e = json_object();
	BUF(pem);

	return cert_pem(&pem, o->tre_cert, why) ||
			       json_put_text(e, "tre_id", o->permit.tre_id, why) ||
			       json_put_text(e, "cert_pem", buf_text(&pem), why) ||
			       json_put_text(e, "status", "active", why) ||
			       reg_put(r, REG_EQUIPMENT, e, why)
		       ? -1
		       : 0;
}

static int enter_discovery(struct reg *r, const struct sho_order *o, const json_t *subscriber,
			   struct why *why)
{
	AUTO(json_t) *d = json_object();

	return json_put(d, "pcid", json_incref(json_object_get(subscriber, "imsi")), why) ||
			       json_put_text(d, "tre_id", o->permit.tre_id, why) ||
			       json_put_text(d, "sho", o->name, why) ||
			       json_put_text(d, "dpf_url", o->dpf_url, why) ||
			       json_put_text(d, "status", "subscribing", why) ||
			       reg_put(r, REG_DISCOVERY, d, why)
		       ? -1
		       : 0;
}

/* ---- the papers ---- */

#define KNETVER_MAX 16

struct knetver {
	uint8_t bytes[32];
};
DEFINE_WIPE(knetver)

/* As mcim-wrap(1) wants them: a token is not spent for an MCIM that cannot be wrapped. */
static int put_knetver(json_t *mcim, struct lines *keys, struct why *why)
{
	SECRET(knetver) key = {{0}};
	json_t *list = json_array();

	if (json_put(mcim, "knetver", list, why))
		return -1;
	for (const char *hex; (hex = lines_next(keys));) {
		if (hex_decode(key.bytes, sizeof(key.bytes), hex, "knetver", why))
			return -1;
		if (json_array_append_new(list, json_string(hex)))
			return why_sys(why, "out of memory");
	}
	return json_array_size(list) - 1 < KNETVER_MAX
		       ? 0
		       : why_input(why, "knetver: want 1 to %d keys, a line each", KNETVER_MAX);
}

static int make_mcim(struct buf *b, struct sho_order *o, const json_t *subscriber, struct why *why)
{
	AUTO(json_t) *m = sho_mcim_words(subscriber, &o->plmn, why);

	return !m || (o->has_knetver && put_knetver(m, &o->knetver, why)) ||
			       json_append_line(b, m, why)
		       ? -1
		       : 0;
}

static int make_registration(struct buf *b, const struct bootstrap_credentials *c,
			     const struct sho_order *o, struct why *why)
{
	AUTO(json_t) *fields = json_object();
	const struct mcim_target target = {o->enc_cert, NULL, o->permit.tre_id, MCIM_FORMAT_TR33812,
					   MCIM_SUITE_MODERN};
	const struct note_spec spec = {
		"registration", o->drf ? o->drf : o->current, fields, o->token.bytes, o->token.len,
		o->at,          REGISTRATION_LIFETIME};
	KEYBLOCK_KIT(kit);
	BUF(json);
	BUF(blob);
	BUF(pem);

	return bootstrap_credentials_encode(&json, c, why) ||
			       mcim_protect(&kit, &blob, &target, MCIM_TAG_BOOTSTRAP, json.bytes,
					    json.len, why) ||
			       cert_pem(&pem, o->cert, why) ||
			       json_put_text(fields, "tre_id", o->permit.tre_id, why) ||
			       json_put_text(fields, "server_url", o->dpf_url, why) ||
			       json_put_text(fields, "cert_pem", buf_text(&pem), why) ||
			       json_put_b64(fields, "credentials_b64", blob.bytes, blob.len, why) ||
			       note_make(b, &spec, o->key, o->cert, why) || buf_add(b, "\n", 1, why)
		       ? -1
		       : 0;
}

/* A new one; or the PCID's, whose record the AuC goes on with as it is. */
static int take_subscriber(struct reg *r, const struct sho_order *o, json_t **subscriber,
			   struct why *why)
{
	const struct subscription s = {.plmn = &o->plmn,
				       .first = 1,
				       .alg = "milenage",
				       .op = o->has_op ? o->op : NULL,
				       .tre_id = o->permit.tre_id,
				       .with_key = true};

	if (!o->keep)
		return reg_subscribe(r, &s, subscriber, why);
	*subscriber = sho_kept(r, o->keep, &o->plmn, o->permit.tre_id, why);
	return *subscriber ? 0 : -1;
}

int sho_subscribe(struct sho_order *o, struct reg *r, struct buf *mcim, struct buf *registration,
		  struct why *why)
{
	SECRET(bootstrap_credentials) c = {0};
	AUTO(json_t) *subscriber = NULL;

	return reg_once(r, "token", o->permit.jti, o->permit.exp, "token-reused", why) ||
			       (!o->by_rules && take_subscriber(r, o, &subscriber, why)) ||
			       make_credentials(&c, o, why) || offer_credentials(r, &c, o, why) ||
			       enter_equipment(r, o, why) ||
			       (subscriber &&
				((!o->keep && enter_discovery(r, o, subscriber, why)) ||
				 make_mcim(mcim, o, subscriber, why))) ||
			       make_registration(registration, &c, o, why)
		       ? -1
		       : 0;
}
