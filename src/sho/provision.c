/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/provision.h"

#include "base/hex.h"
#include "base/slurp.h"
#include "dm/napdef.h"
#include "pki/note.h"
#include "pki/token.h"
#include "pva/result.h"
#include "sho/rules.h"

#include <stdio.h>
#include <string.h>

void sho_provision_free(struct sho_provision *p)
{
	x509_stack_free(p->trust);
	mcimobj_free(&p->object);
	json_decref(p->authorization);
	X509_free(p->sho);
}

int sho_take_result(struct sho_provision *p, const struct buf *result, struct why *why)
{
	const struct cert_policy policy = {.trust = p->trust, .at = p->at};
	RESULT(r);

	if (result_open(&r, buf_text(result), result->len, &policy, why))
		return -1;
	if (!r.verdict)
		return why_refuse(why, "validation-failed",
				  "the platform was not validated (TR 33.812 B.2.3.4 step 6)");
	if (!r.has_nonce_b)
		return why_input(why, "result: of a certificate alone, it has no nonce_B");
	snprintf(p->object.tre_id, sizeof(p->object.tre_id), "%s", r.tre_id);
	memcpy(p->object.nonce_b, r.nonce_b, NONCE_LEN);
	return 0;
}

int sho_take_authorization(struct sho_provision *p, const struct buf *note, X509 *dpf,
			   struct why *why)
{
	const struct cert_policy policy = {.trust = p->trust, .at = p->at};
	const struct buf *blob = &p->object.blob;
	char name[TRE_ID_TEXT];
	const struct note_check check = {"authorization", name, &policy, NULL, 0};
	const char *tre_id;

	if (cert_name(name, dpf, why))
		return -1;
	p->authorization = note_open(buf_text(note), note->len, &check, &p->sho, why);
	tre_id = p->authorization ? json_text(p->authorization, "tre_id", why) : NULL;
	if (!tre_id || (!rules_in(p->authorization) &&
			note_about(p->authorization, blob->bytes, blob->len, why)))
		return -1;
	return strcmp(tre_id, p->object.tre_id) == 0
		       ? 0
		       : why_refuse(why, "wrong-tre",
				    "the authorization is for %.64s (TR 33.812 5.1.3.6.3)", tre_id);
}

/* The token's own certificate is trusted, in so far as it bears the TRE's name. */
static int open_token(struct token *t, const struct sho_provision *p, struct why *why)
{
	const struct buf *text = &p->object.token;
	struct cert_policy policy = {
		.name = p->object.tre_id, .name_reason = "wrong-tre", .at = p->at};
	AUTO(X509_STACK) *signer = NULL;
	JWS(j);

	if (jws_open(&j, "m2m-token", buf_text(text), text->len, why) ||
	    !(signer = cert_alone(j.cert, why)))
		return -1;
	policy.trust = signer;
	return token_open(t, buf_text(text), text->len, &policy, why);
}

int sho_take_token(struct sho_provision *p, const struct buf *token, X509 *dpf, struct why *why)
{
	struct token t;
	uint8_t md[32];
	size_t len = token->len;

	while (len && strchr("\r\n \t", token->bytes[len - 1]))
		len--;
	if (buf_add(&p->object.token, token->bytes, len, why) || open_token(&t, p, why) ||
	    cert_sha256(md, p->sho ? p->sho : dpf, why))
		return -1;
	return memcmp(md, t.x5t_sha256, 32) == 0
		       ? 0
		       : why_refuse(why, "wrong-operator",
				    "the token is for another operator's certificate (TR 33.812 "
				    "B.2.3.2)");
}

static int take_result(struct sho_provision *p, const struct buf *text, X509 *dpf, struct why *why)
{
	(void)dpf;
	return sho_take_result(p, text, why);
}

static int take(int (*part)(struct sho_provision *p, const struct buf *text, X509 *dpf,
			    struct why *why),
		struct sho_provision *p, const char *path, X509 *dpf, struct why *why)
{
	BUF(text);

	if (!path)
		return 0;
	return slurp(&text, path, SLURP_DOCUMENT, why) || part(p, &text, dpf, why)
		       ? why_in_file(why, slurp_name(path))
		       : 0;
}

int sho_provision_load(struct sho_provision *p, const struct sho_parts *f, X509 *dpf,
		       struct why *why)
{
	struct mcimobj *m = &p->object;

	p->trust = cert_load_all(f->result_trust, why);
	return !p->trust || take(take_result, p, f->result, dpf, why) ||
			       slurp(&m->blob, f->mcim, SLURP_DOCUMENT, why) ||
			       take(sho_take_authorization, p, f->authorization, dpf, why) ||
			       take(sho_take_token, p, f->token, dpf, why) ||
			       (f->napdef && (!(m->napdef = json_load(f->napdef, why)) ||
					      napdef_check(m->napdef, why)))
		       ? -1
		       : 0;
}

int sho_spend_inside(struct reg *r, void *provision, struct why *why)
{
	const struct sho_provision *p = provision;
	char hex[2 * NONCE_LEN + 1];
	uint64_t expires;

	hex_encode(hex, p->object.nonce_b, NONCE_LEN);
	if (reg_once(r, "nonce_b", hex, p->at + RESULT_LIFETIME, "nonce-replayed", why))
		return -1;
	if (!p->authorization)
		return 0;
	return (rules_in(p->authorization) &&
		rules_made(r, p->authorization, &p->object.blob, why)) ||
			       json_number(&expires, p->authorization, "exp", 0, INT64_MAX / 2, 0,
					   why) ||
			       reg_once(r, "note",
					json_string_value(json_object_get(p->authorization, "jti")),
					(int64_t)expires, "note-replayed", why)
		       ? -1
		       : 0;
}

int sho_spend_nowhere(const struct sho_provision *p, struct why *why)
{
	return rules_in(p->authorization)
		       ? why_usage(why, "--register is wanted: it knows what was made by the rules")
		       : 0;
}

static int spend(struct reg *r, void *provision, struct why *why)
{
	return r ? sho_spend_inside(r, provision, why) : sho_spend_nowhere(provision, why);
}

/* form: what else than the parts decides what the MCIMobj looks like. */
static int question(struct question *q, const struct sho_provision *p, const char *form,
		    struct why *why)
{
	const struct mcimobj *m = &p->object;
	BUF(text);

	*q = (struct question){.about = m->tre_id, .at = p->at, .expires = p->at + RESULT_LIFETIME};
	return buf_print(&text, why, "mcimobj %s %s %zu %zu ", form, m->tre_id, m->blob.len,
			 m->token.len) ||
			       buf_add(&text, m->nonce_b, NONCE_LEN, why) ||
			       buf_add(&text, m->blob.bytes, m->blob.len, why) ||
			       buf_add(&text, m->token.bytes, m->token.len, why) ||
			       (m->napdef && json_append(&text, m->napdef, why)) ||
			       (p->authorization && json_append(&text, p->authorization, why)) ||
			       ossl_sha256(q->sha256, text.bytes, text.len, why)
		       ? -1
		       : 0;
}

int sho_spend(struct sho_provision *p, struct reg *r, struct publication *mcimobj, const char *form,
	      struct why *why)
{
	struct question q;

	if (!r)
		return reg_publish(NULL, spend, p, mcimobj, 1, why);
	return question(&q, p, form, why) || reg_publish_again(r, &q, spend, p, mcimobj, 1, why)
		       ? -1
		       : 0;
}
