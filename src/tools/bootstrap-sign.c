/* SPDX-License-Identifier: Apache-2.0 */
/* bootstrap-sign(1): the DRF's signed bootstrap (TR 33.812 B.2.3.3), made and verified. */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "dm/bootstrap.h"
#include "dm/cp.h"
#include "dm/napdef.h"
#include "dm/push.h"
#include "dm/syncml.h"
#include "dm/wbxml.h"
#include "pki/key.h"

#include <stdio.h>
#include <string.h>

static const struct tool tool = {
	"bootstrap-sign",
	"bootstrap-sign --key KEY --cert F --tre-id ID --server-url U --server-cert F [--sho ID "
	"--sho-cert F] [--credentials F] [--napdef F] [--context mcim=URL] [--context m2m=URL] "
	"[--profile dm|cp] [--syncml] [--wbxml] [--push] [--netwpin F | --userpin F] [-o FILE]\n"
	"bootstrap-sign --napdef-only --napdef F --key KEY --cert F --tre-id ID [--profile dm|cp] "
	"[--syncml] [--wbxml] [--push] [--netwpin F | --userpin F] [-o FILE]\n"
	"bootstrap-sign --verify [--trust F [--signer ID]] [--netwpin F | --userpin F] [--at TIME] "
	"[-i FILE] [-o FILE]",
	"Makes the signed OMA DM or CP bootstrap for a TRE, or verifies one."};

static struct {
	const char *key, *cert, *tre_id, *url, *server_cert, *sho, *sho_cert, *credentials, *napdef;
	const char *trust, *signer, *at, *in, *out, *profile, *netwpin, *userpin;
	struct tool_list contexts;
	bool napdef_only, verify, syncml, wbxml, push, cp;
} o;

static int put_context(struct bootstrap *b, const char *text, struct why *why)
{
	char *to = strncmp(text, "mcim=", 5) == 0  ? b->mcim_context
		   : strncmp(text, "m2m=", 4) == 0 ? b->m2m_context
						   : NULL;
	const char *url = strchr(text, '=');

	if (!to)
		return why_usage(why, "--context: want mcim=URL or m2m=URL");
	if (*to)
		return why_usage(why, "--context: given twice for the same");
	if (bootstrap_url_check(url + 1, "--context", why))
		return -1;
	snprintf(to, BOOTSTRAP_URL, "%s", url + 1);
	return 0;
}

static int fill_account(struct bootstrap *b, struct why *why)
{
	char name[TRE_ID_TEXT];

	b->server_cert = cert_load(o.server_cert, why);
	if (!b->server_cert || bootstrap_url_check(o.url, "--server-url", why) ||
	    cert_name(name, b->server_cert, why) ||
	    (o.credentials && slurp(&b->credentials, o.credentials, SLURP_DOCUMENT, why)))
		return -1;
	if (o.sho_cert &&
	    (!(b->sho_cert = cert_load(o.sho_cert, why)) || cert_name(name, b->sho_cert, why)))
		return -1;
	if (o.sho && strcmp(o.sho, name) != 0)
		return why_refuse(why, "wrong-operator",
				  "--sho is %.64s, and the certificate %s's (TR 33.812 B.2.3.3)",
				  o.sho, name);
	snprintf(b->server_url, sizeof(b->server_url), "%s", o.url);
	snprintf(b->sho, sizeof(b->sho), "%s", name);
	for (size_t i = 0; i < o.contexts.len; i++)
		if (put_context(b, o.contexts.item[i], why))
			return -1;
	return 0;
}

static bool has_pin(void)
{
	return o.netwpin || o.userpin;
}

static int load_pin(struct push_key *pin, struct why *why)
{
	return push_key_load(pin, o.netwpin ? PUSH_NETWPIN : PUSH_USERPIN,
			     o.netwpin ? o.netwpin : o.userpin, why);
}

/* The signed document as it goes over the air. */
static int pack(struct buf *out, const struct bootstrap *b, const struct buf *document,
		struct why *why)
{
	const struct syncml s = {
		.source = "drf", .target = b->tre_id, .loc_uri = "./Bootstrap", .is_replace = true};
	SECRET(push_key) pin = {0};
	BUF(xml);
	BUF(body);

	if (o.cp       ? cp_make(&xml, b, document, why)
	    : o.syncml ? syncml_pack(&xml, &s, document->bytes, document->len, false, why)
		       : buf_add(&xml, document->bytes, document->len, why))
		return -1;
	if (!o.wbxml)
		return buf_add(out, xml.bytes, xml.len, why);
	if (wbxml_encode(&body, xml.bytes, xml.len, why) || (has_pin() && load_pin(&pin, why)))
		return -1;
	return o.push ? push_pack(out, o.cp ? PUSH_CP : PUSH_DM, has_pin() ? &pin : NULL,
				  body.bytes, body.len, why)
		      : buf_add(out, body.bytes, body.len, why);
}

static int make(struct buf *out, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(o.key, why);
	AUTO(X509) *cert = key ? cert_load(o.cert, why) : NULL;
	BOOTSTRAP(b);
	BUF(document);

	if (!cert || tre_id_check(o.tre_id, "--tre-id", why))
		return -1;
	snprintf(b.tre_id, sizeof(b.tre_id), "%s", o.tre_id);
	b.is_napdef_only = o.napdef_only;
	return (!o.napdef_only && fill_account(&b, why)) ||
			       (o.napdef && !(b.napdef = json_load(o.napdef, why))) ||
			       (b.napdef && napdef_check(b.napdef, why)) ||
			       bootstrap_make(&document, &b, key, cert, why) ||
			       pack(out, &b, &document, why)
		       ? -1
		       : 0;
}

/* The body of a push, whose MAC is right where a PIN is given; what is no push is its own body. */
static int open_push(struct buf *body, struct why *why)
{
	SECRET(push_key) pin = {0};
	BUF(in);

	if ((has_pin() && load_pin(&pin, why)) || slurp(&in, o.in, SLURP_DOCUMENT, why))
		return -1;
	if (push_is(in.bytes, in.len))
		return push_open(body, has_pin() ? &pin : NULL, in.bytes, in.len, why);
	if (has_pin())
		return why_refuse(why, "mac-mismatch",
				  "not a push, so that it has no MAC (TR 33.812 B.2.2.1)");
	return buf_add(body, in.bytes, in.len, why);
}

/* What a bootstrap says whose signature is right, and whose signer is of --trust. */
static json_t *read_signed(const struct buf *body, struct why *why)
{
	AUTO(X509_STACK) *trust = o.trust ? cert_load_all(o.trust, why) : NULL;
	AUTO(X509) *signer = NULL;
	AUTO(json_t) *words = NULL;
	struct cert_policy policy = {.trust = trust,
				     .roles = CERT_DRF,
				     .name = o.signer,
				     .name_reason = "wrong-operator"};
	char name[TRE_ID_TEXT];
	BOOTSTRAP(b);

	if ((o.trust && !trust) || when_at(&policy.at, o.at, why) ||
	    bootstrap_open(&b, buf_text(body), body->len, trust ? &policy : NULL, &signer, why) ||
	    cert_name(name, signer, why) || !(words = bootstrap_to_json(&b, why)) ||
	    json_put_text(words, "signer", name, why))
		return NULL;
	return STEAL(words);
}

/* A push of another operator's, which a PIN alone speaks for. */
static json_t *read_plain(const struct buf *body, struct why *why)
{
	BUF(xml);

	return cp_text(&xml, body->bytes, body->len, why) == 0 ? cp_to_json(&xml, why) : NULL;
}

static int verify(struct buf *out, struct why *why)
{
	AUTO(json_t) *words = NULL;
	BUF(body);

	if (open_push(&body, why))
		return -1;
	words = !o.trust && cp_is(body.bytes, body.len) && !cp_is_signed(&body)
			? read_plain(&body, why)
			: read_signed(&body, why);
	if (!words || (has_pin() &&
		       json_put_text(words, "sec",
				     push_sec_name(o.netwpin ? PUSH_NETWPIN : PUSH_USERPIN), why)))
		return -1;
	return json_append_line(out, words, why);
}

static void check_options(void)
{
	if (o.netwpin && o.userpin)
		tool_usage("--netwpin or --userpin, not both");
	if (o.verify) {
		if (!o.trust && !has_pin())
			tool_usage("--trust is wanted");
		if (o.signer && !o.trust)
			tool_usage("--signer goes with --trust");
		return;
	}
	if (!o.key || !o.cert || !o.tre_id)
		tool_usage("--key, --cert and --tre-id are wanted");
	if (o.napdef_only ? !o.napdef : !o.url || !o.server_cert)
		tool_usage(o.napdef_only ? "--napdef is wanted"
					 : "--server-url and --server-cert are wanted");
	o.cp = o.profile && strcmp(o.profile, "cp") == 0;
	if (o.profile && !o.cp && strcmp(o.profile, "dm") != 0)
		tool_usage("--profile: want dm or cp");
	if (o.cp && o.syncml)
		tool_usage("--syncml is of the dm profile");
	/* a MAC stands in a push, a push carries WBXML, and of DM that is a SyncML package */
	o.push = o.push || has_pin();
	o.wbxml = o.wbxml || o.push;
	o.syncml = !o.cp && (o.syncml || o.wbxml);
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "the current operator's key"},
		{"cert", 0, TOOL_TEXT, &o.cert, "F", "its certificate, Cert_SHO[i]"},
		{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "whom it is for"},
		{"server-url", 0, TOOL_TEXT, &o.url, "U", "the DPF that the M2ME shall contact"},
		{"server-cert", 0, TOOL_TEXT, &o.server_cert, "F",
		 "its certificate, Cert_SHO[i+1]"},
		{"sho", 0, TOOL_TEXT, &o.sho, "ID", "the new operator"},
		{"sho-cert", 0, TOOL_TEXT, &o.sho_cert, "F",
		 "its certificate, where the DPF is another's"},
		{"credentials", 0, TOOL_TEXT, &o.credentials, "F",
		 "PuK_TRE(username/password, nonce_A)"},
		{"napdef", 0, TOOL_TEXT, &o.napdef, "F", "the access point, JSON"},
		{"napdef-only", 0, TOOL_FLAG, &o.napdef_only, NULL, "connectivity alone (B.2.2.2)"},
		{"context", 0, TOOL_LIST, &o.contexts, "mcim=URL|m2m=URL",
		 "a context of B.2.3.3 NOTE 1"},
		{"syncml", 0, TOOL_FLAG, &o.syncml, NULL, "in a SyncML package"},
		{"profile", 0, TOOL_TEXT, &o.profile, "dm|cp",
		 "an OMA DM tree (default), or an OMA CP document around it"},
		{"wbxml", 0, TOOL_FLAG, &o.wbxml, NULL, "the package or OMA CP document in WBXML"},
		{"push", 0, TOOL_FLAG, &o.push, NULL, "that in a WSP push, as SMS carries it"},
		{"netwpin", 0, TOOL_TEXT, &o.netwpin, "F",
		 "secure push under the IMSI in this file"},
		{"userpin", 0, TOOL_TEXT, &o.userpin, "F",
		 "secure push under the PIN in this file"},
		{"verify", 0, TOOL_FLAG, &o.verify, NULL,
		 "verify a bootstrap, and print what it says"},
		{"trust", 0, TOOL_TEXT, &o.trust, "F", "certificates that may have signed it"},
		{"signer", 0, TOOL_TEXT, &o.signer, "ID", "the operator that is expected"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	BUF(out);

	secmem_init();
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
	check_options();
	if (o.verify ? verify(&out, &why) : make(&out, &why))
		return tool_fail(&why);
	return outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, &why) ? tool_fail(&why)
									    : TOOL_OK;
}
