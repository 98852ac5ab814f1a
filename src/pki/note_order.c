/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/note_order.h"

#include "base/num.h"
#include "base/slurp.h"
#include "base/when.h"
#include "pki/key.h"

#include <string.h>

#define EXPIRES_MAX ((uint64_t)10 * 366 * 86400)

/* A TRE_id has a semicolon, and no other party's identity does. */
static bool is_tre(const char *id)
{
	return strchr(id, ';') != NULL;
}

static int check_id(const char *id, const char *option, struct why *why)
{
	return is_tre(id) ? tre_id_check(id, option, why) : party_check(id, option, why);
}

static int read_about(struct buf *about, const struct note_order *o, struct why *why)
{
	if (!o->about)
		return 0;
	return slurp(about, o->about, SLURP_LARGE, why) || (o->inside && o->inside(about, why)) ? -1
												: 0;
}

/* An empty message is a message too, so about is never NULL where one was asked for. */
static const uint8_t *octets(const struct buf *about, const struct note_order *o)
{
	return o->about ? (const uint8_t *)buf_text(about) : NULL;
}

int note_order_make(struct buf *note, const struct note_order *o, char *const words[],
		    struct why *why)
{
	struct note_spec spec = {.type = o->type, .to = o->to};
	AUTO(json_t) *fields = NULL;
	AUTO(X509) *cert = NULL;
	AUTO(EVP_PKEY) *key = NULL;
	uint64_t lifetime = NOTE_LIFETIME;
	BUF(about);

	if (why_need(why, o->key, "key") || why_need(why, o->cert, "cert") ||
	    why_need(why, o->to, "to") || !(fields = note_fields(words, why)) ||
	    !(cert = cert_load(o->cert, why)) || !(key = key_load(o->key, why)) ||
	    key_matches(key, cert, why) || check_id(o->to, "--to", why) ||
	    when_at(&spec.at, o->at, why) || read_about(&about, o, why) ||
	    (o->expires && num_parse(&lifetime, o->expires, 1, EXPIRES_MAX, "--expires", why)))
		return -1;
	spec.fields = fields;
	spec.lifetime = (int64_t)lifetime;
	spec.about = octets(&about, o);
	spec.about_len = about.len;
	return note_make(note, &spec, key, cert, why) || buf_add(note, "\n", 1, why) ? -1 : 0;
}

int note_order_policy(struct cert_policy *policy, X509_STACK **trust, const struct note_order *o,
		      struct why *why)
{
	*policy = (struct cert_policy){.name = o->signer, .roles = note_roles(o->type)};
	if (why_need(why, o->trust, "trust") || why_need(why, o->to, "to") ||
	    !(*trust = cert_load_all(o->trust, why)) || check_id(o->to, "--to", why) ||
	    when_at(&policy->at, o->at, why) || (o->signer && check_id(o->signer, "--signer", why)))
		return -1;
	policy->trust = *trust;
	policy->name_reason = o->signer && is_tre(o->signer) ? "wrong-tre" : "wrong-operator";
	return 0;
}

json_t *note_order_check(const struct note_order *o, struct buf *text, int64_t *at, struct why *why)
{
	struct cert_policy policy;
	struct note_check want = {.type = o->type, .to = o->to, .policy = &policy};
	AUTO(X509_STACK) *trust = NULL;
	json_t *claims;
	BUF(about);

	if (note_order_policy(&policy, &trust, o, why) || read_about(&about, o, why) ||
	    slurp(text, o->in, JWS_MAX, why))
		return NULL;
	*at = policy.at;
	want.about = octets(&about, o);
	want.about_len = about.len;
	claims = note_open(buf_text(text), text->len, &want, NULL, why);
	if (!claims)
		why_in(why, "%s", slurp_name(o->in));
	return claims;
}
