/* SPDX-License-Identifier: Apache-2.0 */
#include "pva/result.h"

#include "pki/key.h"

#include <stdio.h>

void result_free(struct result *r)
{
	json_decref(r->checks);
	*r = (struct result){0};
}

static json_t *to_json(const struct result *r, struct why *why)
{
	AUTO(json_t) *o = json_object();

	if ((*r->tre_id && json_put_text(o, "tre_id", r->tre_id, why)) ||
	    (r->has_nonce_b && json_put_hex(o, "nonce_b", r->nonce_b, NONCE_LEN, why)) ||
	    json_put_hex(o, "evidence_sha256", r->evidence_sha256, 32, why) ||
	    json_put_bool(o, "verdict", r->verdict, why) ||
	    (*r->reason && json_put_text(o, "reason", r->reason, why)) ||
	    json_put(o, "checks", json_incref(r->checks), why))
		return NULL;
	return STEAL(o);
}

int result_make(struct buf *b, const struct result *r, const char *to, int64_t at, EVP_PKEY *key,
		X509 *cert, struct why *why)
{
	AUTO(json_t) *fields = to_json(r, why);
	char signer[TRE_ID_TEXT];
	const struct note_spec spec = {"result", to ? to : signer, fields, NULL, 0,
				       at,       RESULT_LIFETIME};

	if (!fields)
		return -1;
	if (!key)
		return json_append_line(b, fields, why);
	if (key_matches(key, cert, why) || cert_name(signer, cert, why) ||
	    note_make(b, &spec, key, cert, why))
		return -1;
	return buf_add(b, "\n", 1, why);
}

int result_open(struct result *r, const char *text, size_t len, const struct cert_policy *policy,
		struct why *why)
{
	struct cert_policy p = *policy;
	const struct note_check check = {"result", NULL, &p, NULL, 0};
	AUTO(json_t) *o = NULL;
	const char *tre_id;
	const json_t *verdict;

	p.roles = CERT_ATTESTATION;
	o = note_open(text, len, &check, NULL, why);
	if (!o || json_hex(r->evidence_sha256, 32, o, "evidence_sha256", why))
		return -1;
	r->has_nonce_b = json_object_get(o, "nonce_b") != NULL;
	if (r->has_nonce_b && json_hex(r->nonce_b, NONCE_LEN, o, "nonce_b", why))
		return -1;
	verdict = json_object_get(o, "verdict");
	if (!json_is_boolean(verdict))
		return why_input(why, "verdict: want true or false");
	if (!json_is_object(json_object_get(o, "checks")))
		return why_input(why, "checks: want an object");
	r->verdict = json_is_true(verdict);
	if (json_text_opt(&tre_id, o, "tre_id", why) ||
	    (tre_id && tre_id_check(tre_id, "tre_id", why)))
		return -1;
	if (!tre_id && r->verdict)
		return why_input(why, "tre_id: missing");
	snprintf(r->tre_id, sizeof(r->tre_id), "%s", tre_id ? tre_id : "");
	r->checks = json_incref(json_object_get(o, "checks"));
	return 0;
}

void result_signer_free(struct result_signer *s)
{
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
}

int result_signer_load(struct result_signer *s, const char *key, const char *cert, int64_t at,
		       struct why *why)
{
	struct cert_policy policy = {.roles = CERT_ATTESTATION, .at = at};
	AUTO(X509_STACK) *alone = NULL;

	if (!key)
		return 0;
	if (!(s->key = key_load(key, why)) || !(s->cert = cert_load(cert, why)) ||
	    !(alone = cert_alone(s->cert, why)))
		return -1;
	policy.trust = alone;
	return key_matches(s->key, s->cert, why) || cert_check(s->cert, &policy, why) ? -1 : 0;
}
