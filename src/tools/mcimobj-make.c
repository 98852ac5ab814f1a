/* SPDX-License-Identifier: Apache-2.0 */
/* mcimobj-make(1): the signed MCIMobj (TR 33.812 B.2.3.4 step 7). */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "dm/mcimobj.h"
#include "dm/napdef.h"
#include "dm/syncml.h"
#include "pki/key.h"
#include "pki/note.h"
#include "pki/token.h"
#include "pva/result.h"
#include "register/register.h"

#include <stdio.h>
#include <string.h>

static const struct tool tool = {
	"mcimobj-make",
	"mcimobj-make --key KEY --cert F --mcim FILE --result RESULT "
	"--result-trust F [--authorization NOTE] [--token FILE] "
	"[--napdef F] [--register DB] [--syncml [--wbxml]] [--at TIME] [-o FILE]",
	"Makes the MCIMobj: the protected MCIM, nonce_B and the token, "
	"signed by the new operator."};

static struct {
	const char *key, *cert, *mcim, *result, *result_trust, *token, *napdef, *db, *at, *out;
	const char *authorization;
	bool syncml, wbxml;
} o;

/* nonce_B and TRE_id come from a result that was verified, and says yes. */
static int take_result(struct mcimobj *m, int64_t at, struct why *why)
{
	AUTO(X509_STACK) *trust = cert_load_all(o.result_trust, why);
	const struct cert_policy policy = {.trust = trust, .at = at};
	RESULT(r);
	BUF(text);

	if (!trust || slurp(&text, o.result, SLURP_DOCUMENT, why) ||
	    result_open(&r, buf_text(&text), text.len, &policy, why))
		return -1;
	if (!r.verdict)
		return why_refuse(why, "validation-failed",
				  "the platform was not validated (TR 33.812 B.2.3.4 step 6)");
	if (!r.has_nonce_b)
		return why_input(why,
				 "%s: the result is of a certificate alone, and has no nonce_B",
				 o.result);
	snprintf(m->tre_id, sizeof(m->tre_id), "%s", r.tre_id);
	memcpy(m->nonce_b, r.nonce_b, NONCE_LEN);
	return 0;
}

/* 5.1.3.6.3 step 15: where the DPF is not the SHO's, the SHO authorises it to provision this MCIM
 * to this TRE: the note's claims, and the SHO's certificate. */
static json_t *take_authorization(X509 **sho, const struct mcimobj *m, X509 *cert, int64_t at,
				  struct why *why)
{
	AUTO(X509_STACK) *trust = cert_load_all(o.result_trust, why);
	AUTO(json_t) *claims = NULL;
	const struct cert_policy policy = {.trust = trust, .at = at};
	char dpf[TRE_ID_TEXT];
	const struct note_check check = {"authorization", dpf, &policy, m->blob.bytes, m->blob.len};
	const char *tre_id;
	BUF(text);

	if (!trust || cert_name(dpf, cert, why) ||
	    slurp(&text, o.authorization, SLURP_DOCUMENT, why) ||
	    !(claims = note_open(buf_text(&text), text.len, &check, sho, why)) ||
	    !(tre_id = json_text(claims, "tre_id", why)))
		return NULL;
	if (strcmp(tre_id, m->tre_id) != 0) {
		why_refuse(why, "wrong-tre", "the authorization is for %.64s (TR 33.812 5.1.3.6.3)",
			   tre_id);
		return NULL;
	}
	return STEAL(claims);
}

/* The token must be this TRE's, and for this operator, whose certificate sho is; that PrK_TRE
 * signed it, the TRE checks. */
static int take_token(struct mcimobj *m, X509 *sho, int64_t at, struct why *why)
{
	JWS(j);
	AUTO(X509_STACK) *trust = sk_X509_new_null();
	struct cert_policy policy = {
		.trust = trust, .name = m->tre_id, .name_reason = "wrong-tre", .at = at};
	struct token t;
	uint8_t md[32];

	if (slurp(&m->token, o.token, SLURP_DOCUMENT, why))
		return -1;
	while (m->token.len && strchr("\r\n \t", m->token.bytes[m->token.len - 1]))
		m->token.bytes[--m->token.len] = '\0';
	if (jws_open(&j, "m2m-token", buf_text(&m->token), m->token.len, why))
		return -1;
	if (!trust || !sk_X509_push(trust, j.cert))
		return why_sys(why, "out of memory");
	j.cert = NULL;
	if (token_open(&t, buf_text(&m->token), m->token.len, &policy, why) ||
	    cert_sha256(md, sho, why))
		return -1;
	return memcmp(md, t.x5t_sha256, 32) == 0 ? 0
						 : why_refuse(why, "wrong-operator",
							      "the token is for another operator's "
							      "certificate (TR 33.812 B.2.3.2)");
}

/* nonce_B, and the authorization where there is one, count once. */
static int spend(const struct mcimobj *m, const json_t *authorization, int64_t at, struct why *why)
{
	AUTO(REG) *r = reg_open(o.db, why);
	char hex[2 * NONCE_LEN + 1];
	uint64_t expires;

	hex_encode(hex, m->nonce_b, NONCE_LEN);
	if (!r || reg_begin(r, why) ||
	    reg_once(r, "nonce_b", hex, at + RESULT_LIFETIME, "nonce-replayed", why))
		return -1;
	if (authorization &&
	    (json_number(&expires, authorization, "exp", 0, INT64_MAX / 2, 0, why) ||
	     reg_once(r, "note", json_string_value(json_object_get(authorization, "jti")),
		      (int64_t)expires, "note-replayed", why)))
		return -1;
	return reg_commit(r, why);
}

static int make(struct buf *out, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(o.key, why);
	AUTO(X509) *cert = key ? cert_load(o.cert, why) : NULL;
	AUTO(X509) *sho = NULL;
	AUTO(json_t) *authorization = NULL;
	MCIMOBJ(m);
	int64_t at;
	BUF(document);

	if (!cert || when_at(&at, o.at, why) || take_result(&m, at, why) ||
	    slurp(&m.blob, o.mcim, SLURP_DOCUMENT, why) ||
	    (o.authorization && !(authorization = take_authorization(&sho, &m, cert, at, why))) ||
	    (o.token && take_token(&m, sho ? sho : cert, at, why)) ||
	    (o.napdef && (!(m.napdef = json_load(o.napdef, why)) || napdef_check(m.napdef, why))) ||
	    mcimobj_make(&document, &m, key, cert, why) ||
	    (o.db && spend(&m, authorization, at, why)))
		return -1;
	if (o.syncml) {
		const struct syncml s = {.source = "dpf",
					 .target = m.tre_id,
					 .loc_uri = "./MCIM",
					 .is_replace = true};

		return syncml_pack(out, &s, document.bytes, document.len, o.wbxml, why);
	}
	return buf_add(out, document.bytes, document.len, why);
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "the new operator's key"},
		{"cert", 0, TOOL_TEXT, &o.cert, "F", "its certificate, Cert_SHO[i+1]"},
		{"mcim", 0, TOOL_TEXT, &o.mcim, "FILE", "the protected MCIM of mcim-wrap(1)"},
		{"result", 0, TOOL_TEXT, &o.result, "RESULT", "the signed result of pva-verify(1)"},
		{"result-trust", 0, TOOL_TEXT, &o.result_trust, "F",
		 "who may have signed the result, and the authorization"},
		{"authorization", 0, TOOL_TEXT, &o.authorization, "NOTE",
		 "the SHO's word that this DPF may provision the MCIM"},
		{"token", 0, TOOL_TEXT, &o.token, "FILE", "the owner's authorization token"},
		{"napdef", 0, TOOL_TEXT, &o.napdef, "F",
		 "the access point of the new network, JSON"},
		{"register", 0, TOOL_TEXT, &o.db, "DB",
		 "nonce_B is spent there, and the authorization"},
		{"syncml", 0, TOOL_FLAG, &o.syncml, NULL, "in a SyncML package"},
		{"wbxml", 0, TOOL_FLAG, &o.wbxml, NULL, "that package in WBXML"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	BUF(out);

	secmem_init();
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
	if (!o.key || !o.cert || !o.mcim || !o.result || !o.result_trust)
		tool_usage("--key, --cert, --mcim, --result and --result-trust are wanted");
	if (o.wbxml && !o.syncml)
		tool_usage("--wbxml goes with --syncml");
	if (make(&out, &why) || outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, &why))
		return tool_fail(&why);
	return TOOL_OK;
}
