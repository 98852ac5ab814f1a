/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/carry.h"

#include "base/slurp.h"
#include "base/when.h"
#include "dm/cp.h"
#include "dm/syncml.h"
#include "dm/wbxml.h"

#include <string.h>

int carry_complete(struct carry *c, const char *profile, bool has_pin, struct why *why)
{
	c->is_cp = profile && strcmp(profile, "cp") == 0;
	if (profile && !c->is_cp && strcmp(profile, "dm") != 0)
		return why_usage(why, "--profile: want dm or cp");
	if (c->is_cp && c->is_syncml)
		return why_usage(why, "--syncml is of the dm profile");
	c->is_push = c->is_push || has_pin;
	c->is_wbxml = c->is_wbxml || c->is_push;
	c->is_syncml = !c->is_cp && (c->is_syncml || c->is_wbxml);
	return 0;
}

int carry_pack(struct buf *out, const struct carry *c, const struct bootstrap *b,
	       const struct buf *document, struct why *why)
{
	const struct syncml s = {
		.source = "drf", .target = b->tre_id, .loc_uri = "./Bootstrap", .is_replace = true};
	BUF(xml);
	BUF(body);

	if (c->is_cp       ? cp_make(&xml, b, document, why)
	    : c->is_syncml ? syncml_pack(&xml, &s, document->bytes, document->len, false, why)
			   : buf_add(&xml, document->bytes, document->len, why))
		return -1;
	if (!c->is_wbxml)
		return buf_add(out, xml.bytes, xml.len, why);
	if (wbxml_encode(&body, xml.bytes, xml.len, why))
		return -1;
	return c->is_push ? push_pack(out, c->is_cp ? PUSH_CP : PUSH_DM, c->pin, body.bytes,
				      body.len, why)
			  : buf_add(out, body.bytes, body.len, why);
}

static json_t *read_plain(const struct buf *body, struct why *why)
{
	BUF(xml);

	return cp_text(&xml, body->bytes, body->len, why) == 0 ? cp_to_json(&xml, why) : NULL;
}

static json_t *read_body(const struct buf *body, const struct cert_policy *policy, struct why *why)
{
	AUTO(X509) *signer = NULL;
	AUTO(json_t) *words = NULL;
	char name[TRE_ID_TEXT];
	BOOTSTRAP(b);

	if (!policy->trust && cp_is(body->bytes, body->len) && !cp_is_signed(body))
		return read_plain(body, why);
	if (bootstrap_open(&b, buf_text(body), body->len, policy->trust ? policy : NULL, &signer,
			   why) ||
	    cert_name(name, signer, why) || !(words = bootstrap_to_json(&b, why)) ||
	    json_put_text(words, "signer", name, why))
		return NULL;
	return STEAL(words);
}

json_t *carry_words(const struct carry *c, const struct buf *in, const struct cert_policy *policy,
		    struct why *why)
{
	AUTO(json_t) *words = NULL;
	BUF(body);

	if (push_open(&body, c->pin, in->bytes, in->len, why) ||
	    !(words = read_body(&body, policy, why)) ||
	    (c->pin && json_put_text(words, "sec", push_sec_name(c->pin->sec), why)))
		return NULL;
	return STEAL(words);
}

int carry_policy(struct cert_policy *policy, X509_STACK **stack, const char *trust,
		 const char *signer, const char *at, struct why *why)
{
	*policy = (struct cert_policy){
		.roles = CERT_DRF, .name = signer, .name_reason = "wrong-operator"};
	if (when_at(&policy->at, at, why) || (trust && !(*stack = cert_load_all(trust, why))))
		return -1;
	policy->trust = *stack;
	return 0;
}

int carry_tell_file(struct buf *out, const struct carry *c, const char *in, const char *trust,
		    const char *signer, const char *at, struct why *why)
{
	AUTO(X509_STACK) *stack = NULL;
	AUTO(json_t) *words = NULL;
	struct cert_policy policy;
	BUF(text);

	if (carry_policy(&policy, &stack, trust, signer, at, why) ||
	    slurp(&text, in, SLURP_DOCUMENT, why))
		return -1;
	words = carry_words(c, &text, &policy, why);
	return words ? json_append_line(out, words, why) : why_in_file(why, slurp_name(in));
}
